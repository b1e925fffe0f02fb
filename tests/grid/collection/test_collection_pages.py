"""The pages: the whole way of a form through the browser's requests, the API beside it, and what each page costs."""

from datetime import timedelta

import pytest

from communities.admission.models import BlockedDemand, BurdenSample, DemandTarget
from communities.disclosure.selectors import white_paper
from governance.invariants import broken
from governance.kernel import clock
from grid.collection import services
from grid.collection.audit import form_rule_breaches
from grid.collection.measures import measures
from grid.collection.models import Asking, DataTaking, Fact, Form
from tests_support import collection, demands
from tests_support.collection import ANSWERS, BY_HAND, MORNING, TWENTY
from tests_support.queries import BASELINE, statements

pytestmark = pytest.mark.django_db
OURS = ("/elements/", "/facts/", "/forms/", "/takings/", "/collection/")


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        yield


def design(items, **changes) -> dict:
    return {
        "title": "社区基本情况表", "purpose": "冬季服务保障安排", "item": items.pk, "form_code": "1 表", "issuer": "区城市管理局",
        "approval_no": "1 号", "valid_to": "2027-06-30", "due_on": "2026-12-10", "elements": list(TWENTY),
        "codes": "\n".join(row.code12 for row in demands.communities()), **changes,
    }  # fmt: skip


def lines_of(year: int = 2026) -> dict:
    return {line.key: line.value for line in white_paper(year).lines}


def test_issue_4_the_second_department_gets_its_answers_at_once(client, cast):
    """A department asks 20 fields, communities fill in 5; a second asks the same 20: nothing to fill in, in the white paper."""
    collection.feed_twenty()
    client.force_login(cast.dept)
    preview = client.post("/forms/new/", design(collection.item(), do="preview")).content.decode()
    assert "剔除后还剩什么" in preview and "楼长人数" in preview
    assert not Form.objects.exists()
    client.post("/forms/new/", design(collection._item()), follow=True)
    form = Form.objects.get()
    page = client.post(f"/forms/{form.pk}/dispatch/", {"due_on": "2026-12-10"}, follow=True).content.decode()
    assert "已下发：剔除 15 项，4 个社区各填 5 项" in page
    client.force_login(cast.community)
    target = collection.part(Form.objects.get())
    assert f"/forms/parts/{target.pk}/" in client.get(f"/targets/{target.pk}/").content.decode()
    part = client.get(f"/forms/parts/{target.pk}/").content.decode()
    assert "只需填这 5 项" in part and "已经填好的 15 项" in part
    sent = {f"v_{code}": ANSWERS[code] for code in BY_HAND}
    assert client.post(f"/forms/parts/{target.pk}/", {"do": "all"}).status_code == 422
    assert (
        "已提交"
        in client.post(f"/forms/parts/{target.pk}/", sent | {"do": "all", "minutes": "4"}, follow=True).content.decode()
    )
    services.form_summarise(form=Form.objects.get(), by=_actor(cast.dept))
    _fill_the_others()
    before, targets = lines_of(), DemandTarget.objects.count()
    client.force_login(cast.assistant_dept)
    client.post("/forms/new/", design(collection.other_item(), title="房屋服务情况表"))
    second = Form.objects.get(title="房屋服务情况表")
    page = client.post(f"/forms/{second.pk}/dispatch/", follow=True).content.decode()
    assert "自动应答，人工填写 0 项，没有打扰任何社区" in page
    assert "31 人" in page and "每季度" in page
    second.refresh_from_db()
    assert (second.status, second.manual_count, second.demand) == ("answered", 0, None)
    assert DemandTarget.objects.count() == targets
    after = lines_of()
    assert after["paper.duplicates"] == before["paper.duplicates"] + 1
    assert after["paper.saved"] > before["paper.saved"] and after["paper.minutes"] == before["paper.minutes"]
    client.logout()
    assert "被挡住的重复报表" in client.get("/public/white-paper/").content.decode()
    assert form_rule_breaches() == [] and broken() == {}


def _actor(user):
    from governance.accounts.selectors import actor_of

    return actor_of(user)


def _fill_the_others() -> None:
    """The systems bring what the other communities had not yet handed in."""
    collection.feed(*BY_HAND, places=demands.communities()[1:])


def test_a_correction_on_the_form_and_beside_it(client, cast, actors):
    collection.feed("RK-001", "RK-003")
    form = collection.send(actors, "RK-001", "RK-003", "ZZ-005")
    target, wrong = collection.part(form), Fact.objects.get(code="RK-003", community=demands.communities()[0])
    client.force_login(cast.community)
    url = f"/forms/parts/{target.pk}/"
    assert client.post(url, {"v_ZZ-005": "3", f"fix_{wrong.pk}": "x", "do": "fix"}).status_code == 422
    client.post(url, {"v_ZZ-005": "3", f"fix_{wrong.pk}": "77", "do": "fix"})
    assert Fact.objects.current().get(code="RK-003", community=target.community).value == 77
    fact = Fact.objects.current().get(code="RK-001", community=target.community)
    assert "更正" in client.get("/facts/").content.decode()
    with clock.travel(MORNING + timedelta(hours=2)):
        client.post(f"/facts/{fact.pk}/correct/", {"value": "5"})
        client.force_login(cast.dept)
        page = client.get(f"/forms/{form.pk}/").content.decode()
    assert "更正，原为 100 户" in page


def test_all_right_leaves_corrections_out(client, cast, actors):
    collection.feed("RK-001")
    form = collection.send(actors, "RK-001", "ZZ-005")
    fact = Fact.objects.get(code="RK-001", community=demands.communities()[0])
    client.force_login(cast.community)
    client.post(f"/forms/parts/{collection.part(form).pk}/", {"v_ZZ-005": "3", f"fix_{fact.pk}": "9", "do": "all"})
    fact.refresh_from_db()
    assert fact.ended_at is None


def test_how_long_it_took_is_a_sample_about_nobody(client, cast, actors):
    form = collection.send(actors, "ZZ-005")
    client.force_login(cast.community)
    url = f"/forms/parts/{collection.part(form).pk}/"
    opened = client.get(url).context["form"]["opened"].value()
    with clock.travel(MORNING + timedelta(minutes=6, seconds=30)):
        client.post(url, {"v_ZZ-005": "3", "opened": opened, "do": "all"})
    sample = BurdenSample.objects.get()
    assert (sample.minutes, sample.month.day, sample.item) == (7, 1, form.item)
    assert {field.name for field in BurdenSample._meta.fields} == {"id", "item", "minutes", "month", "is_synthetic"}


def test_a_forged_opening_is_no_sample(client, cast, actors):
    form = collection.send(actors, "ZZ-005")
    client.force_login(cast.community)
    client.post(f"/forms/parts/{collection.part(form).pk}/", {"v_ZZ-005": "3", "opened": "0:x", "do": "all"})
    assert Fact.objects.exists() and not BurdenSample.objects.exists()


def test_the_street_reads_the_part_but_does_not_hand_it_in(client, cast, actors):
    form = collection.send(actors, "ZZ-005")
    url = f"/forms/parts/{collection.part(form).pk}/"
    for who, get, post in (
        ("staff", 200, 403),
        ("grid_worker", 200, 403),
        ("dept", 404, 404),
        ("sibling_community", 404, 404),
    ):
        client.force_login(getattr(cast, who))
        assert (client.get(url).status_code, client.post(url, {"v_ZZ-005": "1"}).status_code) == (get, post)
    assert not Fact.objects.exists()


def test_a_missing_mark_is_said_in_words_and_counted(client, cast, actors):
    form = collection.draft(actors, "ZZ-005", approval_no="")
    client.force_login(cast.dept)
    answer = client.post(f"/forms/{form.pk}/dispatch/", {"due_on": "2026-12-10"})
    assert answer.status_code == 422
    assert "可依统计法第十七条拒绝" in answer.content.decode()
    assert BlockedDemand.objects.get().title == form.title


def test_joining_from_the_page(client, cast, actors):
    first, form = collection.send(actors, "ZZ-005"), collection.second(actors, "ZZ-005")
    client.force_login(cast.assistant_dept)
    assert "必须合并" in client.get(f"/forms/{form.pk}/").content.decode()
    assert client.post(f"/forms/{form.pk}/dispatch/", {"due_on": "2026-12-10"}).status_code == 409
    client.post(f"/forms/{form.pk}/join/", {"into": first.pk})
    form.refresh_from_db()
    assert form.status == "joined"


def test_editing_and_approval_from_the_pages(client, cast, actors):
    form = collection.draft(actors, "ZZ-005")
    client.force_login(cast.dept)
    assert "ZZ-005" in client.get(f"/forms/{form.pk}/edit/").content.decode()
    client.post(
        f"/forms/{form.pk}/edit/", design(collection._item(), elements=["ZZ-013", "ZZ-012"], version=form.version)
    )
    form.refresh_from_db()
    assert [row.element.code for row in form.fields.all()] == ["ZZ-012", "ZZ-013"]
    form.fields.update(is_required=True)
    client.post(f"/forms/{form.pk}/actions/submit/")
    client.force_login(cast.social)
    assert "社区基本情况表" in client.get("/desk/").content.decode()
    client.post(f"/forms/{form.pk}/actions/approve/", {"note": "同意"})
    form.refresh_from_db()
    assert form.status == "approved"
    for action in ("dispatch", "join", "retire", "release"):
        assert client.post(f"/forms/{form.pk}/actions/{action}/").status_code == 403


@pytest.mark.parametrize("path", ["/elements/", "/facts/", "/forms/", "/takings/"])
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_lists_export(client, cast, actors, path, ending):
    collection.feed("RK-001")
    client.force_login(cast.city)
    assert client.get(f"{path}?export={ending}").status_code == 200


def test_answers_export_with_corrections(client, cast, actors):
    collection.feed("RK-001")
    form = collection.send(actors, "RK-001")
    with clock.travel(MORNING + timedelta(hours=1)):
        services.fact_correct(
            by=actors.community, fact=Fact.objects.get(code="RK-001", community=demands.communities()[0]), value="5"
        )
    client.force_login(cast.dept)
    text = b"".join(client.get(f"/forms/{form.pk}/?export=csv").streaming_content).decode()
    assert "户籍户数" in text and "户籍户数原为 100 户" in text


def test_taking_from_the_page(client, cast, actors):
    collection.feed("RK-001")
    client.force_login(cast.dept)
    codes = "\n".join(row.code12 for row in demands.communities())
    assert client.post("/takings/new/", {"elements": ["RK-001"], "codes": codes}).status_code == 422
    page = client.post(
        "/takings/new/", {"purpose": "供暖测算", "basis": "1 号文", "elements": ["RK-001"], "codes": codes}, follow=True
    )
    assert "103 户" in page.content.decode()
    taking = DataTaking.objects.get()
    client.force_login(cast.community)
    page = client.get(f"/takings/{taking.pk}/").content.decode()
    assert "供暖测算" in page and "103 户" not in page
    assert "供暖测算" in client.get("/takings/").content.decode()


def test_departments_do_not_read_facts_without_registering(client, cast):
    client.force_login(cast.dept)
    assert client.get("/facts/").status_code == 403


def test_the_api_takes_facts_and_registers_it(client, cast, actors):
    collection.feed("RK-001")
    codes = ",".join(row.code12 for row in demands.communities())
    client.force_login(cast.dept)
    url = f"/api/v1/facts/?community={codes}&elements=RK-001"
    assert client.get(url).json()["fields"]["purpose"]
    answer = client.get(f"{url}&purpose=测算&basis=1").json()
    assert (answer["count"], answer["taking"]) == (4, DataTaking.objects.get().pk)
    assert answer["facts"][0]["value"] == 100
    assert client.get(f"/api/v1/facts/?community={codes}&elements=RK-999&purpose=x").status_code == 400
    assert client.get("/api/v1/takings/").json()["results"][0]["purpose"] == "测算"
    client.force_login(cast.community)
    answer = client.get(url).json()
    assert (answer["count"], answer["taking"]) == (1, None)
    assert DataTaking.objects.count() == 1


def test_the_api_feeds_drafts_and_dispatches(client, cast):
    collection.elements("RK-001")
    places = [row.code12 for row in demands.communities()]
    client.force_login(cast.dept)
    post = lambda url, body: client.post(url, body, content_type="application/json")  # noqa: E731
    rows = [{"code": "SS-009", "community": places[0], "value": "12"}]
    assert post("/api/v1/facts/", {"facts": rows}).json() == {"recorded": 1, "kept": 0}
    assert post("/api/v1/facts/", {"facts": [rows[0] | {"code": "RK-001"}]}).status_code == 403
    body = {"title": "车位表", "purpose": "测算", "elements": ["SS-009", "ZZ-005"], "communities": places}
    made = post("/api/v1/forms/", body).json()
    answer = post(f"/api/v1/forms/{made['id']}/dispatch/", {"due_on": "2026-12-10"})
    assert (answer.status_code, answer.json()["code"]) == (422, "FORM_REFUSABLE")
    marks = {
        "form_code": "1 表",
        "issuer": "局",
        "approval_no": "1 号",
        "valid_to": "2027-01-01",
        "item": collection.item().code,
    }
    made = post("/api/v1/forms/", body | marks).json()
    done = post(f"/api/v1/forms/{made['id']}/dispatch/", {"due_on": "2026-12-10"}).json()
    assert (done["status"], done["manual_count"], done["minutes"]) == ("collecting", 1, 2)
    assert client.get(f"/api/v1/forms/{made['id']}/").json()["answers"][0]["values"] == {"SS-009": 12, "ZZ-005": None}
    assert Asking.objects.count() == 4


def test_the_measures(client, cast, actors):
    collection.feed_twenty()
    collection.fill_all(actors, collection.send(actors))
    collection.send(actors, form=collection.second(actors), by=actors.assistant_dept)
    found = {one.key: one for one in measures(2026, actors.city)}
    assert (found["collection.prefill"].value, found["collection.prefill"].good) == (87.5, True)
    assert found["collection.twice"].value == 0
    assert (found["collection.wanted"].value, found["collection.reached"].value) == (2, 1)
    assert (found["collection.fields_before"].value, found["collection.fields_after"].value) == (160, 20)
    client.force_login(cast.city)
    page = client.get("/collection/measures/").content.decode()
    assert "87.5" in page and "减表成效" in page


@pytest.mark.parametrize("name", sorted(name for name in BASELINE if name.partition(" ")[2].startswith(OURS)))
def test_a_page_takes_a_constant_number_of_queries(client, cast, actors, name):
    """Pinned in tests/baselines/queries.json; more rows, no more queries."""
    fact = collection.feed("RK-001", "RK-003")[0]
    form = collection.send(actors, "RK-001", "ZZ-005")
    draft = collection.second(actors, "RK-003", "SS-014")
    taking, _facts = services.facts_take(by=actors.dept, department=form.department, purpose="测算", basis="1 号文",
                                         elements=collection.elements("RK-001"), communities=demands.communities())  # fmt: skip
    who, path = name.split(" ")
    path = path.format(
        form=form.pk, draft=draft.pk, part=collection.part(form).pk, taking=taking.pk, code="RK-001", fact=fact.pk
    )
    client.force_login(getattr(cast, who))
    client.get(path)
    assert statements(client, path) == BASELINE[name]
    collection.feed("RK-004", "RK-005"), collection.feed("RK-001", moment=MORNING + timedelta(minutes=1))
    collection.draft(actors, "RK-004", "RK-005")
    assert statements(client, path) == BASELINE[name]
    assert BASELINE[name] <= 10 or "{" in name
