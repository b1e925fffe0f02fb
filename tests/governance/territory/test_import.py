"""Importing divisions, departments and holidays: preview, confirm, refuse."""

from datetime import date

import pytest

from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.clock import Holiday
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.territory.batches import ImportBatch
from governance.territory.importing import departments, divisions
from governance.territory.importing.services import import_confirm, import_preview
from governance.territory.models import Department, Division, Grid

from . import cast
from .books import csv_upload, upload, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("territory")]
DIVISION_HEAD = ["code12", "name", "valid_from", "valid_to", "unit_code", "households"]
DEPARTMENT_HEAD = [column.name for column in departments.COLUMNS]
HOLIDAY_HEAD = ["date", "kind", "name"]


@pytest.fixture
def by(territory):
    return cast.actor(cast.importer())


def preview(by, kind, head, *rows):
    return import_preview(by=by, kind=kind, upload=upload(workbook(head, *rows)))


def messages(batch) -> list[tuple]:
    return [(error["row"], error["column"], error["message"]) for error in batch.errors]


def station(**changes) -> list:
    """A row of a new station in 黑石礁街道."""
    row = {
        "code": "210204010-XF",
        "name": "黑石礁消防救援站",
        "short_name": "黑石礁消防站",
        "level": "派出机构",
        "kind": "消防救援",
        "unit_code": "210204",
        "superior_code": "210204-XF",
        "street_code": "210204010000",
        "email": "xf@station.example",
        "alternate_emails": "a@station.example; b@station.example",
        "phone": "",
        "is_active": "是",
    } | changes
    return [row[name] for name in DEPARTMENT_HEAD]


class TestDivisions:
    def test_preview_writes_nothing_confirm_writes_all(self, by):
        rows = [
            ["210204098000", "试验街道", "2026-01-01"],
            ["210204098001", "试验社区居委会", "2026-01-01", "", "", 1200],
            ["210204010001", "改名社区居委会", "2026-01-01"],
        ]
        batch = preview(by, "divisions", DIVISION_HEAD, *rows)
        assert batch.errors == [] and batch.summary["actions"] == ["add", "add", "change"]
        assert not Division.objects.filter(code12="210204098000").exists()
        import_confirm(by=by, batch=batch)
        community = Division.objects.get(code12="210204098001")
        assert (community.street.name, community.district.name, community.unit.code) == (
            "试验街道",
            "沙河口区",
            "210204",
        )
        assert community.village_type == "residents" and community.street.town_type == "street"
        assert (community.households, community.is_synthetic) == (1200, False)
        assert Division.objects.get(code12="210204010001").name == "改名社区居委会"

    def test_rows_may_stand_in_any_order(self, by):
        rows = [["210204098001", "试验社区居委会", "2026-01-01"], ["210204098000", "试验街道", "2026-01-01"]]
        import_confirm(by=by, batch=preview(by, "divisions", DIVISION_HEAD, *rows))
        assert Division.objects.get(code12="210204098001").street.code12 == "210204098000"

    def test_every_error_is_named_by_row_and_column(self, by):
        batch = preview(
            by, "divisions", DIVISION_HEAD,
            ["210204600000", "越界", "2026-01-01"],
            ["210204097001", "没有上级", "2026-01-01"],
            ["210204010001", "", "不是日期"],
            ["210204010002", "甲", "2026-01-01", "2025-01-01", "999999", "多"],
            ["210204010003", "乙", "2026-01-01"],
            ["210204010003", "乙", "2026-01-01"],
            ["220100000000", "另一市", "2026-01-01"],
        )  # fmt: skip
        found = {(row, column) for row, column, _message in messages(batch)}
        assert found == {
            (2, "区划代码"),
            (3, "区划代码"),
            (4, "名称"),
            (4, "生效日期"),
            (5, "失效日期"),
            (5, "管理单元代码"),
            (5, "户数"),
            (7, "区划代码"),
            (8, "区划代码"),
        }
        assert "与第 6 行相同" in dict((row, message) for row, _column, message in messages(batch))[7]
        with pytest.raises(Conflict):
            import_confirm(by=by, batch=batch)

    def test_the_published_file_reads_as_no_change(self, by):
        rows = [
            [division.code12, division.name, division.valid_from.isoformat()]
            for division in Division.objects.order_by("?")[:300]
        ]
        batch = import_preview(by=by, kind="divisions", upload=csv_upload(DIVISION_HEAD[:3], *rows))
        assert batch.errors == [] and set(batch.summary["actions"]) == {"same"}

    def test_a_division_can_end(self, by):
        row = ["210204010001", Division.objects.get(code12="210204010001").name, "2023-06-30", "2026-12-31"]
        import_confirm(by=by, batch=preview(by, "divisions", DIVISION_HEAD, row))
        assert not Division.objects.valid_on(date(2027, 1, 1)).filter(code12="210204010001").exists()
        assert Division.objects.valid_on(date(2026, 6, 1)).filter(code12="210204010001").exists()

    def test_a_street_that_changes_its_unit_takes_all_along(self, by):
        street = Division.objects.get(code12="210283005000")
        row = [street.code12, street.name, "2023-06-30", "", "2102CX"]
        import_confirm(by=by, batch=preview(by, "divisions", DIVISION_HEAD, row))
        units = [street.stations, Division.objects.filter(street=street), Grid.objects.filter(street=street)]
        assert all(set(rows.values_list("unit__code", flat=True)) == {"2102CX"} for rows in units)
        assert set(street.stations.values_list("superior__unit__code", flat=True)) == {"2102CX"}

    def test_a_unit_without_the_department_cannot_take_the_station(self, by):
        Department.objects.filter(code="2102CX-XF").update(kind="other")
        Department.objects.filter(code="210283005-SFS").update(kind="fire")
        street = Division.objects.get(code12="210283005000")
        batch = preview(by, "divisions", DIVISION_HEAD, [street.code12, street.name, "2023-06-30", "", "2102CX"])
        with pytest.raises(Invalid):
            import_confirm(by=by, batch=batch)


class TestDepartments:
    def test_a_new_station_hangs_in_line_and_place(self, by):
        import_confirm(by=by, batch=preview(by, "departments", DEPARTMENT_HEAD, station()))
        new = Department.objects.get(code="210204010-XF")
        assert (new.superior.code, new.street.code12, new.unit.code) == ("210204-XF", "210204010000", "210204")
        assert new.alternate_emails == ["a@station.example", "b@station.example"]
        assert not new.is_synthetic and new.is_active

    def test_superiors_may_stand_below_in_the_same_file(self, by):
        line = {"street_code": "", "superior_code": "2102-NEW", "level": "区县部门"}
        top = {**line, "unit_code": "", "superior_code": "", "level": "市级部门"}
        rows = [
            station(superior_code="210204-NEW"), station(code="210204-NEW", **line), station(code="2102-NEW", **top),
        ]  # fmt: skip
        import_confirm(by=by, batch=preview(by, "departments", DEPARTMENT_HEAD, *rows))
        assert Department.objects.get(code="210204010-XF").superior.superior.code == "2102-NEW"

    def test_a_known_department_takes_its_real_address_and_loses_the_demo_mark(self, by):
        known = Department.objects.get(code="210204-CGJ")
        row = station(
            code=known.code,
            name=known.name,
            short_name=known.short_name,
            level="区县部门",
            kind="城市管理",
            street_code="",
            superior_code="2102-CGJ",
            email="Real@Example.test",
            is_active="否",
        )
        batch = preview(by, "departments", DEPARTMENT_HEAD, row)
        assert batch.summary["actions"] == ["change"]
        import_confirm(by=by, batch=batch)
        known.refresh_from_db()
        assert (known.email, known.is_active, known.is_synthetic) == ("real@example.test", False, False)

    @pytest.mark.parametrize(
        ("changes", "column"),
        [
            ({"unit_code": ""}, "管理单元代码"),
            ({"unit_code": "999999"}, "管理单元代码"),
            ({"street_code": ""}, "街道代码"),
            ({"street_code": "210204010001"}, "街道代码"),
            ({"street_code": "210203001000"}, "街道代码"),
            ({"superior_code": ""}, "上级部门代码"),
            ({"superior_code": "NO-SUCH"}, "上级部门代码"),
            ({"superior_code": "210204010-PCS"}, "上级部门代码"),
            ({"level": "省级部门"}, "层级"),
            ({"kind": "航天"}, "条线"),
            ({"email": "nobody"}, "邮箱"),
            ({"email": ""}, "邮箱"),
            ({"alternate_emails": "x"}, "备用邮箱"),
            ({"code": "小写"}, "部门代码"),
            ({"is_active": "也许"}, "启用"),
            ({"level": "市级部门"}, "管理单元代码"),
        ],
    )
    def test_a_row_that_does_not_fit_is_refused(self, by, changes, column):
        batch = preview(by, "departments", DEPARTMENT_HEAD, station(**changes))
        assert column in {error["column"] for error in batch.errors}
        assert {error["row"] for error in batch.errors} == {2}


class TestHolidays:
    def test_a_year_becomes_official(self, by):
        assert clock.is_provisional(date(2027, 3, 1))
        batch = preview(
            by, "holidays", HOLIDAY_HEAD, ["2027-01-01", "放假", "元旦"], ["2027-01-03", "调休上班", "元旦"]
        )
        import_confirm(by=by, batch=batch)
        clock.forget_calendar()
        assert not clock.is_provisional(date(2027, 3, 1))
        assert not clock.is_workday(date(2027, 1, 1)) and clock.is_workday(date(2027, 1, 3))

    def test_a_second_import_replaces_a_day(self, by):
        for name in ("元旦", "元旦节"):
            import_confirm(by=by, batch=preview(by, "holidays", HOLIDAY_HEAD, ["2027-01-01", "放假", name]))
        assert Holiday.objects.get(date=date(2027, 1, 1)).name == "元旦节"

    def test_a_working_exchange_day_is_on_a_weekend(self, by):
        batch = preview(by, "holidays", HOLIDAY_HEAD, ["2027-01-04", "调休上班", "元旦"])
        assert [(row, column) for row, column, _message in messages(batch)] == [(2, "日期")]

    @pytest.fixture(autouse=True)
    def _calendar(self):
        clock.forget_calendar()
        yield
        clock.forget_calendar()


class TestConfirm:
    def test_a_second_confirmation_changes_nothing(self, by):
        batch = preview(by, "departments", DEPARTMENT_HEAD, station())
        import_confirm(by=by, batch=batch)
        Department.objects.filter(code="210204010-XF").update(phone="later")
        again = import_confirm(by=by, batch=batch)
        assert again.status == ImportBatch.Status.APPLIED
        assert Department.objects.get(code="210204010-XF").phone == "later"
        assert AuditEvent.objects.filter(action="import.confirm", subject_id=batch.pk).count() == 1

    def test_what_changed_since_the_preview_stops_it(self, by):
        first, second = (preview(by, "departments", DEPARTMENT_HEAD, station()) for _turn in range(2))
        import_confirm(by=by, batch=first)
        with pytest.raises(Conflict):
            import_confirm(by=by, batch=second)  # would now change, not add

    def test_one_bad_row_keeps_all_out(self, by):
        batch = preview(by, "departments", DEPARTMENT_HEAD, station(), station(code="210204010-X2", email="bad"))
        with pytest.raises(Conflict):
            import_confirm(by=by, batch=batch)
        assert not Department.objects.filter(code="210204010-XF").exists()

    def test_it_is_audited_with_its_hash(self, by):
        batch = import_confirm(by=by, batch=preview(by, "departments", DEPARTMENT_HEAD, station()))
        event = AuditEvent.objects.get(action="import.confirm", subject_id=batch.pk)
        assert event.data["add"] == 1 and event.data["sha256"] == batch.digest

    @pytest.mark.parametrize("step", ["preview", "confirm"])
    def test_only_who_may_import_imports(self, by, step):
        outsider = cast.actor(cast.street_leader())
        batch = preview(by, "departments", DEPARTMENT_HEAD, station())
        with pytest.raises(Forbidden):
            if step == "preview":
                preview(outsider, "departments", DEPARTMENT_HEAD, station())
            else:
                import_confirm(by=outsider, batch=batch)

    def test_uploads_belong_to_who_made_them(self, by):
        batch = preview(by, "departments", DEPARTMENT_HEAD, station())
        other = cast.actor(cast.importer())
        assert list(ImportBatch.objects.visible_to(by)) == [batch]
        assert not ImportBatch.objects.visible_to(other).exists()


def test_a_full_file_is_examined_with_few_statements(by, django_assert_max_num_queries):
    rows = [[f"2102040980{number:02d}", f"第{number}社区居委会", "2026-01-01"] for number in range(1, 90)]
    rows.append(["210204098000", "试验街道", "2026-01-01"])
    with django_assert_max_num_queries(15):
        batch = preview(by, "divisions", DIVISION_HEAD, *rows)
    with django_assert_max_num_queries(25):
        import_confirm(by=by, batch=batch)
    assert divisions.BATCH >= 100
