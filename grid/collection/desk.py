"""Desk panels of collection: a department's forms to be sent, forms over the limits to be approved. One statement each.

A community finds its forms among its other demands (社区待办), which lead to the form itself.
"""

from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import DEPT_ROLES, Role
from governance.kernel.actor import Actor

from .models import Form
from .states import FormStatus

DECIDING = (Role.UNIT_SOCIAL, Role.CITY_OFFICE)


def mine(actor: Actor) -> Content:
    """Drafts and approved forms of one's own department."""
    own = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    rows = Form.objects.filter(department_id__in=own, status__in=[FormStatus.DRAFT, FormStatus.APPROVED])
    return content(rows.select_related("department").order_by("id"), line, href="forms?status=draft")


def to_approve(actor: Actor) -> Content:
    """Forms over the limits that this actor decides."""
    rows = Form.objects.filter(status=FormStatus.PENDING)
    mine = rows.filter(unit_id__in=[post.unit_id for post in actor.posts_in(Role.UNIT_SOCIAL)])
    rows = mine | rows.filter(unit=None) if actor.posts_in(Role.CITY_OFFICE) else mine
    return content(rows.select_related("department").order_by("id"), line, href="forms?status=pending")


def line(row: Form) -> dict:
    """Whose, how much."""
    return {
        "title": row.title, "text": f"{row.department.short_name} · {row.fields_count} 个字段 · {row.communities} 个社区",
        "url": row.get_absolute_url(), "badge": FormStatus(row.status), "at": row.created_at,
    }  # fmt: skip


desks.register(
    Panel("forms-mine", "待下发的表", DEPT_ROLES, 65, mine, "file", quiet=True),
    Panel("forms-approve", "待批的超限表格", DECIDING, 52, to_approve, "file", tone="warning", quiet=True),
)
desks.shortcut("起草表格", "form-new", "file", DEPT_ROLES)
