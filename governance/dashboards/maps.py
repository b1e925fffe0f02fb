"""The sketch map of the ten counties (示意图) as inline SVG: each one a link, shaded by a count."""

from collections.abc import Callable
from math import cos, radians

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from governance.territory.models import ManagementUnit
from governance.territory.reference import sketch

WIDTH, SHADES = 420, 5


def _rings(geometry: dict) -> list[list]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for polygon in polygons for ring in polygon]


def _projection() -> tuple[Callable, int]:
    """Longitude and latitude to pixels (one scale per axis is true enough at this size), and the height."""
    points = [point for feature in sketch()["features"] for ring in _rings(feature["geometry"]) for point in ring]
    west, east = min(x for x, *_ in points), max(x for x, *_ in points)
    south, north = min(y for _, y, *_ in points), max(y for _, y, *_ in points)
    across = cos(radians((south + north) / 2))
    scale = (WIDTH - 8) / ((east - west) * across)
    return (
        lambda point: (round(4 + (point[0] - west) * across * scale, 1), round(4 + (north - point[1]) * scale, 1)),
        round((north - south) * scale) + 8,
    )


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


def district_map(
    title: str, units: list[ManagementUnit], values: dict[int, int], href: Callable[[ManagementUnit], str]
) -> SafeString:
    """The map; units without a polygon (functional zones) are not on it and stand in the table beside."""
    project, height = _projection()
    by_code = {unit.main_division.code12: unit for unit in units if unit.main_division}
    ends = bounds([values.get(unit.pk, 0) for unit in units])
    shapes, labels = [], []
    for feature in sketch()["features"]:
        unit = by_code.get(feature["properties"]["code12"])
        if unit is None:
            continue
        rings = [[project(point) for point in ring] for ring in _rings(feature["geometry"])]
        path = "".join("M" + "L".join(f"{x},{y}" for x, y in ring) + "Z" for ring in rings)
        count = values.get(unit.pk, 0)
        said = f"{unit.short_name}：{count} 件"
        shapes.append((href(unit), said, said, shade(count, ends), path))
        labels.append((*_middle(max(rings, key=_extent)), unit.short_name.removesuffix("区"), count))
    body = format_html_join(
        "", '<a href="{}" aria-label="{}"><title>{}</title><path class="shade-{}" d="{}" fill-rule="evenodd"/></a>', shapes
    )  # fmt: skip
    names = format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{} {}</text>', labels)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="map-svg" viewBox="0 0 {} {}" width="{}" height="{}" role="group" '
        'aria-label="{}">{}<g class="map-names" aria-hidden="true">{}</g></svg>',
        WIDTH, height, WIDTH, height, title, body, names,
    )  # fmt: skip


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
