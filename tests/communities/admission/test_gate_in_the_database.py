"""What the database refuses when the code is bypassed: raw SQL, bulk_create, an ORM update; test_gate_at_once.py asks the application's own role."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from communities.admission.models import AdmissionItem, BurdenQuota, Demand, DemandTarget
from governance.territory.models import Division
from tests_support import demands, stories
from tests_support.demands import DAY

pytestmark = pytest.mark.django_db
REPORT = {"form": "report"}
WRONG_ITEMS = {
    "expired": {"valid_to": DAY},
    "future": {"valid_from": DAY + timedelta(days=1)},
    "forbidden": {"klass": "forbidden"},
    "another form": {"form": "inspection"},
    "another department": {"other": True},
    "foreign unit": {"foreign": True},
    "drafted": {"draft": True},
}
NO_MARKS = {"form_code": "B1", "issuer": "统计局", "approval_no": "1 号", "form_valid_to": DAY}


def make_item(**changes) -> AdmissionItem:
    if changes.pop("draft", False):
        return demands.item("SQ-U-2027-009", catalogue=demands.catalogue(year=2027, status="draft"))
    if changes.pop("other", False):
        changes["department"] = stories.departments(stories.street())[1]
    if changes.pop("foreign", False):
        changes["unit"] = stories.street(stories.FOREIGN).unit
    return demands.item("SQ-U-2026-009", **changes)


def row(item: AdmissionItem, **changes) -> Demand:
    street = stories.street()
    fields = {
        "number": "RAW-1", "item": item, "department": stories.departments(street)[0], "unit": street.unit, "form": "task",
        "title": "绕过", "content": "绕过", "day": DAY, "due_on": DAY, "minutes": 1,
    }  # fmt: skip
    return Demand(**{**fields, **changes})


def raw(demand: Demand) -> None:
    """The same row by plain SQL."""
    fields = [field for field in Demand._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = [field.get_db_prep_save(getattr(demand, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO communities_demand ({names}) VALUES ({', '.join(['%s'] * len(values))})", values)


DOORS = {
    "raw": raw, "bulk": lambda demand: Demand.objects.bulk_create([demand]), "save": lambda demand: demand.save(),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("wrong", WRONG_ITEMS)
def test_no_demand_without_a_valid_item(wrong, door):
    item = make_item(**WRONG_ITEMS[wrong])
    with pytest.raises(IntegrityError, match="item"), transaction.atomic():
        DOORS[door](row(item))
    assert not Demand.objects.exists()


@pytest.mark.parametrize("door", DOORS)
def test_the_same_doors_open_for_a_valid_item(door):
    with transaction.atomic():
        DOORS[door](row(make_item()))
    assert Demand.objects.count() == 1


def test_no_demand_without_any_item():
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(row(AdmissionItem(pk=10**9)))
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(row(AdmissionItem(pk=None)))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("missing", [*NO_MARKS, "expired"])
def test_no_report_without_its_four_marks(missing, door):
    marks = {**NO_MARKS}
    if missing == "expired":
        marks["form_valid_to"] = DAY - timedelta(days=1)
    else:
        marks[missing] = None if missing == "form_valid_to" else ""
    item = make_item(**REPORT)
    with pytest.raises(IntegrityError, match="four_marks"), transaction.atomic():
        DOORS[door](row(item, **REPORT, **marks))


def target(demand: Demand, community: Division, **changes) -> DemandTarget:
    fields = {
        "demand": demand, "community": community, "street_id": community.street_id, "unit_id": community.unit_id,
        "item_id": demand.item_id, "department_id": demand.department_id, "day": demand.day, "due_on": demand.due_on,
        "minutes": 1,
    }  # fmt: skip
    return DemandTarget(**{**fields, **changes})


@pytest.fixture
def sent() -> Demand:
    demand = row(make_item(), status="sent")
    demand.save()
    return demand


@pytest.mark.parametrize("bulk", [False, True])
def test_a_target_has_to_fit(sent, bulk):
    here = demands.communities(2)
    village = Division.objects.communities().filter(village_type="villagers").first()
    wrong = [
        target(sent, village),
        target(sent, stories.street()),
        target(sent, here[0], street_id=stories.street(stories.SIBLING).pk),
        target(sent, here[0], unit_id=stories.street(stories.FOREIGN).unit_id),
        target(sent, here[0], item_id=demands.item("SQ-U-2026-010").pk),
        target(sent, here[0], day=DAY + timedelta(days=1)),
        target(sent, here[0], department_id=stories.departments(stories.street())[1].pk),
    ]
    for bad in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            DemandTarget.objects.bulk_create([target(sent, here[1]), bad]) if bulk else bad.save()
    assert not DemandTarget.objects.exists()
    target(sent, here[0]).save()


@pytest.mark.parametrize("status", ["pending_approval", "withdrawn", "declined", "closed"])
def test_no_target_of_a_demand_that_was_not_sent(status):
    first = "sent" if status in ("withdrawn", "closed") else "pending_approval"
    demand = row(make_item(), status=first)
    demand.save()
    if status != first:
        Demand.objects.filter(pk=demand.pk).update(status=status)
    with pytest.raises(IntegrityError, match="not been sent"), transaction.atomic():
        target(demand, demands.communities(1)[0]).save()


def test_no_update_moves_a_demand_or_target_elsewhere(sent):
    here = demands.communities(2)
    part = target(sent, here[0])
    part.save()
    ended = demands.item("SQ-U-2026-011", valid_to=DAY)
    village = Division.objects.communities().filter(village_type="villagers").first()
    for rows, change in (
        (Demand.objects.filter(pk=sent.pk), {"item": ended}),
        (Demand.objects.filter(pk=sent.pk), {"form": "survey"}),
        (Demand.objects.filter(pk=sent.pk), {"day": date(2025, 1, 1)}),
        (DemandTarget.objects.filter(pk=part.pk), {"item": ended}),
        (DemandTarget.objects.filter(pk=part.pk), {"community": village}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_nothing_is_deleted(sent):
    target(sent, demands.communities(1)[0]).save()
    for table in ("communities_demandtarget", "communities_demand"):
        with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_the_quota_is_kept_and_only_falls():
    lead = stories.departments(stories.street())[0]
    last = BurdenQuota.objects.create(department=lead, year=2025, minutes=1000)
    with pytest.raises(IntegrityError), transaction.atomic():
        BurdenQuota.objects.filter(pk=last.pk).update(used=1001)
    BurdenQuota.objects.filter(pk=last.pk).update(used=1000)
    with pytest.raises(IntegrityError, match="last year"), transaction.atomic():
        BurdenQuota.objects.create(department=lead, year=2026, minutes=951)
    this = BurdenQuota.objects.create(department=lead, year=2026, minutes=950)
    with pytest.raises(IntegrityError, match="only fall"), transaction.atomic():
        BurdenQuota.objects.filter(pk=this.pk).update(minutes=951)
    BurdenQuota.objects.filter(pk=this.pk).update(minutes=900)
    with pytest.raises(InternalError), transaction.atomic():
        this.delete()
