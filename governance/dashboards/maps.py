"""The sketch map of the ten counties (示意图) as inline SVG: each one a link, shaded by a count."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from math import cos, radians

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from governance.territory.models import ManagementUnit
from governance.territory.reference import sketch

WIDTH, SHADES = 420, 5
SMALL = 0.012  # of the map's area: below it a county is drawn once more, larger
INSET = (240, 208, 176, 126)  # where: x, y, width, height; the sea is there
Point = tuple[float, float]
Rings = list[list[Point]]


def _rings(geometry: dict) -> Rings:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[(point[0], point[1]) for point in ring] for polygon in polygons for ring in polygon]


def _fit(
    shapes: Iterable[Rings], x: float, y: float, width: float, height: float = 0
) -> tuple[Callable[[Rings], Rings], float]:
    """Degrees to pixels inside a box (one scale per axis is true enough at this size), and the height that it takes."""
    points = [point for rings in shapes for ring in rings for point in ring]
    west, east = min(a for a, _ in points), max(a for a, _ in points)
    south, north = min(b for _, b in points), max(b for _, b in points)
    across = cos(radians((south + north) / 2))
    scale = width / ((east - west) * across)
    if height:
        scale = min(scale, height / (north - south))
    left = x + (width - (east - west) * across * scale) / 2

    def project(rings: Rings) -> Rings:
        return [
            [(round(left + (a - west) * across * scale, 1), round(y + (north - b) * scale, 1)) for a, b in ring]
            for ring in rings
        ]

    return project, (north - south) * scale


def bounds(values: list[int]) -> list[int]:
    """The upper ends of up to five equal steps from 1 to the largest value; nothing for no data."""
    most = max(values, default=0)
    return sorted({-(-most * step // SHADES) for step in range(1, SHADES + 1)}) if most else []


def shade(value: int, ends: list[int]) -> int:
    """0 for none, else 1 … 5."""
    return next((index for index, end in enumerate(ends, 1) if value <= end), len(ends)) if value else 0


def legend(ends: list[int]) -> list[tuple[int, str]]:
    """(shade, 1–12) pairs."""
    starts = [1, *(end + 1 for end in ends)]
    return [(index, f"{start}–{end}" if start < end else f"{end}")
            for index, (start, end) in enumerate(zip(starts, ends, strict=False), 1)]  # fmt: skip


@dataclass(frozen=True)
class Outline:
    """A county as drawn: its path, where its name stands, and whether it is in the enlarged part."""

    path: str
    name_at: Point
    enlarged: bool = False


@cache
def _outlines(codes: tuple[str, ...]) -> tuple[int, list[tuple[str, Outline]]]:
    """Height and the outlines to draw by code: the projection of ten counties' points is reckoned once per process."""
    features = {feature["properties"]["code12"]: _rings(feature["geometry"]) for feature in sketch()["features"]
                if feature["properties"]["code12"] in codes}  # fmt: skip
    project, height = _fit(features.values(), 4, 4, WIDTH - 8)
    drawn = {code: project(rings) for code, rings in features.items()}
    most = SMALL * WIDTH * height
    small = {
        code: _mainland(features[code])
        for code, rings in drawn.items()
        if _extent(max(rings, key=_extent)) < most and _area(rings) < 5 * most
    }
    found = [(code, _outline(rings)) for code, rings in drawn.items()]
    if small:
        x, y, width, tall = INSET
        enlarge, _ = _fit(small.values(), x + 6, y + 18, width - 12, tall - 24)
        found += [(code, _outline(enlarge(rings), enlarged=True)) for code, rings in small.items()]
    return max(round(height) + 8, INSET[1] + INSET[3] + 4), found


def _outline(rings: Rings, *, enlarged: bool = False) -> Outline:
    return Outline(_path(rings), _middle(max(rings, key=_extent)), enlarged)


def district_map(
    title: str, units: list[ManagementUnit], values: dict[int, int], href: Callable[[ManagementUnit], str]
) -> SafeString:
    """The map; units without a polygon (functional zones) are not on it and stand in the table beside."""
    by_code = {unit.main_division.code12: unit for unit in units if unit.main_division}
    height, outlines = _outlines(tuple(sorted(by_code)))
    ends = bounds([values.get(unit.pk, 0) for unit in units])
    large = [(by_code[code], outline) for code, outline in outlines if not outline.enlarged]
    small = [(by_code[code], outline) for code, outline in outlines if outline.enlarged]
    again = {unit.pk for unit, _ in small}
    parts = [_shapes(large, values, ends, href, [row for row in large if row[0].pk not in again])]
    if small:
        x, y, *_ = INSET
        parts.append(format_html('<rect class="map-inset" x="{}" y="{}" width="{}" height="{}" rx="4"/>', *INSET))
        parts.append(format_html('<text class="map-words" x="{}" y="{}">城区放大</text>', x + 6, y + 13))
        parts.append(_shapes(small, values, ends, href, small))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="map-svg" viewBox="0 0 {} {}" width="{}" height="{}" role="group" '
        'aria-label="{}">{}</svg>',
        WIDTH, height, WIDTH, height, title, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _shapes(
    drawn: list[tuple[ManagementUnit, Outline]], values: dict[int, int], ends: list[int], href: Callable,
    named: list[tuple[ManagementUnit, Outline]],
) -> SafeString:  # fmt: skip
    """Linked outlines, and the names of ``named`` over them."""
    said = {unit.pk: f"{unit.short_name}：{values.get(unit.pk, 0)} 件" for unit, _ in drawn}
    outlines = format_html_join(
        "", '<a href="{}" aria-label="{}"><title>{}</title><path class="shade-{}" d="{}" fill-rule="evenodd"/></a>',
        ((href(unit), said[unit.pk], said[unit.pk], shade(values.get(unit.pk, 0), ends), outline.path) for unit, outline in drawn),
    )  # fmt: skip
    words = []
    for unit, outline in named:
        x, y = outline.name_at
        name, count = unit.short_name.removesuffix("区"), values.get(unit.pk, 0)
        # A narrow outline has its number under its name.
        words += [(x, y - 4, name), (x, y + 8, count)] if outline.enlarged else [(x, y, f"{name} {count}")]
    names = format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', words)
    return format_html('{}<g class="map-names" aria-hidden="true">{}</g>', outlines, names)


def _path(rings: Rings) -> str:
    return "".join("M" + "L".join(f"{x},{y}" for x, y in ring) + "Z" for ring in rings)


def _area(rings: Rings) -> float:
    """The box around all rings: a county of small islands is not small."""
    return _extent([point for ring in rings for point in ring])


def _mainland(rings: Rings) -> Rings:
    """The largest ring alone: islands far out would make the enlarged part small again."""
    return [max(rings, key=_extent)]


def _extent(ring: list) -> float:
    xs, ys = zip(*ring, strict=True)
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


def _middle(ring: list) -> tuple[float, float]:
    """The centroid of a ring's area."""
    area = x_sum = y_sum = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x_sum, y_sum = area + cross, x_sum + (x1 + x2) * cross, y_sum + (y1 + y2) * cross
    return (round(x_sum / (3 * area), 1), round(y_sum / (3 * area), 1)) if area else ring[0]
