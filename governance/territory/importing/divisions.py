"""Import of divisions: new ones are added under their parent, known ones may change all but their code."""

from __future__ import annotations

from datetime import date

from governance.kernel.sheets import SheetColumn, SheetRow, Table

from .. import rules
from ..choices import Level
from ..models import Division, ManagementUnit
from ..reference import division_row
from ..services import street_unit_change
from .spec import Importer, action, refuse_twins

BATCH = 1000
COLUMNS = (
    SheetColumn(
        "code12", "区划代码", "code", True, 12, check=rules.code_error, help="12 位数字", sample="210204010001"
    ),
    SheetColumn("name", "名称", required=True, max_length=60, sample="黑石礁社区居委会"),
    SheetColumn("valid_from", "生效日期", "date", True, help="现实中生效的日期", sample="2023-06-30"),
    SheetColumn("valid_to", "失效日期", "date", help="撤销或合并的日期；仍有效的留空"),
    SheetColumn("unit_code", "管理单元代码", "code", max_length=6, help="留空则随上级", sample="210204"),
    SheetColumn("households", "户数", "whole", sample="2750"),
    SheetColumn("source_vintage", "数据来源", max_length=40, sample="2026 年区划调整"),
)


def examine(table: Table) -> None:
    """Check twins, parents, units and dates."""
    refuse_twins(table, "code12", "区划代码重复")
    own = {row.values["code12"] for row in table.rows if row.values["code12"]}
    parents = {code: rules.parent_code_of(code) for code in own}
    known = set(
        Division.objects.filter(code12__in=own | set(filter(None, parents.values()))).values_list("code12", flat=True)
    )
    unit_codes = set(ManagementUnit.objects.values_list("code", flat=True))
    cities = set(Division.objects.cities().values_list("code12", flat=True))
    for row in table.rows:
        values = row.values
        parent = parents.get(values["code12"])
        if parent and parent not in known and parent not in own:
            table.refuse(row, "code12", f"上级区划 {parent} 不存在，也不在本表中")
        if values["code12"] and parent is None and cities - {values["code12"]}:
            table.refuse(row, "code12", "市级区划只能有一个")
        if values.get("unit_code") and values["unit_code"] not in unit_codes:
            table.refuse(row, "unit_code", "没有这个管理单元")
        if values.get("valid_to") and values["valid_from"] and values["valid_to"] <= values["valid_from"]:
            table.refuse(row, "valid_to", "失效日期须晚于生效日期")


def _facts(values: dict, units: dict[str, ManagementUnit]) -> dict:
    """Return the model's fields that a row states; an optional blank keeps what is there."""
    facts = {"name": values["name"], "valid_from": date.fromisoformat(values["valid_from"])}
    if values.get("valid_to"):
        facts["valid_to"] = date.fromisoformat(values["valid_to"])
    if values.get("unit_code"):
        facts["unit_id"] = units[values["unit_code"]].pk
    if values.get("households") is not None:
        facts |= {"households": values["households"], "is_synthetic": False}
    if values.get("source_vintage"):
        facts["source_vintage"] = values["source_vintage"]
    return facts


def _context(rows: list[SheetRow]) -> tuple[dict[str, Division], dict[str, ManagementUnit]]:
    codes = {row.values["code12"] for row in rows}
    codes |= {parent for code in codes if (parent := rules.parent_code_of(code))}
    units = {unit.code: unit for unit in ManagementUnit.objects.all()}
    return Division.objects.in_bulk(codes, field_name="code12"), units


def plan(rows: list[SheetRow]) -> list[str]:
    """Return what each row does."""
    known, units = _context(rows)
    return [action(known.get(row.values["code12"]), _facts(row.values, units)) for row in rows]


def write(rows: list[SheetRow]) -> None:
    """Add level by level, then change the known ones."""
    known, units = _context(rows)
    changed = []
    for level in Level:
        new = []
        for row in rows:
            code = row.values["code12"]
            if rules.level_of(code) != level:
                continue
            facts = _facts(row.values, units)
            if division := known.get(code):
                if level == Level.TOWN and facts.get("unit_id", division.unit_id) != division.unit_id:
                    street_unit_change(street=division, unit=units[row.values["unit_code"]])
                for name, value in facts.items():
                    setattr(division, name, value)
                changed.append(division)
            else:
                new.append(_new(code, facts, known))
        Division.objects.bulk_create(new, batch_size=BATCH)
        known |= {division.code12: division for division in new}
    fields = ["name", "valid_from", "valid_to", "unit", "households", "is_synthetic", "source_vintage"]
    Division.objects.bulk_update(changed, fields, batch_size=BATCH)


def _new(code: str, facts: dict, known: dict[str, Division]) -> Division:
    """Build a division that hangs under its parent."""
    row = division_row(code, facts["name"])
    division = Division(
        code12=code, level=row.level, town_type=row.town_type, village_type=row.village_type,
        parent=known.get(row.parent_code), **facts,
    )  # fmt: skip
    if division.parent is not None:
        division.inherit(division.parent)
    return division


IMPORTER = Importer("行政区划导入", COLUMNS, examine, plan, write)
