"""A department answers over the API, the street verifies and rates."""

import pytest

from governance.kernel.errors import Conflict
from governance.whistles import services
from governance.whistles.forms.ticket_actions import TICKET_ACTIONS
from governance.whistles.models import Comment, Rating
from tests_support import stories

pytestmark = pytest.mark.django_db
URL = "/api/v1/tickets/"


def act(client, ticket, name, body=None, **headers):
    return client.post(f"{URL}{ticket.pk}/{name}/", body or {}, format="json", headers=headers)


def test_from_acceptance_to_rating(api, make_ticket):
    ticket, dept, staff = make_ticket(), api("dept"), api("staff")
    assert act(dept, ticket, "accept").json()["status"] == "pending_arrive"
    assert act(dept, ticket, "arrive", {"mode": "onsite", "person": "王工"}).json()["status"] == "handling"
    assert act(dept, ticket, "report_done", stories.REPORT).json()["status"] == "pending_verify"
    assert act(staff, ticket, "verify", {"note": "现场已看"}).json()["status"] == "pending_eval"
    rated = staff.post("/api/v1/ratings/", {"ticket": ticket.pk, **stories.STARS}, format="json")
    assert rated.status_code == 201, rated.json()
    assert staff.get(f"/api/v1/ratings/{rated.json()['id']}/").json()["speed"] == 5
    assert dept.get("/api/v1/ratings/").json()["results"] == []  # sealed until the quarter is released
    assert dept.get(f"/api/v1/ratings/{rated.json()['id']}/").status_code == 404
    assert staff.get(f"{URL}{ticket.pk}/").json()["status"] == "closed"


def test_every_action_of_the_page_is_there(api, make_ticket):
    ticket = make_ticket()
    codes = {name: act(api("auditor"), ticket, name).status_code for name in TICKET_ACTIONS}
    assert codes == dict.fromkeys(TICKET_ACTIONS, 403)


def test_a_skipped_step_is_409_whatever_the_body(api, make_ticket):
    ticket = make_ticket()
    answer = act(api("dept"), ticket, "report_done")
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")


def test_an_unknown_action_is_404(api, make_ticket):
    assert act(api("dept"), make_ticket(), "close").status_code == 404


def test_a_stale_version_is_409_and_says_what_changed(api, make_ticket, actors):
    ticket = make_ticket("handling")
    services.ticket_consult(ticket=ticket, by=actors.dept, topic="会商")
    services.ticket_minute(ticket=stories.fresh(ticket), by=actors.dept, minutes="纪要")
    answer = act(api("dept"), ticket, "report_done", {**stories.REPORT, "version": ticket.version})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert any("会商" in line for line in answer.json()["changed"])


def test_the_four_elements_are_asked_for_by_name(api, make_ticket):
    answer = act(api("dept"), make_ticket("handling"), "report_done", {"outcome": "solved"})
    assert answer.status_code == 400
    assert {"taken_up", "talked_with", "measures", "settled_by"} <= set(answer.json()["fields"])


@pytest.mark.parametrize("extra", ["status", "role", "department", "due_at", "is_excluded"])
def test_extra_fields_are_refused_by_name(api, make_ticket, extra):
    answer = act(api("dept"), make_ticket(), "accept", {extra: "closed"})
    assert answer.status_code == 400 and list(answer.json()["fields"]) == [extra]


def test_a_reassignment_names_a_department_of_this_street(api, make_ticket, foreign_street, departments):
    ticket, rule = make_ticket("disputed"), api("adjudicator")
    foreign = stories.departments(foreign_street)[0]
    wrong = act(rule, ticket, "reassign", {"department": foreign.code, "note": "职责归属"})
    assert wrong.status_code == 400 and "department" in wrong.json()["fields"]
    right = act(rule, ticket, "reassign", {"department": departments[2].code, "note": "职责归属"})
    assert right.status_code == 200, right.json()
    assert right.json()["id"] != ticket.pk and right.json()["department"] == departments[2].code
    assert api("dept").get(f"{URL}{ticket.pk}/").status_code == 404


def test_a_sibling_may_neither_see_nor_rate(api, make_ticket):
    ticket = make_ticket("pending_eval")
    for name in ("sibling_staff", "foreign_staff"):
        assert act(api(name), ticket, "rate", stories.STARS).status_code == 404
        answer = api(name).post("/api/v1/ratings/", {"ticket": ticket.pk, **stories.STARS}, format="json")
        assert answer.status_code == 400 and "ticket" in answer.json()["fields"]
    assert not Rating.objects.exists()


def test_a_low_star_wants_its_reason_and_a_second_rating_is_409(api, make_ticket):
    ticket, staff = make_ticket("pending_eval"), api("staff")
    body = {"ticket": ticket.pk, **stories.STARS, "speed": 1}
    assert "low_reason" in staff.post("/api/v1/ratings/", body, format="json").json()["fields"]
    assert staff.post("/api/v1/ratings/", {**body, "low_reason": "late"}, format="json").status_code == 201
    assert staff.post("/api/v1/ratings/", {**body, "low_reason": "late"}, format="json").status_code == 409


def test_the_same_key_is_answered_again_though_the_state_has_moved_on(api, make_ticket):
    ticket, dept = make_ticket(), api("dept")
    key = {"Idempotency-Key": "accept-once"}
    first = act(dept, ticket, "accept", **key)
    assert act(dept, ticket, "accept").status_code == 409
    again = act(dept, ticket, "accept", **key)
    assert again.status_code == 200 and again.json() == first.json()
    assert again.headers["Idempotent-Replay"] == "true" and "Idempotent-Replay" not in first.headers


def test_the_same_key_with_another_body_is_409(api, make_ticket):
    ticket, dept = make_ticket(), api("dept")
    key = {"Idempotency-Key": "say-once"}
    assert act(dept, ticket, "comment", {"body": "已在路上"}, **key).status_code == 200
    assert act(dept, ticket, "comment", {"body": "已在路上"}, **key).status_code == 200
    assert act(dept, ticket, "comment", {"body": "改主意了"}, **key).status_code == 409
    assert Comment.objects.filter(ticket=ticket).count() == 1


@pytest.mark.parametrize("key", ["x" * 101, "有字", "a b"])
def test_a_key_that_is_none_is_400(api, make_ticket, key):
    answer = api("dept").post(
        f"{URL}{make_ticket().pk}/comment/", {"body": "好"}, format="json", HTTP_IDEMPOTENCY_KEY=key
    )
    assert answer.status_code == 400 and answer.json()["code"] == "invalid"


def test_a_refused_attempt_leaves_the_key_free(api, make_ticket):
    ticket, dept = make_ticket("handling"), api("dept")
    key = {"Idempotency-Key": "done-once"}
    assert act(dept, ticket, "report_done", {"outcome": "solved"}, **key).status_code == 400
    assert act(dept, ticket, "report_done", stories.REPORT, **key).status_code == 200


def test_files_of_a_report_hang_on_the_ticket(api, make_ticket):
    import base64

    from tests_support import photos

    ticket = make_ticket("handling")
    body = {**stories.REPORT, "files": [{"name": "后.jpg", "content": base64.b64encode(photos.jpeg()).decode()}]}
    assert act(api("dept"), ticket, "report_done", body).json()["files"][0]["mime"] == "image/jpeg"
    assert api("assistant_dept").get(f"{URL}{ticket.pk}/").status_code == 404


def test_domain_conflicts_name_themselves():
    assert Conflict.status_code == 409
