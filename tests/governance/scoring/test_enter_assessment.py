"""部门年度考核: the city office enters the own score; the annual score shows every term."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Forbidden, Invalid
from governance.whistles.models import AnnualAssessment, Scorecard
from governance.whistles.selectors.scores import annual_terms
from governance.whistles.services.scores import assessment_enter, scorecards_refresh

from .conftest import AFTER

pytestmark = pytest.mark.django_db


def test_the_annual_score_has_both_parts_and_the_weight(settle, actors):
    department = settle().department
    scorecards_refresh(period="2026")
    card = Scorecard.objects.visible_to(actors.city).get(department=department, period="2026")
    assert annual_terms(department=department, year=2026, card=card)["score"] is None
    assessment_enter(department=department, year=2026, own_score=90, by=actors.city, note="考核文件 3 号")
    terms = annual_terms(department=department, year=2026, card=card)
    assert (terms["own"], terms["streets"], terms["weight"]) == (90, 100, 0.3)
    assert terms["score"] == pytest.approx(93)
    assert terms["rule"].key == "score.assessment_weight"


def test_a_correction_replaces_and_is_audited(actors, departments):
    for score in (80, 85.5):
        assessment_enter(department=departments[0], year=2026, own_score=score, by=actors.city)
    assert AnnualAssessment.objects.get().own_score == 85.5
    events = AuditEvent.objects.filter(action="assessment.enter").order_by("id")
    assert [(row.label, row.data["own_score"]) for row in events] == [("录入本级业务分", 80), ("更正本级业务分", 85.5)]


@pytest.mark.parametrize("score", [-0.1, 100.1, None])
def test_a_score_outside_0_to_100_is_refused(actors, departments, score):
    with pytest.raises(Invalid):
        assessment_enter(department=departments[0], year=2026, own_score=score, by=actors.city)


def test_the_database_refuses_it_too(actors, departments):
    row = assessment_enter(department=departments[0], year=2026, own_score=70, by=actors.city)
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnualAssessment.objects.filter(pk=row.pk).update(own_score=101)


def test_a_year_to_come_is_refused(actors, departments):
    with pytest.raises(Invalid):
        assessment_enter(department=departments[0], year=2031, own_score=70, by=actors.city)


@pytest.mark.parametrize("name", ["social", "dept_head", "leader", "auditor", "sysadmin"])
def test_only_the_city_office_enters(actors, departments, name):
    with pytest.raises(Forbidden):
        assessment_enter(department=departments[0], year=2026, own_score=70, by=getattr(actors, name))


def test_entering_on_the_page(client, cast, departments):
    client.force_login(cast.city)
    address = reverse("assessment", args=[2026, departments[0].code])
    assert client.get(address).status_code == 200
    refused = client.post(address, {"own_score": "130", "note": "手误"})
    assert refused.status_code == 422
    assert "130" in refused.content.decode()
    assert client.post(address, {"own_score": "88.5", "note": "文件"}).status_code == 302
    assert AnnualAssessment.objects.get(department=departments[0]).own_score == 88.5
    assert "88.5" in client.get(reverse("assessments-year", args=[2026])).content.decode()


@pytest.mark.parametrize("year", ["0", "99999"])
def test_a_year_without_a_calendar_is_404(client, cast, year):
    client.force_login(cast.city)
    assert client.get(f"/assessments/{year}/").status_code == 404


def test_the_department_sees_its_annual_score_once_the_year_is_released(client, cast, actors, settle, release, at):
    department = settle().department
    settle(), settle()
    assessment_enter(department=department, year=2026, own_score=90, by=actors.city)
    scorecards_refresh(period="2026")
    client.force_login(cast.dept_head)
    address = reverse("scorecard", args=[department.code, "2026"])
    assert client.get(address).status_code == 404
    release()
    with at(AFTER):
        page = client.get(address).content.decode()
    assert "93.0" in page
    assert client.get(reverse("assessments")).status_code == 403
