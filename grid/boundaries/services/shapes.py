"""Storing shapes in bulk; the checks come before (validity.py)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from shapely.geometry.base import BaseGeometry

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.permission import require
from governance.territory.models import Division, Grid

from ..geometry import columns_of, to_geojson
from ..index import forget_shapes
from ..models import CommunityShape, GridPost, GridShape

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


@transaction.atomic
def grids_end(*, by: Actor, grids: Iterable[Grid]) -> int:
    """End grids from today on: no boundary, nobody serves them, their codes are never given again. Returns how many ended.

    Raises Forbidden. Grids that have ended stay as they are; what happened in them stays with them.
    """
    today, rows = clock.today(), [grid for grid in grids if grid.ended_on is None]
    for grid in rows:
        require(by, "grid.draw", grid)
        grid.ended_on = today
    Grid.objects.bulk_update(rows, ["ended_on"])
    GridShape.objects.filter(grid__in=rows).delete()
    GridPost.objects.filter(grid__in=rows).not_over().update(valid_to=Greatest("valid_from", Value(today)))
    audit.record_all([
        audit.event(action="grid.end", label="停用网格", by=by, subject=grid, thread=f"grid:{grid.pk}") for grid in rows
    ])  # fmt: skip
    forget_shapes()
    return len(rows)


def _store(model, owner: str, pairs, facts: dict) -> int:
    rows = [
        model(**{f"{owner}_id": place.pk}, polygon=to_geojson(shape), **columns_of(shape), **facts)
        for place, shape in pairs
    ]
    model.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=[f"{owner}_id"], update_fields=COLUMNS
    )
    return len(rows)
