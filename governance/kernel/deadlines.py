"""Deadlines are rows; their steps (remind, yellow, red …) fire once each, late but never twice (reliability.md 2).

A slice opens and closes deadlines of its subjects and registers one handler for what a step does.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, models, transaction
from django.db.models import F, Q

from . import clock
from .policy import policy, rule_for
from .prepared import insert, insert_later
from .scope import ScopedQuerySet
from .ui.choices import StyledChoices

log = logging.getLogger(__name__)
Handler = Callable[["Deadline", str], None]


class DueStep(NamedTuple):
    """A step whose time has come, as the sweep claims it."""

    id: int
    level: str
    deadline_id: int
    subject_type: str
    subject_id: int
    stage: str
    round: int


BatchHandler = Callable[[list[DueStep]], dict[int, bool]]
_handlers: dict[str, Handler] = {}
_batch_handlers: dict[str, BatchHandler] = {}
_CLAIM = """
SELECT s.id, s.level, s.deadline_id, d.subject_type, d.subject_id, d.stage, d.round
FROM governance_deadlinestep s JOIN governance_deadline d ON d.id = s.deadline_id
WHERE s.fired_at IS NULL AND s.fire_at <= coalesce(%s, now()) AND d.state = 'open'
ORDER BY s.fire_at, s.id LIMIT %s FOR UPDATE OF s SKIP LOCKED
"""
# What an idle sweep asks: one index, one table.
_ANY = "SELECT 1 FROM governance_deadlinestep WHERE fired_at IS NULL AND fire_at <= coalesce(%s, now()) LIMIT 1"


class DeadlineState(StyledChoices):
    """A deadline's life: what counts for the rates is ``met`` and ``missed``."""

    OPEN = "open", "计时中", "info", "clock"
    PAUSED = "paused", "已暂停", "muted", "pause"
    MET = "met", "按时", "success", "check"
    MISSED = "missed", "超时", "danger", "alert"
    VOID = "void", "不计", "muted", "info"


class Level(models.TextChoices):
    """What happens as time runs out. Only the department and its superior are addressed (domain-rules A.3, 18.3)."""

    REMIND = "remind", "到期提醒"
    YELLOW = "yellow", "黄牌"
    RED = "red", "红牌"


class Deadline(models.Model):
    """One limit of one subject and stage. ``round`` counts the repeats of a stage (rework, ruling)."""

    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    stage = models.CharField("阶段", max_length=20)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    amount = models.FloatField("时长")
    unit = models.CharField("单位", max_length=12, choices=clock.Unit)
    rule_key = models.CharField("依据规则", max_length=80, blank=True)
    starts_at = models.DateTimeField("起算")
    due_at = models.DateTimeField("到期")
    paused_at = models.DateTimeField("暂停于", null=True, blank=True)
    closed_at = models.DateTimeField("结束于", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=DeadlineState, default=DeadlineState.OPEN)
    provisional = models.BooleanField("暂按周一至周五推算", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "stage", "round"], name="deadline_once_per_round"
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="open"), name="deadline_open_due")]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_id} {self.stage} {self.due_at:%Y-%m-%d %H:%M}"


class DeadlineStep(models.Model):
    """One thing that happens once when its time comes: narrow, so that the sweep reads little."""

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="steps")
    level = models.CharField(max_length=8, choices=Level)
    fire_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "时限动作"
        constraints = [models.UniqueConstraint(fields=["deadline", "level"], name="deadline_step_once")]
        indexes = [models.Index(fields=["fire_at"], condition=Q(fired_at=None), name="deadline_step_due")]


def on_deadline(subject_type: str, handler: Handler, batch: BatchHandler | None = None) -> None:
    """Register what a step of this subject does: ``handler(deadline, level)`` inside the sweep's transaction.

    ``batch(steps)`` does many at once and must mean the same. It answers for each step whether it is done (else it is
    busy and comes again); steps that it does not answer for go to ``handler`` one by one.
    """
    _handlers[subject_type] = handler
    if batch:
        _batch_handlers[subject_type] = batch


def _steps(deadline: Deadline) -> list[DeadlineStep]:
    """When each level fires: a reminder when little is left, yellow at the end, red after as long again (18.3)."""
    whole = clock.span(deadline.starts_at, deadline.due_at, deadline.unit)
    left = policy("deadline.remind_left_percent") / 100
    return [
        DeadlineStep(deadline=deadline, level=Level.REMIND, fire_at=clock.shift(deadline.starts_at, whole * (1 - left), deadline.unit)),
        DeadlineStep(deadline=deadline, level=Level.YELLOW, fire_at=deadline.due_at),
        DeadlineStep(deadline=deadline, level=Level.RED, fire_at=clock.shift(deadline.due_at, whole * policy("deadline.red_factor"), deadline.unit)),
    ]  # fmt: skip


def deadline_due(rule_key: str, starts_at: datetime) -> datetime:
    """When a limit of this rule that starts at ``starts_at`` will end."""
    rule = rule_for(rule_key)
    return clock.add(starts_at, rule.value, rule.unit)


@transaction.atomic(savepoint=False)
def deadline_open(*, subject_type: str, subject_id: int, stage: str, rule_key: str, starts_at: datetime | None = None,
                  factor: float = 1, silent: bool = False) -> Deadline:  # fmt: skip
    """Start a limit from the policy rule ``rule_key`` (value = amount, unit = its unit), ``factor`` times as long.

    ``silent`` limits only count for the rates: they remind nobody.
    """
    return deadlines_open(
        subject_type=subject_type, subject_ids=[subject_id], stage=stage, rule_key=rule_key, starts_at=starts_at,
        factor=factor, silent=silent,
    )[0]  # fmt: skip


@transaction.atomic(savepoint=False)
def deadlines_open(*, subject_type: str, subject_ids: list[int], stage: str, rule_key: str,
                   starts_at: datetime | None = None, factor: float = 1, silent: bool = False,
                   first: bool = False) -> list[Deadline]:  # fmt: skip
    """Start the same limit for several subjects at once; ``first``: they are new, so that no earlier round is looked for."""
    rule, start = rule_for(rule_key), starts_at or clock.now()
    rounds = Counter()
    if not first:
        earlier = Deadline.objects.filter(subject_type=subject_type, subject_id__in=subject_ids, stage=stage)
        rounds.update(earlier.values_list("subject_id", flat=True))
    amount = rule.value * factor
    due = clock.add(start, amount, rule.unit)
    rows = [
        Deadline(
            subject_type=subject_type, subject_id=subject_id, stage=stage, round=rounds[subject_id] + 1,
            rule_key=rule_key, amount=amount, unit=rule.unit, starts_at=start, due_at=due,
            provisional=clock.Unit(rule.unit).is_working and clock.is_provisional(due.date()),
        ) for subject_id in subject_ids
    ]  # fmt: skip
    if silent:
        insert_later(rows)
        return rows
    insert(rows)
    if rows:
        times = [(step.level, step.fire_at) for step in _steps(rows[0])]
        DeadlineStep.objects.bulk_create(
            DeadlineStep(deadline=row, level=level, fire_at=at) for row in rows for level, at in times
        )
    return rows


def _running(subject_type: str, subject_id: int, stage: str | None = None) -> models.QuerySet[Deadline]:
    rows = Deadline.objects.filter(
        subject_type=subject_type, subject_id=subject_id, state__in=[DeadlineState.OPEN, DeadlineState.PAUSED]
    )
    return (rows.filter(stage=stage) if stage else rows).order_by("id")


def deadline_of(subject_type: str, subject_id: int, *, besides: Iterable[str] = ()) -> Deadline | None:
    """The limit of a subject that runs (not paused) and ends first, or None; ``besides`` names stages to pass over."""
    rows = _running(subject_type, subject_id).filter(state=DeadlineState.OPEN).exclude(stage__in=list(besides))
    return rows.order_by("due_at").first()


@transaction.atomic(savepoint=False)
def deadline_close(*, subject_type: str, subject_id: int, stages: Iterable[str] = (), void: bool = False) -> None:
    """End the running limits of these stages (of all without any): met or missed by the clock, or void."""
    moment, stages = clock.now(), list(stages)
    rows = _running(subject_type, subject_id)
    rows = list((rows.filter(stage__in=stages) if stages else rows).select_for_update())
    for row in rows:
        late = moment > row.due_at and row.paused_at is None
        row.state = DeadlineState.VOID if void else DeadlineState.MISSED if late else DeadlineState.MET
        row.closed_at, row.paused_at = moment, None
    if rows:
        Deadline.objects.bulk_update(rows, ["state", "closed_at", "paused_at"])
        DeadlineStep.objects.filter(deadline__in=rows, fired_at=None).delete()


@transaction.atomic(savepoint=False)
def deadline_pause(*, subject_type: str, subject_id: int) -> None:
    """Stop the clocks of a subject: nothing fires until they go on (A.3: ruling, hold)."""
    moment = clock.now()
    for row in _running(subject_type, subject_id).filter(state=DeadlineState.OPEN).select_for_update():
        row.state, row.paused_at = DeadlineState.PAUSED, moment
        row.save(update_fields=["state", "paused_at"])
        row.steps.filter(fired_at=None).delete()


@transaction.atomic(savepoint=False)
def deadline_resume(*, subject_type: str, subject_id: int) -> None:
    """Let the clocks of a subject go on with the time that was left when they stopped."""
    moment = clock.now()
    for row in _running(subject_type, subject_id).filter(state=DeadlineState.PAUSED).select_for_update():
        left = clock.span(row.paused_at, row.due_at, row.unit)
        spent = clock.span(row.starts_at, row.paused_at, row.unit)
        row.due_at = (
            clock.shift(moment, left, row.unit) if row.paused_at < row.due_at else row.due_at + (moment - row.paused_at)
        )
        row.state, row.paused_at = DeadlineState.OPEN, None
        row.save(update_fields=["state", "paused_at", "due_at"])
        whole, fired = spent + left, set(row.steps.values_list("level", flat=True))
        DeadlineStep.objects.bulk_create(_left_steps(row, moment, whole, left, fired))


def _left_steps(row: Deadline, moment: datetime, whole: float, left: float, fired: set[str]) -> list[DeadlineStep]:
    """The steps that have not fired, on the new clock."""
    remind = max(left - whole * policy("deadline.remind_left_percent") / 100, 0)
    times = {
        Level.REMIND: clock.shift(moment, remind, row.unit),
        Level.YELLOW: row.due_at,
        Level.RED: clock.shift(row.due_at, whole * policy("deadline.red_factor"), row.unit),
    }
    return [DeadlineStep(deadline=row, level=level, fire_at=at) for level, at in times.items() if level not in fired]


@transaction.atomic(savepoint=False)
def deadline_extend(*, subject_type: str, subject_id: int, stage: str, due_at: datetime) -> None:
    """Move the end of a running limit (an approved extension); its steps move with it."""
    row = _running(subject_type, subject_id, stage).select_for_update().get()
    row.due_at = due_at
    row.save(update_fields=["due_at"])
    row.steps.filter(fired_at=None).delete()
    fired = set(row.steps.values_list("level", flat=True))
    DeadlineStep.objects.bulk_create([step for step in _steps(row) if step.level not in fired])


def deadlines_fire(*, limit: int = 500) -> int:
    """Fire the steps whose time has come, oldest first, in one batch. Returns how many were looked at.

    A step whose handler fails stays due and is tried again a minute later; the others of the batch are not held up.
    """
    moment = getattr(clock.db_now(), "value", None)  # None: the database's own clock
    if not _rows(_ANY, [moment]):
        return 0
    with transaction.atomic():
        due = [DueStep(*row) for row in _rows(_CLAIM, [moment, limit])]
        outcome = _fire_batches(due)
        outcome |= _fire_each([step for step in due if step.id not in outcome])
        done = [number for number, is_done in outcome.items() if is_done]
        DeadlineStep.objects.filter(pk__in=done).update(fired_at=clock.db_now())
        failed = [number for number, is_done in outcome.items() if not is_done]
        DeadlineStep.objects.filter(pk__in=failed).update(
            fire_at=clock.now() + timedelta(minutes=1), failures=F("failures") + 1
        )
    return len(due)


def _rows(sql: str, values: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _fire_batches(due: list[DueStep]) -> dict[int, bool]:
    """What the batch handlers took care of. A batch that fails is left to the handlers of single steps."""
    outcome: dict[int, bool] = {}
    for kind, batch in _batch_handlers.items():
        if steps := [step for step in due if step.subject_type == kind]:
            try:
                with transaction.atomic():
                    outcome |= batch(steps)
            except Exception:
                log.exception("a batch of %s deadline steps failed; going on one by one", len(steps))
    return outcome


def _fire_each(due: list[DueStep]) -> dict[int, bool]:
    deadlines = Deadline.objects.in_bulk({step.deadline_id for step in due}) if due else {}
    return {step.id: _fire(deadlines[step.deadline_id], step.level) for step in due}


def _fire(deadline: Deadline, level: str) -> bool:
    try:
        with transaction.atomic():
            _handlers[deadline.subject_type](deadline, level)
        return True
    except Exception:
        log.exception("deadline step %s of %s failed", level, deadline)
        return False
