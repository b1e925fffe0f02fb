"""Reasons for refusing a step that the state alone does not show. Each returns the reason in Chinese, or None."""

from governance.kernel.policy import policy

from .states import RequestState, TicketRole, TicketStatus

DONE_BY_ASSISTANTS = (
    TicketStatus.PENDING_VERIFY, TicketStatus.PENDING_EVAL, TicketStatus.CLOSED, TicketStatus.REASSIGNED,
    TicketStatus.TERMINATED, TicketStatus.MERGED, TicketStatus.HUNG,
)  # fmt: skip


def complete(whistle, actor, changes) -> str | None:
    """A whistle is submitted only with what its departments need to know."""
    if len(whistle.done_already.strip()) < policy("whistle.done_already_min"):
        return f"“街道已做工作”不少于 {policy('whistle.done_already_min')} 字。"
    proposed = whistle.proposals.all() if whistle.proposed is None else whistle.proposed
    if not any(row.role == TicketRole.LEAD for row in proposed):
        return "请选择拟主办部门。"
    return None


def may_object(ticket, actor, changes) -> str | None:
    """Once per department and whistle, and only while the limit for accepting runs (domain-rules 1.3 ①)."""
    if any(row.department_id == ticket.department_id for row in ticket.whistle.objections.all()):
        return "贵单位对这件哨单已提出过一次异议，请签收办理。"
    if ticket.is_late:
        return "签收时限已过，不能再提异议，请签收办理。"
    return None


def not_contacted(ticket, actor, changes) -> str | None:
    return "已登记过联系时间。" if ticket.contacted_at else None


def may_extend(ticket, actor, changes) -> str | None:
    return "每件工单只能申请一次延期。" if hasattr(ticket, "extension") else None


def extension_asked(ticket, actor, changes) -> str | None:
    extension = getattr(ticket, "extension", None)
    return None if extension and extension.state == RequestState.REQUESTED else "没有待审批的延期申请。"


def _hold_asked(ticket) -> bool:
    return any(hold.state == RequestState.REQUESTED for hold in ticket.holds.all())


def hold_asked(ticket, actor, changes) -> str | None:
    return None if _hold_asked(ticket) else "没有待审批的挂账申请。"


def no_hold_asked(ticket, actor, changes) -> str | None:
    return "已有一项挂账申请待审批。" if _hold_asked(ticket) else None


def nothing_asked(ticket, actor, changes) -> str | None:
    return "挂账申请尚未批复，批复后再报办结。" if _hold_asked(ticket) else None


def assistants_done(ticket, actor, changes) -> str | None:
    """首接负责: the lead answers for the whole and reports done only after its assistants (domain-rules 1.3 ②)."""
    if ticket.role != TicketRole.LEAD:
        return None
    tickets = ticket.whistle.tickets  # loaded already where many mails are written at once
    loaded = "tickets" in getattr(ticket.whistle, "_prefetched_objects_cache", ())
    open_names = [
        other.department.short_name
        for other in (tickets.all() if loaded else tickets.select_related("department"))
        if other.pk != ticket.pk and other.status not in DONE_BY_ASSISTANTS
    ]
    return f"协办部门（{'、'.join(open_names)}）尚未办结，主办部门须协调其完成后再报办结。" if open_names else None
