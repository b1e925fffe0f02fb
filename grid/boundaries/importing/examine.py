"""Checks that need the database: codes, reach, and the shapes against each other and against those already there."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from governance.accounts.roles import Role
from governance.kernel.actor import Actor
from governance.kernel.policy import policy
from governance.kernel.sheets import SheetRow, Table
from governance.territory import rules
from governance.territory.choices import GridKind
from governance.territory.models import Division, Grid

from .. import validity
from ..geometry import from_geojson, numbering
from ..models import CommunityShape, GridShape
from ..partition import tidy
from .columns import COMMUNITY

FIRST = {GridKind.BASE: 1, GridKind.SPECIAL: 900}
LAST = {GridKind.BASE: 899, GridKind.SPECIAL: 999}


def community_code(values: dict) -> str:
    """The community that a row speaks of: as stated, else the beginning of the grid's code."""
    return values.get("community") or (values.get("code15") or "")[:12]


def is_frame(values: dict) -> bool:
    """Whether the row is a community's own boundary."""
    return values["kind"] == COMMUNITY


class Known(NamedTuple):
    """A stored boundary."""

    shape: BaseGeometry | None
    is_sketch: bool
    source: str

    @classmethod
    def of(cls, row: GridShape | CommunityShape) -> Known:
        """What a row holds."""
        return cls(from_geojson(row.polygon), row.is_sketch, row.source)


NOTHING = Known(None, True, "")


class Context:
    """Everything that the rows refer to, read once."""

    def __init__(self, rows: list[SheetRow], by: Actor):
        codes = {community_code(row.values) for row in rows}
        self.communities = Division.objects.communities().in_bulk(list(codes), field_name="code12")
        self.grids = {grid.code15: grid for grid in Grid.objects.filter(community__in=self.communities.values())}
        self.ended = {row.values["code15"] for row in rows if row.values["ended"]}
        self.everywhere = by.is_system or bool(by.posts_in(Role.CITY_OFFICE))
        self.units = {post.unit_id for post in by.posts_in(Role.UNIT_SOCIAL)}
        self.width = policy("grid.border_metres")

    def reaches(self, community: Division) -> bool:
        """Whether the community lies in one of the importer's posts."""
        return self.everywhere or community.unit_id in self.units

    @cached_property
    def shapes(self) -> dict[str, Known]:
        """Stored shapes of these communities' grids by code."""
        rows = GridShape.objects.filter(grid__in=self.grids.values()).select_related("grid")
        return {row.grid.code15: Known.of(row) for row in rows}

    @cached_property
    def frames(self) -> dict[str, Known]:
        """Stored shapes of the communities by code."""
        rows = CommunityShape.objects.filter(community__in=self.communities.values()).select_related("community")
        return {row.community.code12: Known.of(row) for row in rows}


def examine(table: Table, by: Actor) -> None:
    """Add every error that a feature alone did not show; number what has no code yet."""
    context = Context(table.rows, by)
    shapes: dict[int, BaseGeometry] = {}
    seen: dict[str, int] = {}
    taken = _unit_grids(table.rows)
    for row in table.rows:
        for name, message in (*_codes(row.values, context), *_twin(row, seen), *_unit_grid(row, taken)):
            table.refuse(row, name, message)
        if row.values["ended"]:
            continue
        shape, message = _shape(row.values)
        if message:
            table.refuse(row, "shape", message)
        else:
            shapes[row.number] = shape
    if len(table.good) == len(table.rows):  # what is wrong in itself cannot be compared
        drawn = [row for row in table.rows if row.number in shapes]
        codes_propose(drawn, shapes, context)
        for row in drawn:
            if not is_frame(row.values) and int(row.values["code15"][12:]) > LAST[row.values["kind"]]:
                table.refuse(row, "code15", "这个社区此类网格的顺序码已用完；用过的编码不再给别的网格")
        _together(table, drawn, shapes, context)


def _shape(values: dict) -> tuple[BaseGeometry | None, str]:
    """The geometry, or what is wrong with it."""
    try:
        shape = shapely.force_2d(from_geojson(values["geometry"]))
    except shapely.errors.GEOSException:
        return None, "坐标有误或环没有闭合"
    except ValueError:
        return None, "须为 Polygon 或 MultiPolygon，且有坐标"
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        return None, "坐标须为 WGS 84 经纬度，经度在前"
    return shape, validity.fault(shape)


def drawable(values: dict) -> BaseGeometry | None:
    """A row's geometry for the preview's drawing, mended if it has to be; None when there is nothing to draw."""
    shape, message = _shape(values)
    shape = tidy(shape) if shape is not None and message else shape
    return None if shape is None or shape.area == 0 else shape


def _twin(row: SheetRow, seen: dict[str, int]):
    """Yield an error for the second row of the same grid or community."""
    values = row.values
    key = community_code(values) if is_frame(values) else values.get("code15")
    if key and key in seen:
        yield ("community" if is_frame(values) else "code15"), f"与第 {seen[key]} 个边界重复"
    elif key:
        seen[key] = row.number


def _unit_grids(rows: list[SheetRow]) -> dict[str, str]:
    """Which grid has which of the stated 单元网格编码 (one statement, none where none is stated)."""
    stated = {row.values.get("unit_grid_code") for row in rows} - {None}
    if not stated:
        return {}
    return dict(Grid.objects.filter(unit_grid_code__in=stated).values_list("unit_grid_code", "code15"))


def _unit_grid(row: SheetRow, taken: dict[str, str]):
    """Yield what is wrong with the code of the other business, 数字城管: one code, one grid."""
    code, own = row.values.get("unit_grid_code"), row.values.get("code15") or f"第 {row.number} 个边界"
    if code is None:
        return
    if is_frame(row.values):
        yield "unit_grid_code", "社区边界不填单元网格编码"
    elif len(code) != rules.GRID_CODE_LENGTH or not (code.isascii() and code.isdigit()):
        yield "unit_grid_code", "单元网格编码须为 15 位数字"
    elif taken.setdefault(code, own) != own:
        yield "unit_grid_code", f"这个编码已属于 {taken[code]}"


def _codes(values: dict, context: Context):
    """Yield (column, message) for a place that does not exist, lies elsewhere, or a code that cannot be."""
    code, place = values.get("code15"), context.communities.get(community_code(values))
    if place is None:
        yield "community", "没有这个社区（村）" if community_code(values) else "请写明社区代码"
        return
    if not context.reaches(place):
        yield "community", "不在您的辖区内"
    if is_frame(values):
        if code:
            yield "code15", "社区边界不填网格编码"
        return
    yield from _grid_errors(context.grids.get(code), values)
    if code:
        yield from _code_errors(code, values["kind"], place)


def _grid_errors(grid: Grid | None, values: dict):
    """Yield what does not fit the grid that a row means."""
    if grid is None and values["ended"]:
        yield "code15", "没有这个网格，不能停用"
    elif grid is None and not values.get("name"):
        yield "name", "新网格须有名称"
    elif grid and grid.ended_on and not values["ended"]:
        yield "code15", "这个网格已停用，编码不再使用；请另编新号"


def _code_errors(code: str, kind: str, place: Division):
    """Yield what is wrong with a grid's stated code."""
    if len(code) != rules.GRID_CODE_LENGTH or not (code.isascii() and code.isdigit()):
        yield "code15", "网格编码须为 15 位数字"
    elif code[:12] != place.code12:
        yield "code15", f"前 12 位应为社区代码 {place.code12}"
    elif (meant := rules.grid_kind_of(int(code[12:]))) is None:
        yield "code15", "顺序码须在 001–999"
    elif meant != kind:
        yield "kind", "基础网格的顺序码为 001–899，专属网格为 900–999"


def codes_propose(rows: list[SheetRow], shapes: dict[int, BaseGeometry], context: Context) -> None:
    """Number the new grids of each community from west to east, north to south, after the last number ever given.

    A code in use never changes its meaning and is never given again, so only what has no code yet is numbered.
    """
    fresh = defaultdict(list)
    for row in rows:
        if not is_frame(row.values) and not row.values.get("code15"):
            fresh[community_code(row.values), row.values["kind"]].append(row)
    stated = {row.values["code15"] for row in rows if row.values.get("code15")}
    for (community, kind), group in fresh.items():
        used = [int(code[12:]) for code in (*context.grids, *stated) if code[:12] == community]
        used = [number for number in used if FIRST[kind] <= number <= LAST[kind]]
        first = max(used, default=FIRST[kind] - 1) + 1
        centres = [shapes[row.number].centroid for row in group]
        for number, place in enumerate(numbering([(point.x, point.y) for point in centres]), first):
            group[place].values["code15"] = f"{community}{number:03d}"


def _together(table: Table, rows: list[SheetRow], shapes: dict[int, BaseGeometry], context: Context) -> None:
    """Overlap, what lies outside, gaps. Surveyed shapes are compared with surveyed ones, sketches with all."""
    by_code = {row.values["code15"]: row for row in rows if not is_frame(row.values)}
    for place in context.communities:
        own = [row for code, row in by_code.items() if code[:12] == place]
        sketch = all(row.values["is_sketch"] for row in own)
        frame = _frame(place, rows, shapes, context, sketch)
        grids = {row.values["code15"]: shapes[row.number] for row in own}
        kept = {code: shape for code, (shape, drawn, _) in context.shapes.items()
                if code[:12] == place and code not in context.ended | set(grids) and (sketch or not drawn)}  # fmt: skip
        if frame is None:
            continue
        for row in own:
            if message := validity.outside(shapes[row.number], frame, context.width):
                table.refuse(row, "shape", message)
        if message := validity.gaps(frame, [*grids.values(), *kept.values()], context.width):
            table.refuse(_row_of(place, table), "shape", message)
    _overlaps(table, by_code, shapes, context)


def _row_of(place: str, table: Table) -> SheetRow:
    """The first row that speaks of a community."""
    return next(row for row in table.rows if community_code(row.values) == place)


def _frame(place: str, rows, shapes, context: Context, sketch: bool) -> BaseGeometry | None:
    """The boundary that the community's grids must fill: the file's own, else the stored one if it is as good."""
    for row in rows:
        if is_frame(row.values) and community_code(row.values) == place:
            return shapes[row.number]
    stored, drawn, _ = context.frames.get(place, NOTHING)
    return stored if sketch or not drawn else None


def _overlaps(table: Table, by_code: dict[str, SheetRow], shapes: dict[int, BaseGeometry], context: Context) -> None:
    """With each other and with every stored shape near them, of other communities too."""
    if not by_code:
        return
    new = {code: shapes[row.number] for code, row in by_code.items()}
    west, south, east, north = shapely.total_bounds(list(new.values()))
    near = GridShape.objects.filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    sketch = all(row.values["is_sketch"] for row in by_code.values())
    near = near if sketch else near.filter(is_sketch=False)
    stored = dict(near.exclude(grid__code15__in=[*new, *context.ended]).values_list("grid__code15", "polygon"))
    everything = {code: from_geojson(polygon) for code, polygon in stored.items()} | new
    for code, other, message in validity.overlaps(everything, context.width):
        mine, second = (code, other) if code in by_code else (other, code)
        if mine in by_code:
            table.refuse(by_code[mine], "shape", f"与网格 {second} {message}")
