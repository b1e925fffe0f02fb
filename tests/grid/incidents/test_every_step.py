"""Every state × step, legal and illegal; the database refuses what goes round the table; who sees what."""

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Forbidden, IllegalTransition, Invalid
from grid.incidents import services
from grid.incidents.models import Incident
from grid.incidents.states import HandlingLevel
from grid.incidents.states import IncidentStatus as S
from grid.incidents.workflow import INCIDENT_FLOW
from tests_support.triggers import triggers_off

pytestmark = pytest.mark.django_db
WHO = {"accept": "community", "reject": "community", "dispatch": "community", "verify": "community", "rework": "community",
       "close": "community", "evaluate": "community"}  # fmt: skip


@pytest.mark.parametrize("state", S.values)
def test_every_cell(report, actors, departments, make_whistle, state):
    row = report()
    more = {"whistle": make_whistle()} if state == S.WHISTLED else {}
    with triggers_off("grid.Incident:incident_flow"):
        Incident.objects.filter(pk=row.pk).update(status=state, level="street", **more)
    row.refresh_from_db()
    for name, step in INCIDENT_FLOW.transitions.items():
        by = SYSTEM if name in ("settle", "resume") else getattr(actors, WHO.get(name, "staff"))
        changes = {"whistle": make_whistle()} if name == "blow" and state in step.sources else {}
        if state not in step.sources:
            with pytest.raises(IllegalTransition):
                INCIDENT_FLOW.fire(row, name, by=by, note="理由")
        else:
            with transaction.atomic():
                moved = INCIDENT_FLOW.fire(row, name, by=by, note="理由", changes=changes)
                assert moved.status == (step.target or state)
                transaction.set_rollback(True)
        row.refresh_from_db()
        assert row.status == state


COMMUNITY_OR_STREET = {"community", "leader", "staff"}
STREET = {"leader", "staff"}
GRID = {"grid_worker", "community"}
HANDLERS = {"grid": GRID, "community": {"community"}, "street": STREET, "department": {"dept", "dept_head"}}
# step: who may take it, by the level that has it; the system besides where it says so
WHO_MAY = {
    "accept": lambda level: COMMUNITY_OR_STREET,
    "reject": lambda level: COMMUNITY_OR_STREET,
    "dispatch": lambda level: COMMUNITY_OR_STREET,
    "handle": lambda level: HANDLERS[level],
    "verify": lambda level: COMMUNITY_OR_STREET | GRID,
    "rework": lambda level: COMMUNITY_OR_STREET | GRID,
    "close": lambda level: COMMUNITY_OR_STREET,
    "evaluate": lambda level: GRID,
    "send_back": lambda level: HANDLERS[level],
    "reroute": lambda level: STREET,
    "escalate": lambda level: HANDLERS[level] if level != "department" else set(),
    "blow": lambda level: STREET if level == "street" else set(),
    "settle": lambda level: set(),
    "resume": lambda level: set(),
}
BY_SYSTEM = {"accept", "reject", "dispatch", "settle", "resume"}


@pytest.mark.parametrize("level", HandlingLevel.values)
@pytest.mark.parametrize("state", S.values)
def test_who_may_take_which_step(report, actors, departments, make_whistle, state, level):
    """State × step × level × everybody: what is not listed is refused, by the table and when it is tried."""
    row, everybody = report(), {**vars(actors), "system": SYSTEM}
    more = {"whistle": make_whistle()} if state == S.WHISTLED else {}
    more |= {"department": departments[0]} if level == "department" else {}
    with triggers_off("grid.Incident:incident_flow"):
        Incident.objects.filter(pk=row.pk).update(status=state, level=level, **more)
    row.refresh_from_db()
    assert set(WHO_MAY) == set(INCIDENT_FLOW.transitions)
    for name, step in INCIDENT_FLOW.transitions.items():
        allowed = {who for who, actor in everybody.items() if INCIDENT_FLOW.refusal(row, step, actor) is None}
        legal = state in step.sources
        assert allowed == ((WHO_MAY[name](level) | ({"system"} if name in BY_SYSTEM else set())) if legal else set()), (
            name
        )
        if legal:
            for who in {"foreign_staff", "sibling_staff", "outsider", "auditor"}:
                with pytest.raises(Forbidden):
                    INCIDENT_FLOW.fire(row, name, by=everybody[who], note="理由")
        if legal and step.needs_note and allowed:
            with pytest.raises(Invalid):
                INCIDENT_FLOW.fire(row, name, by=everybody[min(allowed)], note=" ")
    row.refresh_from_db()
    assert row.status == state


@pytest.mark.parametrize(
    ("before", "after"), [("reported", "closed"), ("closed", "handling"), ("rejected", "accepted")]
)
def test_the_database_refuses_what_goes_round(report, before, after):
    row = report()
    with triggers_off("grid.Incident:incident_flow"):
        Incident.objects.filter(pk=row.pk).update(status=before)
    with pytest.raises(InternalError), transaction.atomic():
        Incident.objects.filter(pk=row.pk).update(status=after)


def test_who_sees_what(report, actors):
    row = services.incident_accept(incident=report("暖气不热"), by=actors.community)
    seen = {
        name for name, actor in vars(actors).items() if Incident.objects.visible_to(actor).filter(pk=row.pk).exists()
    }
    own = {
        name
        for name, actor in vars(actors).items()
        if any(post.department_id == row.department_id for post in actor.posts)
    }
    assert seen == {
        "leader",
        "staff",
        "social",
        "adjudicator",
        "finance",
        "city",
        "community",
        "grid_worker",
        "auditor",
    } | {name for name in own if "dept" in name or name == "station"}


@pytest.fixture
def pages(report, actors):
    return services.incident_accept(incident=report(), by=actors.community)


def test_pages_and_steps(client, cast, pages, django_assert_max_num_queries):
    client.force_login(cast.staff)
    client.get(reverse("incidents"))  # the process has read its rules and posts
    with django_assert_max_num_queries(10):
        assert "电梯困人" in client.get(reverse("incidents")).text
    text = client.get(pages.get_absolute_url()).text
    assert "安全隐患到街道" in text and "限另一个大类" in text and "吹哨" in text
    form = client.get(reverse("incident-blow", args=[pages.pk])).text
    assert "网格事件" in form and "立案" in form
    answer = client.post(f"{pages.get_absolute_url()}actions/handle/", {"note": "已修好"})
    assert answer.status_code == 302
    pages.refresh_from_db()
    assert pages.status == S.VERIFYING
    for name in ("incident-figures", "routing-rules", "incident-new"):
        assert client.get(reverse(name)).status_code == 200
    assert client.get(reverse("routing-rule", args=["safety"])).status_code == 200
    client.force_login(cast.sibling_staff)
    assert client.get(pages.get_absolute_url()).status_code == 404


def test_report_on_the_page(client, cast):
    client.force_login(cast.grid_worker)
    looked = client.post(reverse("incident-new"), {"words": "楼道电梯困人", "do": "look"})
    assert "特种设备隐患" in looked.text and not Incident.objects.exists()
    sent = client.post(reverse("incident-new"), {"words": "楼道电梯困人"})
    assert sent.status_code == 302 and Incident.objects.get().reporter == cast.grid_worker


def test_an_office_revises_a_rule_on_the_page(client, cast):
    client.force_login(cast.city)
    page = reverse("routing-rule-revise", args=["rest"])
    assert client.get(page).status_code == 200
    sent = {"title": "其他到街道", "order": 900, "level": "street", "limit": "normal", "reason": "试一试"}
    assert client.post(page, sent).status_code == 302
    assert "第 2 版" in client.get(reverse("routing-rule", args=["rest"])).text


def test_intake_by_api_is_idempotent(client, cast):
    client.force_login(cast.grid_worker)
    url, body = reverse("api-incident-list"), {"words": "楼道电梯困人", "lon": 121.64, "lat": 38.91}
    first = client.post(url, body, content_type="application/json", headers={"Idempotency-Key": "k1"})
    again = client.post(url, body, content_type="application/json", headers={"Idempotency-Key": "k1"})
    assert first.status_code == 201 and again.json() == first.json() and Incident.objects.count() == 1
    other = client.post(
        url, body | {"words": "垃圾"}, content_type="application/json", headers={"Idempotency-Key": "k1"}
    )
    assert other.status_code == 409
    assert client.get(f"{url}?status=reported").json()["results"][0]["number"] == first.json()["number"]
    assert client.post(url, {"words": "垃圾", "category": "9999"}, content_type="application/json").status_code == 400
