"""Lists over the API: the pages' filters and scope, never more than a hundred rows."""

import pytest

from governance.whistles.models import Ticket, Whistle

pytestmark = pytest.mark.django_db
LISTS = ["whistles", "tickets", "ratings", "scorecards", "units", "divisions", "departments", "categories", "grids"]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("size", ["2000", "101", "0", "-5"])
def test_a_page_is_capped(api, name, size):
    answer = api("leader").get(f"/api/v1/{name}/", {"page_size": size})
    assert answer.status_code == 200 and len(answer.json()["results"]) <= 100


def test_a_hundred_rows_come_of_two_thousand_wanted(api):
    assert len(api("leader").get("/api/v1/divisions/", {"page_size": 2000}).json()["results"]) == 100


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", [{"cursor": "zzz"}, {"cursor": "W10"}, {"page_size": "many"}])
def test_a_broken_page_is_400(api, name, query):
    answer = api("leader").get(f"/api/v1/{name}/", query)
    assert answer.status_code == 400 and answer.json()["code"] == "parse_error"


def test_pages_follow_one_another_without_loss(api, make_whistle):
    rows = [make_whistle(status="pending_review").pk for _ in range(5)]
    staff, seen, url = api("staff"), [], "/api/v1/whistles/?page_size=2"
    while url:
        answer = staff.get(url).json()
        seen += [row["id"] for row in answer["results"]]
        url = answer["next"]
    assert seen == rows[::-1]


@pytest.mark.parametrize("name", ["leader", "staff", "dept", "station", "city_dept", "social", "city", "community", "sibling_staff",
                                  "foreign_dept", "outsider"])  # fmt: skip
@pytest.mark.parametrize("status", ["pending_sign", "handling", "reassigned"])
def test_list_and_detail_agree_for_everybody(api, actors, make_ticket, name, status):
    make_ticket(status)
    client = api(name)
    for kind, model in (("tickets", Ticket), ("whistles", Whistle)):
        listed = {row["id"] for row in client.get(f"/api/v1/{kind}/").json()["results"]}
        opened = {pk for pk in model.objects.values_list("pk", flat=True)
                  if client.get(f"/api/v1/{kind}/{pk}/").status_code == 200}  # fmt: skip
        assert listed == opened
        page = {row.pk for row in model.objects.visible_to(getattr(actors, name))}
        assert listed == page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "open"}, True),
        ({"status": "handling"}, True),
        ({"status": "closed"}, False),
        ({"scene": "joint_enforce", "role": "lead"}, True),
        ({"scene": "emergency"}, False),
        ({"overdue": "1"}, False),
        ({"hung": "true"}, False),
        ({"q": "占道"}, True),
        ({"q": "暖气"}, False),
    ],
)
def test_the_filters_of_the_page(api, make_ticket, query, found):
    make_ticket("handling")
    for name in ("staff", "dept"):
        client = api(name)
        assert bool(client.get("/api/v1/tickets/", query).json()["results"]) is found
        page = client.get("/tickets/", query)
        assert ("夜市占道经营反复" in page.content.decode()) is found


def test_a_filter_that_makes_no_sense_is_400_by_name(api):
    answer = api("staff").get("/api/v1/tickets/", {"status": "sleeping", "since": "yesterday"})
    assert answer.status_code == 400 and {"status", "since"} <= set(answer.json()["fields"])


@pytest.mark.parametrize("kind", ["whistles", "tickets"])
def test_a_list_takes_the_same_number_of_statements_however_long(api, make_ticket, django_assert_max_num_queries, kind):
    client = api("staff")
    for _ in range(4):
        make_ticket("handling", alone=False)
    with django_assert_max_num_queries(10):
        assert client.get(f"/api/v1/{kind}/").status_code == 200
