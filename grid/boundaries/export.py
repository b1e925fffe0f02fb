"""Boundaries as GeoJSON: what is exported can be imported again as it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from governance.territory.models import Grid

from .former import community_shapes_on, grid_shapes_on
from .importing.columns import COMMUNITY
from .models import CommunityShape, GridShape

NOTE = "WGS 84，经度在前；is_sketch 为 true 的是示意边界，不是测绘成果"


def grid_feature(shape: GridShape) -> dict:
    """One grid; wants ``grid`` and its community at hand."""
    grid = shape.grid
    properties = {
        "code15": grid.code15, "community": grid.code15[:12], "name": grid.name, "kind": grid.kind, "households": grid.households,
        "unit_grid_code": grid.unit_grid_code or None, "is_sketch": shape.is_sketch, "source": shape.source,
        "is_synthetic": grid.is_synthetic,
    }  # fmt: skip
    return {"type": "Feature", "properties": properties, "geometry": shape.polygon}


def community_feature(shape: CommunityShape) -> dict:
    """One community's frame; wants ``community`` at hand."""
    properties = {
        "community": shape.community.code12, "name": shape.community.name, "kind": COMMUNITY,
        "is_sketch": shape.is_sketch, "source": shape.source,
    }  # fmt: skip
    return {"type": "Feature", "properties": properties, "geometry": shape.polygon}


def collection(grids: QuerySet[Grid], on: date | None = None) -> dict:
    """The shapes of these grids with the frames of their communities, as they are or as they were at the end of a day."""
    places = grids.order_by().values("community")
    if on:
        rows, frames = grid_shapes_on(grids.order_by(), on), community_shapes_on(places, on)
    else:
        rows = GridShape.objects.filter(grid__in=grids).select_related("grid").order_by("grid__code15")
        frames = CommunityShape.objects.filter(community__in=places).select_related("community")
        frames = frames.order_by("community__code12")
    features: Iterable[dict] = [*map(community_feature, frames), *map(grid_feature, rows)]
    return {"type": "FeatureCollection", "note": NOTE, "features": list(features)}
