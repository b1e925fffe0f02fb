"""Cutting a sketched district into streets, communities and grids: exact cover, no overlap, the same every time.

An area is halved by a line along a meridian or a parallel so that each side gets its share of the weights, and so on. All
cuts lie on round coordinates, so that neighbours meet exactly; the result is a sketch (示意) and looks like one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from .geometry import DECIMALS, metres_at

CLOSE_ENOUGH = 0.01  # of the area
TRIES = 12


def split(area: BaseGeometry, weights: Sequence[float]) -> list[BaseGeometry]:
    """Cut ``area`` into one part per weight, in order: western and northern parts come first."""
    if len(weights) == 1:
        return [area]
    at = _middle(weights)
    share = sum(weights[:at]) / sum(weights)
    first, second = _halve(area, share)
    return split(first, weights[:at]) + split(second, weights[at:])


def _middle(weights: Sequence[float]) -> int:
    """Where to part the weights so that both sides are as equal as can be."""
    sums = np.cumsum(weights)
    return int(np.abs(sums[:-1] - sums[-1] / 2).argmin()) + 1


def _halve(area: BaseGeometry, share: float) -> tuple[BaseGeometry, BaseGeometry]:
    """Cut across the longer side of the box; the first part gets ``share`` of the area, within a percent."""
    west, south, east, north = area.bounds
    per_lon, per_lat = metres_at((south + north) / 2)
    across = (east - west) * per_lon >= (north - south) * per_lat
    low, high = (west, east) if across else (south, north)
    wanted = area.area * (share if across else 1 - share)  # the first part is the northern one
    below, above, cut = 0.0, area.area, 0.0
    start, end = low, high
    for _ in range(TRIES):
        ratio = (wanted - below) / (above - below)
        cut = round(start + (end - start) * min(max(ratio, 0.05), 0.95), DECIMALS)
        part = _clip(area, west, south, cut, north) if across else _clip(area, west, south, east, cut)
        if abs(part.area - wanted) < CLOSE_ENOUGH * area.area:
            break
        if part.area < wanted:
            start, below = cut, part.area
        else:
            end, above = cut, part.area
    rest = _clip(area, cut, south, east, north) if across else _clip(area, west, cut, east, north)
    return (part, rest) if across else (rest, part)


def _clip(area: BaseGeometry, west: float, south: float, east: float, north: float) -> BaseGeometry:
    """The part of an area in a box, in rounded coordinates."""
    part = shapely.clip_by_rect(area, west, south, east, north)
    return tidy(shapely.transform(part, lambda points: points.round(DECIMALS)))


def tidy(shape: BaseGeometry) -> BaseGeometry:
    """Only what has an area: valid polygons."""
    if not shape.is_valid:
        shape = shapely.make_valid(shape)
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    return shapely.union_all([part for part in shapely.get_parts(shape) if part.area > 0])
