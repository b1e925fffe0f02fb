"""The audit trail: one append-only event per change, sealed into a hash chain within seconds.

Events are written in the business transaction without any lock; a single sealer chains them afterwards (ADR 0005: a lock on
the chain's head in every transaction would serialise all commits). ``verify`` finds any edit, deletion or insertion.
"""

import hashlib
import json
from dataclasses import dataclass

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from . import clock
from .actor import Actor
from .guards import append_only
from .prepared import insert_later
from .scope import ScopedQuerySet

SEALER_LOCK = 4_201
GENESIS = "0" * 64


class AuditQuerySet(ScopedQuerySet):
    """The trail is the auditor's to read; a case's own history is shown with the case."""

    def visible_to(self, actor: Actor) -> "AuditQuerySet":
        return self.all() if actor.is_system or actor.posts_in("auditor") else self.none()


class AuditEvent(models.Model):
    """One thing that happened: who, through which door, to what, from which state to which, and why."""

    at = models.DateTimeField("时间", default=clock.now)
    action = models.CharField("动作", max_length=60)
    label = models.CharField("动作名称", max_length=60, blank=True)
    actor = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    actor_label = models.CharField("经办", max_length=120)
    via = models.CharField("渠道", max_length=10)
    thread = models.CharField("所属事项", max_length=40)
    subject_type = models.CharField("对象类别", max_length=30)
    subject_id = models.BigIntegerField("对象编号")
    from_status = models.CharField("原状态", max_length=24, blank=True)
    to_status = models.CharField("新状态", max_length=24, blank=True)
    note = models.TextField("说明", blank=True)
    data = models.JSONField("内容", default=dict, encoder=DjangoJSONEncoder)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计事件"
        indexes = [
            models.Index(fields=["thread", "id"], name="audit_thread"),
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.action}"


class AuditSeal(models.Model):
    """The chain: the n-th event's hash over its content and the hash before it."""

    sequence = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="seal")
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "审计链"
        triggers = append_only()


class AuditAnchor(models.Model):
    """The chain's head as it was written outside the database on one day."""

    day = models.DateField(unique=True)
    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "审计锚点"
        triggers = append_only()


_FIELDS = [
    "id", "at", "action", "actor_id", "actor_label", "via", "thread", "subject_type", "subject_id",
    "from_status", "to_status", "note", "data",
]  # fmt: skip


def record(
    *, action: str, by: Actor, subject: models.Model, thread: str = "", label: str = "", from_status: str = "",
    to_status: str = "", note: str = "", data: dict | None = None,
) -> AuditEvent:  # fmt: skip
    """Write one event in the caller's transaction. ``thread`` groups a case ("whistle:12"); by default the subject itself."""
    row = event(
        action=action, by=by, subject=subject, thread=thread, label=label, from_status=from_status,
        to_status=to_status, note=note, data=data,
    )  # fmt: skip
    record_all([row])
    return row


def record_all(events: list[AuditEvent]) -> None:
    """Write several events with one statement, in their order."""
    insert_later(events)


def event(
    *, action: str, by: Actor, subject: models.Model, thread: str = "", label: str = "", from_status: str = "",
    to_status: str = "", note: str = "", data: dict | None = None,
) -> AuditEvent:  # fmt: skip
    """One event that is not written yet; see ``record``."""
    kind = subject._meta.model_name
    return AuditEvent(
        action=action, label=label, actor_id=by.user_id, actor_label=by.label[:120], via=by.via,
        thread=thread or f"{kind}:{subject.pk}", subject_type=kind, subject_id=subject.pk,
        from_status=from_status, to_status=to_status, note=note, data=data or {},
    )  # fmt: skip


def _digest(previous: str, event: dict) -> str:
    """SM3 over the previous hash and the event's canonical JSON."""
    event = {**event, "at": event["at"].timestamp()}
    text = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)
    return hashlib.new("sm3", f"{previous}{text}".encode()).hexdigest()


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        return cursor.fetchone()[0]


@transaction.atomic
def audit_seal(*, limit: int = 2000) -> int:
    """Chain the events that have no seal yet, oldest id first. One sealer at a time; returns how many were sealed."""
    if not _try_lock():
        return 0
    head = AuditSeal.objects.order_by("-sequence").first()
    sequence, previous = (head.sequence, head.hash) if head else (0, GENESIS)
    seals = []
    for event in AuditEvent.objects.filter(seal=None).order_by("id").values(*_FIELDS)[:limit]:
        sequence += 1
        digest = _digest(previous, event)
        seals.append(AuditSeal(sequence=sequence, event_id=event["id"], previous_hash=previous, hash=digest))
        previous = digest
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


@dataclass(frozen=True)
class Verdict:
    """What ``audit_verify`` found: events checked, events not sealed yet, and the first break (empty when whole)."""

    checked: int
    pending: int
    problem: str = ""


def audit_verify(*, head: tuple[int, str] | None = None, last: int = 0) -> Verdict:
    """Recompute the whole chain, or its ``last`` links. ``head`` is a (sequence, hash) kept outside the database.

    The chain must contain the head. ``checked`` is the number of the last link looked at.
    """
    previous, expected, seen = _begin(last)
    seals = AuditSeal.objects.select_related("event").filter(sequence__gt=expected).order_by("sequence")
    for seal in seals.iterator(chunk_size=2000):
        expected += 1
        if seal.sequence != expected:
            return Verdict(expected, 0, f"序号 {expected} 缺失")
        if seal.previous_hash != previous:
            return Verdict(expected, 0, f"序号 {expected} 的前一散列不符")
        if seal.hash != _digest(previous, {name: getattr(seal.event, name) for name in _FIELDS}):
            return Verdict(expected, 0, f"序号 {expected}（事件 {seal.event_id}）的内容被改动")
        previous = seal.hash
        if head and head[0] == expected:
            seen = seal.hash
    if head and seen != head[1]:
        return Verdict(expected, 0, "与库外锚点不符：链被截断或重写")
    return Verdict(expected, AuditEvent.objects.filter(seal=None).count())


def _begin(last: int) -> tuple[str, int, None]:
    """The hash and number that the first link to be checked must follow; the genesis for the whole chain."""
    top = AuditSeal.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    start = AuditSeal.objects.filter(sequence=top - last).first() if 0 < last < top else None
    return (start.hash, start.sequence, None) if start else (GENESIS, 0, None)


def audit_anchor() -> AuditAnchor | None:
    """Keep today's head: as a row, and as a line of ``anchors.log`` outside the database. Returns None when nothing is sealed."""
    from django.conf import settings

    head = AuditSeal.objects.order_by("-sequence").first()
    if head is None:
        return None
    anchor, created = AuditAnchor.objects.get_or_create(
        day=clock.today(), defaults={"sequence": head.sequence, "hash": head.hash}
    )
    if created:
        folder = settings.VAR_DIR / "anchors"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "anchors.log").open("a", encoding="utf-8") as log:
            log.write(f"{anchor.day} {anchor.sequence} {anchor.hash}\n")
    return anchor
