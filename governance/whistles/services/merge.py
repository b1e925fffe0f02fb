"""Merging whistles on the same matter, and undoing it."""

from django.db import transaction

from governance.kernel.actor import Actor
from governance.kernel.errors import Invalid
from governance.kernel.events import emit

from ..models import Whistle
from ..states import TICKET_OPEN, WHISTLE_OPEN, WhistleStatus
from .steps import finish, fire_ticket, fire_whistle, pause, resume


@transaction.atomic
def whistle_merge(*, whistle: Whistle, into: Whistle, by: Actor, note: str, version: int | None = None) -> Whistle:
    """并入: the whistle's tickets stop and stay readable; answers by mail go to the other whistle's ticket of the same department."""
    if into.pk == whistle.pk:
        raise Invalid(into="不能并入自己。")
    if into.street_id != whistle.street_id:
        raise Invalid(into="只能并入本街道的哨单。")
    if into.status not in WHISTLE_OPEN or into.status == WhistleStatus.DRAFT:
        raise Invalid(into="只能并入尚在办理的哨单。")
    before = whistle.status
    whistle = fire_whistle(
        whistle, "merge", by=by, note=note, version=version, changes={"merged_into": into, "merged_from": before},
        data={"into": into.number},
    )  # fmt: skip
    for ticket in whistle.tickets.filter(status__in=TICKET_OPEN).select_related("department", "station"):
        pause(ticket)
        ticket = fire_ticket(ticket, "merge", by=by, changes={"merged_from": ticket.status})
        finish(ticket, "ticket.merge", by=by, note=note, into=into)
    emit("whistle.merge", whistle=whistle, by=by, into=into)
    return whistle


@transaction.atomic
def whistle_unmerge(*, whistle: Whistle, by: Actor, version: int | None = None) -> Whistle:
    """撤销并入: everything goes on where it stood."""
    target = whistle.merged_from
    whistle = fire_whistle(
        whistle, "unmerge", by=by, version=version, target=target, changes={"merged_into": None, "merged_from": ""}
    )
    for ticket in whistle.tickets.filter(status="merged").select_related("department", "station"):
        ticket = fire_ticket(ticket, "unmerge", by=by, target=ticket.merged_from, changes={"merged_from": ""})
        if ticket.status not in ("disputed", "hung"):
            resume(ticket)
        finish(ticket, "ticket.unmerge", by=by)
    emit("whistle.unmerge", whistle=whistle, by=by)
    return whistle
