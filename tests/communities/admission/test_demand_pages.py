"""Demands by page and API: the form with its price, one click to refuse, lists with a constant number of statements."""

import pytest

from communities.admission.models import BlockedDemand, BurdenQuota, Demand, DemandTarget, Refusal
from governance.kernel import clock
from tests_support import demands, stories
from tests_support.demands import DAY, MORNING
from tests_support.queries import BASELINE, statements

pytestmark = pytest.mark.django_db
OURS = ("/demands/", "/targets/", "/refusals/", "/burden/")
SEES_DEMAND = {"dept", "dept_head", "city_dept", "staff", "leader", "community", "grid_worker", "social", "adjudicator",
               "finance", "city", "auditor"}  # fmt: skip
SEES_TARGET = {"staff", "leader", "community", "grid_worker", "auditor"}


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        yield


def body(item, **changes) -> dict:
    street = stories.street()
    return {
        "item": item.pk, "title": "清雪摸底", "content": "请反馈清雪力量", "due_on": "2026-12-10", "places": [street.code12],
        **changes,
    }  # fmt: skip


def urban(street) -> int:
    return len(demands.communities(100, street.code12))


def test_a_department_sends_from_the_page(client, cast):
    client.force_login(cast.dept)
    item = demands.item()
    assert item.code in client.get("/demands/new/").content.decode()
    response = client.post("/demands/new/", body(item), follow=True)
    demand = Demand.objects.get()
    assert demand.number in response.content.decode()
    assert demand.communities == DemandTarget.objects.count() == urban(stories.street())
    client.force_login(cast.community)
    assert "清雪摸底" in client.get("/desk/").content.decode()


def test_the_price_is_shown_and_nothing_is_sent(client, cast):
    client.force_login(cast.dept)
    page = client.post("/demands/new/", body(demands.item(), do="preview")).content.decode()
    assert "这项要求的代价" in page and "可以下达" in page
    assert f"{urban(stories.street()) * 20} 分钟" in page
    assert not Demand.objects.exists()


def test_a_second_click_sends_nothing_twice(client, cast):
    client.force_login(cast.dept)
    sent = body(demands.item(), form_key="11111111-2222-3333-4444-555555555555")
    assert client.post("/demands/new/", sent)["Location"] == client.post("/demands/new/", sent)["Location"]
    assert Demand.objects.count() == 1


def test_what_the_gate_stops_is_said_beside_the_field_and_counted(client, cast):
    client.force_login(cast.dept)
    response = client.post("/demands/new/", body(demands.item(form="report")))
    page = response.content.decode()
    assert response.status_code == 422
    assert "请填写表号" in page and "清雪摸底" in page
    blocked = BlockedDemand.objects.get()
    assert set(blocked.grounds) == {"form_code", "issuer", "approval_no", "form_valid_to"}


def test_a_second_departments_unlisted_demand(client, cast):
    item = demands.item()
    client.force_login(cast.other_dept)
    response = client.post("/demands/new/", body(item))
    assert response.status_code == 422
    assert "这不是本部门现行有效的准入事项" in response.content.decode()
    assert not Demand.objects.exists()


def test_who_may_not_open_the_form(client, cast):
    for who in ("community", "staff", "social", "city", "auditor", "outsider"):
        client.force_login(getattr(cast, who))
        assert client.get("/demands/new/").status_code == 403, who


def test_over_the_quota_by_page(client, cast, actors):
    demands.send(actors)
    BurdenQuota.objects.update(minutes=100)
    client.force_login(cast.dept)
    item = demands.AdmissionItem.objects.get()
    assert "额度只剩" in client.post("/demands/new/", body(item)).content.decode()
    client.post("/demands/new/", body(item, over_quota_reason="专项部署"))
    waiting = Demand.objects.get(status="pending_approval")
    client.force_login(cast.social)
    assert waiting.title in client.get("/desk/").content.decode()
    assert waiting.title in client.get(f"/demands/{waiting.pk}/").content.decode()
    client.post(f"/demands/{waiting.pk}/actions/approve/", {"note": "确有必要"})
    waiting.refresh_from_db()
    assert waiting.status == "sent"


def test_one_click_refuses_and_the_department_withdraws(client, cast, actors):
    item = demands.item(frequency_cap=1)
    demands.send(actors, items=item)
    part = demands.target(actors, items=item)
    client.force_login(cast.community)
    page = client.get(f"/targets/{part.pk}/").content.decode()
    assert 'value="over_frequency" selected' in page
    client.post(f"/targets/{part.pk}/refuse/", {"reason": "over_frequency", "version": part.version})
    refusal = Refusal.objects.get()
    client.force_login(cast.dept)
    assert refusal.number in client.get("/desk/").content.decode()
    client.post(f"/refusals/{refusal.pk}/actions/withdraw/")
    refusal.refresh_from_db(), part.refresh_from_db()
    assert (refusal.status, part.status) == ("withdrawn", "released")


def test_done_by_page(client, cast, actors):
    part = demands.target(actors)
    client.force_login(cast.community)
    client.post(f"/targets/{part.pk}/complete/", {"result": "已反馈", "minutes": "12", "version": part.version})
    part.refresh_from_db()
    assert (part.status, part.result) == ("done", "已反馈")


def test_a_bad_answer_is_shown_again(client, cast, actors):
    part = demands.target(actors)
    client.force_login(cast.community)
    response = client.post(f"/targets/{part.pk}/refuse/", {"reason": "overlap", "words": f"{part.community.name}不办"})
    assert response.status_code == 422
    assert "不要写出" in response.content.decode()


@pytest.mark.parametrize("who", [
    "leader", "staff", "social", "adjudicator", "finance", "city", "community", "grid_worker", "auditor", "dept", "dept_head",
    "city_dept", "station", "building_head", "liaison", "sysadmin", "secadmin", "sibling_leader", "sibling_staff",
    "foreign_staff", "foreign_adjudicator", "foreign_social", "assistant_dept", "other_dept", "foreign_dept", "outsider",
])  # fmt: skip
def test_who_sees_a_demand_and_its_part(actors, who):
    part = demands.target(actors)
    actor = getattr(actors, who)
    assert Demand.objects.visible_to(actor).filter(pk=part.demand_id).exists() == (who in SEES_DEMAND)
    assert DemandTarget.objects.visible_to(actor).filter(pk=part.pk).exists() == (who in SEES_TARGET)


def test_post_a_demand_over_the_api(client, cast):
    item, places = demands.item(form="report"), demands.communities(2)
    client.force_login(cast.dept)
    marks = {"form_code": "B1", "issuer": "统计局", "approval_no": "1 号", "form_valid_to": "2027-01-01"}
    sent = {
        "item": item.code, "communities": [row.code12 for row in places], "title": "摸底", "content": "请报",
        "due_on": "2026-12-10", "fields_count": {"number": 10}, "marks": marks,
    }  # fmt: skip
    key = {"HTTP_IDEMPOTENCY_KEY": "demand-1"}
    first = client.post("/api/v1/demands/", sent, content_type="application/json", **key)
    again = client.post("/api/v1/demands/", sent, content_type="application/json", **key)
    assert (first.status_code, first.json()["minutes"]) == (201, 6)
    assert again.json() == first.json()
    assert Demand.objects.count() == 1
    bare = client.post(
        "/api/v1/demands/", sent | {"marks": marks | {"form_valid_to": "2026-01-01"}}, content_type="application/json"
    )
    assert (bare.status_code, set(bare.json()["fields"])) == (400, {"form_valid_to"})
    unknown = client.post("/api/v1/demands/", sent | {"item": "SQ-U-2026-999"}, content_type="application/json")
    assert "没有准入号" in unknown.json()["fields"]["item"]
    client.force_login(cast.community)
    assert client.post("/api/v1/demands/", sent, content_type="application/json").status_code == 403
    assert client.get("/api/v1/targets/").json()["results"][0]["community"] == places[0].code12


@pytest.mark.parametrize("name", sorted(name for name in BASELINE if name.partition(" ")[2].startswith(OURS)))
def test_a_page_takes_a_constant_number_of_queries(client, cast, actors, name):
    who, path = name.split(" ")
    refusal = demands.refusal(actors)
    client.force_login(getattr(cast, who))
    path = path.format(demand=refusal.demand_id, target=refusal.target_id, refusal=refusal.pk)
    client.get(path)
    assert statements(client, path) == BASELINE[name]
    demands.refusal(actors), demands.send(actors)
    assert statements(client, path) == BASELINE[name]
    assert BASELINE[name] <= 10 or "{" in name


def test_filters_and_exports(client, cast, actors):
    demand = demands.send(actors)
    client.force_login(cast.dept)
    assert demand.number in client.get(f"/demands/?q={demand.number}&status=sent&since={DAY}").content.decode()
    assert demand.number not in client.get("/demands/?status=closed").content.decode()
    assert demand.number in b"".join(client.get("/demands/?export=csv")).decode()
    client.force_login(cast.community)
    assert demand.number in b"".join(client.get("/targets/?export=csv&status=open")).decode()
