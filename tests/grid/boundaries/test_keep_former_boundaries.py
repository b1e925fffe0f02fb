"""A boundary drawn anew or given up stays with the time that it held; nobody can change what was."""

import json
from datetime import timedelta

import pytest
import shapely
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Invalid
from governance.territory.importing.services import import_confirm, import_preview
from governance.territory.models import Grid
from grid.boundaries import export, services
from grid.boundaries.former import day_said, former_of, grid_shapes_on
from grid.boundaries.geometry import from_geojson, to_geojson
from grid.boundaries.models import CommunityShape, FormerShape, GridShape

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def moved(drawn, grid):
    """The home grid drawn anew ten days after the sketch: (before, after)."""
    before = from_geojson(grid.shape.polygon)
    after = shapely.affinity.translate(before, 0.001, 0.001)
    with clock.travel(clock.now() + 10 * DAY):
        services.shapes_store(grids=[(grid, after)], is_sketch=True, source="重画")
        yield to_geojson(before), to_geojson(after)


def test_the_old_line_stays_with_its_time(moved, grid):
    (row,) = former_of(grid)
    now = GridShape.objects.get(grid=grid)
    assert (row.polygon, now.polygon) == moved
    assert (row.valid_to, row.source, row.is_sketch) == (now.updated_at, "测试", True)
    assert now.updated_at - row.valid_from == pytest.approx(10 * DAY, abs=timedelta(minutes=1))
    today = clock.today()
    on = lambda day: [shape.polygon for shape in grid_shapes_on([grid], day)]  # noqa: E731
    assert on(today) == [moved[1]]
    assert on(today - DAY) == on(today - 10 * DAY) == [moved[0]]
    assert on(today - 11 * DAY) == []


def test_what_is_stored_again_as_it_is_makes_no_history(drawn, grid):
    shape = grid.shape
    services.shapes_store(grids=[(grid, from_geojson(shape.polygon))], is_sketch=True, source=shape.source)
    assert not FormerShape.objects.exists()


def test_what_was_cannot_be_changed(moved, grid):
    row = FormerShape.objects.get()
    with pytest.raises(Exception, match=r"[Cc]annot"), transaction.atomic():
        FormerShape.objects.update(source="改")
    with pytest.raises(Exception, match=r"[Cc]annot"), transaction.atomic():
        row.delete()
    for wrong in ({"grid": None}, {"community": grid.community}, {"valid_to": row.valid_from - DAY}):
        kept = {
            name: getattr(row, name)
            for name in ("grid", "polygon", "area_m2", "is_sketch", "source", "valid_from", "valid_to")
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            FormerShape.objects.create(**kept | wrong)


def test_whoever_writes_past_the_services_leaves_the_old_line_too(drawn, grid):
    before = grid.shape.polygon
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE grid_gridshape SET polygon = jsonb_set(polygon, '{type}', '\"MultiPolygon\"') WHERE grid_id = %s",
            [grid.pk],
        )
        cursor.execute("DELETE FROM grid_communityshape WHERE community_id = %s", [grid.community_id])
    assert FormerShape.objects.get(grid=grid).polygon == before
    assert FormerShape.objects.get(community=grid.community).area_m2 > 0


def test_a_grid_that_ended_keeps_its_last_line(drawn, grid):
    before = grid.shape.polygon
    services.grids_end(by=SYSTEM, grids=[grid])
    assert [row.polygon for row in former_of(grid)] == [before]


def test_an_import_touches_only_what_it_changes(drawn, community, upload, actors):
    """Each row keeps its own source; what the file states as it is keeps its date and has no new event."""
    own = json.loads(json.dumps(export.collection(Grid.objects.filter(community=community))))
    rows = [row for row in own["features"] if row["properties"]["kind"] != "community"]
    rows[0]["properties"]["source"], rows[1]["properties"]["source"] = "甲院测绘", "乙院测绘"
    before = dict(GridShape.objects.values_list("pk", "updated_at"))
    batch = import_preview(by=actors.social, kind="grids", upload=upload(json.dumps(own).encode()))
    assert batch.summary["change"] == 2
    import_confirm(by=actors.social, batch=batch)
    changed = GridShape.objects.filter(source__contains="院测绘").order_by("grid__code15")
    assert [(row.grid.code15, row.source) for row in changed] == [
        (row["properties"]["code15"], row["properties"]["source"]) for row in rows[:2]
    ]
    assert {pk for pk, at in GridShape.objects.values_list("pk", "updated_at") if at != before[pk]} == {
        row.pk for row in changed
    }
    assert not CommunityShape.objects.filter(source__contains="院测绘").exists()
    assert FormerShape.objects.count() == 2


def test_a_file_of_what_was(client, cast, moved, grid):
    client.force_login(cast.staff)
    ask = lambda **query: client.get(reverse("grid-export"), {"community": grid.code15[:12]} | query)  # noqa: E731
    of = lambda answer: next(  # noqa: E731
        row["geometry"] for row in answer.json()["features"] if row["properties"].get("code15") == grid.code15
    )
    today = clock.today()
    assert of(ask()) == of(ask(on=today)) == moved[1]
    assert of(ask(on=today - DAY)) == moved[0]
    assert ask(on=today - 30 * DAY).json()["features"] == []
    assert {ask(on=wrong).status_code for wrong in ("x", "2026-02-30", today + DAY, "0001-01-01")} == {400}
    shape = lambda **query: client.get(f"/api/v1/grids/{grid.code15}/shape/", query)  # noqa: E731
    assert (shape().json()["polygon"], shape(on=today - DAY).json()["polygon"]) == moved[::-1]
    assert shape(on=today - DAY).json()["bbox"] == list(from_geojson(moved[0]).bounds)
    assert shape(on=today - 30 * DAY).status_code == 404
    assert list(shape(on="gestern").json()["fields"]) == ["on"]


def test_the_grids_page_shows_what_was(client, cast, moved, grid):
    client.force_login(cast.staff)
    page = client.get(grid.get_absolute_url()).content.decode()
    yesterday = clock.today() - DAY
    assert "历次边界" in page and 'class="was"' in page
    assert f"?community={grid.code15[:12]}&amp;on={yesterday}" in page
    other = Grid.objects.filter(community=grid.community).exclude(pk=grid.pk).first()
    assert "历次边界" not in client.get(other.get_absolute_url()).content.decode()


@pytest.mark.parametrize("text", ["2026-1-1", "20260101x", "1900-01-01"])
def test_a_day_that_is_none(text):
    with pytest.raises(Invalid):
        day_said(text)


def test_no_day_is_now():
    assert day_said("") is None
    assert day_said(f"{clock.today()}") == clock.today()
