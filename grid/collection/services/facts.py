"""Facts are added, never rewritten: a newer one ends the older. One correction, and every use shows the new value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Forbidden, Invalid, StaleVersion
from governance.kernel.permission import require
from governance.territory.models import Department, Division

from ..models import DataElement, Fact, Form
from ..states import Origin, Source
from ..values import read_value


@dataclass(frozen=True)
class FactInput:
    """A value of an element for a community, as it was typed or sent."""

    element: DataElement
    community: Division
    value: object
    as_of: date | None = None  # today, if not said


def _read(rows: Sequence[FactInput]) -> list[object]:
    values, found, today = [], {}, clock.today()
    for number, row in enumerate(rows):
        key = f"{row.element.code}" if len(rows) == 1 else f"{number}.{row.element.code}"
        try:
            values.append(read_value(kind=row.element.kind, choices=row.element.choices, raw=row.value))
        except ValueError as error:
            found[key] = str(error)
        if row.as_of and row.as_of > today:
            found[key] = "数据时点不能晚于今天。"
    if found:
        raise Invalid(**found)
    return values


def _key(row: FactInput) -> tuple[str, int]:
    return row.element.code, row.community.pk


def _is_older(row: FactInput, before: Fact | None) -> bool:
    """Whether what is known holds from a later day; what a community put right stands until its source knows something later."""
    if row.as_of is None or before is None:
        return False
    corrected = timezone.localdate(before.recorded_at) if before.is_correction else before.as_of
    return row.as_of < max(before.as_of, corrected)


@transaction.atomic
def facts_record(
    *, by: Actor, rows: Iterable[FactInput], origin: str, department: Department | None = None, form: Form | None = None,
    is_correction: bool = False, is_synthetic: bool = False,
) -> list[Fact]:  # fmt: skip
    """Add facts and end those they replace, in four statements; a row that is older than what is known is left out.

    Raises Invalid (by number and code) and Conflict when somebody else recorded the same figure at the same moment.
    """
    rows = list(rows)
    values, now = _read(rows), clock.now()
    keys = {_key(row) for row in rows}
    if len(keys) < len(rows):
        raise Invalid("同一社区的同一数据项出现了两次。")
    found = Fact.objects.current().filter(
        code__in={code for code, _pk in keys}, community_id__in={pk for _code, pk in keys}
    )  # fmt: skip
    old = {key: row for row in found.select_for_update(of=("self",)).order_by("pk")
           if (key := (row.code, row.community_id)) in keys}  # fmt: skip
    newer = [(row, value, old.get(_key(row))) for row, value in zip(rows, values, strict=True)]
    newer = [line for line in newer if not _is_older(line[0], line[2])]
    Fact.objects.filter(pk__in=[before.pk for _row, _value, before in newer if before]).update(ended_at=now)
    made = [
        _fact(
            row, before, value=value, origin=origin, department=department, form=form, recorded_by_id=by.user_id,
            recorded_at=now, is_correction=is_correction and before is not None, is_synthetic=is_synthetic,
        )
        for row, value, before in newer
    ]  # fmt: skip
    try:
        with transaction.atomic():
            return Fact.objects.bulk_create(made, batch_size=1000)
    except IntegrityError as error:
        raise Conflict("同一数据刚刚有了新值，请刷新后核对。") from error


def _fact(row: FactInput, before: Fact | None, *, is_correction: bool, **more) -> Fact:
    """A correction holds from the day of what it puts right, and as long from today as if it were new."""
    since = row.as_of or clock.today()
    return Fact(
        element=row.element, code=row.element.code, community=row.community, street_id=row.community.street_id,
        unit_id=row.community.unit_id, as_of=before.as_of if is_correction and before else since,
        valid_until=since + timedelta(days=row.element.days), supersedes=before, is_correction=is_correction, **more,
    )  # fmt: skip


@transaction.atomic
def facts_feed(
    *, by: Actor, department: Department, rows: Iterable[FactInput], is_synthetic: bool = False
) -> list[Fact]:
    """A department or its system delivers values of the elements that its line answers for. Raises Forbidden, Invalid."""
    rows = list(rows)
    if not by.is_system:
        require(by, "fact.feed", _of(department))
    if wrong := sorted({row.element.code for row in rows
                        if row.element.trade != department.kind or row.element.source == Source.NONE}):  # fmt: skip
        raise Forbidden(f"{'、'.join(wrong[:5])} 不由本部门提供。")
    if outside := [row.community.name for row in rows if not covers(department, row.community)]:
        raise Forbidden(f"{'、'.join(sorted(set(outside))[:5])} 不在本部门管辖范围内。")
    origin = Origin.SYSTEM if by.is_system else Origin.API
    made = facts_record(by=by, rows=rows, origin=origin, department=department, is_synthetic=is_synthetic)
    if made:
        audit.record(
            action="fact.feed", label="推送数据", by=by, subject=made[0], thread=f"facts:{department.pk}",
            data={"facts": len(made), "elements": sorted({row.code for row in made}), "department": department.code},
        )  # fmt: skip
    return made


@transaction.atomic
def fact_correct(*, by: Actor, fact: Fact, value: object) -> Fact:
    """A community corrects a figure about itself; every form and taking shows the new value from now on.

    Raises Forbidden, Invalid (value) and StaleVersion when the figure has changed since it was shown.
    """
    require(by, "fact.correct", fact)
    current = Fact.objects.select_for_update(of=("self",)).select_related("element", "community").get(pk=fact.pk)
    if current.ended_at is not None:
        raise StaleVersion("这个数据刚刚有了新值，请核对后再更正。")
    try:
        read = read_value(kind=current.element.kind, choices=current.element.choices, raw=value)
    except ValueError as error:
        raise Invalid(value=str(error)) from None
    if read == current.value:
        raise Invalid(value="与现有的值相同，不需要更正。")
    made = corrections_record(by=by, rows=[FactInput(current.element, current.community, read)],
                              is_synthetic=current.is_synthetic)  # fmt: skip
    return made[0]


def corrections_record(*, by: Actor, rows: list[FactInput], is_synthetic: bool) -> list[Fact]:
    """Record what a community put right, with one event for each; inside the caller's transaction."""
    made = facts_record(by=by, rows=rows, origin=Origin.COMMUNITY, is_correction=True, is_synthetic=is_synthetic)
    audit.record_all([
        audit.event(
            action="fact.correct", label=f"更正{row.element.name}", by=by, subject=row, thread=row.thread,
            data={"before": row.supersedes.value if row.supersedes else None, "after": row.value},
        )
        for row in made
    ])  # fmt: skip
    return made


def covers(department: Department, place: Division) -> bool:
    """Whether the place lies where the department works: the city, its unit, its street."""
    if department.street_id:
        return place.street_id == department.street_id
    return department.unit_id is None or place.unit_id == department.unit_id


class _of:
    """A row of this department, for the permission matrix."""

    def __init__(self, department: Department):
        self.department_id = department.pk
