"""Who stands behind a link or a reply: the department that has the incident now, at an address that is registered for it."""

from governance.accounts.offices import addresses_of, office_actor
from governance.kernel.actor import Actor
from governance.kernel.links import AnswerLink

from ..models import Incident
from ..services.report import SUBJECT
from ..states import HandlingLevel

RELATED = ("category__parent", "community", "street", "unit", "grid", "department", "rule", "whistle")


def incident_of(link: AnswerLink) -> Incident | None:
    """The incident that a link was made for."""
    if link.subject_type != SUBJECT:
        return None
    return Incident.objects.select_related(*RELATED).filter(pk=link.subject_id).first()


def incident_actor(link: AnswerLink, incident: Incident, via: str = "link") -> Actor | None:
    """The department that holds ``link``, as an actor; None when the incident is not with it (any more)."""
    office = incident.department if incident.level == HandlingLevel.DEPARTMENT else None
    return office_actor(link, addresses_of(office), via)
