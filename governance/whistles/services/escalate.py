"""Reminders and cards for many overdue limits at once; the same as ``cards.deadline_step`` for each of them.

What is left to the single steps: limits of the ruling group and of the street, red cards about an explanation, and a second
red card for the same ticket in one batch.
"""

from collections.abc import Sequence

from django.db import connection

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import Deadline, DeadlineState, DueStep, Level, deadline_close, deadlines_open
from governance.kernel.events import emit_many
from governance.kernel.numbering import next_numbers

from ..models import Card, Ticket
from ..states import CardColour, CardReason, Stage
from .steps import SILENT, SUBJECT

OF_OTHERS = (Stage.RULING, Stage.EVALUATE)  # limits of the ruling group and of the street
REASONS = {Level.YELLOW: CardReason.OVERDUE, Level.RED: CardReason.LONG_OVERDUE}
# Whistle before ticket, as everybody locks; nobody is waited for.
_HOLD = """
WITH whistle AS (
    SELECT id FROM governance_whistle
    WHERE id IN (SELECT whistle_id FROM governance_ticket WHERE id = ANY(%(tickets)s)) ORDER BY id FOR UPDATE SKIP LOCKED
)
SELECT t.id, t.whistle_id, t.department_id, t.unit_id FROM governance_ticket t JOIN whistle w ON w.id = t.whistle_id
WHERE t.id = ANY(%(tickets)s) FOR UPDATE OF t SKIP LOCKED
"""
_SHOW = """
INSERT INTO governance_card (
    ticket_id, department_id, unit_id, colour, reason, stage, round, number, created_at, explanation, is_revoked
)
SELECT ticket, department, unit, colour, reason, stage, round, '', %s, '', false
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[])
    WITH ORDINALITY AS x (ticket, department, unit, colour, reason, stage, round, place) ORDER BY place
ON CONFLICT (ticket_id, colour, reason, stage, round) DO NOTHING RETURNING id, ticket_id, colour, reason, stage
"""
_NUMBER = """
UPDATE governance_card c SET number = x.number FROM unnest(%s::bigint[], %s::text[]) AS x (id, number) WHERE c.id = x.id
"""
# What ``finish`` writes, where it differs.
_SHOWN_LIMIT = """
UPDATE governance_ticket t SET stage = d.stage, due_at = d.due_at FROM (
    SELECT DISTINCT ON (subject_id) subject_id, stage, due_at FROM governance_deadline
    WHERE subject_type = 'ticket' AND subject_id = ANY(%s) AND state = 'open' AND NOT stage = ANY(%s)
    ORDER BY subject_id, due_at
) d WHERE d.subject_id = t.id AND (t.stage, t.due_at) IS DISTINCT FROM (d.stage, d.due_at)
"""


def deadline_steps(steps: Sequence[DueStep]) -> dict[int, bool]:
    """Fire what can be fired together. True: done; False: somebody is at work on the ticket; absent: one by one."""
    ours = _together(steps)
    held = {row[0]: row[1:] for row in _rows(_HOLD, {"tickets": list({step.subject_id for step in ours})})}
    outcome = {step.id: step.subject_id in held for step in ours}
    ours = [step for step in ours if outcome[step.id]]
    emit_many("ticket.remind", [_reminder(step) for step in ours if step.level == Level.REMIND], _load)
    cards = _show([step for step in ours if step.level != Level.REMIND], held)
    _ask_for_explanations([card for card in cards if card[2] == CardColour.RED])
    _record(cards, held)
    emit_many("ticket.card", [{"ticket_id": card[1], "card_id": card[0]} for card in cards], _load)
    return outcome


def _together(steps: Sequence[DueStep]) -> list[DueStep]:
    taken, red = [], set()
    for step in steps:
        is_red = step.level == Level.RED
        if step.stage in OF_OTHERS or (is_red and (step.stage == Stage.EXPLAIN or step.subject_id in red)):
            continue
        if is_red:
            red.add(step.subject_id)
        taken.append(step)
    return taken


def _rows(sql: str, values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _reminder(step: DueStep) -> dict:
    return {"ticket_id": step.subject_id, "deadline_id": step.deadline_id}


def _load(row: dict) -> dict:
    """A row of ``emit_many`` as ``emit`` would carry it."""
    ticket = Ticket.objects.select_related("department", "whistle").get(pk=row["ticket_id"])
    if "card_id" in row:
        return {"ticket": ticket, "by": SYSTEM, "note": "", "card": Card.objects.get(pk=row["card_id"])}
    return {"ticket": ticket, "by": SYSTEM, "deadline": Deadline.objects.get(pk=row["deadline_id"])}


def _show(steps: list[DueStep], held: dict[int, tuple]) -> list[tuple]:
    """(id, ticket, colour, reason, stage) of each card that was not shown before."""
    if not steps:
        return []
    columns = zip(*(
        (step.subject_id, held[step.subject_id][1], held[step.subject_id][2], step.level, REASONS[step.level].value,
         step.stage, step.round) for step in steps
    ), strict=True)  # fmt: skip
    return _rows(_SHOW, [clock.now(), *map(list, columns)])


def _ask_for_explanations(cards: list[tuple]) -> None:
    """Number red cards; a written explanation is due for each."""
    if not cards:
        return
    tickets, year = [card[1] for card in cards], clock.today().year
    numbers = next_numbers(f"card-{year}", len(cards))
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, [[card[0] for card in cards], [f"督〔{year}〕{number}号" for number in numbers]])
    running = Deadline.objects.filter(
        subject_type=SUBJECT, subject_id__in=tickets, stage=Stage.EXPLAIN,
        state__in=[DeadlineState.OPEN, DeadlineState.PAUSED],
    )  # fmt: skip
    for ticket in running.order_by("subject_id").values_list("subject_id", flat=True):
        deadline_close(subject_type=SUBJECT, subject_id=ticket, stages=[Stage.EXPLAIN])
    deadlines_open(subject_type=SUBJECT, subject_ids=tickets, stage=Stage.EXPLAIN, rule_key="whistle.explain")


def _record(cards: list[tuple], held: dict[int, tuple]) -> None:
    """The trail's events, and the limit that each ticket shows."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            action="ticket.card", label=CardColour(colour).label, actor_id=SYSTEM.user_id, actor_label=SYSTEM.label,
            via=SYSTEM.via, thread=f"whistle:{held[ticket][0]}", subject_type=SUBJECT, subject_id=ticket,
            note=CardReason(reason).label, data={"card": number, "stage": stage},
        ) for number, ticket, colour, reason, stage in cards
    )  # fmt: skip
    if cards:
        with connection.cursor() as cursor:
            cursor.execute(_SHOWN_LIMIT, [[card[1] for card in cards], list(SILENT)])
