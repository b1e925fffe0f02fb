"""An application from its draft into force, and everything that stops it (domain-rules 2.3, 2.4)."""

from datetime import date, timedelta

import pytest

from communities.admission.applications import decisions, services
from communities.admission.applications.checks import formal_problems, funding_gap, yearly_cost_fen
from communities.admission.applications.selectors import opinions_of
from communities.admission.models import AdmissionItem
from governance.kernel import clock
from governance.kernel.deadlines import deadlines_fire
from governance.kernel.errors import Conflict, Forbidden, IllegalTransition, Invalid
from governance.kernel.outbox import OutboxMail
from governance.territory.models import Department, Division
from tests_support.applications import NOTE, answerer, application, content, draft, fresh

pytestmark = pytest.mark.django_db


def answer_all(row, stand="agree"):
    for opinion in row.opinions.order_by("id"):
        decisions.opinion_give(opinion=opinion, by=answerer(opinion), stand=stand, words="有理由")


def test_from_draft_into_force(actors):
    row = services.application_submit(application=draft(actors), by=actors.dept)
    row = decisions.application_pass_check(application=row, by=actors.social)
    communities = [one for one in row.opinions.all() if one.community_id]
    assert len(communities) == 3 and len({one.street_id for one in communities}) == 3
    assert all(one.unit_id == row.unit_id for one in row.opinions.all())
    answer_all(row)
    row = fresh(row)
    assert row.status == "reviewing"
    row = decisions.application_publish(application=row, by=actors.social, minutes_text="同意", bodies=["social"])
    with pytest.raises(IllegalTransition, match="公示"):
        decisions.application_approve(application=row, by=actors.social)
    with clock.travel(row.publicity_ends_at + timedelta(minutes=1)):
        row = decisions.application_approve(application=row, by=actors.social)
    item = row.item
    assert item.code == "SQ-U-2026-001" and item.unit_id == row.unit_id and item.frequency_cap == 2
    assert item.valid_from == row.start_on and not item.is_example
    assert AdmissionItem.objects.in_force(row.start_on).filter(pk=item.pk).exists()
    assert not AdmissionItem.objects.in_force(row.start_on - timedelta(days=1)).filter(pk=item.pk).exists()
    assert OutboxMail.objects.filter(thread=f"admissionapplication:{row.pk}", subject__contains="已批准").count() == 1


def test_the_next_number_follows(actors):
    assert application(actors, "in_force").item.code == "SQ-U-2026-001"
    assert application(actors, "in_force", name="协助快递驿站选址说明").item.code == "SQ-U-2026-002"


def test_publicity_is_five_working_days(actors, at):
    with at(clock.now().replace(year=2026, month=11, day=23, hour=10)):
        row = application(actors, "publicity")
    assert row.publicity_ends_at.date() == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"basis_document": ""}, "basis_document"),
        ({"necessity": ""}, "necessity"),
        ({"alternative": ""}, "alternative"),
        ({"minutes": 0}, "minutes"),
        ({"form": "report"}, "form_code"),
        ({"form": "survey", "form_code": "A1", "issuer": "局", "approval_no": "1"}, "form_valid_to"),
        ({"form": "report", "form_code": "A1", "issuer": "局", "approval_no": "1", "form_valid_to": date(2020, 1, 1)}, "form_valid_to"),
        ({"funded_fen": 1}, "funded_yuan"),
        ({"fund_number": ""}, "fund_number"),
        ({"name": "协助最低生活保障申请调查工作"}, "merges"),
        ({"form": "rating"}, "city_approval_no"),
        ({"name": "签订消防工作责任状"}, "city_approval_no"),
        ({"name": "计生一票否决考核"}, "city_approval_no"),
        ({"name": "卫生评比达标"}, "city_approval_no"),
        ({"term": "temporary"}, "end_on"),
        ({"start_on": date(2026, 11, 25)}, "start_on"),
    ],
)  # fmt: skip
def test_what_is_not_sound_is_not_submitted(actors, changes, field):
    row = draft(actors, **changes)
    with pytest.raises(Invalid) as refused:
        services.application_submit(application=row, by=actors.dept)
    assert field in refused.value.fields
    assert fresh(row).status == "draft"


def test_a_sound_one_has_no_problems(actors):
    assert formal_problems(draft(actors)) == {}


def test_temporary_is_at_most_six_months(actors):
    start = clock.today() + timedelta(days=70)
    row = draft(actors, term="temporary", start_on=start, end_on=start + timedelta(days=200))
    assert "end_on" in formal_problems(row)
    row.end_on = start + timedelta(days=150)
    assert formal_problems(row) == {}


def test_the_gap_may_be_ten_per_cent(actors):
    cost = yearly_cost_fen(times=2, communities=50, minutes=60)
    assert formal_problems(draft(actors, funded_fen=-(-cost * 9 // 10))) == {}
    assert "funded_yuan" in formal_problems(draft(actors, name="另一件事项说明", funded_fen=cost * 89 // 100))
    assert funding_gap(cost_fen=0, funded_fen=0) == 0


def test_a_city_number_lets_a_contest_pass(actors):
    assert formal_problems(draft(actors, form="rating", city_approval_no="大委〔2026〕1 号")) == {}


def test_merging_ends_the_former_item(actors):
    draft(actors)
    old = AdmissionItem.objects.in_force().get(place="urban", name="协助最低生活保障申请调查")
    row = application(actors, "in_force", name="协助最低生活保障申请调查工作", merges=old)
    old.refresh_from_db()
    assert old.valid_to == row.item.valid_from and row.item.merged_from == [old.code]


def test_one_correction_only(actors):
    row = application(actors, "correcting")
    row = services.application_edit(application=row, by=actors.dept, **content(necessity="补充了必要性"))
    row = services.application_submit(application=row, by=actors.dept)
    with pytest.raises(IllegalTransition, match="一次"):
        services.application_return(application=row, by=actors.social, note=NOTE)


def test_a_correction_that_never_comes_lapses(actors, at):
    row = application(actors, "correcting")
    with at(clock.now() + timedelta(days=12)):
        deadlines_fire()
    assert fresh(row).status == "lapsed"


def test_silence_does_not_hold_up_the_review(actors, at):
    row = application(actors, "consulting")
    with pytest.raises(IllegalTransition, match="没有答复"):
        decisions.application_conclude(application=row, by=actors.social)
    with at(clock.now() + timedelta(days=12)):
        deadlines_fire()
    assert fresh(row).status == "reviewing"


def test_one_reconsideration_only(actors):
    row = application(actors, "appealing")
    row = decisions.application_refuse(application=row, by=actors.social, note=NOTE)
    with pytest.raises(IllegalTransition, match="一次"):
        services.application_appeal(application=row, by=actors.dept, note=NOTE)
    reopened = decisions.application_reopen(application=application(actors, "appealing"), by=actors.social, note=NOTE)
    assert reopened.status == "reviewing"


def test_an_emergency_is_in_force_at_once_and_lapses(actors, at):
    row = application(actors, "emergency", end_on=None)
    item = row.item
    assert item.is_emergency and item.valid_from == clock.today()
    assert item.valid_to == clock.today() + timedelta(days=30)
    assert AdmissionItem.objects.in_force().filter(pk=item.pk).exists()
    with at(clock.now() + timedelta(days=29)):
        assert decisions.emergencies_lapse() == 0
    with at(clock.now() + timedelta(days=30)):
        assert decisions.emergencies_lapse() == 1
        assert decisions.emergencies_lapse() == 0
        assert not AdmissionItem.objects.in_force().filter(pk=item.pk).exists()
    assert fresh(row).status == "lapsed"


def test_an_emergency_never_lasts_longer(actors):
    row = application(actors, "emergency", end_on=clock.today() + timedelta(days=300))
    assert row.item.valid_to == clock.today() + timedelta(days=30)


def test_a_revoked_emergency_ends_tomorrow(actors):
    row = decisions.application_revoke(application=application(actors, "emergency"), by=actors.social, note=NOTE)
    row.item.refresh_from_db()
    assert row.item.valid_to == clock.today() + timedelta(days=1)


def test_opinions_are_ones_own(actors):
    row = application(actors, "consulting")
    community = row.opinions.exclude(community=None).first()
    street = row.opinions.get(street=community.street, community=None)
    for opinion, by in ((community, answerer(street)), (street, answerer(community)), (community, actors.dept)):
        with pytest.raises(Forbidden):
            decisions.opinion_give(opinion=opinion, by=by, stand="agree")
    with pytest.raises(Invalid):
        decisions.opinion_give(opinion=community, by=answerer(community), stand="disagree", words=" ")
    with pytest.raises(Invalid):
        decisions.opinion_give(opinion=community, by=answerer(community), stand="maybe")


def test_opinions_end_with_the_consultation(actors):
    row = application(actors, "reviewing")
    opinion = row.opinions.first()
    with pytest.raises(Conflict):
        decisions.opinion_give(opinion=opinion, by=answerer(opinion), stand="agree")


def test_the_department_does_not_learn_which_community(actors):
    row = application(actors, "consulting")
    assert not any(one.named for one in opinions_of(row, actors.dept) if one.community_id)
    assert all(one.named for one in opinions_of(row, actors.social))


def test_only_for_ones_own_department(actors):
    other = Department.objects.get(pk=actors.other_dept.posts[0].department_id)
    with pytest.raises(Forbidden):
        services.application_draft(by=actors.dept, department=other, **content())
    with pytest.raises(Forbidden):
        services.application_draft(by=actors.staff, department=other, **content())


def test_city_wide_is_the_city_office_s(actors):
    row = draft(actors)
    city = services.application_draft(
        by=actors.city_dept, department=Department.objects.get(pk=actors.city_dept.posts[0].department_id), **content()
    )
    assert city.unit_id is None and row.unit_id
    city = services.application_submit(application=city, by=actors.city_dept)
    with pytest.raises(Forbidden):
        decisions.application_pass_check(application=city, by=actors.social)
    city = decisions.application_pass_check(application=city, by=actors.city)
    assert city.opinions.exclude(community=None).count() == 3


def test_rural_asks_villages(actors):
    row = draft(actors, place="rural")
    communities = decisions.communities_for(row)
    assert set(communities.values_list("village_type", flat=True)) <= {"villagers", "like_villagers"}
    assert (
        not Division.objects.filter(pk__in=decisions.communities_for(draft(actors)))
        .filter(village_type="villagers")
        .exists()
    )
