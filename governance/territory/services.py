"""Writes of the territory. Loading adds what is missing and never overwrites what people have changed."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.db import transaction
from django.db.models import Q

from governance.kernel.errors import Invalid
from governance.kernel.policy import policy_load

from . import reference
from .choices import DepartmentLevel, Level
from .models import Category, Department, Division, Entrustment, Grid, ManagementUnit
from .synthetic import departments_missing, draw_households, grids_missing, households_missing

BATCH = 1000


@dataclass(frozen=True)
class LoadCounts:
    """How many rows a load added, by table."""

    units: int
    divisions: int
    entrustments: int
    categories: int
    departments: int
    grids: int

    def __str__(self) -> str:
        return ", ".join(f"{field.name} +{getattr(self, field.name)}" for field in fields(self))


@transaction.atomic
def territory_load(*, demo: bool = True) -> LoadCounts:
    """Load real divisions, units and categories; with ``demo`` also synthetic households, departments and grids.

    Idempotent and deterministic: a second run adds nothing, and two fresh databases get the same content.
    """
    policy_load(path=reference.RULES)
    units = _units_load()
    divisions = _divisions_load(demo)
    entrustments = _entrustments_load()
    categories = _categories_load()
    departments = grids = 0
    if demo:
        departments = _add_levels(Department, departments_missing)
        Division.objects.bulk_update(households_missing(), ["households", "is_synthetic"], batch_size=BATCH)
        grids = len(Grid.objects.bulk_create(grids_missing(), batch_size=BATCH))
    return LoadCounts(units, divisions, entrustments, categories, departments, grids)


@transaction.atomic
def street_unit_change(*, street: Division, unit: ManagementUnit) -> None:
    """Hand a street to another unit: communities, grids and stations follow, these under the new unit's departments.

    Raises Invalid when the new unit lacks a department for one of the street's stations.
    """
    stations = list(street.stations.all())
    lines = {line.kind: line for line in Department.objects.filter(unit=unit, level=DepartmentLevel.UNIT)}
    if missing := [station.short_name for station in stations if station.kind not in lines]:
        raise Invalid(f"{unit}没有对应的部门，下列派出机构无法划转：{'、'.join(missing)}。")
    Division.objects.filter(Q(pk=street.pk) | Q(street=street)).update(unit=unit)
    Grid.objects.filter(street=street).update(unit=unit)
    for station in stations:
        station.unit, station.superior = unit, lines[station.kind]
    Department.objects.bulk_update(stations, ["unit", "superior"])
    street.unit = unit


def _units_load() -> int:
    """Add the management units; their counties are attached when the divisions are there."""
    known = set(ManagementUnit.objects.values_list("code", flat=True))
    missing = [
        ManagementUnit(
            code=unit["code"],
            name=unit.get("name", f"大连市{unit['short_name']}"),
            short_name=unit["short_name"],
            kind=unit["kind"],
            note=unit.get("note", ""),
        )
        for unit in reference.toml("units")["unit"]
        if unit["code"] not in known
    ]
    return len(ManagementUnit.objects.bulk_create(missing))


def _divisions_load(demo: bool) -> int:
    """Add the divisions level by level, each with its ancestors and the unit that runs it."""
    source = reference.toml("units")
    run_by = {code: unit["code"] for unit in source["unit"] for code in unit.get("entrusted", ())}
    units = {unit.code: unit for unit in ManagementUnit.objects.all()}
    known = {division.code12: division for division in Division.objects.all()}
    rows = [row for row in reference.division_rows() if row.code12 not in known]
    for level in Level:
        new = []
        for row in (row for row in rows if row.level == level):
            division = Division(
                code12=row.code12,
                name=row.name,
                level=level,
                town_type=row.town_type,
                village_type=row.village_type,
                parent=known.get(row.parent_code),
                unit=units.get(run_by.get(row.code12) or (row.code12[:6] if level == Level.COUNTY else "")),
                valid_from=source["valid_from"],
                source_vintage=source["vintage"],
            )
            if division.parent is not None:
                division.inherit(division.parent)
            if demo and level == Level.COMMUNITY:
                draw_households(division)
            new.append(division)
        Division.objects.bulk_create(new, batch_size=BATCH)
        known.update((division.code12, division) for division in new)
    for unit in units.values():
        if unit.main_division_id is None and (county := known.get(unit.code.ljust(12, "0"))):
            unit.main_division = county
            unit.save(update_fields=["main_division"])
    return len(rows)


def _entrustments_load() -> int:
    """Add the entrusted streets of the functional zones, marked to be confirmed."""
    source = reference.toml("units")
    units = {unit.code: unit for unit in ManagementUnit.objects.all()}
    known = set(Entrustment.objects.values_list("division__code12", flat=True))
    wanted = {code: unit for unit in source["unit"] for code in unit.get("entrusted", ()) if code not in known}
    streets = Division.objects.in_bulk(wanted, field_name="code12")
    rows = [
        Entrustment(unit=units[unit["code"]], division=streets[code], valid_from=source["valid_from"], note="待核")
        for code, unit in wanted.items()
    ]
    return len(Entrustment.objects.bulk_create(rows))


def _categories_load() -> int:
    """Add 大类, then their 小类."""
    added = 0
    for category in reference.toml("categories")["category"]:
        major, created = Category.objects.get_or_create(
            code=category["code"], defaults={"name": category["name"], "source_mark": category["source_mark"]}
        )
        known = set(major.children.values_list("code", flat=True))
        minors = [
            Category(code=code, name=name, parent=major, lead_trade=trade, source_mark=category["source_mark"])
            for number, (name, trade) in enumerate(category["children"], 1)
            if (code := f"{major.code}{number:02d}") not in known
        ]
        added += created + len(Category.objects.bulk_create(minors))
    return added


def _add_levels(model, batches) -> int:
    """Bulk-create batch after batch: each may refer to the ones before it."""
    return sum(len(model.objects.bulk_create(batch, batch_size=BATCH)) for batch in batches())
