"""Shapes as inline SVG: there without JavaScript, each one a link. The page's own classes colour it (no style attributes)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely
from shapely.geometry.base import BaseGeometry

from .geometry import metres_at

WIDTH = 640
TALLEST = 560
MARGIN = 6
WORDS_MOST = 40  # names on a crowded drawing only hide it
WIDE_ENOUGH = 11  # pixels of the shape for each letter of its name
LETTER, LINE = 20, 24  # pixels a letter takes


@dataclass(frozen=True)
class Part:
    """What is drawn: a shape, its name, where it leads and how it looks (a class: own, near, frame)."""

    shape: BaseGeometry
    label: str
    href: str = ""
    tone: str = ""
    short: str = ""


@dataclass(frozen=True)
class Outline:
    """One part as the template draws it."""

    label: str
    href: str
    tone: str
    path: str
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """An SVG's size and outlines; ``west``, ``north`` and the steps turn its pixels back into degrees."""

    width: int
    height: int
    outlines: list[Outline]
    dot: tuple[float, float] | None
    west: float
    north: float
    per_x: float
    per_y: float


def draw(parts: Sequence[Part], dot: tuple[float, float] | None = None) -> Drawing | None:
    """Fit the parts (and a point) into one drawing; None without any."""
    if not parts:
        return None
    west, south, east, north = shapely.total_bounds([part.shape for part in parts])
    if dot:
        west, east = min(west, dot[0]), max(east, dot[0])
        south, north = min(south, dot[1]), max(north, dot[1])
    lon_m, lat_m = metres_at((south + north) / 2)
    scale = min((WIDTH - 2 * MARGIN) / ((east - west) * lon_m), (TALLEST - 2 * MARGIN) / ((north - south) * lat_m))
    per_x, per_y = 1 / (scale * lon_m), 1 / (scale * lat_m)
    width = round((east - west) / per_x) + 2 * MARGIN
    height = round((north - south) / per_y) + 2 * MARGIN
    west, north = west - MARGIN * per_x, north + MARGIN * per_y

    def place(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) / per_x, 1), round((north - lat) / per_y, 1)

    outlines = _legible([_outline(part, place, per_x) for part in parts])
    return Drawing(width, height, outlines, place(*dot) if dot else None, west, north, per_x, per_y)


def biggest_part(shape: BaseGeometry) -> BaseGeometry:
    """The piece that carries the name."""
    return max(shapely.get_parts(shape), key=lambda one: one.area)


def middle(shape: BaseGeometry) -> tuple[float, float]:
    """Where a name stands: a point inside, the centre of gravity where it can be."""
    centre = shape.centroid if shape.contains(shape.centroid) else shape.representative_point()
    return centre.x, centre.y


def _legible(outlines: list[Outline]) -> list[Outline]:
    """Without the names that would cover another's, and without any where there are too many."""
    kept: list[Outline] = []
    for one in outlines:
        hidden = len(outlines) > WORDS_MOST or any(_touch(one, other) for other in kept if other.text)
        kept.append(replace(one, text="") if hidden else one)
    return kept


def _touch(one: Outline, other: Outline) -> bool:
    """Whether two names would overlap."""
    room = LETTER * (len(one.text) + len(other.text)) / 2
    return bool(one.text) and abs(one.x - other.x) < room and abs(one.y - other.y) < LINE


def _outline(part: Part, place, per_x: float) -> Outline:
    """A path in pixels and its name where there is room for it."""
    simple = shapely.simplify(part.shape, per_x / 2)
    rings = [ring for polygon in shapely.get_parts(simple) for ring in (polygon.exterior, *polygon.interiors)]
    path = "".join(
        "M" + "L".join(f"{x:g},{y:g}" for x, y in (place(*point[:2]) for point in ring.coords[:-1])) + "Z"
        for ring in rings
    )
    biggest = biggest_part(part.shape)
    x, y = place(*middle(biggest))
    text = part.short or part.label
    room = (biggest.bounds[2] - biggest.bounds[0]) / per_x
    return Outline(part.label, part.href, part.tone, path, text if room >= WIDE_ENOUGH * len(text) else "", x, y)
