"""Appeals against ratings, red cards taken back, tickets ruled no fault: what takes a term out of the scores.

Nothing of a rating or an appeal goes into the audit's note: more people read the timeline than the rating.
"""

from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, IllegalTransition, Invalid
from governance.kernel.events import emit
from governance.kernel.permission import require
from governance.kernel.workflow import lock

from ..models import Card, Rating, RatingAppeal, Scorecard, Ticket
from ..selectors.ratings import appeal_until
from ..states import CardColour, ExcuseGround, RequestState, Stage, TicketStatus
from .steps import close_stage, finish


def _needs(note: str, field: str = "note") -> str:
    if not note.strip():
        raise Invalid(**{field: "请写明理由。"})
    return note.strip()


def _recompute(department_id: int) -> None:
    """Mark the department's cards: the next sweep computes their periods anew."""
    Scorecard.objects.filter(department_id=department_id).update(is_stale=True)


@transaction.atomic
def rating_appeal(*, rating: Rating, by: Actor, grounds: str) -> RatingAppeal:
    """申诉: by the rated department, once, within rating.appeal_days of the release, and only against what it may read.

    Raises Forbidden, Invalid, Conflict.
    """
    require(by, "rating.appeal", rating.ticket)
    until = appeal_until(rating)
    if until is None or not Rating.objects.visible_to(by).filter(pk=rating.pk).exists():
        raise Conflict("评价尚未开启，开启后方可申诉。")
    if clock.now() > until:
        raise Conflict(f"申诉期已于 {until.astimezone():%Y-%m-%d %H:%M} 届满。")
    grounds = _needs(grounds, "grounds")
    appeal, created = RatingAppeal.objects.get_or_create(
        rating=rating, defaults={"ticket_id": rating.ticket_id, "grounds": grounds[:2000], "filed_by": by.label[:120]}
    )
    if not created:
        raise Conflict("对这条评价已经申诉过一次。")
    _record("rating.appeal", "申诉评价", appeal, by)
    return appeal


def appeal_uphold(*, appeal: RatingAppeal, by: Actor, note: str) -> RatingAppeal:
    """申诉成立: the rating stays written but leaves the scores."""
    return _rule(appeal, RequestState.GRANTED, by, note)


def appeal_refuse(*, appeal: RatingAppeal, by: Actor, note: str) -> RatingAppeal:
    """申诉不成立: the rating goes on counting."""
    return _rule(appeal, RequestState.REFUSED, by, note)


@transaction.atomic
def _rule(appeal: RatingAppeal, state: str, by: Actor, note: str) -> RatingAppeal:
    appeal = lock(appeal)
    require(by, "rating.rule_appeal", appeal.ticket)
    if appeal.state != RequestState.REQUESTED:
        raise IllegalTransition("这件申诉已经裁决。")
    appeal.ruling_note = _needs(note)
    appeal.state, appeal.ruled_by, appeal.ruled_at = state, by.label[:120], clock.now()
    appeal.save(update_fields=["state", "ruling_note", "ruled_by", "ruled_at"])
    upheld = state == RequestState.GRANTED
    if upheld:
        _recompute(appeal.rating.department_id)
    name = "rating.appeal_uphold" if upheld else "rating.appeal_refuse"
    _record(name, "评价申诉成立" if upheld else "评价申诉不成立", appeal, by)
    return appeal


def _record(action: str, label: str, appeal: RatingAppeal, by: Actor) -> None:
    ticket = appeal.ticket
    audit.record(
        action=action, label=label, by=by, subject=ticket, thread=ticket.thread, data={"appeal": appeal.pk},
    )  # fmt: skip
    emit(action, ticket=ticket, by=by, note="", appeal=appeal)


@transaction.atomic
def card_revoke(*, card: Card, by: Actor, note: str) -> Card:
    """撤销督办牌 by the ruling group, with a reason; a revoked red card takes off no points (18.3: 可申诉)."""
    card = lock(card)
    require(by, "card.revoke", card.ticket)
    if card.is_revoked:
        raise IllegalTransition("这张牌已经撤销。")
    note = _needs(note)
    card.is_revoked = True
    card.save(update_fields=["is_revoked"])
    ticket = card.ticket
    if not ticket.cards.filter(colour=CardColour.RED, explained_at=None, is_revoked=False).exists():
        close_stage(ticket, Stage.EXPLAIN, void=True)
    _recompute(card.department_id)
    audit.record(
        action="card.revoke", label=f"撤销{CardColour(card.colour).label}", by=by, subject=ticket, thread=ticket.thread,
        note=note, data={"card": card.pk},
    )  # fmt: skip
    finish(ticket, "card.revoke", by=by, note=note, card=card)
    return card


@transaction.atomic
def ticket_excuse(*, ticket: Ticket, by: Actor, ground: str, note: str) -> Ticket:
    """认定无责或不可抗力: the ticket goes on as it is, but counts in no score (domain-rules 1.6)."""
    ticket = lock(ticket)
    require(by, "score.excuse", ticket)
    if ground not in ExcuseGround.values:
        raise Invalid(ground="请选择认定的情形。")
    if ticket.is_excluded or ticket.status in (TicketStatus.REASSIGNED, TicketStatus.TERMINATED, TicketStatus.MERGED):
        raise Conflict("这件工单本来就不计分。")
    note = _needs(note)
    Ticket.objects.filter(pk=ticket.pk).update(is_excluded=True)
    ticket.is_excluded = True
    _recompute(ticket.department_id)
    audit.record(
        action="ticket.excuse", label=ExcuseGround(ground).label, by=by, subject=ticket, thread=ticket.thread,
        note=note, data={"ground": ground},
    )  # fmt: skip
    finish(ticket, "ticket.excuse", by=by, note=note)
    return ticket
