"""Reminders and cards for many overdue limits at once; the same as ``cards.deadline_step`` for each of them.

Limits of the ruling group and of the street are left to the single steps: they take steps of the workflow.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import connection

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.deadlines import Deadline, DeadlineState, DueStep, Level, deadline_close, deadlines_open
from governance.kernel.events import emit_many
from governance.kernel.numbering import next_numbers

from ..models import Card, Ticket
from ..states import CardColour, CardReason, Stage
from .steps import SILENT, SUBJECT

OF_OTHERS = (Stage.RULING, Stage.EVALUATE)  # limits of the ruling group and of the street
_LABELS = json.dumps(dict(CardColour.choices) | dict(CardReason.choices))
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
# The card and its event in the trail, as ``card_show`` writes them.
_SHOW = """
WITH shown AS (
    INSERT INTO governance_card (
        ticket_id, department_id, unit_id, colour, reason, stage, round, number, created_at, explanation, is_revoked
    )
    SELECT ticket, department, unit, colour, reason, stage, round, '', %(now)s, '', false
    FROM unnest(%(ticket)s::bigint[], %(department)s::bigint[], %(unit)s::bigint[], %(colour)s::text[],
        %(reason)s::text[], %(stage)s::text[], %(round)s::int[]) WITH ORDINALITY
        AS x (ticket, department, unit, colour, reason, stage, round, place) ORDER BY place
    ON CONFLICT (ticket_id, colour, reason, stage, round) DO NOTHING RETURNING id, ticket_id, colour, reason, stage
), told AS (
    INSERT INTO governance_auditevent (
        at, action, label, actor_id, actor_label, via, thread, subject_type, subject_id, from_status, to_status, note, data
    )
    SELECT %(now)s, 'ticket.card', %(labels)s::jsonb ->> s.colour, %(actor)s, %(actor_label)s, %(via)s,
        'whistle:' || t.whistle_id, 'ticket', t.id, '', '', %(labels)s::jsonb ->> s.reason,
        jsonb_build_object('card', s.id, 'stage', s.stage)
    FROM shown s JOIN governance_ticket t ON t.id = s.ticket_id ORDER BY s.id
)
SELECT id, ticket_id, colour, stage FROM shown ORDER BY id
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
    ours = [step for step in steps if step.stage not in OF_OTHERS]
    held = {row[0]: row[1:] for row in _rows(_HOLD, {"tickets": list({step.subject_id for step in ours})})}
    for wave in _waves(step for step in ours if step.subject_id in held):
        emit_many("ticket.remind", [_reminder(step) for step in wave if step.level == Level.REMIND], _load)
        cards = _show([step for step in wave if step.level != Level.REMIND], held)
        _ask_for_explanations([card for card in cards if card[2] == CardColour.RED])
        _show_limits([card[1] for card in cards])
        emit_many("ticket.card", [{"ticket_id": card[1], "card_id": card[0]} for card in cards], _load)
    return {step.id: step.subject_id in held for step in ours}


def _waves(steps: Iterable[DueStep]) -> list[list[DueStep]]:
    """One step of each ticket at a time, in the order in which they came due: mostly there is one wave."""
    waves: list[list[DueStep]] = []
    turns: Counter[int] = Counter()
    for step in steps:
        turn = turns[step.subject_id]
        turns[step.subject_id] += 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(step)
    return waves


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
    """(id, ticket, colour, stage) of each card that was not shown before."""
    if not steps:
        return []
    values = {
        "now": clock.now(), "actor": SYSTEM.user_id, "actor_label": SYSTEM.label[:120], "via": SYSTEM.via,
        "labels": _LABELS, "ticket": [step.subject_id for step in steps],
        "department": [held[step.subject_id][1] for step in steps],
        "unit": [held[step.subject_id][2] for step in steps], "colour": [step.level for step in steps],
        "reason": [REASONS[step.level].value for step in steps], "stage": [step.stage for step in steps],
        "round": [step.round for step in steps],
    }  # fmt: skip
    return _rows(_SHOW, values)


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


def _show_limits(tickets: list[int]) -> None:
    if tickets:
        with connection.cursor() as cursor:
            cursor.execute(_SHOWN_LIMIT, [tickets, list(SILENT)])
