"""What the grids' tests start from: the sketched shapes of the home street and its neighbour, small enough to store per test."""

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile

from governance.territory.models import Division, Grid
from grid.boundaries import services, sketch
from grid.boundaries.models import GridShape
from tests_support import stories

_drawn: dict = {}


def cells_of_streets(*codes: str) -> dict:
    """The sketch of these streets' communities; drawn once, for it is the same every time."""
    if not _drawn:
        _drawn.update(sketch.draw())
    places = Division.objects.communities().filter(street__code12__in=codes)
    return {place: _drawn[place.pk] for place in places}


@pytest.fixture
def community(street) -> Division:
    """The home street's first community."""
    return Division.objects.filter(street=street).order_by("code12").first()


@pytest.fixture
def drawn(db) -> list[GridShape]:
    """Sketches of two streets' grids with their communities."""
    cells = cells_of_streets(stories.STREET, stories.SIBLING)
    services.shapes_store(
        grids=[(cell.grid, cell.shape) for row in cells.values() for cell in row],
        communities=[(place, shapely.union_all([cell.shape for cell in row])) for place, row in cells.items()],
        is_sketch=True, source="测试",
    )  # fmt: skip
    return list(GridShape.objects.select_related("grid").order_by("grid__code15"))


@pytest.fixture
def grid(community) -> Grid:
    """The home community's first grid."""
    return Grid.objects.filter(community=community).order_by("code15").first()


@pytest.fixture
def upload():
    """``upload(bytes)``: a file as the browser sends it."""
    return lambda content, name="边界.geojson": SimpleUploadedFile(name, content)
