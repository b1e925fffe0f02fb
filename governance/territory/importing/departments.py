"""Import of departments and stations, by code: new ones are added, known ones take what the row states."""

from __future__ import annotations

import re

from governance.kernel.sheets import SheetColumn, SheetRow, Table

from ..choices import DepartmentLevel, Level, Trade
from ..models import Department, Division, ManagementUnit
from .spec import Importer, action, refuse_twins

BATCH = 1000
RANK = {DepartmentLevel.CITY: 0, DepartmentLevel.UNIT: 1, DepartmentLevel.STATION: 2}


def _code_error(code: str) -> str:
    return "" if re.fullmatch(r"[0-9A-Z][0-9A-Z-]{1,23}", code) else "代码为 2–24 位大写字母、数字或连字符"


COLUMNS = (
    SheetColumn("code", "部门代码", "code", True, 24, check=_code_error, sample="210204-CGJ"),
    SheetColumn("name", "名称", required=True, max_length=80, sample="沙河口区城市管理综合行政执法局"),
    SheetColumn("short_name", "简称", required=True, max_length=40, sample="沙河口城管局"),
    SheetColumn("level", "层级", "choice", True, choices={label: value for value, label in DepartmentLevel.choices}),
    SheetColumn("kind", "条线", "choice", True, choices={label: value for value, label in Trade.choices}),
    SheetColumn("unit_code", "管理单元代码", "code", max_length=6, help="区县部门和派出机构必填", sample="210204"),
    SheetColumn("superior_code", "上级部门代码", "code", max_length=24, help="条：派出机构必填", sample="2102-CGJ"),
    SheetColumn("street_code", "街道代码", "code", max_length=12, help="块：派出机构必填，12 位"),
    SheetColumn("email", "邮箱", "email", required=True, max_length=120, sample="cgj.210204@dept.example"),
    SheetColumn("alternate_emails", "备用邮箱", "emails", max_length=500, help="多个用分号隔开"),
    SheetColumn("phone", "电话", max_length=24),
    SheetColumn("is_active", "启用", "flag", help="留空为是"),
)


class _Context:
    """Everything that the rows refer to, read once."""

    def __init__(self, rows: list[SheetRow]):
        def column(name: str) -> set[str]:
            return {row.values[name] for row in rows if row.values.get(name)}

        codes = column("code") | column("superior_code")
        self.units = {unit.code: unit for unit in ManagementUnit.objects.all()}
        self.streets = Division.objects.in_bulk(column("street_code"), field_name="code12")
        self.departments = Department.objects.in_bulk(codes, field_name="code")
        self.levels = {code: department.level for code, department in self.departments.items()}
        self.levels |= {row.values["code"]: row.values["level"] for row in rows if row.values["code"]}


def examine(table: Table) -> None:
    """Check twins, the shape that each level wants, and what the codes refer to."""
    refuse_twins(table, "code", "部门代码重复")
    context = _Context(table.rows)
    for row in table.rows:
        if row.values["level"]:
            for name, message in _shape_errors(row.values, context):
                table.refuse(row, name, message)


def _shape_errors(values: dict, context: _Context):
    """Yield (column, message) for what does not fit the row's level."""
    level = values["level"]
    wants = {"unit_code": RANK[level] >= 1, "street_code": RANK[level] == 2}
    for name, wanted in wants.items():
        if wanted != bool(values.get(name)):
            yield name, "此层级必填" if wanted else "此层级不填"
    if level == DepartmentLevel.STATION and not values.get("superior_code"):
        yield "superior_code", "派出机构须有上级部门"
    if values.get("unit_code") and values["unit_code"] not in context.units:
        yield "unit_code", "没有这个管理单元"
    yield from _street_errors(values, context)
    yield from _superior_errors(values, context)


def _street_errors(values: dict, context: _Context):
    code = values.get("street_code")
    if not code:
        return
    street = context.streets.get(code)
    if street is None or street.level != Level.TOWN:
        yield "street_code", "没有这个街道（乡镇）"
    elif values.get("unit_code") in context.units and street.unit_id != context.units[values["unit_code"]].pk:
        yield "street_code", "该街道不属于所填的管理单元"


def _superior_errors(values: dict, context: _Context):
    code = values.get("superior_code")
    if not code:
        return
    level = context.levels.get(code)
    if level is None:
        yield "superior_code", "没有这个上级部门，本表中也没有"
    elif RANK[level] >= RANK[values["level"]]:
        yield "superior_code", "上级部门的层级须更高"


def _facts(values: dict, context: _Context) -> dict:
    """Return the model's fields that a row states."""
    unit, street = context.units.get(values.get("unit_code")), context.streets.get(values.get("street_code"))
    superior = context.departments.get(values.get("superior_code"))
    return {
        "name": values["name"],
        "short_name": values["short_name"],
        "level": values["level"],
        "kind": values["kind"],
        "unit_id": unit.pk if unit else None,
        "street_id": street.pk if street else None,
        "superior_id": superior.pk if superior else None,
        "email": values["email"],
        "alternate_emails": values.get("alternate_emails") or [],
        "phone": values.get("phone") or "",
        "is_active": values.get("is_active") is not False,
        "is_synthetic": False,
    }


def plan(rows: list[SheetRow]) -> list[str]:
    """Return what each row does."""
    context = _Context(rows)
    return [action(context.departments.get(row.values["code"]), _facts(row.values, context)) for row in rows]


def write(rows: list[SheetRow]) -> None:
    """Write superiors before those under them."""
    context = _Context(rows)
    for level in DepartmentLevel:
        new, changed = [], []
        for row in (row for row in rows if row.values["level"] == level):
            facts = _facts(row.values, context)
            department = context.departments.get(row.values["code"]) or Department(code=row.values["code"])
            (changed if department.pk else new).append(department)
            for name, value in facts.items():
                setattr(department, name, value)
        Department.objects.bulk_create(new, batch_size=BATCH)
        if changed:
            fields = [name.removesuffix("_id") for name in facts]
            Department.objects.bulk_update(changed, fields, batch_size=BATCH)
        context.departments |= {department.code: department for department in new}


IMPORTER = Importer("部门导入", COLUMNS, examine, plan, write)
