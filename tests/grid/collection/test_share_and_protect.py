"""Who may have a figure, on what grounds, and how small a sum is told; since when it holds and since when the city knows it."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.models import F

from communities.admission.models import AdmissionItem
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Invalid
from grid.collection import services
from grid.collection.models import DataElement, DataTaking, Fact
from grid.collection.selectors import answers_of, history_of
from grid.collection.services import FactInput
from tests_support import collection, demands, stories
from tests_support.collection import DAY, MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        yield


def record(code: str, value, **more) -> Fact:
    """A figure of the cast's own community."""
    row, place = collection.elements(code)[0], demands.communities(1)[0]
    return services.facts_record(by=SYSTEM, origin="system", rows=[FactInput(row, place, value, **more)])[0]


def url(**words) -> str:
    query = "&".join(f"{name}={value}" for name, value in words.items())
    return f"/api/v1/communities/{demands.communities(1)[0].code12}/facts/?{query}"


# Sharing level and sensitivity.


@pytest.mark.parametrize(("code", "basis", "status"), [
    ("FW-001", "", 200), ("RK-001", "", 400), ("RK-001", "1 号文", 200), ("RK-010", "", 400), ("RK-010", "1 号文", 200),
    ("SJ-007", "1 号文", 403), ("SS-009", "", 200),
])  # fmt: skip
def test_what_a_department_must_state(client, cast, code, basis, status):
    """Open: a purpose. Conditional or sensitive: grounds too. Not shared: never. Its own line: a purpose."""
    record(code, 60)
    client.force_login(cast.dept)
    answer = client.get(url(fields=code, purpose="测算", basis=basis))
    assert answer.status_code == status, answer.json()
    assert DataTaking.objects.count() == (status == 200)
    if status == 200:
        taking = DataTaking.objects.get()
        assert (taking.basis, taking.purpose, taking.via, answer.json()["taking"]) == (basis, "测算", "api", taking.pk)
    elif status == 400:
        assert "依据" in answer.json()["fields"]["basis"]


@pytest.mark.parametrize(("value", "told"), [(0, 0), (1, None), (4, None), (5, 5), (600, 600)])
def test_a_small_sum_of_persons_is_not_told_to_another_line(client, cast, value, told):
    record("RK-012", value)
    client.force_login(cast.dept)
    fact = client.get(url(fields="RK-012", purpose="测算", basis="1 号文")).json()["facts"][0]
    assert (fact["value"], fact["withheld"]) == (told, told is None)
    client.force_login(cast.community)
    fact = client.get(url(fields="RK-012")).json()["facts"][0]
    assert (fact["value"], fact["withheld"]) == (value, False)


def test_a_small_number_of_things_is_told(client, cast):
    record("FW-001", 1)
    client.force_login(cast.dept)
    assert client.get(url(fields="FW-001", purpose="测算")).json()["facts"][0]["value"] == 1


def test_a_small_sum_is_not_told_on_forms_takings_and_in_exports(client, cast, actors):
    """Nor what it was before a correction."""
    fact, places = record("RK-012", 3), tuple(demands.communities(1))
    form = collection.send(actors, form=collection.draft(actors, "RK-012", communities=places))
    client.force_login(cast.dept)
    client.post(
        "/takings/new/", {"purpose": "测算", "basis": "1 号文", "elements": ["RK-012"], "codes": places[0].code12}
    )
    taking = DataTaking.objects.get(form=None)
    with clock.travel(MORNING + timedelta(hours=1)):
        services.fact_correct(by=actors.community, fact=fact, value="4")
        cell = answers_of(form, actors.dept)[0].cells[0]
        assert (cell.value, cell.text, cell.before) == ("不足 5", "不足 5 人", "不足 5 人")
        assert answers_of(form, actors.community)[0].cells[0].value == 4
        for path in (f"/forms/{form.pk}/", f"/takings/{taking.pk}/"):
            assert "不足 5 人" in client.get(path).content.decode()
            text = b"".join(client.get(f"{path}?export=csv").streaming_content).decode()
            row = text.splitlines()[-1]
            assert "不足 5" in row and ",4," not in row and "原为 不足 5 人" in row
    answer = client.get(f"/api/v1/forms/{form.pk}/").json()["answers"][0]
    assert answer["values"] == {"RK-012": "不足 5"}


def test_one_community_by_its_code(client, cast):
    """GET /communities/{code}/facts?fields=… (domain-rules 5.4)."""
    record("RK-001", 60), record("FW-001", 9)
    client.force_login(cast.dept)
    answer = client.get(url(fields="FW-001,RK-001", purpose="测算", basis="1 号文")).json()
    assert [(row["code"], row["value"]) for row in answer["facts"]] == [("FW-001", 9), ("RK-001", 60)]
    assert client.get(url(fields="", purpose="x")).json()["fields"]["fields"]
    assert client.get(url(fields="XX-999", purpose="x")).json()["fields"]["fields"]
    assert client.get("/api/v1/communities/000000000000/facts/?fields=FW-001&purpose=x").status_code == 404
    foreign = demands.communities(1, stories.FOREIGN)[0].code12
    assert client.get(f"/api/v1/communities/{foreign}/facts/?fields=FW-001&purpose=x").status_code == 403
    client.force_login(cast.sibling_community)
    assert client.get(url(fields="FW-001")).json() == {"taking": None, "count": 0, "facts": []}
    client.logout()
    assert client.get(url(fields="FW-001")).status_code == 401


def test_what_answered_itself_is_in_the_register(actors):
    """A form is no way round the register: the community sees who got its figures, for what and under which number."""
    collection.feed("RK-001")
    form = collection.send(actors, "RK-001")
    taking = DataTaking.objects.visible_to(actors.community).get()
    assert (taking.form, taking.via, taking.facts, taking.communities) == (form, "form", 4, 4)
    assert form.purpose in taking.purpose and form.item.code in taking.basis and form.approval_no in taking.basis


# The catalogue.


@pytest.mark.parametrize(
    "name", ["theme", "kind", "source", "source_name", "trade", "frequency", "sharing", "sensitivity", "days"]
)
def test_every_element_says_everything(name):
    services.elements_load()
    for row in DataElement.objects.all():
        assert getattr(row, name), (row, name)
        choices = DataElement._meta.get_field(name).choices if name != "days" else None
        assert not choices or getattr(row, name) in dict(choices)


# Two times.


def test_it_is_kept_for_which_days_a_value_holds_and_since_when_it_is_known(actors):
    """Ten days ago the register said 100; yesterday that became 120; today the community says that it was 110 all the time."""
    with clock.travel(MORNING - timedelta(days=9)):
        old = record("RK-001", 100, as_of=DAY - timedelta(days=10))
    with clock.travel(MORNING - timedelta(days=1)):
        middle = record("RK-001", 120, as_of=DAY - timedelta(days=1))
    new = services.fact_correct(by=actors.community, fact=middle, value="110")
    assert (old.as_of, old.valid_until) == (DAY - timedelta(days=10), DAY + timedelta(days=170))
    assert (new.as_of, new.valid_until, new.recorded_at) == (middle.as_of, DAY + timedelta(days=180), MORNING)
    assert [row.value for row in history_of(new)] == [110, 120, 100]
    known = [Fact.objects.known_at(MORNING - timedelta(hours=hours)).get().value for hours in (0, 1, 24, 25, 9 * 24)]
    assert known == [110, 120, 120, 100, 100]
    assert not Fact.objects.known_at(MORNING - timedelta(days=10)).exists()


def test_what_comes_late_does_not_replace_what_is_newer(actors):
    record("RK-001", 100, as_of=DAY - timedelta(days=3))
    row, place = collection.elements("RK-001")[0], demands.communities(1)[0]
    late = [FactInput(row, place, 90, DAY - timedelta(days=4))]
    assert services.facts_record(by=SYSTEM, origin="system", rows=late) == []
    assert Fact.objects.get().value == 100


def test_a_correction_stands_until_its_source_knows_something_later(client, cast, actors):
    fact, place = record("SS-009", 100, as_of=DAY - timedelta(days=3)), demands.communities(1)[0]
    services.fact_correct(by=actors.community, fact=fact, value="110")
    client.force_login(cast.dept)

    def feed(as_of) -> dict:
        rows = [{"code": "SS-009", "community": place.code12, "value": "100", "as_of": as_of.isoformat()}]
        return client.post("/api/v1/facts/", {"facts": rows}, content_type="application/json").json()

    assert feed(DAY - timedelta(days=2)) == {"recorded": 0, "kept": 1}
    assert Fact.objects.current().get().value == 110
    with clock.travel(MORNING + timedelta(days=2)):
        assert feed(DAY + timedelta(days=1)) == {"recorded": 1, "kept": 0}
        assert feed(DAY + timedelta(days=3))["fields"]["SS-009"] == "数据时点不能晚于今天。"
    assert Fact.objects.current().get().value == 100


def test_the_database_keeps_both_times():
    fact = record("RK-001", 100)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(as_of=F("as_of") - timedelta(days=1))
    copy = {
        name: getattr(fact, name)
        for name in ("element", "code", "street_id", "unit_id", "value", "origin", "recorded_at")
    }
    other = demands.communities(2)[1]
    for wrong in ({"as_of": DAY + timedelta(days=1), "valid_until": DAY + timedelta(days=9)},
                  {"as_of": DAY, "valid_until": DAY - timedelta(days=1)}):  # fmt: skip
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            Fact.objects.create(community=other, **copy, **wrong)


def test_the_history_is_on_the_page(client, cast, actors):
    fact = record("RK-001", 100)
    services.facts_take(by=actors.dept, department=stories.departments(stories.street())[0], purpose="供暖测算", basis="1 号文",
                        elements=collection.elements("RK-001"), communities=demands.communities(1))  # fmt: skip
    with clock.travel(MORNING + timedelta(hours=1)):
        new = services.fact_correct(by=actors.community, fact=fact, value="110")
        client.force_login(cast.community)
        page = client.get(f"/facts/{new.pk}/").content.decode()
        assert "100 户" in page and "110 户" in page and "供暖测算" in page
        assert f"/facts/{new.pk}/correct/" in page
        assert f"/facts/{fact.pk}/correct/" not in client.get(f"/facts/{fact.pk}/").content.decode()
        for who, status in (("staff", 200), ("dept", 404), ("sibling_community", 404), ("outsider", 404)):
            client.force_login(getattr(cast, who))
            assert client.get(f"/facts/{new.pk}/").status_code == status


# The marks, §18.2.


@pytest.mark.parametrize(
    ("shape", "ground"), [("survey", "依据统计法第十七条，可拒绝填报"), ("report", "按准入制度可依规拒收")]
)
def test_the_community_reads_the_ground_that_fits(client, cast, actors, shape, ground):
    """统计法 17 is cited for statistical surveys only."""
    item = demands.item("SQ-U-2026-041", form=shape, name="表")
    form = collection.send(actors, form=collection.draft(actors, "ZZ-005", items=item))
    client.force_login(cast.community)
    page = client.get(f"/forms/parts/{collection.part(form).pk}/").content.decode()
    assert ground in page and ("统计法" in page) == (shape == "survey")
    assert all(words in page for words in (form.form_code, form.issuer, form.approval_no, item.code, "有效期至"))
    with clock.travel(MORNING + timedelta(days=400)):  # expired, and the sweep has not come yet
        page = client.get(f"/forms/parts/{collection.part(form).pk}/")
        assert "有效期已过，不用填" in page.content.decode() and "全部正确，提交" not in page.content.decode()
        assert (
            client.post(f"/forms/parts/{collection.part(form).pk}/", {"v_ZZ-005": "3", "do": "all"}).status_code == 409
        )
    assert not Fact.objects.exists()


@pytest.mark.parametrize("wrong", ["form_code", "issuer", "approval_no", "valid_to", "item", "expired", "item_ended"])
def test_the_api_refuses_with_422_what_a_community_could_refuse(client, cast, actors, wrong):
    changes = {
        "expired": {"valid_to": DAY - timedelta(days=1)},
        "valid_to": {"valid_to": None},
        "item": {},
        "item_ended": {},
    }
    form = collection.draft(actors, "ZZ-005", **changes.get(wrong, {wrong: ""}))
    if wrong == "item":
        type(form).objects.filter(pk=form.pk).update(item=None)
    if wrong == "item_ended":
        AdmissionItem.objects.filter(pk=form.item_id).update(valid_to=DAY)
    client.force_login(cast.dept)
    answer = client.post(
        f"/api/v1/forms/{form.pk}/dispatch/", {"due_on": "2026-12-10"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "FORM_REFUSABLE")
    assert set(answer.json()["fields"]) == {{"expired": "valid_to", "item_ended": "item"}.get(wrong, wrong)}
    form.refresh_from_db()
    assert form.status == "draft"


# Limits, §13.3 B04.


def test_a_fifth_survey_in_a_year_needs_approval(actors):
    item = demands.item("SQ-U-2026-042", form="survey", name="调查")
    for number, code in enumerate(("ZZ-005", "SS-014", "FW-010", "SJ-010", "RK-016")):
        form = collection.draft(actors, code, items=item, valid_to=DAY + timedelta(days=300))
        if number < 4:
            assert collection.send(actors, form=form).status == "collecting"
        else:
            with pytest.raises(Invalid, match="每年调查 4 次"):
                collection.send(actors, form=form)


# Exports: what it is, when it was, with its metric card; text stays text.


def test_answers_export_with_card_moment_and_text_as_text(client, cast, actors):
    place = demands.communities(1)[0]
    form = collection.send(actors, form=collection.draft(actors, "SS-013", communities=(place,)))
    collection.fill(actors, form, values={"SS-013": "=HYPERLINK(1)"})
    client.force_login(cast.dept)
    text = b"".join(client.get(f"/forms/{form.pk}/?export=csv").streaming_content).decode()
    for words in ("导出时间", "截至", "2026-11-24", "口径,预填率（", "分子", "分母", form.form_code, form.issuer, form.approval_no,
                  form.item.code):  # fmt: skip
        assert words in text, words
    assert ",'=HYPERLINK(1)," in text
    from python_calamine import CalamineWorkbook

    book = io.BytesIO(b"".join(client.get(f"/forms/{form.pk}/?export=xlsx").streaming_content))
    rows = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert rows[-1][:3] == [place.code12, place.name, "=HYPERLINK(1)"]
    assert any(row[0] == "口径" and "预填率" in row[1] for row in rows)


def test_refused_duplicates_are_exported_from_the_white_paper(client, actors):
    collection.feed("RK-001")
    form = collection.send(actors, "RK-001")
    text = b"".join(client.get("/public/white-paper/?export=csv&table=duplicates").streaming_content).decode()
    assert f"{form.title},{form.department.name},2026-11-24,平台已有答案，自动应答,1,0,4," in text and "口径" in text
    assert not any(place.name in text for place in demands.communities())
    assert client.get("/public/white-paper/?export=csv&table=x").status_code == 404
