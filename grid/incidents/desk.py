"""Desk panels of incidents: what waits for a grid worker, community, street, department. One statement each."""

from django.db.models import Q

from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import DEPT_ROLES, STREET_ROLES, Role
from governance.kernel.actor import Actor

from .models import Incident
from .states import HandlingLevel, IncidentStatus

TO_DECIDE = (IncidentStatus.REPORTED, IncidentStatus.ACCEPTED, IncidentStatus.VERIFYING, IncidentStatus.VERIFIED)
LOCAL = (HandlingLevel.GRID, HandlingLevel.COMMUNITY)


def _rows(scope: Q):
    return Incident.objects.open().filter(scope).select_related("category", "community").order_by("id")


def of_grid(actor: Actor) -> Content:
    """To be handled in the grid or looked at on site."""
    ids = [post.community_id for post in actor.posts_in(Role.GRID_WORKER)]
    mine = Q(status=IncidentStatus.HANDLING, level=HandlingLevel.GRID) | Q(status=IncidentStatus.VERIFYING)
    return content(_rows(Q(community_id__in=ids) & mine), line, href="incidents?state=open")


def of_community(actor: Actor) -> Content:
    """To be accepted, handled, verified, closed."""
    ids = [post.community_id for post in actor.posts_in(Role.COMMUNITY)]
    mine = Q(status=IncidentStatus.HANDLING, level__in=LOCAL) | Q(status__in=TO_DECIDE)
    return content(_rows(Q(community_id__in=ids) & mine), line, href="incidents?state=open")


def of_street(actor: Actor) -> Content:
    """To be handled by the street, or waiting for a way."""
    ids = [post.street_id for post in actor.posts_in(*STREET_ROLES)]
    mine = Q(status=IncidentStatus.HANDLING, level=HandlingLevel.STREET) | Q(status=IncidentStatus.ACCEPTED)
    return content(_rows(Q(street_id__in=ids) & mine), line, href="incidents?state=open&level=street")


def of_department(actor: Actor) -> Content:
    """Sent to one's department."""
    ids = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    return content(_rows(Q(department_id__in=ids, status=IncidentStatus.HANDLING)), line, href="incidents?state=open")


def line(row: Incident) -> dict:
    """What, where, until when."""
    return {
        "title": row.headline, "text": f"{row.category.name} · {row.community.name} {row.place}".strip(), "url": row.get_absolute_url(),
        "badge": IncidentStatus(row.status), "due_at": row.due_at, "started_at": row.accepted_at or row.reported_at,
    }  # fmt: skip


desks.register(
    Panel("incidents-grid", "网格事件", (Role.GRID_WORKER,), 20, of_grid, "flag"),
    Panel("incidents-community", "网格事件", (Role.COMMUNITY,), 45, of_community, "flag", quiet=True),
    Panel("incidents-street", "街道处置的事件", STREET_ROLES, 55, of_street, "flag", quiet=True),
    Panel("incidents-department", "派遣来的事件", DEPT_ROLES, 45, of_department, "flag", quiet=True),
)
desks.shortcut("上报事件", "incident-new", "plus", (Role.GRID_WORKER, Role.COMMUNITY))
