"""Reads of the territory that other slices share."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from governance.kernel.cached import cached_for

from .choices import DepartmentLevel, Level, TownType
from .models import Category, Department, Division, Entrustment, Grid, ManagementUnit

if TYPE_CHECKING:
    from .querysets import DepartmentQuerySet, DivisionQuerySet


def units():
    """Return the twelve management units, statutory ones first as their codes order them."""
    return ManagementUnit.objects.all()


def city() -> Division:
    """Return the city's row. Raises Division.DoesNotExist before the territory is loaded."""
    return Division.objects.get(level=Level.CITY)


def streets_of(unit: ManagementUnit) -> DivisionQuerySet:
    """Return the streets and towns that a unit runs, entrusted ones included."""
    return Division.objects.filter(level=Level.TOWN, unit=unit)


def communities_of(street: Division) -> DivisionQuerySet:
    """Return the communities and villages of a street."""
    return Division.objects.filter(level=Level.COMMUNITY, street=street)


@cached_for(5)
def known_communities(street: int) -> dict[int, Division]:
    """The communities and villages of a street by key, as young as the rules are."""
    return {row.pk: row for row in communities_of(Division(pk=street)).order_by("code12")}


@cached_for(5)
def known_community(key: int) -> Division | None:
    """A community or village by its key, as young as the rules are."""
    return Division.objects.communities().filter(pk=key).first()


def departments_for_street(street: Division) -> DepartmentQuerySet:
    """Return whom a street can whistle for: its unit's departments and the city's, not stations."""
    in_reach = Q(level=DepartmentLevel.UNIT, unit_id=street.unit_id) | Q(level=DepartmentLevel.CITY)
    return Department.objects.active().filter(in_reach)


def stations_of(street: Division) -> DepartmentQuerySet:
    """Return the stations (派出机构) that serve a street."""
    return Department.objects.active().filter(level=DepartmentLevel.STATION, street=street)


def find_station(department: Department, street: Division) -> Department | None:
    """Return a department's own station in a street; None if it keeps none there.

    A station hangs on one superior (条) and one street (块), domain-rules A.1: what the city department is asked for is no
    matter of the district department's station.
    """
    return find_stations([department], street)[department.pk]


def find_stations(departments: list[Department], street: Division) -> dict[int, Department | None]:
    """Return the same for several departments, by their keys, with one query."""
    found: dict[int, Department | None] = dict.fromkeys(one.pk for one in departments)
    for row in stations_of(street).filter(superior__in=departments).order_by("-code"):
        found[row.superior_id] = row
    return found


def open_entrustment(street: Division) -> Entrustment | None:
    """Return the open entrustment of a street to a functional zone, confirmed or not."""
    return Entrustment.objects.filter(division=street, valid_to=None).select_related("unit").first()


def fingerprint() -> str:
    """Return a digest of everything loaded, without ids and times: two loads of the same data agree."""
    digest = hashlib.sha256()
    for queryset, fields in (
        (ManagementUnit.objects, ("code", "name", "kind", "main_division__code12")),
        (Division.objects, ("code12", "name", "unit__code", "district__code12", "street__code12", "households")),
        (Entrustment.objects, ("unit__code", "division__code12", "confirmed")),
        (Category.objects, ("code", "name", "parent__code", "lead_trade")),
        (Department.objects, ("code", "name", "superior__code", "unit__code", "street__code12", "email", "phone")),
        (Grid.objects, ("code15", "name", "kind", "households", "unit__code")),
    ):
        for row in queryset.order_by(fields[0], fields[1]).values_list(*fields):
            digest.update(repr(row).encode())
    return digest.hexdigest()


def entrustments_of(unit: ManagementUnit) -> QuerySet[Entrustment]:
    """Return the open entrustments to a functional zone, or from the county that a unit is."""
    mine = Q(unit=unit) | Q(division__district__isnull=False, division__district=unit.main_division_id)
    return Entrustment.objects.filter(mine, valid_to=None).select_related("unit", "division")


def totals() -> dict[str, int | str]:
    """Return how many units, streets, communities, grids and departments there are; ``towns`` spells out the kinds."""
    levels = dict(Division.objects.order_by().values_list("level").annotate(Count("id")))
    kinds = dict(Division.objects.streets().order_by().values_list("town_type").annotate(Count("id")))
    return {
        "units": ManagementUnit.objects.count(),
        "streets": levels.get(Level.TOWN, 0),
        "towns": "、".join(f"{kinds[kind]} {kind.label}" for kind in TownType if kind in kinds),
        "communities": levels.get(Level.COMMUNITY, 0),
        "grids": Grid.objects.count(),
        "departments": Department.objects.active().count(),
    }
