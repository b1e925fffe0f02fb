"""What the holder of a link may see of a case: his own ticket, nothing of what is sealed or of other departments."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import Deadline, DeadlineState
from governance.kernel.files import StoredFile
from governance.kernel.ui.formats import datetime_cn, mask_phone

from ..models import Ticket
from ..states import Scene, Stage, TicketStatus

# Whose move it is, said to the department.
TURNS = {
    TicketStatus.PENDING_SIGN: "轮到贵单位：请签收，或提出异议",
    TicketStatus.DISPUTED: "等待区级裁决组裁决，贵单位暂停计时",
    TicketStatus.PENDING_ARRIVE: "轮到贵单位：请报到",
    TicketStatus.HANDLING: "轮到贵单位：请办理，办好后报办结",
    TicketStatus.CONSULTING: "会商中：请形成纪要",
    TicketStatus.HUNG: "挂账中，暂停计时",
    TicketStatus.PENDING_VERIFY: "等待街道现场核实，贵单位不计时",
    TicketStatus.PENDING_EVAL: "等待街道评价，贵单位不必再做什么",
    TicketStatus.CLOSED: "已办结，贵单位不必再做什么",
    TicketStatus.TERMINATED: "已终止，贵单位不必再做什么",
    TicketStatus.MERGED: "已并入另一哨单，暂停计时",
}
HOLDERS = {Stage.RULING: "区级裁决组", Stage.EVALUATE: "街道"}
QUIET = (Stage.CONTACT, Stage.REPLY)  # count for the rates, remind nobody


@dataclass(frozen=True)
class Clock:
    """The limit that runs now and whose it is."""

    due_at: datetime
    started_at: datetime
    state: str
    label: str
    provisional: bool


def clock_of(ticket: Ticket) -> Clock | None:
    """The running limit, else a paused one, that ends first."""
    rows = Deadline.objects.filter(
        subject_type="ticket", subject_id=ticket.pk, state__in=[DeadlineState.OPEN, DeadlineState.PAUSED]
    ).exclude(stage__in=QUIET)
    row = next(iter(sorted(rows, key=lambda row: (row.state == DeadlineState.PAUSED, row.due_at))), None)
    if row is None:
        return None
    label = f"{Stage(row.stage).label}时限 · {HOLDERS.get(row.stage, '贵单位')}"
    state = "paused" if row.state == DeadlineState.PAUSED else "running"
    return Clock(row.due_at, row.starts_at, state, label, row.provisional)


def facts_of(ticket: Ticket) -> list[tuple[str, object]]:
    """What, where, who asks."""
    whistle = ticket.whistle
    place = "".join(str(part) for part in (ticket.street, ticket.community) if part)
    rows = [
        ("地点", f"{whistle.place}（{place}）"),
        ("吹哨单位", f"{ticket.street}综合指挥中心"),
        ("情形", f"{Scene(ticket.scene).label} · {ticket.category}"),
        ("分工", ticket.get_role_display()),
        ("事实", mask_phone(whistle.facts)),
        ("涉及户数", f"{whistle.households} 户" if whistle.households else ""),
        ("街道已做工作", mask_phone(whistle.done_already)),
        ("法规依据", whistle.legal_basis),
        ("期望到场", datetime_cn(whistle.expected_at) if whistle.expected_at else ""),
        ("派发时间", datetime_cn(ticket.created_at)),
    ]
    return [row for row in rows if row[1]]


def partners_of(ticket: Ticket) -> QuerySet[Ticket]:
    """The other departments at work on the whistle: who they are and how far, not what they wrote."""
    others = Ticket.objects.filter(whistle_id=ticket.whistle_id).exclude(pk=ticket.pk)
    return others.exclude(status=TicketStatus.REASSIGNED).select_related("department").order_by("id")


def files_of(ticket: Ticket) -> QuerySet[StoredFile]:
    """The files of the whistle and of this ticket; those of other departments are not among them."""
    own = Q(subject_type="whistle", subject_id=ticket.whistle_id) | Q(subject_type="ticket", subject_id=ticket.pk)
    for name, rows in (("ticketreport", ticket.reports), ("comment", ticket.comments), ("hold", ticket.holds)):
        own |= Q(subject_type=name, subject_id__in=rows.values("pk"))
    return StoredFile.objects.filter(own, thread=ticket.thread)


def timeline_of(ticket: Ticket) -> list[dict]:
    """What happened to this ticket, newest first. Stars and comments of a rating are not in the trail."""
    events = AuditEvent.objects.filter(subject_type="ticket", subject_id=ticket.pk).order_by("-id")[:100]
    return [
        {"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": mask_phone(row.note)}
        for row in events
    ]


def last_done(ticket: Ticket, action: str) -> AuditEvent | None:
    """When this step was last taken, and by whom."""
    name = "card.explain" if action == "explain" else f"ticket.{action}"
    events = AuditEvent.objects.filter(subject_type="ticket", subject_id=ticket.pk, action=name)
    return events.order_by("-id").first()
