"""What others decide about a ticket: objections by the ruling group, holds by the district, extensions by the street."""

from datetime import date

from django.db import transaction

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.deadlines import deadline_extend
from governance.kernel.errors import Invalid
from governance.kernel.links import links_revoke
from governance.kernel.policy import policy
from governance.territory.models import Department
from governance.territory.selectors import departments_for_street

from ..models import Objection, Ticket
from ..states import RequestState, RulingKind, Stage
from .closing import whistle_settle
from .steps import SUBJECT, close_stage, finish, fire_ticket, lock_whistle, open_stage, pause, resume
from .whistle import ticket_create


def _rule(ticket: Ticket, *, kind: str, by: Actor, note: str, new_ticket: Ticket | None = None) -> Objection:
    objection = ticket.objection
    objection.ruling, objection.ruling_note, objection.new_ticket = kind, note, new_ticket
    objection.ruled_by, objection.ruled_at = by.label[:120], clock.now()
    objection.save(update_fields=["ruling", "ruling_note", "new_ticket", "ruled_by", "ruled_at"])
    return objection


@transaction.atomic
def objection_uphold(*, ticket: Ticket, by: Actor, note: str, version: int | None = None) -> Ticket:
    """维持派单: the department has to report in; its limits start anew on the day of the ruling (domain-rules 1.3)."""
    moment = clock.now()
    ticket = fire_ticket(ticket, "uphold", by=by, note=note, version=version, changes={"accepted_at": moment})
    _rule(ticket, kind=RulingKind.UPHOLD, by=by, note=note)
    close_stage(ticket, Stage.RULING)
    close_stage(ticket, Stage.ACCEPT)
    close_stage(ticket, void=True)
    for stage in (Stage.CONTACT, Stage.ARRIVE, Stage.REPLY, Stage.FINISH):
        open_stage(ticket, stage)
    return finish(ticket, "ticket.uphold", by=by, note=note)


@transaction.atomic
def objection_reassign(
    *, ticket: Ticket, by: Actor, department: Department, note: str, version: int | None = None
) -> Ticket:
    """改派: the old department loses sight and link at once, the new one gets its own ticket. Returns the new ticket."""
    whistle = lock_whistle(ticket)
    if not departments_for_street(ticket.street).filter(pk=department.pk).exists():
        raise Invalid(department=f"“{department}”不是本街道可以吹哨的部门。")
    if department.pk == ticket.department_id:
        raise Invalid(department="不能改派给原部门；维持派单请选“维持派单”。")
    if (
        whistle.tickets.filter(department=department)
        .exclude(status__in=("reassigned", "terminated", "merged"))
        .exists()
    ):
        raise Invalid(department=f"“{department}”已在办理这件哨单。")
    ticket = fire_ticket(ticket, "reassign", by=by, note=note, version=version, data={"department": department.pk})
    close_stage(ticket, Stage.RULING)
    close_stage(ticket, void=True)
    links_revoke(subject_type=SUBJECT, subject_id=ticket.pk)
    fresh = ticket_create(whistle=whistle, department=department, role=ticket.role, by=by)
    _rule(ticket, kind=RulingKind.REASSIGN, by=by, note=note, new_ticket=fresh)
    finish(ticket, "ticket.reassign", by=by, note=note, new_ticket=fresh)
    return fresh


@transaction.atomic
def objection_not_whistle(*, ticket: Ticket, by: Actor, note: str, version: int | None = None) -> Ticket:
    """不成立吹哨: the ticket ends without counting; the whistle too when nobody else is at work."""
    lock_whistle(ticket)
    ticket = fire_ticket(ticket, "not_whistle", by=by, note=note, version=version, changes={"is_excluded": True})
    _rule(ticket, kind=RulingKind.NOT_WHISTLE, by=by, note=note)
    close_stage(ticket, Stage.RULING)
    close_stage(ticket, void=True)
    ticket = finish(ticket, "ticket.not_whistle", by=by, note=note)
    whistle_settle(whistle=ticket.whistle, by=by)
    return ticket


@transaction.atomic
def extension_grant(*, ticket: Ticket, by: Actor, note: str = "", version: int | None = None) -> Ticket:
    """同意延期: the limit for completion moves to the date asked for."""
    extension = ticket.extension if hasattr(ticket, "extension") else None
    ticket = fire_ticket(ticket, "grant_extension", by=by, note=note, version=version)
    _decide(extension, RequestState.GRANTED, by)
    deadline_extend(subject_type=SUBJECT, subject_id=ticket.pk, stage=Stage.FINISH, due_at=extension.asked_due)
    return finish(ticket, "ticket.grant_extension", by=by, note=note)


@transaction.atomic
def extension_refuse(*, ticket: Ticket, by: Actor, note: str, version: int | None = None) -> Ticket:
    """不同意延期."""
    extension = ticket.extension if hasattr(ticket, "extension") else None
    ticket = fire_ticket(ticket, "refuse_extension", by=by, note=note, version=version)
    _decide(extension, RequestState.REFUSED, by)
    return finish(ticket, "ticket.refuse_extension", by=by, note=note)


def _decide(request, state: str, by: Actor) -> None:
    request.state, request.decided_by, request.decided_at = state, by.label[:120], clock.now()
    request.save(update_fields=["state", "decided_by", "decided_at"])


@transaction.atomic
def hold_grant(*, ticket: Ticket, by: Actor, note: str = "", version: int | None = None) -> Ticket:
    """同意挂账: the clocks stop until the review date."""
    ticket = fire_ticket(ticket, "grant_hold", by=by, note=note, version=version, changes={"was_hung": True})
    hold = ticket.holds.get(state=RequestState.REQUESTED)
    hold.decision_note = note
    hold.save(update_fields=["decision_note"])
    _decide(hold, RequestState.GRANTED, by)
    pause(ticket)
    return finish(ticket, "ticket.grant_hold", by=by, note=note)


@transaction.atomic
def hold_refuse(*, ticket: Ticket, by: Actor, note: str, version: int | None = None) -> Ticket:
    """不同意挂账."""
    ticket = fire_ticket(ticket, "refuse_hold", by=by, note=note, version=version)
    hold = ticket.holds.get(state=RequestState.REQUESTED)
    hold.decision_note = note
    hold.save(update_fields=["decision_note"])
    _decide(hold, RequestState.REFUSED, by)
    return finish(ticket, "ticket.refuse_hold", by=by, note=note)


@transaction.atomic
def hold_continue(*, ticket: Ticket, by: Actor, note: str, review_on: date, version: int | None = None) -> Ticket:
    """续挂: another review date, within the rule's days."""
    longest = policy("whistle.hold_max_days")
    if not 0 < (review_on - clock.today()).days <= longest:
        raise Invalid(review_on=f"复核日须在今后 {longest} 天以内。")
    ticket = fire_ticket(ticket, "continue_hold", by=by, note=note, version=version, data={"review_on": str(review_on)})
    ticket.holds.filter(state=RequestState.GRANTED).update(review_on=review_on)
    return finish(ticket, "ticket.continue_hold", by=by, note=note)


@transaction.atomic
def hold_resume(*, ticket: Ticket, by: Actor, note: str, version: int | None = None) -> Ticket:
    """恢复办理: the clocks go on with the time that was left."""
    ticket = fire_ticket(ticket, "resume", by=by, note=note, version=version)
    ticket.holds.filter(state=RequestState.GRANTED).update(state=RequestState.ENDED, ended_at=clock.now())
    resume(ticket)
    return finish(ticket, "ticket.resume", by=by, note=note)
