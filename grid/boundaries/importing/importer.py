"""The importer that the portal's import services run: what a feature does, and writing all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial

import shapely
from django.db import connection

from governance.kernel import audit
from governance.kernel.actor import Actor
from governance.kernel.sheets import SheetRow, Table
from governance.territory.batches import ImportBatch
from governance.territory.importing.services import IMPORTERS
from governance.territory.importing.spec import ADD, CHANGE, SAME, Importer
from governance.territory.models import Grid

from ..geometry import from_geojson, to_geojson
from ..models import GridShape
from ..services import grids_end, shapes_store
from .columns import COLUMNS
from .examine import NOTHING, Context, Known, community_code, examine, is_frame
from .reader import read_features

GRID_FACTS = ["name", "households", "unit_grid_code"]
ONE_AT_A_TIME = 4_301  # the key of the lock that a confirmation holds until its commit


def _facts(values: dict) -> dict:
    """What a row states of the grid itself."""
    stated = {name: values[name] for name in GRID_FACTS if values.get(name) is not None}
    return stated


def plan(rows: list[SheetRow], by: Actor) -> list[str]:
    """Return what each feature does: add, change, same."""
    context = Context(rows, by)
    return [_action(row.values, context) for row in rows]


def _action(values: dict, context: Context) -> str:
    if values["ended"]:
        return SAME if context.grids[values["code15"]].ended_on else CHANGE
    shape = to_geojson(shapely.force_2d(from_geojson(values["geometry"])))
    if is_frame(values):
        known = context.frames.get(community_code(values))
        return ADD if known is None else SAME if _same(shape, values, known) else CHANGE
    grid, known = context.grids.get(values["code15"]), context.shapes.get(values["code15"])
    if grid is None:
        return ADD
    same = all(getattr(grid, name) == value for name, value in _facts(values).items())
    return SAME if same and known and _same(shape, values, known) else CHANGE


def _same(shape: dict, values: dict, known: Known) -> bool:
    """Whether the file states what is stored; a source that it leaves out is the one that is known."""
    stated = (shape, values["is_sketch"], values["source"] or known.source)
    return (to_geojson(known.shape), known.is_sketch, known.source) == stated


def write(rows: list[SheetRow], by: Actor, batch: ImportBatch | None) -> None:
    """Make the new grids, change the known ones, store all shapes; in the caller's transaction."""
    context = Context(rows, by)
    stated = {community_code(row.values) for row in rows if is_frame(row.values)}
    rows = [row for row in rows if _action(row.values, context) != SAME]
    grids_end(by=by, grids=[context.grids[row.values["code15"]] for row in rows if row.values["ended"]])
    rows = [row for row in rows if not row.values["ended"]]
    own = [row for row in rows if not is_frame(row.values)]
    grids = [_grid(row.values, context) for row in own]
    Grid.objects.bulk_create([grid for grid in grids if grid.pk is None])
    Grid.objects.bulk_update([grid for grid in grids if grid.pk], GRID_FACTS)
    _store(
        rows, dict(zip((row.number for row in own), grids, strict=True)), context, batch.filename if batch else "导入"
    )
    _frames_from_surveys(stated, context)
    audit.record_all([
        audit.event(action="grid.draw", label="导入网格边界", by=by, subject=grid, thread=f"grid:{grid.pk}") for grid in grids
    ])  # fmt: skip


def _store(rows: list[SheetRow], grids: dict[int, Grid], context: Context, otherwise: str) -> None:
    """All shapes, those of one kind and source together; ``otherwise`` is the source of what states none."""
    groups = defaultdict(lambda: ([], []))
    for row in rows:
        own, frames = groups[row.values["is_sketch"], row.values["source"] or otherwise]
        shape = shapely.force_2d(from_geojson(row.values["geometry"]))
        if is_frame(row.values):
            frames.append((context.communities[community_code(row.values)], shape))
        else:
            own.append((grids[row.number], shape))
    for (sketch, source), (own, frames) in groups.items():
        shapes_store(grids=own, communities=frames, is_sketch=sketch, source=source)


def _grid(values: dict, context: Context) -> Grid:
    """The known grid with what the row states, or a new one."""
    code, community = values["code15"], context.communities[community_code(values)]
    grid = context.grids.get(code) or Grid(
        code15=code, community=community, street_id=community.street_id, unit_id=community.unit_id,
        seq=int(code[12:]), kind=values["kind"],
    )  # fmt: skip
    for name, value in _facts(values).items():
        setattr(grid, name, value)
    return grid


def _frames_from_surveys(stated: set[str], context: Context) -> None:
    """A community whose grids are now all surveyed is what they cover, where only a sketch was known of it."""
    for code, community in context.communities.items():
        if code in stated or not context.frames.get(code, NOTHING).is_sketch:
            continue
        known = GridShape.objects.filter(grid__community=community).values_list("polygon", "is_sketch")
        if (
            known
            and len(known) == Grid.objects.in_use().filter(community=community).count()
            and not any(row[1] for row in known)
        ):
            whole = shapely.union_all([from_geojson(polygon) for polygon, _ in known])
            shapes_store(communities=[(community, whole)], is_sketch=False, source="由各网格实测边界合成")


class GridImporter(Importer):
    """GeoJSON instead of a table; rows must lie in the districts of whoever imports."""

    def read(self, upload) -> Table:
        """One row per feature."""
        return read_features(upload)

    def bound(self, by: Actor, batch: ImportBatch | None = None) -> Importer:
        """With the person and the batch filled in; confirmations wait for each other, so that each sees what the last one left."""
        if batch is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        return replace(
            self, examine=partial(examine, by=by), plan=partial(plan, by=by), write=partial(write, by=by, batch=batch)
        )


IMPORTERS[ImportBatch.Kind.GRIDS] = GridImporter(
    "网格边界导入", COLUMNS, examine, plan, write, permission="grid.draw", max_rows="grid.import.max_features"
)
