"""Reminders, cards and escalation: to the department and its superior, never to a community (domain-rules A.3, 18.3)."""

from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.deadlines import Deadline, Level, on_deadline
from governance.kernel.errors import Busy, Invalid
from governance.kernel.events import emit
from governance.kernel.numbering import next_number
from governance.kernel.permission import require

from ..models import Card, Ticket, Whistle
from ..states import CardColour, CardReason, Stage
from .escalate import OF_OTHERS, deadline_steps
from .steps import SUBJECT, close_stage, finish, open_stage


def deadline_step(deadline: Deadline, level: str) -> None:
    """What a limit's step does. Raises Busy when somebody is at work on the whistle: the sweep comes back.

    The sweep holds the step's row; waiting here for the ticket could wait in a circle with whoever closes the limit.
    """
    ticket = Ticket.objects.select_related("department", "whistle").get(pk=deadline.subject_id)
    if not Whistle.objects.select_for_update(skip_locked=True).filter(pk=ticket.whistle_id).exists():
        raise Busy("哨单正在办理")
    if not Ticket.objects.select_for_update(skip_locked=True).filter(pk=ticket.pk).exists():
        raise Busy("工单正在办理")
    if deadline.stage in OF_OTHERS:
        _others(ticket, deadline, level)
    elif level == Level.REMIND:
        emit("ticket.remind", ticket=ticket, by=SYSTEM, deadline=deadline)
    else:
        reason = CardReason.OVERDUE if level == Level.YELLOW else CardReason.LONG_OVERDUE
        card_show(ticket=ticket, colour=CardColour(level), reason=reason, stage=deadline.stage, round=deadline.round)


def _others(ticket: Ticket, deadline: Deadline, level: str) -> None:
    """The street is reminded to rate and then it lapses; a late ruling goes to the city office's desk."""
    if deadline.stage == Stage.EVALUATE and level == Level.YELLOW:
        from .verify import ticket_lapse  # verify shows cards, cards lapse ratings

        ticket_lapse(ticket=ticket)
    else:
        emit(f"ticket.{deadline.stage}_{level}", ticket=ticket, by=SYSTEM, deadline=deadline)


@transaction.atomic
def card_show(
    *, ticket: Ticket, colour: str, reason: str, stage: str = "", round: int = 1, by: Actor = SYSTEM
) -> Card | None:
    """Show a department a card; the same card twice is one card (None). Red asks for a written explanation in time."""
    card, created = Card.objects.get_or_create(
        ticket=ticket, colour=colour, reason=reason, stage=stage, round=round,
        defaults={"department_id": ticket.department_id, "unit_id": ticket.unit_id},
    )  # fmt: skip
    if not created:
        return None
    if colour == CardColour.RED:
        card.number = f"督〔{clock.today().year}〕{next_number(f'card-{clock.today().year}')}号"
        card.save(update_fields=["number"])
        close_stage(ticket, Stage.EXPLAIN)
        open_stage(ticket, Stage.EXPLAIN, rule="whistle.explain")
    audit.record(
        action="ticket.card", label=CardColour(colour).label, by=by, subject=ticket, thread=ticket.thread,
        note=CardReason(reason).label, data={"card": card.pk, "stage": stage},
    )  # fmt: skip
    finish(ticket, "ticket.card", by=by, card=card)
    return card


def card_for_rework(*, ticket: Ticket, by: Actor, is_false: bool) -> Card | None:
    """One rework is yellow; the second, or a false report of completion, is red."""
    if is_false:
        return card_show(
            ticket=ticket, colour=CardColour.RED, reason=CardReason.FALSE_DONE, round=ticket.rework_count, by=by
        )
    if ticket.rework_count >= 2:
        return card_show(
            ticket=ticket, colour=CardColour.RED, reason=CardReason.REPEATED_REWORK, round=ticket.rework_count, by=by
        )
    return card_show(
        ticket=ticket, colour=CardColour.YELLOW, reason=CardReason.REWORK, round=ticket.rework_count, by=by
    )


@transaction.atomic
def card_explain(*, card: Card, by: Actor, explanation: str) -> Card:
    """书面说明 to a red card."""
    require(by, "card.explain", card.ticket)
    if not explanation.strip():
        raise Invalid(explanation="请写下说明。")
    card.explanation, card.explained_at = explanation, clock.now()
    card.save(update_fields=["explanation", "explained_at"])
    audit.record(
        action="card.explain", label="红牌书面说明", by=by, subject=card.ticket, thread=card.ticket.thread, note=explanation,
        data={"card": card.pk},
    )  # fmt: skip
    if not card.ticket.cards.filter(colour=CardColour.RED, explained_at=None, is_revoked=False).exists():
        close_stage(card.ticket, Stage.EXPLAIN)
    finish(card.ticket, "card.explain", by=by, note=explanation, card=card)
    return card


on_deadline(SUBJECT, deadline_step, deadline_steps)
