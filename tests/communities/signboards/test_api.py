"""/api/v1/signboards/: the pages' scope, filters and services."""

import pytest

from communities.signboards.models import Signboard

pytestmark = pytest.mark.django_db
BASE = "/api/v1/signboards/"


@pytest.fixture
def body(community, department, lists):
    """What a street sends."""
    return {
        "community": community.code12, "name": "图书室", "department": department.code, "length_cm": 200, "width_cm": 35,
        "material": "metal", "position": "hall", "entry": lists.entry(community, "图书室").code,
    }  # fmt: skip


def post(client, path, body, **headers):
    return client.post(path, body, content_type="application/json", headers=headers)


def test_register_once_per_key(client, cast, body):
    client.force_login(cast.staff)
    first = post(client, BASE, body, **{"Idempotency-Key": "a"})
    again = post(client, BASE, body, **{"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["status"] == "registered"
    assert Signboard.objects.count() == 1


def test_over_the_cap_is_409_with_the_rectification_and_so_is_its_repeat(client, cast, body, full):
    full()
    client.force_login(cast.staff)
    answers = [post(client, BASE, body | {"name": "再来一块"}, **{"Idempotency-Key": "b"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["rectification"].startswith("ZG-2026-")
    assert not Signboard.objects.filter(name="再来一块").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"status": "registered"}, "status"), ({"community": "210203004001"}, "community"), ({"length_cm": 0}, "length_cm"),
     ({"position": "roof"}, "position"), ({"first_hung_on": "2099-01-01"}, "first_hung_on"), ({"entry": "999999"}, "entry"),
     ({"name": ""}, "name")],
)  # fmt: skip
def test_what_is_refused_by_name(client, cast, body, changes, field):
    client.force_login(cast.staff)
    answer = post(client, BASE, body | changes)
    assert answer.status_code == 400
    assert field in answer.json()["fields"]


def test_the_list_is_the_pages(client, cast, make_board, community):
    make_board(name="甲"), make_board("unadmitted", name="乙")
    client.force_login(cast.social)
    rows = client.get(f"{BASE}?status=unadmitted&community={community.code12}").json()["results"]
    assert [row["name"] for row in rows] == ["乙"]
    assert rows[0]["rectification"]
    client.force_login(cast.foreign_social)
    assert client.get(BASE).json()["results"] == []


def test_steps(client, cast, make_board):
    board = make_board()
    client.force_login(cast.staff)
    assert post(client, f"{BASE}{board.pk}/doubt/", {"note": "待核实"}).json()["status"] == "doubtful"
    assert post(client, f"{BASE}{board.pk}/keep/", {}).json()["status"] == "registered"
    assert post(client, f"{BASE}{board.pk}/clear/", {"note": "并入"}).json()["status"] == "to_clear"
    assert post(client, f"{BASE}{board.pk}/doubt/", {"note": "x"}).status_code == 409
    assert post(client, f"{BASE}{board.pk}/keep/", {"version": 1}).status_code == 409
    client.force_login(cast.dept)
    assert post(client, f"{BASE}{board.pk}/keep/", {}).status_code == 403
    client.force_login(cast.foreign_staff)
    assert post(client, f"{BASE}{board.pk}/keep/", {}).status_code == 404


@pytest.mark.parametrize("path", ["rectifications", "signboard-audits", "signboard-lists"])
def test_the_others_are_read(client, cast, make_audit, path):
    make_audit("rectifying")
    client.force_login(cast.social)
    rows = client.get(f"/api/v1/{path}/").json()["results"]
    assert rows
    assert client.get(f"/api/v1/{path}/{rows[0]['id']}/").status_code == 200
    assert client.post(f"/api/v1/{path}/").status_code == 405
