"""Doing what a mail asks for, through the services and nothing else; what cannot be done is kept as a comment with the reason.

Decided for the common cases:
- 报到 or 联系 while the ticket still waits for 签收 signs first, if the mail can only mean that (报到 does, 联系 does not).
- 办结 with free text and without the four elements takes the text as 解决措施 and fills in what is known: 受理时间 = when the department
  signed, 与谁沟通 = 见解决措施, 解决时限 = the day of the report; each is marked as filled in.
- What is said besides a step (more lines, attachments) becomes a comment next to it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Busy, DomainError, Invalid
from governance.kernel.files import clean_upload
from governance.kernel.policy import policy
from governance.territory.selectors import departments_for_street

from .. import services
from ..models import Objection, Ticket
from ..services.answer import Upload
from ..states import TicketStatus
from .parse import Intent, understand

LONGEST_CLAUSE = Objection._meta.get_field("clause").max_length
FILLED = "（来信未写，按系统记录补）"


@dataclass
class Outcome:
    """What became of an answer: ``kind`` done, comment or refused; ``understood`` and ``note`` go into the confirmation."""

    kind: str
    understood: str = ""
    note: str = ""
    ticket: Ticket | None = None


@dataclass
class Attachments:
    """The files that may be kept, and why the others may not."""

    kept: list[Upload] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def note(self) -> str:
        return "未收下的附件：" + "；".join(self.refused) if self.refused else ""


def sift(files: list[Upload]) -> Attachments:
    """Part the files that the portal accepts from the rest; one bad file never costs the others."""
    found, most = Attachments(), policy("files.max_count")
    for name, content in files:
        if len(found.kept) >= most:
            found.refused.append(f"“{name}”超过一次 {most} 个的上限")
            continue
        try:
            # Decoding a telephone's photo is the costly part: what is stored later is the small, clean one.
            name, _, content = clean_upload(name, content)
        except Invalid as error:
            found.refused.append(error.message.rstrip("。"))
        else:
            found.kept.append((name, content))
    return found


def answer(*, ticket: Ticket, by: Actor, text: str, files: list[Upload]) -> Outcome:
    """Carry out the answer ``text`` of the office ``by``. Raises Busy to be tried again, Forbidden when ``by`` may not even comment."""
    intent, attached = understand(text, today=clock.today()), sift(files)
    if not intent.actions:
        _comment(ticket, by, intent.rest or text, attached.kept)
        kind, note = ("done", "") if intent.is_comment else ("comment", intent.why)
        return Outcome(kind, "留言", join(note, attached.note), ticket)
    if intent.missing:
        return _refuse(ticket, by, text, attached, intent, f"还缺：{'、'.join(intent.missing)}。请补全后重新回复。")
    try:
        with transaction.atomic():
            ticket, note = _take(ticket, by, intent, attached)
    except Busy:
        raise
    except DomainError as error:
        return _refuse(ticket, by, text, attached, intent, error.message)
    return Outcome("done", intent.label, join(note, attached.note), ticket)


def _refuse(ticket: Ticket, by: Actor, text: str, attached: Attachments, intent: Intent, reason: str) -> Outcome:
    _comment(ticket, by, text, attached.kept)
    return Outcome("refused", intent.label, join(reason, attached.note), ticket)


def said(text: str, files: list[Upload]) -> str:
    """The text as a comment; a letter without one says so."""
    return text.strip() or ("（来信没有正文，见附件）" if files else "（来信没有正文）")


def _comment(ticket: Ticket, by: Actor, text: str, files: list[Upload]) -> None:
    services.ticket_comment(ticket=ticket, by=by, body=said(text, files), files=files)


def join(*parts: str) -> str:
    """Those that say something, a line each."""
    return "\n".join(part for part in parts if part)


def _take(ticket: Ticket, by: Actor, intent: Intent, attached: Attachments) -> tuple[Ticket, str]:
    """Every step in order; all or none. Returns the ticket and what the confirmation should add."""
    actions, note = list(intent.actions), ""
    if actions[0] == "arrive" and ticket.status == TicketStatus.PENDING_SIGN:
        actions.insert(0, "accept")
        note = "报到前已一并签收。"
    files = attached.kept
    for name in actions:
        ticket, more = _STEPS[name](ticket, by, intent.fields if name == intent.actions[-1] else {}, files)
        note = join(note, more)
    if intent.actions[-1] == "report_done":
        files = []
    if files or _says_more(intent.rest):
        _comment(ticket, by, intent.rest, files)
    return ticket, note


def _says_more(rest: str) -> bool:
    """Whether there is more than a name and a telephone number under the keyword."""
    lines = [line.strip() for line in rest.split("\n") if line.strip()]
    return len(lines) > 6 or any(len(line) > 20 or any(mark in line for mark in "。！？；，") for line in lines)


Step = Callable[[Ticket, Actor, dict, list[Upload]], tuple[Ticket, str]]


def _simple(service) -> Step:
    return lambda ticket, by, fields, files: (service(ticket=ticket, by=by, **fields), "")


def _object(ticket: Ticket, by: Actor, fields: dict, files) -> tuple[Ticket, str]:
    wanted = fields["suggested_text"]
    offices = departments_for_street(ticket.street)
    known = next((office for office in offices if wanted in (office.name, office.short_name)), None)
    if len(fields["clause"]) > LONGEST_CLAUSE:
        more = f"{fields['grounds']}\n依据全文：{fields['clause']}"
        fields = {**fields, "grounds": more, "clause": fields["clause"][:LONGEST_CLAUSE]}
    return services.ticket_object(ticket=ticket, by=by, suggested=known, **fields), ""


def _report_done(ticket: Ticket, by: Actor, fields: dict, files) -> tuple[Ticket, str]:
    accepted = ticket.accepted_at or ticket.created_at
    known = {
        "taken_up": f"{timezone.localtime(accepted):%Y-%m-%d %H:%M}{FILLED}",
        "talked_with": f"见解决措施{FILLED}",
        "settled_by": f"{clock.today():%Y-%m-%d}{FILLED}",
    }
    filled = [name for name in known if not fields.get(name)]
    names = {"taken_up": "受理时间", "talked_with": "与谁沟通", "settled_by": "解决时限"}
    note = f"来信未写{'、'.join(names[name] for name in filled)}，已按系统记录补上。" if filled else ""
    return services.ticket_report_done(ticket=ticket, by=by, files=files, **{**known, **fields}), note


def _ask_extension(ticket: Ticket, by: Actor, fields: dict, files) -> tuple[Ticket, str]:
    """Until the close of that day's business."""
    noon = datetime.combine(fields["until"], time(12), timezone.get_default_timezone())
    until = clock.add(noon, 0, clock.Unit.DAY)
    return services.ticket_ask_extension(ticket=ticket, by=by, reason=fields["reason"], until=until), ""


_STEPS: dict[str, Step] = {
    "accept": _simple(services.ticket_accept),
    "contact": _simple(services.ticket_contact),
    "arrive": _simple(services.ticket_arrive),
    "object": _object,
    "consult": _simple(services.ticket_consult),
    "minute": _simple(services.ticket_minute),
    "ask_extension": _ask_extension,
    "report_done": _report_done,
}
