"""Reading tickets: rows of lists and pages, whose clock runs, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from governance.kernel import clock
from governance.kernel.deadlines import Deadline, DeadlineState
from governance.kernel.policy import policy

from ..models import Ticket
from ..querysets import TicketQuerySet
from ..states import TICKET_ENDED, Stage, TicketStatus

SUBJECT = "ticket"
OWNERS = {Stage.EVALUATE: "街道", Stage.RULING: "区级裁决组", Stage.HOLD_REVIEW: "区级"}
NEXT_STEP = {
    TicketStatus.PENDING_SIGN: "等部门签收（或提出异议）",
    TicketStatus.DISPUTED: "等区级裁决组裁决",
    TicketStatus.PENDING_ARRIVE: "等部门报到",
    TicketStatus.HANDLING: "部门办理，办好后报办结",
    TicketStatus.CONSULTING: "会商，形成纪要后继续办理",
    TicketStatus.HUNG: "到复核日续挂、恢复办理或销账",
    TicketStatus.PENDING_VERIFY: "等街道现场核实",
    TicketStatus.PENDING_EVAL: "等街道评价",
    TicketStatus.CLOSED: "已办结",
    TicketStatus.REASSIGNED: "已改派其他部门",
    TicketStatus.TERMINATED: "已终止",
    TicketStatus.MERGED: "随哨单并入，在主单办理",
}


@dataclass(frozen=True)
class TicketClock:
    """The limit that a ticket stands under: what ``clock_ring`` draws, and the rule behind it."""

    due_at: datetime
    started_at: datetime
    state: str
    label: str
    rule_key: str = ""
    provisional: bool = False


def ticket_rows() -> TicketQuerySet:
    """Tickets with all that a list or a page shows of them."""
    return Ticket.objects.select_related(
        "whistle", "department", "station", "street", "unit", "community", "category", "superior"
    )


def ticket_list_rows() -> TicketQuerySet:
    """Tickets with what a list shows and sorts by, and no more: width is what a page of rows costs."""
    return Ticket.objects.select_related("whistle", "department", "street", "category").only(
        "status", "role", "scene", "stage", "due_at", "rework_count", "created_at", "is_synthetic", "whistle__number",
        "whistle__title", "department__short_name", "department__code", "street__name", "street__code12", "category__name",
        "category__code",
    )  # fmt: skip


def _clock(limit: Deadline) -> TicketClock:
    owner = OWNERS.get(limit.stage, "部门")
    paused = limit.state == DeadlineState.PAUSED
    return TicketClock(
        due_at=limit.due_at, started_at=limit.starts_at, state="paused" if paused else "running",
        label=f"{Stage(limit.stage).label}时限 · {owner}", rule_key=limit.rule_key, provisional=limit.provisional,
    )  # fmt: skip


def clocks_attach(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Set ``ticket.clock`` (TicketClock or None), ``next_step`` and ``row_tone`` on each; one query for all of them.

    The clock is the running limit that the ticket names; with none running, the paused limit for completion.
    """
    tickets = list(tickets)
    limits = Deadline.objects.filter(
        subject_type=SUBJECT, subject_id__in=[ticket.pk for ticket in tickets],
        state__in=[DeadlineState.OPEN, DeadlineState.PAUSED],
    )  # fmt: skip
    found: dict[int, dict[tuple[str, str], Deadline]] = {}
    shown = ("subject_id", "stage", "state", "starts_at", "due_at", "rule_key", "provisional")
    for limit in limits.order_by("id").only(*shown):
        found.setdefault(limit.subject_id, {})[limit.stage, limit.state] = limit
    for ticket in tickets:
        mine = found.get(ticket.pk, {})
        paused = (mine.get((stage, DeadlineState.PAUSED)) for stage in (Stage.FINISH, Stage.ARRIVE, Stage.ACCEPT))
        limit = mine.get((ticket.stage, DeadlineState.OPEN)) or next(filter(None, paused), None)
        ticket.clock = _clock(limit) if limit and ticket.status not in TICKET_ENDED else None
        ticket.next_step = NEXT_STEP[TicketStatus(ticket.status)]
        ticket.row_tone = "danger" if ticket.is_late else ""
    return tickets


def extension_limits(ticket: Ticket) -> tuple[datetime, datetime] | None:
    """When completion is due and the latest moment it may be moved to (domain-rules 1.3); None without a limit."""
    limits = Deadline.objects.filter(subject_type=SUBJECT, subject_id=ticket.pk, stage=Stage.FINISH)
    limit = limits.order_by("-id").first()
    if limit is None:
        return None
    more = limit.amount * policy("whistle.extension_max_percent") / 100
    return limit.due_at, clock.add(limit.due_at, more, limit.unit)
