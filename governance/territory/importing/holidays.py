"""Import of the official holidays of a year, by date."""

from __future__ import annotations

from datetime import date

from governance.kernel.clock import Holiday, forget_calendar
from governance.kernel.sheets import SheetColumn, SheetRow, Table

from .spec import Importer, action, refuse_twins

COLUMNS = (
    SheetColumn("date", "日期", "date", True, sample="2027-01-01"),
    SheetColumn("kind", "类别", "choice", True, choices={label: value for value, label in Holiday.Kind.choices}),
    SheetColumn("name", "名称", required=True, max_length=40, sample="元旦"),
    SheetColumn("source", "依据", max_length=120, help="国务院办公厅通知的文号"),
)


def examine(table: Table) -> None:
    """Check twins and that a working day in exchange falls on a weekend."""
    refuse_twins(table, "date", "日期重复")
    for row in table.rows:
        day = row.values["date"]
        if day and row.values["kind"] == Holiday.Kind.WORK and date.fromisoformat(day).weekday() < 5:
            table.refuse(row, "date", "调休上班的日期应是周六或周日")


def _known(rows: list[SheetRow]) -> dict[date, Holiday]:
    return Holiday.objects.in_bulk([date.fromisoformat(row.values["date"]) for row in rows], field_name="date")


def _facts(values: dict) -> dict:
    return {"kind": values["kind"], "name": values["name"], "source": values.get("source") or ""}


def plan(rows: list[SheetRow]) -> list[str]:
    """Return what each row does."""
    known = _known(rows)
    return [action(known.get(date.fromisoformat(row.values["date"])), _facts(row.values)) for row in rows]


def write(rows: list[SheetRow]) -> None:
    """Add or replace each date."""
    days = [Holiday(date=date.fromisoformat(row.values["date"]), **_facts(row.values)) for row in rows]
    Holiday.objects.bulk_create(
        days, update_conflicts=True, unique_fields=["date"], update_fields=["kind", "name", "source"]
    )
    forget_calendar()


IMPORTER = Importer("节假日导入", COLUMNS, examine, plan, write)
