"""Point → grid, and whose grid is it."""

import json
import random
import time
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
import shapely

from governance.accounts.models import Appointment
from governance.accounts.selectors import actor_of
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Invalid
from governance.kernel.policy import policy_change
from governance.territory.models import Grid
from grid.boundaries import services
from grid.boundaries.demo import boundaries_demo_load
from grid.boundaries.geometry import distance_m, from_geojson
from grid.boundaries.index import forget_shapes, index
from grid.boundaries.models import CommunityShape, GridPost, GridShape, ShapeStamp, SupervisionPhone
from grid.boundaries.selectors import full_time_posts, grid_of, locate, supervision_phone
from grid.boundaries.states import PlaceReason

pytestmark = pytest.mark.django_db


def inside(rings: list, lon: float, lat: float) -> bool:
    """Ray casting by hand, without any library: the independent check."""
    crossings = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
                crossings += 1
    return crossings % 2 == 1


def rings_of(polygon: dict) -> list:
    """All rings of a polygon or multipolygon: even–odd counting needs no more."""
    nested = polygon["coordinates"] if polygon["type"] == "MultiPolygon" else [polygon["coordinates"]]
    return [ring for part in nested for ring in part]


def test_the_whole_city_and_a_thousand_random_points():
    made = boundaries_demo_load()
    grids, communities = Grid.objects.count(), CommunityShape.objects.count()
    assert made == grids + communities
    assert GridShape.objects.filter(is_sketch=True).count() == grids
    assert GridPost.objects.full_time().count() == grids
    assert SupervisionPhone.objects.count() == Grid.objects.values("street").distinct().count()
    assert boundaries_demo_load() == 0

    rows = list(
        GridShape.objects.order_by("grid__code15").values_list("grid_id", "west", "south", "east", "north", "polygon")
    )
    assert 8000 < len(rows) < 9500
    boxes = np.array([row[1:5] for row in rows])
    rng = random.Random(1)
    points = [(rng.uniform(120.8, 123.6), rng.uniform(38.5, 40.3)) for _ in range(1000)]
    answers = index().many(np.array(points))
    hits = 0
    for (lon, lat), answer in zip(points, answers, strict=True):
        near = (boxes[:, 0] <= lon) & (boxes[:, 1] <= lat) & (boxes[:, 2] >= lon) & (boxes[:, 3] >= lat)
        found = [rows[place][0] for place in np.flatnonzero(near) if inside(rings_of(rows[place][5]), lon, lat)]
        assert [answer] == found or (answer is None and not found)
        assert index().at(lon, lat) == tuple(found)
        hits += answer is not None
    assert 200 < hits < 800  # land and sea were both asked for
    borders_against_brute_force(rows, rng)
    inner_points_are_found_in_microseconds(rows)


def borders_against_brute_force(rows: list[tuple], rng: random.Random) -> None:
    """Corners, middles of edges and points between islands: the smallest code among all shapes that touch, by asking each one."""
    ids = np.array([row[0] for row in rows])
    shapes = shapely.from_geojson([json.dumps(row[5]) for row in rows])
    points = []
    for place in rng.sample(range(len(rows)), 150):
        ring = list(shapely.get_parts(shapes[place])[0].exterior.coords)
        at = rng.randrange(len(ring) - 1)
        points += [ring[at], ((ring[at][0] + ring[at + 1][0]) / 2, (ring[at][1] + ring[at + 1][1]) / 2)]
    points += [(120.0, 38.0), (122.5, 38.6), (shapely.total_bounds(shapes)[0], 39.0)]
    several = 0
    for (lon, lat), answer in zip(points, index().many(np.array(points)), strict=True):
        touching = ids[shapely.intersects(shapes, shapely.Point(lon, lat))]  # every shape of the city is asked
        assert index().at(lon, lat) == tuple(touching)
        assert answer == (touching[0] if len(touching) else None)
        several += len(touching) > 1
    assert several > 100


def inner_points_are_found_in_microseconds(rows: list[tuple]) -> None:
    """The bound is loose for slow machines; ADR 0014 says what was measured."""
    known = index()
    points = [((row[1] + row[3]) / 2, (row[2] + row[4]) / 2) for row in rows[::10]]
    started = time.perf_counter()
    for lon, lat in points:
        known.at(lon, lat)
    each = (time.perf_counter() - started) / len(points)
    print(f"point to grid: {each * 1e6:.0f} µs each over {len(rows)} grids")
    assert each < 0.002


def test_the_found_grid_comes_with_its_places(drawn):
    shape = drawn[3]
    found = locate(shape.lon, shape.lat)
    assert (found.grid, found.reason, found.distance, found.nearest) == (shape.grid, PlaceReason.INSIDE, 0.0, None)
    assert found.grid.street.name


def test_on_a_border_the_smallest_code_answers(drawn):
    one, other = next(
        (a, b) for a in drawn for b in drawn if a.grid.code15 < b.grid.code15
        and from_geojson(a.polygon).intersection(from_geojson(b.polygon)).length > 0
    )  # fmt: skip
    edge = from_geojson(one.polygon).intersection(from_geojson(other.polygon))
    x, y = edge.coords[0]  # a vertex of both: no rounding moves it
    touching = sorted(row.grid.code15 for row in drawn if from_geojson(row.polygon).intersects(shapely.Point(x, y)))
    found = locate(x, y)
    assert found.reason == PlaceReason.BORDER
    assert found.grid.code15 == touching[0]
    assert len(touching) > 1


def test_a_survey_answers_before_a_sketch(drawn):
    last = drawn[-1]
    around = from_geojson(drawn[0].polygon).buffer(1e-4, join_style="mitre")
    services.shapes_store(grids=[(last.grid, around)], is_sketch=False, source="测绘")
    assert locate(drawn[0].lon, drawn[0].lat).grid == last.grid


def test_in_the_sea_there_is_none_and_the_nearest_is_suggested(drawn):
    west = min(row.west for row in drawn)
    shape = next(row for row in drawn if row.west == west)
    lon, lat = west - 0.002, shape.lat
    found = locate(lon, lat)
    metres = min((distance_m(from_geojson(row.polygon), lon, lat), row.grid.code15) for row in drawn)
    assert (found.grid, found.reason) == (None, PlaceReason.OUTSIDE)
    assert (found.distance, found.nearest.code15) == (pytest.approx(metres[0], abs=0.1), metres[1])
    assert PlaceReason.OUTSIDE.label == "不在任何网格内"
    policy_change(key="grid.nearest_metres", value=20, effective_from=clock.today())
    assert locate(lon, lat).nearest is None
    assert locate(0.0, 0.0).nearest is None


@pytest.mark.parametrize(
    ("lon", "lat", "field"),
    [(181, 39, "lon"), (121, 91, "lat"), (38.9, 121.6, "lat"), (float("nan"), 39, "lon"), (121, float("inf"), "lat"),
     (float("-inf"), 39, "lon"), (121, float("nan"), "lat"), (-180.0001, 39, "lon"),
     ("121", 39, "lon"), (121, None, "lat"), (True, 39, "lon")],
)  # fmt: skip
def test_impossible_coordinates_are_refused(lon, lat, field):
    with pytest.raises(Invalid) as refusal:
        locate(lon, lat)
    assert set(refusal.value.fields) == {field}


def test_without_any_shape_there_is_an_answer_too(db):
    assert locate(121.6, 38.9).reason == PlaceReason.OUTSIDE


def test_a_changed_shape_is_noticed(drawn):
    shape, stamp = drawn[0], ShapeStamp.objects.get().stamp
    assert locate(shape.lon, shape.lat).grid == shape.grid
    GridShape.objects.filter(pk=shape.pk).delete()  # as another process would: this one is not told
    assert ShapeStamp.objects.get().stamp != stamp
    forget_shapes()  # its second is over
    assert locate(shape.lon, shape.lat).grid is None


def test_whose_grid(grid, cast, actors, community):
    assert grid_of(actors.grid_worker) is None  # his community has several base grids and none is his
    assert grid_of(actors.staff) is None
    today, last = clock.today(), Grid.objects.filter(community=community).order_by("code15").last()
    appoint = lambda where, role: services.post_appoint(  # noqa: E731
        by=SYSTEM, facts=services.PostFacts(where, role, "甲", "0411-1", today, user=cast.grid_worker)
    )
    appoint(grid, "volunteer")
    assert grid_of(actors.grid_worker) == grid
    post = appoint(last, "worker")
    assert grid_of(actors.grid_worker) == last  # full-time goes first
    assert full_time_posts([grid, last]) == {last.pk: post}


def test_the_only_grid_of_a_village_is_its_workers(cast, community, street):
    place = next(row for row in street.children.all() if row.grids.filter(kind="base").count() == 1)
    Appointment.objects.filter(user=cast.grid_worker).update(community=place)
    assert grid_of(actor_of(cast.grid_worker)).community == place
    with clock.travel(clock.now() + timedelta(days=1)):
        assert grid_of(actor_of(cast.grid_worker)).kind == "base"


def test_where_to_complain(street, actors):
    assert supervision_phone(street) == "12345"
    services.supervision_set(by=actors.staff, street=street, phone="0411-82****01")
    assert supervision_phone(street) == "0411-82****01"
