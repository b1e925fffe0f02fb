"""A home grid with a shape, and an Open311 client with a community's key."""

import pytest
import shapely

from governance.accounts.tokens import token_issue
from governance.kernel.actor import SYSTEM
from governance.territory.models import Division, Grid
from grid.boundaries import services as boundaries
from grid.incidents import services
from grid.incidents.routing import rules_forget

LAT, LONG = 38.9151234, 121.6451234


@pytest.fixture(autouse=True)
def _rules(db, settings):
    settings.API_RATES = {"user": None, "anon": None}
    services.routing_load()
    yield
    rules_forget()


@pytest.fixture
def home(cast) -> Grid:
    """The first grid of the home community, 1 km square, around LAT and LONG."""
    community = Division.objects.get(pk=cast.community.appointments.get().community_id)
    grid = Grid.objects.filter(community=community).order_by("code15").first()
    shape = shapely.box(LONG - 0.005, LAT - 0.005, LONG + 0.005, LAT + 0.005)
    boundaries.shapes_store(grids=[(grid, shape)], communities=[(community, shape)], is_sketch=True, source="测试")
    return grid


@pytest.fixture
def keys(cast) -> dict[str, str]:
    """The API keys of the home community and of the one next door."""
    return {name: token_issue(user=getattr(cast, name), by=SYSTEM) for name in ("community", "sibling_community")}


@pytest.fixture
def send(client, keys, home):
    """``send(description=…, headers={…})``: POST a request as a form, at the home grid unless told otherwise."""

    def post(headers=None, **fields):
        body = {"api_key": keys["community"], "service_code": "0101", "lat": LAT, "long": LONG} | fields
        body = {name: value for name, value in body.items() if value is not None}
        return client.post("/open311/v2/requests.json", body, headers=headers or {})

    return post


@pytest.fixture
def read(client):
    """``read("requests", status="open")``: GET as a stranger; (status, body)."""

    def get(path, **query):
        answer = client.get(f"/open311/v2/{path}.json", query)
        return answer.status_code, answer.json()

    return get
