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

from ..lint import closed_to
from ..models import DataElement, DataTaking, Fact
from .facts import covers


@transaction.atomic
def facts_take(
    *, by: Actor, department: Department, purpose: str, elements: Sequence[DataElement], communities: Sequence[Division],
    is_synthetic: bool = False,
) -> tuple[DataTaking, list[Fact]]:  # fmt: skip
    """Take the current figures of communities, registered with purpose and scope. Returns the taking and the facts.

    Raises Forbidden (an element that is not shared, a place outside the department's) and Invalid (purpose, elements,
    communities).
    """
    require(by, "fact.take", SimpleNamespace(department_id=department.pk))
    _check(department, purpose, elements, communities)
    facts = list(
        Fact.objects.current().select_related("element", "community").filter(
            code__in=[row.code for row in elements], community_id__in=[row.pk for row in communities]
        ).order_by("community__code12", "code")
    )  # fmt: skip
    taking = DataTaking.objects.create(
        department=department, purpose=purpose.strip(), elements=sorted({row.code for row in elements}),
        community_ids=sorted({row.pk for row in communities}), street_ids=sorted({row.street_id for row in communities}),
        unit_ids=sorted({row.unit_id for row in communities}), communities=len(communities), facts=len(facts),
        by_label=by.label[:120], taken_by_id=by.user_id, via=by.via, at=clock.now(),
        is_synthetic=is_synthetic or department.is_synthetic,
    )  # fmt: skip
    audit.record(
        action="fact.take", label="取数", by=by, subject=taking, note=purpose.strip(),
        data={"elements": taking.elements, "communities": len(communities), "facts": len(facts)},
    )  # fmt: skip
    return taking, facts


def _check(
    department: Department, purpose: str, elements: Sequence[DataElement], communities: Sequence[Division]
) -> None:
    if found := _missing(purpose, elements, communities):
        raise Invalid(**found)
    if closed := closed_to(elements, department):
        raise Forbidden(f"{'、'.join(row.name for row in closed[:5])} 不予共享。")
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
