"""What happened in a case, as far as this actor may know it; and its files."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from governance.accounts.roles import DEPT_ROLES
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.files import READERS, StoredFile

from ..models import Comment, Hold, Objection, Ticket, TicketReport, Whistle

DOORS = {"web": "网页", "link": "邮件链接", "mail": "邮件", "api": "接口", "system": "系统"}
INTERNAL = ("whistle.draft", "whistle.edit", "whistle.submit", "whistle.return", "whistle.approve")
STYLES = {
    "dispatch": ("info", "mail"), "accept": ("info", "check"), "object": ("warning", "scale"), "arrive": ("info", "map"),
    "report_done": ("success", "check"), "verify": ("success", "check"), "rework": ("warning", "repeat"),
    "rate": ("accent", "star"), "card": ("danger", "card"), "explain": ("warning", "card"), "comment": ("neutral", "reply"),
    "reassign": ("warning", "repeat"), "uphold": ("warning", "gavel"), "grant_hold": ("muted", "pause"),
    "merge": ("muted", "merge"), "settle": ("success", "check"), "contact": ("neutral", "phone"),
    "draft": ("neutral", "edit"), "edit": ("neutral", "edit"), "submit": ("neutral", "arrow-right"),
    "approve": ("success", "check"), "return": ("warning", "reply"), "consult": ("info", "users"), "minute": ("info", "file"),
}  # fmt: skip
OF_TICKET = {"ticketreport": TicketReport, "hold": Hold, "comment": Comment, "objection": Objection}


def _is_outside(actor: Actor) -> bool:
    """Departments do not see how the street made up its mind."""
    return bool(actor.posts) and all(post.role in DEPT_ROLES for post in actor.posts)


def events_of(whistle: Whistle, actor: Actor, *, ticket: Ticket | None = None) -> QuerySet[AuditEvent]:
    """The case's events that the actor may see, newest first: the whistle's, and those of tickets that he sees."""
    tickets = Ticket.objects.visible_to(actor).filter(whistle=whistle)
    ids = [ticket.pk] if ticket else tickets.values("pk")
    rows = AuditEvent.objects.filter(thread=whistle.thread)
    rows = rows.filter(Q(subject_type="whistle") | Q(subject_type="ticket", subject_id__in=ids))
    return (rows.exclude(action__in=INTERNAL) if _is_outside(actor) else rows).order_by("-id")


def timeline_of(whistle: Whistle, actor: Actor, *, ticket: Ticket | None = None) -> list[dict]:
    """``events_of`` as the timeline component takes them: with who, through which door, and the note."""
    names = dict(whistle.tickets.values_list("pk", "department__short_name")) if ticket is None else {}
    outside = _is_outside(actor)
    return [
        _entry(event, names.get(event.subject_id, ""), outside) for event in events_of(whistle, actor, ticket=ticket)
    ]


def _who(event: AuditEvent, outside: bool) -> str:
    """The doer and the door; a department does not learn which person rated it (domain-rules 1.6)."""
    if outside and event.action == "ticket.rate":
        return "街道"
    return event.actor_label if event.via == "system" else f"{event.actor_label} · {DOORS.get(event.via, event.via)}"


def _entry(event: AuditEvent, department: str, outside: bool) -> dict:
    tone, icon = STYLES.get(event.action.partition(".")[2], ("neutral", "dot"))
    about = (
        f"（{department}）" if department and event.subject_type == "ticket" and department not in event.label else ""
    )
    return {
        "at": event.at, "title": f"{event.label or event.action}{about}", "body": event.note, "tone": tone, "icon": icon,
        "who": _who(event, outside),
    }  # fmt: skip


def files_of(whistle: Whistle, actor: Actor, *, ticket: Ticket | None = None) -> list[StoredFile]:
    """The case's files that the actor may open; with ``ticket`` only the whistle's own and that ticket's."""
    files = list(StoredFile.objects.filter(thread=whistle.thread))
    owners = _owners(files)
    seen = {ticket.pk} if ticket else set(_visible(actor, owners.values()))
    return [file for file in files if file.subject_type == "whistle" or owners.get(file.pk) in seen]


def _visible(actor: Actor, tickets: Iterable[int]):
    wanted = set(tickets)
    return Ticket.objects.visible_to(actor).filter(pk__in=wanted).values_list("pk", flat=True) if wanted else ()


def _owners(files: Iterable[StoredFile]) -> dict[int, int]:
    """The ticket that each file hangs on, through its report, hold, comment or objection; at most one query per kind."""
    wanted, owners = defaultdict(set), {}
    for file in files:
        wanted[file.subject_type].add(file.subject_id)
    found = {
        kind: dict(model.objects.filter(pk__in=wanted[kind]).values_list("pk", "ticket_id"))
        for kind, model in OF_TICKET.items()
        if wanted[kind]
    }
    for file in files:
        if file.subject_type == "ticket":
            owners[file.pk] = file.subject_id
        elif ticket := found.get(file.subject_type, {}).get(file.subject_id):
            owners[file.pk] = ticket
    return owners


def may_open(file: StoredFile, actor: Actor) -> bool:
    """Whether the actor sees the case that the file belongs to: a whistle or ticket here, else what its slice says."""
    kind, _, pk = file.thread.partition(":")
    if kind in READERS and pk.isdecimal():
        return READERS[kind](actor, int(pk))
    if kind != "whistle" or not pk.isdecimal():
        return False
    if file.subject_type == "whistle":
        return Whistle.objects.visible_to(actor).filter(pk=pk).exists()
    ticket = _owners([file]).get(file.pk)
    return ticket is not None and bool(_visible(actor, [ticket]))
