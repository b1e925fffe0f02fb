"""The demo city's sketched boundaries: each district of the sketch map cut into its streets, communities and grids."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import shapely
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry

from governance.territory import reference
from governance.territory.choices import GridKind, VillageType
from governance.territory.models import Division, Grid

from .geometry import DECIMALS, numbering
from .partition import split, tidy

RURAL = (VillageType.VILLAGERS, VillageType.LIKE_VILLAGERS)
RURAL_ROOM = 4.0  # a village's grid gets so many times the room of a town's; only the looks depend on it
SPECIAL_ROOM = 0.2  # a school or hospital is small
SOURCE = "按区县示意图等面积划分，非测绘成果"


@dataclass(frozen=True)
class Cell:
    """One grid with the place drawn for it."""

    grid: Grid
    shape: BaseGeometry


def districts() -> dict[str, BaseGeometry]:
    """The ten counties of the sketch map by code, without the overlaps that its simplification left."""
    found, taken = {}, None
    for feature in sorted(reference.sketch()["features"], key=lambda row: row["properties"]["code12"]):
        area = tidy(shape_of(feature["geometry"]))
        if taken is not None:
            area = tidy(shapely.difference(area, taken))
        area = tidy(shapely.transform(area, lambda points: points.round(DECIMALS)))
        found[feature["properties"]["code12"]] = area
        taken = area if taken is None else shapely.union(taken, area)
    return found


def draw() -> dict[int, list[Cell]]:
    """Cells of every community that has grids, by the community's id; deterministic, in memory only."""
    grids = defaultdict(list)
    for grid in Grid.objects.in_use().order_by("code15"):
        grids[grid.community_id].append(grid)
    places = defaultdict(lambda: defaultdict(list))
    communities = Division.objects.communities().filter(pk__in=list(grids)).select_related("district", "street")
    for place in communities.order_by("code12"):
        places[place.district.code12][place.street_id].append(place)
    areas, cells = districts(), {}
    for code, streets in sorted(places.items()):
        rows = sorted(streets.values(), key=_at_home)
        for street, part in zip(rows, split(areas[code], [_room(row, grids) for row in rows]), strict=True):
            parts = split(part, [_room([place], grids) for place in street])
            for place, area in zip(street, parts, strict=True):
                cells[place.pk] = cells_of(area, grids[place.pk])
    return cells


def _at_home(street: list[Division]) -> bool:
    """Streets that a functional zone runs come first, so that they lie together in the west; the order else stays."""
    return street[0].unit_id == street[0].district.unit_id


def _room(places: list[Division], grids: dict[int, list[Grid]]) -> float:
    """How much of the area these communities get together."""
    return sum(len(grids[place.pk]) * (RURAL_ROOM if place.village_type in RURAL else 1.0) for place in places)


def cells_of(area: BaseGeometry, grids: list[Grid]) -> list[Cell]:
    """Cut one community; base grids take the cells in the order of their numbers, a special grid the last one."""
    base = [grid for grid in grids if grid.kind == GridKind.BASE]
    special = [grid for grid in grids if grid.kind != GridKind.BASE]
    parts = split(area, [1.0] * len(base) + [SPECIAL_ROOM] * len(special))
    own, rest = parts[: len(base)], parts[len(base) :]
    order = numbering([(part.centroid.x, part.centroid.y) for part in own])
    drawn = zip(base, (own[index] for index in order), strict=True)
    return [Cell(grid, part) for grid, part in (*drawn, *zip(special, rest, strict=True))]
