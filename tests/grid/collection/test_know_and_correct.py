"""Facts are added, never rewritten; one correction mends every use; a department takes figures and it is registered."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Forbidden, Invalid, StaleVersion
from grid.collection import services
from grid.collection.models import Asking, DataElement, DataTaking, Fact
from grid.collection.selectors import answers_of, rows_of
from grid.collection.services import FactInput
from grid.collection.values import read_value
from tests_support import collection, demands, stories
from tests_support.collection import DAY, MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        yield


def test_the_catalogue_is_loaded_once():
    services.elements_load()
    assert services.elements_load() == 0
    assert DataElement.objects.count() == 80
    assert set(DataElement.objects.values_list("theme", flat=True)) == {
        "population", "housing", "unit", "organisation", "facility", "event",
    }  # fmt: skip


def test_a_revision_is_a_version_and_keeps_the_meaning(actors, at):
    collection.elements("RK-001")
    with at(MORNING):
        new = services.element_revise(by=actors.city, code="RK-001", valid_from=DAY + timedelta(days=1), ttl_days=90)
    assert (new.ttl_days, new.kind) == (90, "number")
    old = DataElement.objects.in_force(DAY).get(code="RK-001")
    assert (old.ttl_days, old.valid_to) == (180, DAY + timedelta(days=1))
    with pytest.raises(Invalid):
        services.element_revise(by=actors.city, code="RK-001", valid_from=DAY + timedelta(days=9), kind="short")
    with pytest.raises(Forbidden):
        services.element_revise(by=actors.dept, code="RK-002", valid_from=DAY + timedelta(days=1), ttl_days=9)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        DataElement.objects.filter(pk=new.pk).update(measure="人")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        DataElement.objects.create(code="RK-003", name="x", theme="population", kind="number", measure="户", source="none",
                                   source_name="x", trade="civil")  # fmt: skip


@pytest.mark.parametrize(("kind", "raw", "value"), [
    ("number", "1,234", 1234), ("number", "1.5", 1.5), ("number", " 7 ", 7), ("date", "2026-02-28", "2026-02-28"),
    ("choice", "甲", "甲"), ("short", " 广场 ", "广场"),
])  # fmt: skip
def test_values_are_read_by_kind(kind, raw, value):
    assert read_value(kind=kind, choices=["甲", "乙"], raw=raw) == value


@pytest.mark.parametrize(("kind", "raw"), [
    ("number", "-1"), ("number", "many"), ("number", "NaN"), ("number", "1e12"), ("number", ""), ("number", None),
    ("date", "2026-02-30"), ("choice", "丙"), ("short", "x" * 101), ("long", "x" * 1001), ("long", "找老王 13912345678"),
    ("short", "210202199001011234"),
])  # fmt: skip
def test_values_that_are_refused(kind, raw):
    with pytest.raises(ValueError):
        read_value(kind=kind, choices=["甲", "乙"], raw=raw)


def test_a_newer_fact_ends_the_older_and_both_stay():
    old = collection.feed("RK-001")[0]
    new = collection.feed("RK-001", moment=MORNING + timedelta(days=1))[0]
    old.refresh_from_db()
    assert old.ended_at == MORNING + timedelta(days=1)
    assert old.superseded_by == new and new.valid_until == DAY + timedelta(days=181)
    assert Fact.objects.current().filter(code="RK-001").count() == 4


def test_the_database_never_rewrites_a_fact():
    fact = collection.feed("RK-001")[0]
    for change in ({"value": 1}, {"valid_until": DAY + timedelta(days=9)}, {"ended_at": None}, {"origin": "community"}):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            Fact.objects.filter(pk=fact.pk).update(**change)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Fact.objects.create(
            element=fact.element, code=fact.code, community=fact.community, street_id=fact.street_id, unit_id=fact.unit_id,
            value=1, origin="system", valid_until=DAY,
        )  # fmt: skip


def test_one_correction_mends_every_use(actors):
    collection.feed_twenty()
    first = collection.fill_all(actors, collection.send(actors))
    second = collection.send(actors, form=collection.second(actors), by=actors.assistant_dept)
    fact = Fact.objects.current().get(code="RK-001", community=demands.communities()[0])
    with clock.travel(MORNING + timedelta(days=2)):
        new = services.fact_correct(by=actors.community, fact=fact, value="555")
    for form, who in ((first, actors.dept), (second, actors.assistant_dept)):
        cell = answers_of(form, who)[0].cells[0]
        assert (cell.text, cell.before) == ("555 户", "100 户") or (cell.text, cell.before) == ("555 户", "101 户")
        assert not any(cell.before for cell in answers_of(form, who)[1].cells)
    assert new.is_correction and new.origin == "community"
    assert AuditEvent.objects.filter(action="fact.correct", data__after=555).exists()


def test_a_correction_on_an_old_page_is_noticed(actors):
    fact = collection.feed("RK-001")[0]
    services.fact_correct(by=actors.community, fact=fact, value="5")
    with pytest.raises(StaleVersion):
        services.fact_correct(by=actors.community, fact=fact, value="6")


def test_nobody_corrects_the_neighbours_figures(actors):
    fact = collection.feed("RK-001")[1]
    for who in (actors.community, actors.dept, actors.staff, actors.city, actors.grid_worker):
        with pytest.raises(Forbidden):
            services.fact_correct(by=who, fact=fact, value="6")


def test_the_same_value_is_no_correction(actors):
    fact = collection.feed("RK-001")[0]
    with pytest.raises(Invalid, match="相同"):
        services.fact_correct(by=actors.community, fact=fact, value=str(fact.value))


def test_a_community_fills_in_what_is_missing_and_puts_right_what_is_wrong(actors):
    collection.feed("RK-001", "RK-003")
    form = collection.send(actors, "RK-001", "RK-003", "ZZ-005")
    wrong = Fact.objects.current().get(code="RK-003", community=demands.communities()[0])
    target = collection.fill(actors, form, fixes={wrong.pk: "77"}, minutes=4)
    assert target.status == "done"
    cells = {cell.element.code: cell for cell in answers_of(form, actors.dept)[0].cells}
    assert (cells["ZZ-005"].value, cells["RK-003"].value, cells["RK-001"].before) == (31, 77, "")
    assert Fact.objects.current().get(code="ZZ-005").form == form
    assert Asking.objects.filter(form=form).exclude(fact=None).count() == 1


def test_what_is_obligatory_is_filled_in_whichever_door_one_takes(actors):
    from communities.admission.gate.services import target_complete

    form = collection.send(actors, "ZZ-005", "SJ-011")
    with pytest.raises(Invalid) as caught:
        collection.fill(actors, form, values={"ZZ-005": "many"})
    assert set(caught.value.fields) == {"v_ZZ-005", "v_SJ-011"}
    with clock.travel(MORNING), pytest.raises(Invalid, match="楼长人数"):
        target_complete(target=collection.part(form), by=actors.community, result="已完成")
    assert not Fact.objects.exists()


def test_optional_material_may_stay_empty_and_is_free_again(actors):
    form = collection.send(actors, "ZZ-005", "ZZ-013")
    collection.fill(actors, form)
    asking = Asking.objects.get(form=form, code="ZZ-013", community=demands.communities()[0])
    assert asking.released and asking.fact is None


def test_the_database_asks_a_field_once_in_twelve_months(actors):
    form = collection.send(actors, "ZZ-005")
    asked = Asking.objects.filter(form=form).first()
    other = collection.draft(actors, "ZZ-005")
    copy = {name: getattr(asked, name) for name in ("element", "code", "community", "street_id", "unit_id", "until")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Asking.objects.create(
            form=other, asked_on=asked.until - timedelta(days=1), **copy | {"until": asked.until + timedelta(days=9)}
        )
    Asking.objects.create(form=other, asked_on=asked.until, **copy | {"until": asked.until + timedelta(days=9)})


def test_a_department_delivers_what_its_line_answers_for(actors):
    place = demands.communities(1)[0]
    row, foreign, none = collection.elements("SS-009", "RK-001", "ZZ-005")
    lead = stories.departments(stories.street())[0]
    made = services.facts_feed(by=actors.dept, department=lead, rows=[FactInput(row, place, "12")])
    assert (made[0].origin, made[0].value, made[0].department) == ("api", 12, lead)
    for element in (foreign, none):
        with pytest.raises(Forbidden):
            services.facts_feed(by=actors.dept, department=lead, rows=[FactInput(element, place, "12")])
    outside = demands.communities(1, stories.FOREIGN)[0]
    with pytest.raises(Forbidden, match="管辖"):
        services.facts_feed(by=actors.dept, department=lead, rows=[FactInput(row, outside, "12")])
    with pytest.raises(Forbidden):
        services.facts_feed(by=actors.other_dept, department=lead, rows=[FactInput(row, place, "12")])


def test_a_taking_is_registered_and_seen_where_it_concerns(actors):
    collection.feed("RK-001", "SJ-007")
    lead = stories.departments(stories.street())[0]
    places = demands.communities(1)
    taking, facts = services.facts_take(
        by=actors.dept,
        department=lead,
        purpose="供暖测算",
        basis="1 号文",
        elements=collection.elements("RK-001"),
        communities=places,
    )
    assert (taking.facts, taking.communities, facts[0].value) == (1, 1, 100)
    seen = {name for name in vars(actors) if DataTaking.objects.visible_to(getattr(actors, name)).exists()}
    assert seen == {"dept", "dept_head", "city_dept", "community", "grid_worker", "staff", "leader", "social", "adjudicator",
                    "finance", "city", "auditor"}  # fmt: skip
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        DataTaking.objects.update(purpose="x")
    fact = Fact.objects.current().get(code="RK-001", community=places[0])
    with clock.travel(clock.now() + timedelta(days=1)):
        services.fact_correct(by=actors.community, fact=fact, value="9")
        row = rows_of(collection.elements("RK-001"), places, since=taking.at)[0]
    assert (row.cells[0].value, row.cells[0].before) == (9, "100 户")


@pytest.mark.parametrize(("changes", "error"), [
    ({"purpose": " "}, Invalid), ({"elements": ()}, Invalid), ({"communities": ()}, Invalid), ({"purpose": "x" * 201}, Invalid),
])  # fmt: skip
def test_what_a_taking_needs(actors, changes, error):
    words = {
        "purpose": "测算",
        "basis": "1 号文",
        "elements": collection.elements("RK-001"),
        "communities": demands.communities(1),
    }
    with pytest.raises(error):
        services.facts_take(by=actors.dept, department=stories.departments(stories.street())[0], **words | changes)
    assert not DataTaking.objects.exists()


def test_what_is_not_shared_is_neither_taken_nor_asked_on_a_form(actors):
    lead = stories.departments(stories.street())[0]
    with pytest.raises(Forbidden, match="不予共享"):
        services.facts_take(by=actors.dept, department=lead, purpose="测算", basis="1 号文", elements=collection.elements("SJ-007"),
                            communities=demands.communities(1))  # fmt: skip
    with pytest.raises(Invalid, match="不予共享"):
        collection.draft(actors, "SJ-007")
    outside = demands.communities(1, stories.FOREIGN)
    with pytest.raises(Forbidden, match="管辖"):
        services.facts_take(by=actors.dept, department=lead, purpose="测算", basis="1 号文", elements=collection.elements("RK-001"),
                            communities=outside)  # fmt: skip


def test_who_sees_facts(actors):
    collection.feed("RK-001")
    counts = {name: Fact.objects.visible_to(getattr(actors, name)).count() for name in ("community", "staff", "social", "city",
              "dept", "sibling_staff", "foreign_staff", "outsider", "sibling_community")}  # fmt: skip
    assert counts == {"community": 1, "staff": 4, "social": 4, "city": 4, "dept": 0, "sibling_staff": 0, "foreign_staff": 0,
                      "outsider": 0, "sibling_community": 1}  # fmt: skip


def test_synthetic_stays_synthetic():
    place = demands.communities(1)[0]
    row = collection.elements("RK-001")[0]
    assert services.facts_record(by=SYSTEM, origin="system", rows=[FactInput(row, place, 1)], is_synthetic=True)[
        0
    ].is_synthetic
