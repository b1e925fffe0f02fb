"""The grammar of codes, in Python and in the database."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from hypothesis import given
from hypothesis import strategies as st

from governance.territory import reference, rules
from governance.territory.models import Department, Division, Grid

DAY = date(2026, 1, 1)


def test_every_published_code_reads_as_published():
    rows = reference.division_rows()
    assert len(rows) == 1995
    assert all(rules.nests_in(row.code12, row.parent_code) for row in rows if row.parent_code)
    assert all(row.town_type for row in rows if row.level == "town")
    assert all(row.village_type for row in rows if row.level == "community")


@pytest.mark.parametrize(
    ("digits", "kind"),
    [(1, "street"), (99, "street"), (100, "town"), (199, "town"), (200, "township"), (399, "township"),
     (400, "other_town"), (599, "other_town"), (600, None), (999, None)],
)  # fmt: skip
def test_township_ranges(digits, kind):
    assert rules.town_type_of(f"210204{digits:03d}000") == kind


@pytest.mark.parametrize(
    ("digits", "kind"),
    [(1, "residents"), (199, "residents"), (200, "villagers"), (399, "villagers"), (400, "like_residents"),
     (499, "like_residents"), (500, "like_villagers"), (599, "like_villagers"), (600, None)],
)  # fmt: skip
def test_community_ranges(digits, kind):
    assert rules.village_type_of(f"210204010{digits:03d}") == kind


@pytest.mark.parametrize(("seq", "kind"), [(0, None), (1, "base"), (899, "base"), (900, "special"), (999, "special")])
def test_grid_ranges(seq, kind):
    assert rules.grid_kind_of(seq) == kind


@pytest.mark.parametrize(
    "code",
    [
        "",
        "21020400000",
        "2102040000000",
        "21020400000x",
        "\uff12\uff11\uff10\uff12\uff10\uff14\uff10\uff10\uff10\uff10\uff10\uff10",
        "210204600000",
        "210204001600",
        "210204000001",
    ],
)
def test_malformed_codes_are_refused_in_chinese(code):
    assert rules.code_error(code)


@given(st.integers(1, 599), st.integers(1, 599))
def test_any_code_in_range_nests_in_exactly_one_parent(town, village):
    code = f"210204{town:03d}{village:03d}"
    assert rules.code_error(code) == ""
    assert rules.parent_code_of(code) == f"210204{town:03d}000"
    assert not rules.nests_in(code, "210204000000")


def refused(action):
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        action()


def street(code: str, parent: Division) -> Division:
    return Division(code12=code, name="试验街道", level="town", town_type="street", parent=parent, valid_from=DAY)


@pytest.mark.django_db
class TestTheDatabaseRefuses:
    @pytest.fixture(autouse=True)
    def _loaded(self, territory):
        self.district = Division.objects.get(code12="210204000000")
        self.street = Division.objects.get(code12="210204010000")
        self.community = Division.objects.get(code12="210204010001")

    def test_a_good_street_is_accepted(self):
        new = street("210204099000", self.district)
        new.save()
        assert (new.district, new.street, new.unit) == (self.district, None, self.district.unit)

    @pytest.mark.parametrize("code", ["210203099000", "220204099000", "2102040990", "2102040990ab"])
    def test_a_code_that_does_not_continue_its_parents(self, code):
        refused(street(code, self.district).save)

    def test_a_street_under_a_street(self):
        new = street("210204010000"[:9] + "000", self.street)
        new.code12 = "210204097000"
        refused(new.save)

    def test_a_community_whose_district_is_another(self):
        other = Division.objects.get(code12="210203000000")
        refused(lambda: Division.objects.filter(pk=self.community.pk).update(district=other))

    def test_a_community_moved_to_another_street(self):
        other = Division.objects.get(code12="210204011000")
        refused(lambda: Division.objects.filter(pk=self.community.pk).update(parent=other, street=other))

    def test_a_second_root(self):
        refused(street("210204099000", None).save)

    def test_a_changed_code(self):
        refused(lambda: Division.objects.filter(pk=self.street.pk).update(code12="210204099000"))

    def test_a_deleted_division(self):
        leaf = Division(
            code12="210204010199", name="试验社区", level="community", village_type="residents",
            parent=self.street, valid_from=DAY,
        )  # fmt: skip
        leaf.save()
        refused(leaf.delete)

    def test_a_validity_that_ends_before_it_begins(self):
        refused(lambda: Division.objects.filter(pk=self.street.pk).update(valid_to=date(2000, 1, 1)))

    def test_raw_sql_too(self):
        def raw():
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE governance_division SET parent_id = %s WHERE id = %s", [self.district.pk, self.community.pk]
                )

        refused(raw)

    @pytest.mark.parametrize("place", ["street", "district"])
    def test_a_grid_that_hangs_under_a_street_or_district(self, place):
        where = getattr(self, place)
        refused(Grid(
            code15=f"{where.code12}001", community=where, street=self.street, unit=where.unit, seq=1, name="试验网格"
        ).save)  # fmt: skip

    @pytest.mark.parametrize(
        ("code", "seq"), [("210204010001888", 887), ("210204010002888", 888), ("21020401000188", 88)]
    )
    def test_a_grid_whose_code_is_not_its_communitys(self, code, seq):
        refused(Grid(
            code15=code, community=self.community, street=self.street, unit=self.street.unit, seq=seq, name="试验网格"
        ).save)  # fmt: skip

    def test_a_grid_in_another_street(self):
        other = Division.objects.get(code12="210204011000")
        refused(Grid(
            code15="210204010001888", community=self.community, street=other, unit=self.street.unit, seq=888, name="x"
        ).save)  # fmt: skip

    def test_a_station_without_a_superior(self):
        refused(Department(
            code="X-1", name="x", short_name="x", level="station", kind="police", unit=self.street.unit,
            street=self.street,
        ).save)  # fmt: skip

    def test_a_station_in_a_community(self):
        superior = Department.objects.get(code="210204-GAJ")
        refused(Department(
            code="X-1", name="x", short_name="x", level="station", kind="police", unit=superior.unit,
            superior=superior, street=self.community,
        ).save)  # fmt: skip
