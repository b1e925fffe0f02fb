"""The sketch: exact cover, numbers in order, the same every time; what the database keeps of codes."""

import math
import random
import time

import pytest
import shapely
from django.db import IntegrityError, transaction

from governance.territory.choices import GridKind
from grid.boundaries import sketch, validity
from grid.boundaries.geometry import area_m2, distance_m, from_geojson, numbering, to_geojson, vertices
from grid.boundaries.partition import split
from tests_support import stories

from .conftest import cells_of_streets

BAY = shapely.Polygon([(121, 38), (122, 38), (122, 39), (121.6, 39), (121.5, 38.4), (121.4, 39), (121, 39)])


@pytest.mark.parametrize("weights", [[1], [1, 1], [1, 2, 3, 4], [1] * 57, [1] * 9 + [0.2]])
def test_a_split_covers_exactly_and_by_weight(weights):
    parts = split(BAY, weights)
    assert len(parts) == len(weights)
    assert all(part.is_valid and part.area > 0 for part in parts)
    assert shapely.union_all(parts).symmetric_difference(BAY).area < 1e-6 * BAY.area
    assert sum(part.area for part in parts) == pytest.approx(BAY.area, rel=1e-6)
    shares = [part.area / BAY.area * sum(weights) / weight for part, weight in zip(parts, weights, strict=True)]
    assert 0.5 < min(shares) <= max(shares) < 2


def test_numbers_run_from_west_to_east_and_from_north_to_south():
    rows = [(122.0, 39.0), (121.0, 39.01), (121.5, 39.0), (121.0, 38.0), (122.0, 38.01), (121.5, 38.5), (121.0, 38.49),
            (122.0, 38.5), (121.5, 38.0)]  # fmt: skip
    assert [rows[index] for index in numbering(rows)] == [
        (121.0, 39.01), (121.5, 39.0), (122.0, 39.0), (121.0, 38.49), (121.5, 38.5), (122.0, 38.5), (121.0, 38.0), (121.5, 38.0),
        (122.0, 38.01),
    ]  # fmt: skip
    assert numbering([]) == []
    assert numbering([(121.0, 38.0)] * 3) == [0, 1, 2]


def test_numbering_does_not_depend_on_the_order_of_the_file():
    rng = random.Random(3)
    points = [(rng.random(), rng.random()) for _ in range(40)]
    shuffled = rng.sample(points, len(points))
    assert [points[i] for i in numbering(points)] == [shuffled[i] for i in numbering(shuffled)]


@pytest.mark.django_db
def test_the_demos_codes_follow_the_rule_and_cover_each_community():
    for cells in cells_of_streets(stories.STREET, stories.SIBLING).values():
        base = [cell for cell in cells if cell.grid.kind == GridKind.BASE]
        assert [cell.grid.seq for cell in base] == list(range(1, len(base) + 1))
        assert numbering([(cell.shape.centroid.x, cell.shape.centroid.y) for cell in base]) == list(range(len(base)))
        shapes = {cell.grid.code15: cell.shape for cell in cells}
        assert not list(validity.overlaps(shapes, 1))
        assert validity.gaps(shapely.union_all(list(shapes.values())), list(shapes.values()), 1) == ""


@pytest.mark.django_db
def test_drawing_twice_gives_the_same():
    first, second = sketch.draw(), sketch.draw()
    assert [[cell.shape.wkb for cell in row] for row in first.values()] == [
        [cell.shape.wkb for cell in row] for row in second.values()
    ]


SQUARE = shapely.Point(121.6, 38.9).buffer(0.01, quad_segs=16)


def wedge(number: int, of: int) -> shapely.Polygon:
    """One slice of a cake: all of them meet in its middle and none overlaps."""
    corners = [
        (121.6 + 0.1 * math.cos(a), 38.9 + 0.1 * math.sin(a)) for a in (2 * math.pi * (number + i) / of for i in (0, 1))
    ]
    return shapely.Polygon([(121.6, 38.9), *corners])


@pytest.mark.parametrize("drawn", [lambda number: SQUARE, lambda number: wedge(number, 1500)])
def test_a_heap_of_shapes_is_refused_and_not_compared_pair_by_pair(drawn):
    """1,500 shapes on one spot are a million pairs: minutes of computing for one upload."""
    started = time.perf_counter()
    found = list(validity.overlaps({f"{number:015d}": drawn(number) for number in range(1500)}, 1))
    assert "没有继续检查" in found[-1][2]
    assert len(found) <= validity.OVERLAPS_MOST + 1
    assert time.perf_counter() - started < 30


def test_some_who_meet_in_one_point_are_no_fault():
    assert list(validity.overlaps({f"{number:015d}": wedge(number, 24) for number in range(24)}, 1)) == []


def test_metres():
    square = shapely.box(121, 39, 121.01, 39.01)
    assert area_m2(square) == pytest.approx(1113.2 * 865.1, rel=0.001)
    assert distance_m(square, 121.005, 39.02) == pytest.approx(1113.2, rel=0.001)
    assert distance_m(square, 121.005, 39.005) == 0
    assert area_m2(shapely.Polygon()) == 0


def test_geojson_there_and_back():
    assert from_geojson(to_geojson(BAY)).equals(BAY)
    assert vertices(to_geojson(BAY)) == 8
    deep: list = [0, 0]
    for _ in range(50):
        deep = [deep]
    assert vertices({"coordinates": deep}) >= 10**9


@pytest.mark.parametrize(
    "geometry", [{}, None, {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": []}]
)
def test_what_is_no_polygon(geometry):
    with pytest.raises(ValueError, match=r"only|finite"):
        from_geojson(geometry)


@pytest.mark.django_db
def test_a_code_in_use_never_changes(grid, street):
    other = street.children.order_by("code12").last()
    for change in ({"code15": grid.code15[:12] + "777", "seq": 777}, {"community": other}):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(grid).objects.filter(pk=grid.pk).update(**change)
    type(grid).objects.filter(pk=grid.pk).update(name="新名称", households=1)
