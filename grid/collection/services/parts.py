"""A community fills in its part: types what nobody knows, corrects what is wrong, and the rest is taken as right."""

from collections.abc import Mapping

from django.db import transaction

from communities.admission.gate.services import target_complete
from communities.admission.models import DemandTarget
from governance.kernel import audit
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, IllegalTransition, Invalid
from governance.kernel.permission import require
from governance.kernel.workflow import lock

from ..models import Asking, Fact, Form
from ..states import FormStatus, Origin
from ..values import read_value
from .facts import FactInput, corrections_record, facts_record
from .steps import form_settle


@transaction.atomic
def part_submit(
    *, target: DemandTarget, by: Actor, values: Mapping[str, object], fixes: Mapping[int, object] | None = None,
    minutes: int | None = None, version: int | None = None,
) -> DemandTarget:  # fmt: skip
    """Hand in a community's part. ``values`` by element code, ``fixes`` by the id of the fact that was shown.

    ``minutes`` becomes an anonymous sample of the item, nothing else is kept of how long it took. Raises Forbidden, Invalid
    (``v_<code>``, ``fix_<id>``), Conflict when a value has changed meanwhile, IllegalTransition, StaleVersion.
    """
    require(by, "target.complete", target)
    lock(target.demand)  # before the form, like every other door
    form = Form.objects.select_for_update(of=("self",)).select_related("department").get(demand_id=target.demand_id)
    if form.status != FormStatus.COLLECTING:
        raise IllegalTransition("这张表已经不再收集，不需要填写。")
    if form.has_expired():
        raise IllegalTransition("这张表的有效期已过，不需要填写。")
    askings = list(
        Asking.objects.filter(form=form, community_id=target.community_id, fact=None, released=False)
        .select_related("element", "community").order_by("pk")
    )  # fmt: skip
    rows = _typed(askings, values)
    made = facts_record(by=by, rows=rows, origin=Origin.FORM, form=form, is_synthetic=form.is_synthetic)
    by_code = {row.code: row for row in made}
    for asking in askings:
        asking.fact = by_code.get(asking.code)
        asking.released = asking.fact is None  # optional and left empty: it may be asked again
    Asking.objects.bulk_update(askings, ["fact", "released"])
    _correct(by, form, target, fixes or {})
    done = target_complete(target=target, by=by, minutes=minutes, version=version)
    audit.record(action="form.fill", label="社区已填报", by=by, subject=form, thread=f"demand:{target.demand_id}",
                 data={"typed": len(made), "corrected": len(fixes or {})})  # fmt: skip
    form_settle(form)
    return done


def _typed(askings: list[Asking], values: Mapping[str, object]) -> list[FactInput]:
    """The values that were asked for; everything else is ignored."""
    rows, found = [], {}
    for asking in askings:
        raw, element = values.get(asking.code), asking.element
        if raw in (None, ""):
            if asking.is_required:
                found[f"v_{asking.code}"] = f"请填写{element.name}。"
            continue
        try:
            read = read_value(kind=element.kind, choices=element.choices, raw=raw)
        except ValueError as error:
            found[f"v_{asking.code}"] = str(error)
        else:
            rows.append(FactInput(element, asking.community, read))
    if found:
        raise Invalid(**found)
    return rows


def _correct(by: Actor, form: Form, target: DemandTarget, fixes: Mapping[int, object]) -> None:
    """What the community put right on the way."""
    shown = Fact.objects.filter(pk__in=fixes, community_id=target.community_id).select_related("element", "community")
    rows, found = [], {}
    for fact in shown:
        try:
            read = read_value(kind=fact.element.kind, choices=fact.element.choices, raw=fixes[fact.pk])
        except ValueError as error:
            found[f"fix_{fact.pk}"] = str(error)
            continue
        if fact.ended_at is not None:
            raise Conflict(f"“{fact.element.name}”刚刚有了新值，请刷新后核对。")
        if read != fact.value:
            rows.append(FactInput(fact.element, fact.community, read))
    if found:
        raise Invalid(**found)
    if rows:
        corrections_record(by=by, rows=rows, is_synthetic=form.is_synthetic)
