"""Loading the territory: the published counts, the twelve units, repeatability."""

from collections import Counter

import pytest
from django.db.models import Sum

from governance.kernel.policy import policy_load
from governance.territory import reference, selectors, services
from governance.territory.models import Category, Department, Division, Entrustment, Grid, ManagementUnit

# domain-rules 14.2: streets, towns, townships, similar, residents' committees, villagers' committees
PER_DISTRICT = {
    "中山区": (6, 0, 0, 0, 65, 0),
    "西岗区": (5, 0, 0, 0, 49, 0),
    "沙河口区": (7, 0, 0, 0, 94, 0),
    "甘井子区": (15, 0, 0, 1, 262, 20),
    "旅顺口区": (10, 0, 0, 2, 39, 72),
    "金州区": (25, 0, 0, 0, 255, 115),
    "普兰店区": (18, 0, 0, 0, 122, 67),
    "长海县": (0, 5, 0, 0, 7, 23),
    "瓦房店市": (11, 13, 8, 0, 70, 258),
    "庄河市": (5, 15, 6, 0, 70, 221),
}
ENTRUSTED = {
    "210211016000": "高新区",
    "210211021000": "高新区",
    "210212006000": "高新区",
    "210281009000": "长兴岛",
    "210281011000": "长兴岛",
}
pytestmark = pytest.mark.django_db


def test_levels_hold_the_published_numbers(territory):
    levels = Counter(Division.objects.values_list("level", flat=True))
    assert levels == {"city": 1, "county": 10, "town": 152, "community": 1832}


def test_kinds_of_towns_and_communities(territory):
    towns = Counter(Division.objects.streets().values_list("town_type", flat=True))
    assert towns == {"street": 102, "town": 33, "township": 14, "other_town": 3}
    villages = Counter(Division.objects.communities().values_list("village_type", flat=True))
    assert villages == {"residents": 1033, "villagers": 776, "like_residents": 1, "like_villagers": 22}


@pytest.mark.parametrize("name", PER_DISTRICT)
def test_each_district_counts_as_published(territory, name):
    below = Division.objects.filter(district__name=name)
    towns = Counter(below.filter(level="town").values_list("town_type", flat=True))
    villages = Counter(below.filter(level="community").values_list("village_type", flat=True))
    found = [towns[kind] for kind in ("street", "town", "township", "other_town")]
    assert (*found, villages["residents"], villages["villagers"]) == PER_DISTRICT[name]


def test_streets_hold_1004_residents_committees(territory):
    assert Division.objects.filter(village_type="residents", street__town_type="street").count() == 1004


def test_twelve_units_ten_of_them_statutory(territory):
    assert selectors.units().count() == 12
    assert ManagementUnit.objects.exclude(main_division=None).count() == 10
    assert ManagementUnit.objects.filter(kind="functional_zone", main_division=None).count() == 2


def test_entrusted_streets_are_run_by_their_zone_and_marked_to_be_confirmed(territory):
    rows = Entrustment.objects.select_related("unit", "division")
    assert {row.division.code12: row.unit.short_name for row in rows} == ENTRUSTED
    assert not any(row.confirmed for row in rows)
    assert {row.note for row in rows} == {"待核"}
    for code, unit in ENTRUSTED.items():
        street = Division.objects.get(code12=code)
        assert street.unit.short_name == unit
        assert set(selectors.communities_of(street).values_list("unit__short_name", flat=True)) == {unit}
        assert selectors.open_entrustment(street) is not None


def test_every_place_below_the_city_has_a_unit_that_runs_it(territory):
    assert not Division.objects.exclude(level="city").filter(unit=None).exists()
    assert sum(selectors.streets_of(unit).count() for unit in selectors.units()) == 152


def test_notes_name_the_zones_that_have_no_unit_of_their_own(territory):
    assert "金普" in ManagementUnit.objects.get(code="210213").note
    assert "花园口" in ManagementUnit.objects.get(code="210283").note


def test_departments_stand_in_line_and_place(territory):
    levels = Counter(Department.objects.values_list("level", flat=True))
    assert levels == {"city": 19, "unit": 19 * 12, "station": 6 * 152}
    assert not Department.objects.filter(is_synthetic=False).exists()
    assert not Department.objects.exclude(email__endswith=".example").exists()
    assert Department.objects.values("email").distinct().count() == Department.objects.count()


def test_a_station_is_found_from_its_own_superior_alone(territory):
    street = Division.objects.get(name="黑石礁街道")
    district = Department.objects.get(unit__short_name="沙河口区", kind="police", level="unit")
    station = selectors.find_station(district, street)
    assert station.name == "沙河口区黑石礁街道派出所"
    assert selectors.find_station(district.superior, street) is None  # the city department's matters are not its own
    assert station.superior == district and station.street == street
    other = Department.objects.get(unit__short_name="中山区", kind="police", level="unit")
    assert selectors.find_station(other, street) is None


def test_a_street_whistles_for_its_own_units_and_the_city_departments(territory):
    street = Division.objects.get(code12="210211016000")  # entrusted
    found = selectors.departments_for_street(street)
    assert {department.unit.short_name for department in found if department.unit} == {"高新区"}
    assert Counter(department.level for department in found) == {"unit": 19, "city": 19}


def test_an_inactive_department_is_not_offered(territory):
    street = Division.objects.get(name="黑石礁街道")
    department = selectors.departments_for_street(street).first()
    Department.objects.filter(pk=department.pk).update(is_active=False)
    assert department not in selectors.departments_for_street(street)


def test_grids_share_out_the_households_of_their_community(territory):
    community = Division.objects.filter(village_type="residents").first()
    base = Grid.objects.filter(community=community, kind="base")
    assert base.aggregate(total=Sum("households"))["total"] == community.households
    assert [grid.seq for grid in base] == list(range(1, len(base) + 1))


def test_grids_are_synthetic_and_about_as_many_as_the_rules_say(territory):
    assert 8000 <= Grid.objects.count() <= 9500
    assert not Grid.objects.filter(is_synthetic=False).exists()
    assert Division.objects.communities().filter(grids=None).count() == 0


def test_categories_have_their_majors_and_minors(territory):
    majors = Category.objects.filter(parent=None)
    assert [major.code for major in majors] == ["01", "02", "03", "04", "05", "06", "G1", "G2", "G3", "G4", "G5"]
    assert all(major.children.exists() for major in majors)
    assert set(majors.filter(code__startswith="G").values_list("source_mark", flat=True)) == {"design"}


def test_a_second_load_adds_nothing_and_keeps_what_people_changed(territory):
    Division.objects.filter(code12="210204010000").update(name="改过的名字")
    before = selectors.fingerprint()
    counts = services.territory_load()
    assert set(vars(counts).values()) == {0}
    assert selectors.fingerprint() == before


def test_what_is_missing_is_added_as_it_was(territory):
    before = selectors.fingerprint()
    community = Division.objects.communities().first()
    Grid.objects.filter(community=community).delete()
    assert selectors.fingerprint() != before
    services.territory_load()
    assert selectors.fingerprint() == before


def test_rules_are_loaded_with_their_source():
    policy_load(path=reference.RULES)
    from governance.kernel.policy import rule_for

    assert rule_for("territory.grid.households").document
