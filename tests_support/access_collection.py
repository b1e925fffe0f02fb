"""Forms, parts, facts and takings in five relations, for the access matrix."""

from collections.abc import Callable
from types import SimpleNamespace

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.links import link_for, token_of
from grid.collection import services
from grid.collection.services import FactInput, FormInput

from . import collection, demands


def build(world: SimpleNamespace, relations: tuple[str, ...], setting: Callable, people: Callable) -> None:
    """One dispatched form, its part, a fact and a taking a relation; each of one community."""
    world.forms, world.parts, world.fact_rows, world.takings = {}, {}, {}, {}
    known, asked = collection.elements("RK-001", "ZZ-005")
    for number, relation in enumerate(relations, 1):
        street, lead, _community = setting(relation)
        place = demands.communities(2, street.code12)[1 if relation == "child" else 0]
        user = world.cast.foreign_staff if relation == "foreign" else world.cast.staff
        by = people(street, lead, user).dept
        item = demands.item(f"SQ-U-2026-7{number:02d}", department=lead, form="report")
        with clock.travel(demands.MORNING):
            world.fact_rows[relation] = services.facts_record(
                by=SYSTEM, origin="system", rows=[FactInput(known, place, 100)]
            )[0]
            world.takings[relation], _facts = services.facts_take(
                by=by, department=lead, purpose="测算", basis="1 号文", elements=[known], communities=[place]
            )
            element = asked if relation != "parent" else collection.elements("ZZ-012")[0]
            form = services.form_draft(by=by, department=lead, content=FormInput(
                "基本情况表", "测算", (known, element), (place,), item, "1 表", "局", "1 号", demands.MARKS.form_valid_to, demands.DAY,
                required=frozenset({"RK-001"}),
            ))  # fmt: skip
            world.forms[relation] = form = _send(form, by)
            if relation == "own":
                link = link_for(subject_type="form", subject_id=form.pk, recipient=lead.email)
                world.form_answers = {"token": token_of(link)}
        world.parts[relation] = form.demand.targets.get()


def _send(form, by):
    pending = form
    try:
        return services.form_dispatch(form=form, by=by)
    except Exception:
        from grid.collection.models import Form

        Form.objects.filter(pk=form.pk).update(approved_at=clock.now())
        return services.form_dispatch(form=Form.objects.get(pk=pending.pk), by=by)


def samples(of: Callable, one: Callable) -> dict:
    """How to address them."""
    element = one(lambda world: {"code": "RK-001"})
    place = one(lambda world: {"community": world.fact_rows["own"].community.code12})
    return {
        "api-community-fact-list": place, "form-answers": one(lambda world: world.form_answers),
        "element": element, "element-revise": element, "api-element-detail": element, "api-element-revise": element,
        "fact": of("fact_rows"), "fact-correct": of("fact_rows"), "form": of("forms"),
        "form-edit": of("forms"), "form-dispatch": of("forms"), "form-join": of("forms"),
        "form-action": of("forms", action="withdraw"), "form-part": of("parts"), "taking": of("takings"),
        "api-form-detail": of("forms"), "api-form-dispatch": of("forms"), "api-taking-detail": of("takings"),
    }  # fmt: skip
