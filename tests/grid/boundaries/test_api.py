"""Grids over the API: with a point, with their shape, found by a point."""

import pytest

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/grids/"


def test_list_and_detail(client, cast, drawn):
    client.force_login(cast.staff)
    code = drawn[0].grid.code15
    listed = client.get(ROOT, {"q": code}).json()["results"]
    assert [(row["code15"], row["lon"], row["is_sketch"]) for row in listed] == [(code, drawn[0].lon, True)]
    assert client.get(f"{ROOT}{code}/").json()["lat"] == drawn[0].lat
    shape = client.get(f"{ROOT}{code}/shape/").json()
    assert shape["polygon"] == drawn[0].polygon
    assert shape["bbox"] == [drawn[0].west, drawn[0].south, drawn[0].east, drawn[0].north]
    assert client.get(f"{ROOT}210204010001001/").json()["lon"] is None
    assert client.get(f"{ROOT}210204010001001/shape/").status_code == 404


def test_locate(client, cast, drawn):
    client.force_login(cast.community)
    found = client.get(f"{ROOT}locate/", {"lon": drawn[0].lon, "lat": drawn[0].lat}).json()
    assert (found["grid"]["code15"], found["reason"], found["nearest"]) == (drawn[0].grid.code15, "inside", None)
    west = min(drawn, key=lambda row: row.west)
    found = client.get(f"{ROOT}locate/", {"lon": west.west - 0.001, "lat": west.lat}).json()
    assert found["grid"] is None
    assert found["reason"] == "outside"
    assert 0 < found["distance"] < 500
    assert found["nearest"]["code15"]


WRONG = [
    ({}, "lon"),
    ({"lon": "121"}, "lat"),
    ({"lon": "x", "lat": "1"}, "lon"),
    ({"lon": "nan", "lat": "1"}, "lon"),
    ({"lon": "38.9", "lat": "121.6"}, "lat"),
]


@pytest.mark.parametrize(("query", "field"), WRONG)
def test_locate_says_which_number_is_wrong(client, cast, query, field):
    client.force_login(cast.staff)
    answer = client.get(f"{ROOT}locate/", query)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


def test_not_without_signing_in(client, db):
    assert client.get(f"{ROOT}locate/", {"lon": 121.6, "lat": 38.9}).status_code == 401
