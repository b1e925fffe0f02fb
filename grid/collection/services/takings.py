"""取数即登记 (domain-rules 5.4): a department takes figures instead of sending a form, and everybody concerned can see it."""

from collections.abc import Sequence
from types import SimpleNamespace

from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Forbidden, Invalid
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.territory.models import Department, Division

from ..models import DataElement, DataTaking, Fact, Form
from ..shielding import closed_to, on_grounds
from .facts import covers

BY_FORM = "form"  # the way of a taking whose form answered itself


@transaction.atomic
def facts_take(
    *, by: Actor, department: Department, purpose: str, elements: Sequence[DataElement], communities: Sequence[Division],
    basis: str = "", is_synthetic: bool = False,
) -> tuple[DataTaking, list[Fact]]:  # fmt: skip
    """Take the current figures of communities, registered with purpose, grounds and scope. Returns the taking and the facts.

    Raises Forbidden (an element that is not shared, a place outside the department's) and Invalid (purpose, basis where an
    element needs grounds, elements, communities).
    """
    require(by, "fact.take", SimpleNamespace(department_id=department.pk))
    _check(department, purpose, basis, elements, communities)
    facts = list(
        _current(elements, communities).select_related("element", "community").order_by("community__code12", "code")
    )
    taking = _register(
        by=by, department=department, purpose=purpose.strip(), basis=basis.strip(), elements=elements, communities=communities,
        facts=len(facts), via=by.via, is_synthetic=is_synthetic or department.is_synthetic,
    )  # fmt: skip
    return taking, facts


def form_take(*, by: Actor, form: Form, elements: Sequence[DataElement], communities: Sequence[Division]) -> DataTaking:
    """Register what a form that answered itself gives its department; inside the caller's transaction."""
    return _register(
        by=by, department=form.department, purpose=f"{form.title}：{form.purpose}"[:200], form=form, via=BY_FORM,
        basis=f"{form.item.code}，{form.approval_no}"[:200], elements=elements, communities=communities,
        facts=_current(elements, communities).count(), is_synthetic=form.is_synthetic,
    )  # fmt: skip


def _current(elements: Sequence[DataElement], communities: Sequence[Division]):
    return Fact.objects.current().filter(
        code__in=[row.code for row in elements], community_id__in=[row.pk for row in communities]
    )


def _register(*, by: Actor, elements: Sequence[DataElement], communities: Sequence[Division], **words) -> DataTaking:
    taking = DataTaking.objects.create(
        elements=sorted({row.code for row in elements}), community_ids=sorted({row.pk for row in communities}),
        street_ids=sorted({row.street_id for row in communities}), unit_ids=sorted({row.unit_id for row in communities}),
        communities=len(communities), by_label=by.label[:120], taken_by_id=by.user_id, at=clock.now(), **words,
    )  # fmt: skip
    audit.record(
        action="fact.take", label="取数", by=by, subject=taking, note=taking.purpose,
        data={"elements": taking.elements, "communities": taking.communities, "facts": taking.facts, "basis": taking.basis},
    )  # fmt: skip
    return taking


def _check(
    department: Department, purpose: str, basis: str, elements: Sequence[DataElement], communities: Sequence[Division]
) -> None:
    if closed := closed_to(elements, department):
        raise Forbidden(f"{'、'.join(row.name for row in closed[:5])} 不予共享。")
    found = _missing(purpose, elements, communities)
    if len(basis) > 200:
        found["basis"] = "依据请写在 200 字以内。"
    elif not basis.strip() and (rows := on_grounds(elements, department)):
        names = "、".join(row.name for row in rows[:5])
        found["basis"] = f"{names}等 {len(rows)} 项为有条件共享或涉及敏感信息，请写明依据：准入号、文号或法规条款。"
    if found:
        raise Invalid(**found)
    if outside := [row.name for row in communities if not covers(department, row)]:
        raise Forbidden(f"{'、'.join(outside[:5])} 不在本部门管辖范围内。")


def _missing(purpose: str, elements: Sequence[DataElement], communities: Sequence[Division]) -> dict[str, str]:
    most, found = policy("collection.take_most"), {}
    if not purpose.strip():
        found["purpose"] = "请写明用途：取数即登记，相关社区看得到。"
    elif len(purpose) > 200:
        found["purpose"] = "用途请写在 200 字以内。"
    if not elements:
        found["elements"] = "请至少选择一个数据项。"
    if not communities:
        found["community"] = "请选择至少一个社区（村）。"
    elif len(communities) > most:
        found["community"] = f"一次最多 {most} 个社区，请分次登记。"
    return found
