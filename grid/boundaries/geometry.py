"""Pure geometry of grids: GeoJSON in and out, areas and distances in metres, the order of numbering. Needs no database.

Coordinates are WGS 84 degrees, longitude first (RFC 7946). Metres come from a local flat projection; over a city its error
is below half a percent, far less than what a sketch is worth.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import cos, isfinite, radians, sqrt

import shapely
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_320.0  # one degree of latitude on the mean earth; a constant of nature, not a rule
DECIMALS = 6  # of a degree: about a decimetre
KINDS = ("Polygon", "MultiPolygon")


def metres_at(lat: float) -> tuple[float, float]:
    """Metres per degree of longitude and of latitude at a latitude."""
    return METRES_PER_DEGREE * cos(radians(lat)), METRES_PER_DEGREE


def from_geojson(geometry: dict) -> BaseGeometry:
    """Read a Polygon or MultiPolygon. Raises ValueError for anything else, and for coordinates that are none."""
    if not isinstance(geometry, dict) or geometry.get("type") not in KINDS:
        raise ValueError("only Polygon and MultiPolygon")
    shape = shapely.from_geojson(json.dumps(geometry))
    if shape.is_empty or not all(map(isfinite, shape.bounds)):
        raise ValueError("no finite coordinates")
    return shape


def to_geojson(shape: BaseGeometry) -> dict:
    """A shape as a GeoJSON geometry with six decimals."""
    rounded = shapely.transform(shape, lambda points: points.round(DECIMALS))
    return json.loads(shapely.to_geojson(rounded))


def area_m2(shape: BaseGeometry) -> float:
    """Area in square metres."""
    if shape.is_empty:
        return 0.0
    east, north = metres_at((shape.bounds[1] + shape.bounds[3]) / 2)
    return shape.area * east * north


def distance_m(shape: BaseGeometry, lon: float, lat: float) -> float:
    """Metres from a point to the nearest place of a shape; 0 inside."""
    east, north = metres_at(lat)
    flat = scale(shape, east, north, origin=(0, 0))
    return shapely.distance(flat, shapely.Point(lon * east, lat * north))


def columns_of(shape: BaseGeometry) -> dict[str, float]:
    """The columns of a stored shape: box, a point that lies inside it, area."""
    west, south, east, north = shape.bounds
    centre = shape.centroid if shape.covers(shape.centroid) else shape.representative_point()
    return {
        "west": west, "south": south, "east": east, "north": north,
        "lon": round(centre.x, DECIMALS), "lat": round(centre.y, DECIMALS), "area_m2": round(area_m2(shape), 1),
    }  # fmt: skip


def vertices(geometry: dict) -> int:
    """How many points a GeoJSON geometry has, counted without building it; nesting deeper than GeoJSON's counts as endless."""
    return _points(geometry.get("coordinates") if isinstance(geometry, dict) else None, 5)


def _points(node, depth: int) -> int:
    if not isinstance(node, list) or not node:
        return 0
    if not isinstance(node[0], list):
        return 1
    if depth == 0:
        return 10**9
    return sum(_points(child, depth - 1) for child in node)


def numbering(points: Sequence[tuple[float, float]]) -> list[int]:
    """The order in which to number cells by their (lon, lat): from west to east, then from north to south (domain-rules 5.2).

    The cells are read like a page: rows of equal height from the north, as many as the square root of their number; within a
    row from the west. Returns positions in ``points``.
    """
    if not points:
        return []
    north, south = max(lat for _, lat in points), min(lat for _, lat in points)
    rows = max(1, round(sqrt(len(points))))
    height = (north - south) / rows or 1.0

    def place(index: int) -> tuple:
        lon, lat = points[index]
        return min(int((north - lat) / height), rows - 1), lon, -lat

    return sorted(range(len(points)), key=place)
