"""An Open311 client's usual calls: discover, list services, post, get by id, filter; and what it is refused."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.territory.models import Category
from grid.incidents.models import Incident
from grid.incidents.services import IncidentInput, incident_reject, incident_report
from grid.incidents.states import OPEN, Door, IncidentStatus
from grid.open311 import queries
from grid.open311.published import request_of

from .conftest import LAT, LONG

pytestmark = pytest.mark.django_db


def _number(answer) -> str:
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()[0]["service_request_id"]


def _refused(answer, status: int, words: str = "") -> None:
    """The documented shape of an error."""
    assert answer.status_code == status
    (error,) = answer.json()
    assert error.keys() == {"code", "description"} and error["code"] == status and words in error["description"]


def test_discover(read):
    status, body = read("discovery")
    (endpoint,) = body["endpoints"]
    assert (
        status == 200
        and endpoint["url"].endswith("/open311/v2")
        and endpoint["formats"] == ["text/xml", "application/json"]
    )


def test_list_the_services_and_read_one(read):
    status, rows = read("services")
    first = next(row for row in rows if row["service_code"] == "0101")
    assert status == 200 and len(rows) > 20 and first["type"] == "realtime" and first["metadata"] is False
    assert read("services/0101") == (200, {"service_code": "0101", "attributes": []})


@pytest.mark.parametrize("path", ["services/none", "services/01", "requests/SJ-1", "tokens/none"])
def test_what_there_is_not_is_404(client, path):
    _refused(client.get(f"/open311/v2/{path}.json"), 404, "没有这个")


def test_post_and_get_it_back(send, read, home, cast):
    number = _number(send(description="楼道电梯困人", address_string="人民路 1 号"))
    row = Incident.objects.get(number=number)
    assert (row.grid, row.door, row.reporter, row.words, row.place) == (
        home, Door.OPEN311, cast.community, "楼道电梯困人", "人民路 1 号",
    )  # fmt: skip
    status, (shown,) = read(f"requests/{number}")
    assert status == 200 and shown["status"] == "open" and shown["service_code"] == "0101"
    assert datetime.fromisoformat(shown["requested_datetime"]).utcoffset() == timedelta(hours=8)
    assert read(f"tokens/{number}") == (200, [{"service_request_id": number, "token": number}])


def test_nothing_personal_is_published(send, read):
    secret = {
        "description": "张三 13812345678 210203199001011234", "address_string": "2 单元 501 张三家", "email": "z@portal.example",
        "first_name": "三", "last_name": "张", "phone": "13812345678", "media_url": "https://portal.example/zhang.jpg",
    }  # fmt: skip
    number = _number(send(**secret))
    _, (shown,) = read(f"requests/{number}")
    for word in ("张三", "138", "2102031990", "501", "zhang.jpg", "portal.example"):
        assert word not in str(shown)
    assert (shown["description"], shown["lat"], shown["long"]) == (None, round(LAT, 3), round(LONG, 3))
    row = Incident.objects.get(number=number)
    assert "图片网址（未下载）：https://portal.example/zhang.jpg" in row.words and "z@portal.example" not in row.words


def test_what_came_by_another_door_is_not_published(read, home):
    inner = incident_report(by=SYSTEM, content=IncidentInput(words="楼道电梯困人", grid=home))
    assert read(f"requests/{inner.number}")[0] == 404
    assert read("requests", service_request_id=inner.number) == (200, [])
    assert read("requests") == (200, [])


def test_the_same_key_gives_one_request(send, keys):
    once = _number(send(headers={"Idempotency-Key": "draft-1"}))
    assert _number(send(headers={"Idempotency-Key": "draft-1"})) == once
    assert _number(send(client_key="draft-1")) == once
    assert _number(send(headers={"Idempotency-Key": "draft-2"})) != once
    assert Incident.objects.filter(door=Door.OPEN311).count() == 2
    _refused(send(headers={"Idempotency-Key": "x" * 65}), 400, "Idempotency-Key")


def test_a_request_sent_again_is_recognised_though_its_service_was_closed(send):
    once = _number(send(client_key="draft-1"))
    Category.objects.filter(code="0101").update(is_active=False)
    assert _number(send(client_key="draft-1")) == once
    _refused(send(client_key="draft-2"), 404)


def test_a_key_used_again_for_other_words_is_409(send):
    _number(send(headers={"Idempotency-Key": "draft-1"}, description="楼道电梯困人"))
    _refused(send(headers={"Idempotency-Key": "draft-1"}, description="井盖松动"), 409, "已经上报")


def test_a_client_without_keys_that_sends_again_makes_one_request(send, keys):
    """The usual clients know no key; they repeat the whole call when the answer got lost."""
    now = clock.now().replace(minute=9, second=50)  # shortly before a turn of ten minutes
    with clock.travel(now):
        once = _number(send(description="楼道电梯困人"))
        assert _number(send(description="楼道电梯困人")) == once
        assert _number(send(description="楼道电梯困人", lat=LAT + 0.0001)) != once
        assert _number(send(description="楼道电梯困了人")) != once
    with clock.travel(now + timedelta(seconds=30)):
        assert _number(send(description="楼道电梯困人")) == once
    with clock.travel(now + timedelta(minutes=21)):
        assert _number(send(description="楼道电梯困人")) != once


@pytest.mark.parametrize("key", [None, "", "f" * 40, "不是令牌"])
def test_without_a_good_key_it_is_403(send, key):
    _refused(send(api_key=key), 403)
    assert not Incident.objects.filter(door=Door.OPEN311).exists()


def test_a_session_is_no_key(cast, home):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.community)
    _refused(browser.post("/open311/v2/requests.json", {"service_code": "0101", "lat": LAT, "long": LONG}), 403)


def test_a_key_needs_no_csrf_token(keys, home):
    fields = {"api_key": keys["community"], "service_code": "0101", "lat": LAT, "long": LONG, "attribute[X]": "ignored"}
    answer = Client(enforce_csrf_checks=True).post(
        "/open311/v2/requests.json", urlencode(fields), content_type="application/x-www-form-urlencoded; charset=utf-8"
    )
    row = Incident.objects.get(number=_number(answer))
    assert row.words == row.category.name  # nothing was said


def test_a_key_in_the_address_does_not_count(client, keys, home):
    body = {"service_code": "0101", "lat": LAT, "long": LONG}
    _refused(client.post(f"/open311/v2/requests.json?api_key={keys['community']}", body), 403)


def test_a_place_of_others_is_403(send, keys):
    _refused(send(api_key=keys["sibling_community"]), 403)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"service_code": None}, 400, "缺少 service_code"),
        ({"service_code": "nope"}, 404, "没有这个"),
        ({"lat": None, "long": None}, 400, "address_string"),
        ({"lat": None}, 400, "同时"),
        ({"lat": "north"}, 400, "数字"),
        ({"lat": "nan"}, 400, "数字"),
        ({"lat": 121.6, "long": 38.9}, 400, "写反"),
        ({"lat": 38.0, "long": 122.9}, 400, "不在任何网格内"),
        ({"description": "a\x00b"}, 400, "无效字符"),
        ({"description": "长" * 2001}, 400, "2000"),
        ({"media_url": "file:///etc/passwd"}, 400, "media_url"),
    ],
)
def test_what_cannot_be_taken_in(send, fields, status, words):
    _refused(send(**fields), status, words)
    assert not Incident.objects.filter(door=Door.OPEN311).exists()


def test_an_address_alone_is_enough(send, home):
    row = Incident.objects.get(number=_number(send(lat=None, long=None, address_string=home.community.name)))
    assert (row.community, row.lat) == (home.community, None)


@pytest.fixture
def three(send) -> dict[str, str]:
    """An open one of today, one of another service closed, and one of 100 days ago."""
    numbers = {name: _number(send(service_code=code)) for name, code in (("new", "0101"), ("done", "0102"))}
    incident_reject(incident=Incident.objects.get(number=numbers["done"]), by=SYSTEM, note="不属网格事项")
    with clock.travel(clock.now() - timedelta(days=100)):
        numbers["old"] = _number(send())
    return numbers


def _ids(answer) -> list[str]:
    status, rows = answer
    assert status == 200
    return [row["service_request_id"] for row in rows]


def test_filter(read, three):
    assert _ids(read("requests")) == [three["done"], three["new"]]
    assert _ids(read("requests", service_code="0102,9999")) == [three["done"]]
    both = f"{three['old']}, {three['new']}"
    assert _ids(read("requests", service_request_id=both, status="closed", service_code="none")) == [
        three["new"], three["old"],
    ]  # fmt: skip
    start = clock.now() - timedelta(days=110)
    assert _ids(read("requests", start_date=start.isoformat())) == [three["old"]]
    end = clock.now() - timedelta(days=95)
    assert _ids(read("requests", end_date=end.isoformat().replace("+", " "), page="7")) == [three["old"]]
    assert _ids(read("requests", status="open,closed")) == [three["done"], three["new"]]
    assert _ids(read("requests", status="closed")) == [three["done"]]
    assert _ids(read("requests", status="open")) == [three["new"]]


def test_the_newest_first_and_no_more_than_the_most(read, three, monkeypatch):
    assert queries.MOST == 1000
    monkeypatch.setattr(queries, "MOST", 1)
    assert _ids(read("requests")) == [three["done"]]


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-01-01"}, {"start_date": "2026-01-01T00:00:00"}, {"end_date": "2026-13-01T00:00:00Z"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:01Z"}, {"end_date": "0001-01-01T00:00:00Z"},
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, {"status": "pending"},
        {"service_code": "\x00"},
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_is_400(client, query):
    _refused(client.get("/open311/v2/requests.json", query), 400)


@pytest.mark.parametrize("status", IncidentStatus.values)
def test_each_status_is_open_or_closed(status, send):
    row = Incident.objects.select_related("category", "community", "street").get(number=_number(send()))
    row.status = status
    assert request_of(row)["status"] == ("open" if status in OPEN else "closed")
    assert (status in OPEN) == (status not in ("closed", "evaluated", "rejected"))


def test_other_methods_and_bodies_are_refused_in_the_same_shape(client):
    _refused(client.delete("/open311/v2/requests.json"), 405)
    _refused(client.post("/open311/v2/requests.json", "{}", content_type="application/json"), 403)


def test_rates_hold_here_too(client, settings):
    settings.API_RATES = {"user": "2/min", "anon": "2/min"}
    cache.clear()
    answers = [client.get("/open311/v2/discovery.json") for _ in range(3)]
    cache.clear()
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    _refused(answers[2], 429)


def test_reading_takes_the_same_statements_however_much_there_is(client, three, send, django_assert_max_num_queries):
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/open311/v2/requests.json").status_code == 200
        return len(seen)

    before = statements()
    for code in ("0103", "0201", "0202"):
        _number(send(service_code=code))
    assert statements() == before <= 2
    with django_assert_max_num_queries(2):
        client.get(f"/open311/v2/requests/{three['new']}.json")
