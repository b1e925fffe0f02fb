"""What a department does, whether by page, by link or by mail."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.deadlines import Deadline
from governance.kernel.errors import Invalid
from governance.kernel.files import file_store
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.territory.models import Department

from ..models import Comment, Consultation, Extension, Hold, Objection, Ticket, TicketReport
from ..states import ArriveMode, Outcome, RequestState, Stage
from .steps import SUBJECT, close_stage, finish, fire_ticket, lock_whistle, open_stage, pause

Upload = tuple[str, bytes]


@transaction.atomic
def ticket_accept(*, ticket: Ticket, by: Actor, version: int | None = None) -> Ticket:
    """签收: the clocks for reporting in, the first reply and completion start."""
    ticket = fire_ticket(ticket, "accept", by=by, version=version, changes={"accepted_at": clock.now()})
    close_stage(ticket, Stage.ACCEPT)
    for stage in (Stage.ARRIVE, Stage.REPLY, Stage.FINISH):
        open_stage(ticket, stage)
    return finish(ticket, "ticket.accept", by=by)


@transaction.atomic
def ticket_object(*, ticket: Ticket, by: Actor, grounds: str, clause: str, suggested: Department | None = None,
                  suggested_text: str = "", version: int | None = None) -> Ticket:  # fmt: skip
    """提出异议: with the clause it rests on and the department that should answer (domain-rules 1.3 ①). Clocks stop."""
    problems = {}
    if not grounds.strip():
        problems["grounds"] = "请写明异议理由。"
    if not clause.strip():
        problems["clause"] = "请写明依据的条款。"
    if suggested is None and not suggested_text.strip():
        problems["suggested_text"] = "请写明建议由哪个部门承办。"
    if problems:
        raise Invalid(**problems)
    lock_whistle(ticket)
    ticket = fire_ticket(ticket, "object", by=by, note=grounds, version=version, data={"clause": clause})
    Objection.objects.create(
        ticket=ticket, whistle_id=ticket.whistle_id, department_id=ticket.department_id, grounds=grounds, clause=clause,
        suggested=suggested, suggested_text=suggested_text[:80], filed_by=by.label[:120],
    )  # fmt: skip
    pause(ticket)
    open_stage(ticket, Stage.RULING)
    return finish(ticket, "ticket.object", by=by, note=grounds)


@transaction.atomic
def ticket_contact(*, ticket: Ticket, by: Actor, note: str = "", version: int | None = None) -> Ticket:
    """登记联系: the department has spoken with the street."""
    ticket = fire_ticket(ticket, "contact", by=by, note=note, version=version, changes={"contacted_at": clock.now()})
    close_stage(ticket, Stage.CONTACT)
    return finish(ticket, "ticket.contact", by=by, note=note)


@transaction.atomic
def ticket_arrive(*, ticket: Ticket, by: Actor, mode: str = ArriveMode.ONSITE, person: str = "", note: str = "",
                  version: int | None = None) -> Ticket:  # fmt: skip
    """报到: on site or online; being there is also being in contact."""
    moment = clock.now()
    ticket = fire_ticket(
        ticket, "arrive", by=by, note=note, version=version,
        changes={
            "arrived_at": moment, "arrive_mode": mode, "arrived_by": person[:60],
            "contacted_at": ticket.contacted_at or moment,
        },
    )  # fmt: skip
    close_stage(ticket, Stage.ARRIVE, Stage.CONTACT)
    return finish(ticket, "ticket.arrive", by=by, note=note)


@transaction.atomic
def ticket_consult(
    *, ticket: Ticket, by: Actor, topic: str, participants: str = "", version: int | None = None
) -> Ticket:
    """申请会商."""
    ticket = fire_ticket(ticket, "consult", by=by, note=topic, version=version)
    Consultation.objects.create(ticket=ticket, topic=topic, participants=participants[:300])
    return finish(ticket, "ticket.consult", by=by, note=topic)


@transaction.atomic
def ticket_minute(*, ticket: Ticket, by: Actor, minutes: str, version: int | None = None) -> Ticket:
    """形成会商纪要: work goes on."""
    ticket = fire_ticket(ticket, "minute", by=by, note=minutes, version=version)
    ticket.consultations.filter(ended_at=None).update(minutes=minutes, ended_at=clock.now())
    return finish(ticket, "ticket.minute", by=by, note=minutes)


@transaction.atomic
def ticket_ask_extension(
    *, ticket: Ticket, by: Actor, reason: str, until: datetime, version: int | None = None
) -> Ticket:
    """申请延期: once, at most as long again as the first limit (domain-rules 1.3)."""
    limit = (
        Deadline.objects.filter(subject_type=SUBJECT, subject_id=ticket.pk, stage=Stage.FINISH).order_by("-id").first()
    )
    if limit:
        latest = clock.add(limit.due_at, limit.amount * policy("whistle.extension_max_percent") / 100, limit.unit)
        if not limit.due_at < until <= latest:
            raise Invalid(until=f"可延至 {latest.astimezone():%Y-%m-%d %H:%M} 以前，且须晚于原时限。")
    ticket = fire_ticket(ticket, "ask_extension", by=by, note=reason, version=version)
    Extension.objects.create(ticket=ticket, reason=reason, asked_due=until)
    return finish(ticket, "ticket.ask_extension", by=by, note=reason)


@transaction.atomic
def ticket_ask_hold(*, ticket: Ticket, by: Actor, reason: str, explanation: str, leader: str, milestones: str,
                    told_residents: str, review_on: date, version: int | None = None) -> Ticket:  # fmt: skip
    """申请挂账: on one of the five grounds, with a leader, milestones, a review date and the word to the residents (1.5)."""
    longest = policy("whistle.hold_max_days")
    problems = {
        name: "此项必填。"
        for name, value in {"explanation": explanation, "leader": leader, "milestones": milestones, "told_residents": told_residents}.items()
        if not value.strip()
    }  # fmt: skip
    if not 0 < (review_on - clock.today()).days <= longest:
        problems["review_on"] = f"复核日须在今后 {longest} 天以内。"
    if problems:
        raise Invalid(**problems)
    ticket = fire_ticket(ticket, "ask_hold", by=by, note=explanation, version=version, data={"reason": reason})
    Hold.objects.create(
        ticket=ticket, reason=reason, explanation=explanation, leader=leader[:60], milestones=milestones,
        told_residents=told_residents, review_on=review_on, asked_by=by.label[:120],
    )  # fmt: skip
    return finish(ticket, "ticket.ask_hold", by=by, note=explanation)


@transaction.atomic
def ticket_report_done(*, ticket: Ticket, by: Actor, outcome: str, taken_up: str, talked_with: str, measures: str,
                       settled_by: str, basis: str = "", files: Iterable[Upload] = (), version: int | None = None) -> Ticket:  # fmt: skip
    """报办结: the four elements of a reply (S11) and, where the department likes, photos. The clock stops until verified."""
    elements = {"taken_up": taken_up, "talked_with": talked_with, "measures": measures, "settled_by": settled_by}
    problems = {name: "办结须写明此项。" for name, value in elements.items() if not value.strip()}
    if outcome == Outcome.NOT_SUPPORTED and not basis.strip():
        problems["basis"] = "不予支持须写明依据。"
    if problems:
        raise Invalid(**problems)
    lock_whistle(ticket)
    ticket = fire_ticket(
        ticket,
        "report_done",
        by=by,
        note=measures,
        version=version,
        changes={"done_at": clock.now(), "outcome": outcome},
    )
    report = TicketReport.objects.create(
        ticket=ticket, outcome=outcome, taken_up=taken_up[:120], talked_with=talked_with[:200], measures=measures,
        settled_by=settled_by[:120], basis=basis[:300], reported_by=by.label[:120],
    )  # fmt: skip
    store_files(ticket=ticket, subject=report, files=files, by=by)
    close_stage(ticket, Stage.FINISH, Stage.REPLY, Stage.CONTACT)
    return finish(ticket, "ticket.report_done", by=by, note=measures)


@transaction.atomic
def ticket_write_off(*, ticket: Ticket, by: Actor, how: str, note: str, files: Iterable[Upload] = (),
                     version: int | None = None) -> Ticket:  # fmt: skip
    """申请销账: done, plan changed, or demand withdrawn; the street verifies (domain-rules 1.5)."""
    hold = ticket.holds.filter(state=RequestState.GRANTED).first()
    ticket = fire_ticket(
        ticket,
        "write_off",
        by=by,
        note=note,
        version=version,
        changes={"done_at": clock.now(), "outcome": Outcome.SOLVED},
    )
    if hold:
        hold.state, hold.ended_as, hold.ended_at = RequestState.ENDED, how, clock.now()
        hold.save(update_fields=["state", "ended_as", "ended_at"])
        store_files(ticket=ticket, subject=hold, files=files, by=by)
    close_stage(ticket, void=True)
    return finish(ticket, "ticket.write_off", by=by, note=note)


@transaction.atomic
def ticket_comment(*, ticket: Ticket, by: Actor, body: str, files: Iterable[Upload] = (), tell: bool = True) -> Comment:
    """留言: a department's first one counts as its first reply."""
    require(by, "ticket.comment", ticket)
    if not body.strip():
        raise Invalid(body="请写下要说的内容。")
    comment = Comment.objects.create(ticket=ticket, body=body[:10000], author=by.label[:120], via=by.via)
    store_files(ticket=ticket, subject=comment, files=files, by=by)
    if any(post.department_id in (ticket.department_id, ticket.station_id) for post in by.posts if post.department_id):
        close_stage(ticket, Stage.REPLY)
    audit.record(action="ticket.comment", label="留言", by=by, subject=ticket, thread=ticket.thread, note=comment.body)
    if tell:
        finish(ticket, "ticket.comment", by=by, note=body)
    return comment


def store_files(*, ticket: Ticket, subject, files: Iterable[Upload], by: Actor) -> None:
    """Keep the uploads of one answer with the case. Raises Invalid when there are too many or one is refused."""
    files = list(files)
    most = policy("files.max_count")
    if len(files) > most:
        raise Invalid(files=f"一次最多上传 {most} 个附件。")
    for name, content in files:
        file_store(subject=subject, thread=ticket.thread, name=name, content=content, by=by)
