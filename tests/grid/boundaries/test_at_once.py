"""Two offices at once: one boundary import sees what the other left, one grid gets one full-time worker. Real commits."""

import json

import pytest
import shapely

from governance.accounts.selectors import actor_of
from governance.kernel import clock
from governance.kernel.errors import Conflict, Invalid
from governance.territory.batches import ImportBatch
from governance.territory.importing.services import import_confirm, import_preview
from governance.territory.models import Division, Grid
from grid.boundaries import export, services
from grid.boundaries.geometry import from_geojson, to_geojson
from grid.boundaries.models import GridPost
from tests_support import stories
from tests_support.databases import at_once

from .conftest import cells_of_streets

pytestmark = [pytest.mark.slow]
AT_ONCE = 5


def split_first(community: Division) -> dict:
    """The community's file with the first grid cut in two, the second half without a code."""
    data = json.loads(json.dumps(export.collection(Grid.objects.filter(community=community))))
    first = data["features"][1]
    shape = from_geojson(first["geometry"])
    west, south, east, north = shape.bounds
    cut = round((west + east) / 2, 6)
    first["geometry"] = to_geojson(shapely.clip_by_rect(shape, west, south, cut, north))
    half = to_geojson(shapely.clip_by_rect(shape, cut, south, east, north))
    fresh = {**first["properties"], "code15": None, "name": "同时的新网格"}
    data["features"].append({"type": "Feature", "properties": fresh, "geometry": half})
    return data


def test_two_imports_and_five_appointments(throwaway_db, upload):
    street, by = stories.street(), actor_of(throwaway_db.cast.social)
    community = Division.objects.filter(street=street).order_by("code12").first()
    cells = cells_of_streets(stories.STREET)[community]
    frame = shapely.union_all([cell.shape for cell in cells])
    services.shapes_store(
        grids=[(cell.grid, cell.shape) for cell in cells],
        communities=[(community, frame)],
        is_sketch=True,
        source="测试",
    )
    content = json.dumps(split_first(community)).encode()
    batches = [import_preview(by=by, kind="grids", upload=upload(content)).pk for _ in range(AT_ONCE)]
    found = at_once(AT_ONCE, lambda number: import_confirm(by=by, batch=ImportBatch.objects.get(pk=batches[number])))
    assert sum(isinstance(one, ImportBatch) for one in found) == 1
    assert sum(isinstance(one, Conflict) for one in found) == AT_ONCE - 1
    assert Grid.objects.filter(name="同时的新网格").count() == 1

    grid = cells[0].grid
    facts = [services.PostFacts(grid, "worker", f"第{number}位", "0411-1", clock.today()) for number in range(AT_ONCE)]
    found = at_once(AT_ONCE, lambda number: services.post_appoint(by=by, facts=facts[number]))
    assert sum(isinstance(one, GridPost) for one in found) == 1
    assert sum(isinstance(one, Invalid) for one in found) == AT_ONCE - 1
