"""Storing shapes in bulk; the checks come before (validity.py)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from shapely.geometry.base import BaseGeometry

from governance.kernel import clock
from governance.territory.models import Division, Grid

from ..geometry import columns_of, to_geojson
from ..index import forget_shapes
from ..models import CommunityShape, GridShape

BATCH = 1000
COLUMNS = ["polygon", "west", "south", "east", "north", "lon", "lat", "area_m2", "is_sketch", "source", "updated_at"]


@transaction.atomic
def shapes_store(
    *,
    grids: Iterable[tuple[Grid, BaseGeometry]] = (),
    communities: Iterable[tuple[Division, BaseGeometry]] = (),
    is_sketch: bool,
    source: str,
) -> int:
    """Add or replace the shapes of grids and communities, all or none. The caller has checked them. Returns how many."""
    facts = {"is_sketch": is_sketch, "source": source[:120], "updated_at": clock.now()}
    stored = _store(GridShape, "grid", grids, facts) + _store(CommunityShape, "community", communities, facts)
    forget_shapes()
    transaction.on_commit(forget_shapes)
    return stored


def _store(model, owner: str, pairs, facts: dict) -> int:
    rows = [
        model(**{f"{owner}_id": place.pk}, polygon=to_geojson(shape), **columns_of(shape), **facts)
        for place, shape in pairs
    ]
    model.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=[f"{owner}_id"], update_fields=COLUMNS
    )
    return len(rows)
