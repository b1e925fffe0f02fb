"""Who stands behind a link or a reply: the department that has the incident now, at an address that is registered for it."""

from __future__ import annotations

from governance.accounts.roles import Role
from governance.kernel.actor import Actor, Post
from governance.kernel.links import AnswerLink
from governance.territory.models import Department

from ..models import Incident
from ..services.report import SUBJECT
from ..states import HandlingLevel

DOORS = {"link": "链接", "mail": "邮件"}
RELATED = ("category__parent", "community", "street", "unit", "grid", "department", "rule", "whistle")


def incident_of(link: AnswerLink) -> Incident | None:
    """The incident that a link was made for."""
    if link.subject_type != SUBJECT:
        return None
    return Incident.objects.select_related(*RELATED).filter(pk=link.subject_id).first()


def addresses_of(department: Department | None) -> set[str]:
    """Every address, in lower case, from which a department may answer."""
    if department is None:
        return set()
    return {address.lower() for address in [department.email, *department.alternate_emails] if address}


def office_actor(link: AnswerLink, incident: Incident, via: str = "link") -> Actor | None:
    """The department that holds ``link``, as an actor; None when the incident is not with it (any more)."""
    office = incident.department if incident.level == HandlingLevel.DEPARTMENT else None
    if link.recipient.lower() not in addresses_of(office):
        return None
    return Actor(
        label=f"{office.short_name}（{DOORS[via]}）", via=via, address=link.recipient,
        posts=(Post(role=Role.DEPT_HANDLER, department_id=office.pk),),
    )  # fmt: skip
