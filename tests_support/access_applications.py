"""Applications in five relations and one list, for the access matrix."""

from collections.abc import Callable
from types import SimpleNamespace

from communities.admission.applications.services import application_draft
from communities.admission.models import AdmissionItem


def build(world: SimpleNamespace, relations: tuple[str, ...], setting: Callable, people: Callable) -> None:
    """Fill ``world.applications`` with drafts of each relation's department, and ``world.item`` with an item in force."""
    world.item = AdmissionItem.objects.order_by("id").first()
    world.applications = {}
    for relation in relations:
        street, lead, _community = setting(relation)
        user = world.cast.foreign_staff if relation == "foreign" else world.cast.staff
        by = people(street, lead, user).dept
        world.applications[relation] = application_draft(by=by, department=lead, name=f"事项说明 {relation}")


def samples(of: Callable, one: Callable) -> dict:
    """How to address applications, versions and items."""
    applications = of("applications")
    return {
        "application": applications, "application-edit": applications, "application-opinion": applications,
        "application-publish": applications, "application-step": of("applications", action="withdraw"),
        "api-application-detail": applications,
        "application-suggest": one(lambda world: {"code": "0101"}),
        "catalogue": one(lambda world: {"pk": world.item.catalogue_id}),
        "catalogue-issue": one(lambda world: {"pk": world.item.catalogue_id}),
        "catalogue-decide": one(lambda world: {"pk": world.item.catalogue_id, "code": world.item.code}),
        "api-catalogue-detail": one(lambda world: {"pk": world.item.catalogue_id}),
        "admission-item": one(lambda world: {"pk": world.item.pk}),
        "api-admission-item-detail": one(lambda world: {"pk": world.item.pk}),
    }  # fmt: skip
