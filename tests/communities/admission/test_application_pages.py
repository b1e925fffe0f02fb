"""Applications on pages and in the API: scope, errors next to their field with everything kept, desks, unclear duties."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.admission.applications.selectors import unclear_duties
from communities.admission.applications.services import application_suggest
from communities.admission.catalogues.loading import catalogues_load
from communities.admission.models import AdmissionApplication
from governance.kernel.errors import Forbidden
from governance.whistles.services.decide import objection_reassign
from tests_support.applications import application, content, draft
from tests_support.queries import BASELINE

pytestmark = pytest.mark.django_db


def sent(**changes) -> dict:
    """The form as a browser sends it."""
    words = content(**changes)
    words["funded_yuan"] = "2990"
    chosen = {"klass": "assist", "form": "task", "handling": "assist", "basis_mark": "dalian", "term": "long"}
    return {key: str(value) for key, value in (chosen | words).items() if key != "funded_fen"}


def test_a_draft_from_the_form(client, cast):
    catalogues_load()
    client.force_login(cast.dept)
    assert client.post(reverse("application-new"), sent()).status_code == 302
    row = AdmissionApplication.objects.get()
    assert (row.status, row.funded_fen, row.department.short_name) == ("draft", 299000, "中山城管局")


def test_errors_stand_next_to_the_field_and_typed_text_is_kept(client, cast):
    client.force_login(cast.dept)
    page = client.post(reverse("application-new"), sent() | {"name": "", "necessity": "打好的字", "start_on": "明天"})
    body = page.content.decode()
    assert page.status_code == 422
    assert "请填写事项" in body and "打好的字" in body and 'value="明天"' in body


def test_the_same_form_twice_is_one_draft(client, cast):
    catalogues_load()
    client.force_login(cast.dept)
    body = sent() | {"form_key": "0b8f5c1e-3a52-4f3e-8b3c-8c6a0b0d2f11"}
    first, second = (client.post(reverse("application-new"), body) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert AdmissionApplication.objects.count() == 1


VISIBLE = {
    "draft": {"dept", "dept_head", "city_dept", "social", "adjudicator", "finance", "city", "auditor"},
    "publicity": {"dept", "dept_head", "city_dept", "other_dept", "foreign_dept", "social", "foreign_social", "adjudicator", "finance",
                  "city", "auditor", "staff", "leader", "foreign_staff", "community", "grid_worker", "outsider"},
}  # fmt: skip


@pytest.mark.parametrize("state", VISIBLE)
def test_who_sees_it(state, client, cast, actors):
    row = application(actors, state)
    for name in sorted(VISIBLE["publicity"]):
        client.force_login(getattr(cast, name))
        shown = client.get(row.get_absolute_url()).status_code == 200
        listed = bool(client.get(reverse("applications")).context["page"].rows)
        assert (shown, listed) == (name in VISIBLE[state],) * 2, name


def test_page_and_api_filter_alike(client, cast, actors):
    draft(actors, name="协助甲事项说明")
    application(actors, "checking", name="协助乙事项说明")
    client.force_login(cast.dept)
    for asked, expected in (
        ({"q": "甲"}, 1),
        ({"status": "open"}, 1),
        ({"status": "draft"}, 1),
        ({"place": "rural"}, 0),
        ({}, 2),
    ):
        assert len(client.get(reverse("applications"), asked).context["page"].rows) == expected
        assert len(client.get("/api/v1/applications/", asked).json()["results"]) == expected


def test_the_api_does_not_name_the_community_to_the_department(client, cast, actors):
    row = application(actors, "consulting")
    for name, named in (("dept", False), ("social", True)):
        client.force_login(getattr(cast, name))
        answer = client.get(f"/api/v1/applications/{row.pk}/").json()
        assert any(one["community"] for one in answer["opinions"]) == named
    assert client.post(f"/api/v1/applications/{row.pk}/", {}).status_code in (403, 405)


def test_items_in_the_api(client, cast):
    catalogues_load()
    client.force_login(cast.dept)
    rows = client.get("/api/v1/admission-items/", {"place": "urban", "klass": "forbidden"}).json()["results"]
    assert len(rows) == 3
    assert client.get("/api/v1/admission-items/", {"place": "moon"}).status_code == 400
    versions = client.get("/api/v1/catalogues/", {"place": "urban"}).json()["results"]
    assert sorted(row["issued"] for row in versions) == [66, 66, 102]


@pytest.mark.parametrize(
    ("name", "state"), [("social", "checking"), ("social", "reviewing"), ("dept", "draft"), ("dept", "correcting")]
)
def test_it_is_on_the_desk_of_whoever_is_next(name, state, client, cast, actors):
    row = application(actors, state)
    client.force_login(getattr(cast, name))
    assert row.get_absolute_url() in client.get("/desk/").content.decode()


def reassigned(make_ticket, actors, departments, times: int) -> None:
    for _time in range(times):
        ticket = make_ticket("disputed")
        objection_reassign(ticket=ticket, by=actors.adjudicator, department=departments[2], note="另有职责")


def test_unclear_duties_become_a_draft(client, cast, actors, departments, make_ticket, category):
    reassigned(make_ticket, actors, departments, 2)
    assert unclear_duties(actors.adjudicator) == []
    reassigned(make_ticket, actors, departments, 1)
    assert [(one.category, one.count) for one in unclear_duties(actors.adjudicator)] == [(category, 3)]
    assert unclear_duties(actors.foreign_adjudicator) == []
    client.force_login(cast.adjudicator)
    assert category.name in client.get(reverse("unclear-duties")).content.decode()
    made = client.post(reverse("application-suggest", args=[category.code]), {"department": departments[0].code})
    assert made.status_code == 302
    row = AdmissionApplication.objects.get()
    assert (row.status, row.department, row.category) == ("draft", departments[0], category)
    assert unclear_duties(actors.adjudicator) == []


def test_a_suggestion_stays_in_ones_unit(actors, category, departments):
    with pytest.raises(Forbidden):
        application_suggest(by=actors.foreign_adjudicator, category=category, department=departments[0], count=3)


def test_statements(client, cast, actors):
    """Pinned in tests/baselines/queries.json; more rows take no more."""
    counts = []
    for number in range(2):
        draft(actors, name=f"事项说明{number}")
        client.force_login(cast.dept)
        client.get(reverse("applications"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("applications"))
        counts.append(len(seen))
    assert counts == [BASELINE["dept /applications/"]] * 2
