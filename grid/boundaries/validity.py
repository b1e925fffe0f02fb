"""Whether shapes can be a community's grids: valid, inside, covering it without gap or overlap. Pure; messages in Chinese.

Slivers narrower than the rule ``grid.border_metres`` are drawing error and no fault: what is left of a gap or overlap after
shrinking it by half that width counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from .geometry import area_m2, metres_at

NEIGHBOURS_EACH = 20  # on the average of a file; a grid of a real map has about six, each pair counted once
OVERLAPS_MOST = 200  # messages; who has more has drawn on another map
REASONS = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "边界自相交",
    "Hole lies outside shell": "洞不在外环之内",
    "Holes are nested": "洞互相嵌套",
    "Nested shells": "多个部分互相嵌套",
    "Duplicate Rings": "环重复",
    "Interior is disconnected": "内部被洞隔断",
    "Too few points in geometry component": "折点太少",
}


def point_words(shape: BaseGeometry) -> str:
    """Where something is, for a person with a map."""
    at = shape.representative_point()
    return f"{at.x:.6f}, {at.y:.6f} 附近"


def fault(shape: BaseGeometry) -> str:
    """Why a polygon is none; "" when it is valid."""
    if shape.is_valid:
        return "" if shape.area > 0 else "面积为零"
    reason, _, place = shapely.is_valid_reason(shape).partition("[")
    numbers = ", ".join(f"{float(number):.6f}" for number in place.rstrip("]").split())
    where = f"（{numbers} 附近）" if numbers else ""
    return REASONS.get(reason.strip(), "边界无效") + where


def beyond(shape: BaseGeometry, frame: BaseGeometry, width: float) -> BaseGeometry:
    """What of ``shape`` lies outside ``frame`` by more than ``width`` metres of drawing error."""
    return _thick(shapely.difference(shape, frame), width)


def common(one: BaseGeometry, other: BaseGeometry, width: float) -> BaseGeometry:
    """What two shapes share, but for slivers."""
    return _thick(shapely.intersection(one, other), width)


def _thick(shape: BaseGeometry, width: float) -> BaseGeometry:
    """The parts of a shape that are wider than ``width`` metres."""
    parts = [part for part in shapely.get_parts(shape) if part.area > 0]
    east, north = metres_at(shape.bounds[1] if parts else 0.0)
    thick = [part for part in parts if not scale(part, east, north, origin=(0, 0)).buffer(-width / 2).is_empty]
    return shapely.union_all(thick)


def overlaps(shapes: dict[str, BaseGeometry], width: float) -> Iterator[tuple[str, str, str]]:
    """Yield (code, other code, message) for two shapes that overlap, the smaller code first; at most ``OVERLAPS_MOST``.

    Shapes that lie in a heap would make millions of pairs: where there are more neighbours than any map has, the search ends.
    """
    codes, found, left = sorted(shapes), 0, NEIGHBOURS_EACH * len(shapes) + OVERLAPS_MOST
    tree = shapely.STRtree([shapes[code] for code in codes])
    for first, code in enumerate(codes):
        for second in sorted(tree.query(shapes[code], predicate="intersects")):
            if second <= first:
                continue
            left -= 1
            if found == OVERLAPS_MOST or left < 0:
                yield code, codes[second], "等过多的网格相交，没有继续检查；请先改正已列出的，或分批导入"
                return
            shared = common(shapes[code], shapes[codes[second]], width)
            if not shared.is_empty:
                found += 1
                yield code, codes[second], f"重叠 {area_m2(shared):,.0f} 平方米（{point_words(shared)}）"


def outside(shape: BaseGeometry, frame: BaseGeometry, width: float) -> str:
    """What is outside the community, in words; "" when nothing is."""
    out = beyond(shape, frame, width)
    return "" if out.is_empty else f"有 {area_m2(out):,.0f} 平方米在社区边界之外（{point_words(out)}）"


def gaps(frame: BaseGeometry, shapes: list[BaseGeometry], width: float) -> str:
    """What of the community no grid covers, in words; "" when it is covered."""
    left = beyond(frame, shapely.union_all(shapes), width)
    if left.is_empty:
        return ""
    parts = len(shapely.get_parts(left))
    return f"社区有 {parts} 处共 {area_m2(left):,.0f} 平方米没有网格覆盖（{point_words(left)}）"
