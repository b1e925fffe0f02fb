"""An incident in five relations and the routing rules, for the access matrix."""

from collections.abc import Callable
from types import SimpleNamespace

from governance.kernel.actor import SYSTEM
from governance.kernel.files import file_store
from governance.kernel.links import link_for, token_of
from grid.incidents import services
from grid.incidents.models import Incident
from grid.incidents.services import IncidentInput

from .photos import jpeg


def build(world: SimpleNamespace, relations: tuple[str, ...], setting: Callable, people: Callable) -> None:
    """One incident a relation, with its street."""
    services.routing_load()
    world.incidents = {}
    for relation in relations:
        _street, lead, community = setting(relation)
        row = services.incident_report(
            by=SYSTEM, content=IncidentInput(words=f"楼道电梯困人 {relation}", community=community)
        )
        row = services.incident_accept(incident=row, by=SYSTEM)
        if relation == "own":
            Incident.objects.filter(pk=row.pk).update(level="department", department=lead)
            link = link_for(subject_type="incident", subject_id=row.pk, recipient=lead.email)
            photo = file_store(subject=row, thread=row.thread, name="现场.jpg", content=jpeg(), by=SYSTEM)
            world.incident_answer = {"token": token_of(link)}, {"pk": photo.pk}
        world.incidents[relation] = row


def samples(of: Callable, one: Callable) -> dict:
    """How to address them."""
    rule = one(lambda world: {"key": "rest"})
    service, request = one(lambda world: {"code": "0101"}), one(lambda world: {"number": "SJ-1"})
    token = one(lambda world: {"token": "SJ-1"})
    return {
        "incident": of("incidents"), "incident-reroute": of("incidents"), "incident-evaluate": of("incidents"), 
        "incident-handle": of("incidents"), "incident-comment": of("incidents"),
        "incident-blow": of("incidents"), "incident-action": of("incidents", action="handle"),
        "incident-answer": one(lambda world: world.incident_answer[0]),
        "incident-answer-renew": one(lambda world: world.incident_answer[0]),
        "incident-answer-action": one(lambda world: world.incident_answer[0] | {"action": "handle"}),
        "incident-answer-file": one(lambda world: world.incident_answer[0] | world.incident_answer[1]),
        "api-incident-detail": of("incidents"), "routing-rule": rule, "routing-rule-revise": rule, "routing-rule-end": rule,
        "open311-service": service, "open311-request": request, "open311-token": token, "open311-service-xml": service,
        "open311-request-xml": request, "open311-token-xml": token, "open311-nothing": one(lambda world: {"rest": "requests"}),
    }  # fmt: skip
