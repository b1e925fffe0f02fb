"""Desk panels: the community's demands, the department's refusals to answer, approvals, rulings. One statement each."""

from django.db.models import F

from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import DEPT_ROLES, STREET_ROLES, Role
from governance.kernel.actor import Actor

from ..models import Demand, DemandTarget, Refusal
from ..permissions import SOCIAL
from ..states import DemandStatus, RefusalStatus, TargetStatus


def targets(actor: Actor) -> Content:
    """What is open, by the day it is due; nothing is red before and nobody is chased (减负 B08)."""
    rows = (
        DemandTarget.objects.visible_to(actor).filter(status=TargetStatus.OPEN).select_related("demand", "department")
    )
    return content(rows.order_by("due_on", "id"), target_line, href="targets?status=open")


def target_line(row: DemandTarget) -> dict:
    """Who asks for what, how long it takes."""
    note = "已超过本年频次上限，可依规拒收" if row.over_frequency else ""
    return {
        "title": row.demand.title, "text": f"{row.department.short_name} · 约 {row.minutes} 分钟", "note": note,
        "url": row.get_absolute_url(), "at": row.due_on, "at_label": "完成日期",
    }  # fmt: skip


def refused_here(actor: Actor) -> Content:
    """Refusals of the street's communities that wait for an answer."""
    rows = Refusal.objects.visible_to(actor).filter(status__in=[RefusalStatus.FILED, RefusalStatus.IN_RULING])
    return content(
        rows.select_related("demand", "department").order_by("id"), refusal_line, href="refusals?status=filed"
    )


def to_answer(actor: Actor) -> Content:
    """Refusals of the department's own demands that it has to answer."""
    own = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    rows = Refusal.objects.filter(status=RefusalStatus.FILED, department_id__in=own)
    return content(
        rows.select_related("demand", "department").order_by("id"), refusal_line, href="refusals?status=filed"
    )


def copied(actor: Actor) -> Content:
    """Refusals that departments have not answered yet, copied to the district; those that are late stand first and say so."""
    rows = Refusal.objects.visible_to(actor).filter(status=RefusalStatus.FILED).select_related("demand", "department")
    return content(
        rows.order_by(F("escalated_at").asc(nulls_last=True), "id"), copied_line, href="refusals?status=filed"
    )


def copied_line(row: Refusal) -> dict:
    """The same, and whether the department is late."""
    return refusal_line(row) | {"note": "部门逾期未答复，请督促" if row.escalated_at else ""}


def to_rule(actor: Actor) -> Content:
    """Refusals to be ruled on."""
    rows = Refusal.objects.visible_to(actor).filter(status=RefusalStatus.IN_RULING)
    return content(
        rows.select_related("demand", "department").order_by("id"), refusal_line, href="refusals?status=in_ruling"
    )


def refusal_line(row: Refusal) -> dict:
    """What was refused and why; never by whom."""
    return {
        "title": row.demand.title, "text": f"{row.department.short_name} · {row.get_reason_display()} · {row.number}",
        "url": row.get_absolute_url(), "badge": RefusalStatus(row.status),
    }  # fmt: skip


def to_approve(actor: Actor) -> Content:
    """Demands over the quota that this actor decides."""
    rows = Demand.objects.filter(status=DemandStatus.PENDING_APPROVAL)
    units = [post.unit_id for post in actor.posts_in(Role.UNIT_SOCIAL)]
    mine = rows.filter(unit_id__in=units)
    rows = mine | rows.filter(unit=None) if actor.posts_in(Role.CITY_OFFICE) else mine
    return content(
        rows.select_related("department").order_by("id"), demand_line, href="demands?status=pending_approval"
    )


def demand_line(row: Demand) -> dict:
    """Who wants how many minutes beyond the quota."""
    return {
        "title": row.title, "text": f"{row.department.short_name} · {row.communities} 个社区 × {row.minutes} 分钟",
        "url": row.get_absolute_url(), "at": row.created_at, "badge": DemandStatus(row.status),
    }  # fmt: skip


desks.register(
    Panel("targets", "社区待办", (Role.COMMUNITY, Role.GRID_WORKER), 5, targets, "inbox", quiet=True),
    Panel("street-refusals", "本街道社区的拒收", STREET_ROLES, 70, refused_here, "shield", quiet=True),
    Panel("refusals-answer", "待答复的拒收", DEPT_ROLES, 15, to_answer, "shield", tone="warning", quiet=True),
    Panel("demands-approve", "待批的增负说明", tuple(SOCIAL), 50, to_approve, "eye", tone="warning", quiet=True),
    Panel("refusals-copied", "抄送：待部门答复的拒收", (Role.UNIT_SOCIAL,), 60, copied, "shield", quiet=True),
    Panel("refusals-rule", "待裁决的拒收", (Role.ADJUDICATOR,), 50, to_rule, "gavel", tone="warning", quiet=True),
)
desks.shortcut("下达要求", "demand-new", "send", DEPT_ROLES)
