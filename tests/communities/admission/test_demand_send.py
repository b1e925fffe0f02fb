"""A department sends something down: what the gate lets pass, what it stops and with which words."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from communities.admission.gate import rules, services
from communities.admission.gate.terms import Marks
from communities.admission.models import AdmissionItem, BurdenQuota, BurdenSample, DemandTarget
from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Forbidden, Invalid
from governance.kernel.outbox import OutboxMail
from governance.territory.models import Division
from tests_support import demands, stories
from tests_support.demands import DAY, MARKS, MORNING

pytestmark = pytest.mark.django_db
WEIGHTS = {"choice": 0.2, "number": 0.4, "short": 0.8, "long": 3, "attachment": 2, "row": 0.6}


def refused(actors, **changes) -> dict:
    """The reasons of a refusal, by field."""
    with pytest.raises(Invalid) as caught:
        demands.send(actors, **changes)
    return caught.value.fields


def quota() -> BurdenQuota:
    return BurdenQuota.objects.get(department=stories.departments(stories.street())[0], year=2026)


def test_it_reaches_the_communities_and_uses_minutes(actors):
    demand = demands.send(actors)
    assert demand.status == "sent"
    assert demand.number.startswith("YQ-20261124-")
    assert demand.targets.count() == demand.communities == 4
    assert quota().used == 4 * 20
    assert AuditEvent.objects.filter(action="demand.send", subject_id=demand.pk).exists()
    assert demand.unit_id == stories.street().unit_id


def test_minutes_of_a_form_by_its_fields():
    fields = {"choice": 5, "number": 3, "short": 2, "long": 1, "attachment": 1, "row": 10}
    assert rules.minutes_of_form(fields, base=1.5, weights=WEIGHTS) == 17  # 1.5+1+1.2+1.6+3+2+6 = 16.3
    assert rules.minutes_of_form({}, base=1.5, weights=WEIGHTS) == 2
    with pytest.raises(ValueError):
        rules.minutes_of_form({"choice": -1}, base=1.5, weights=WEIGHTS)
    with pytest.raises(KeyError):
        rules.minutes_of_form({"song": 1}, base=1.5, weights=WEIGHTS)


def test_the_median_of_what_it_took_corrects_the_estimate(actors):
    item = demands.item()
    BurdenSample.objects.bulk_create(BurdenSample(item=item, minutes=m, month=date(2026, 10, 1)) for m in (5, 6, 7, 8))
    assert demands.send(actors, items=item).minutes == 20
    BurdenSample.objects.create(item=item, minutes=60, month=date(2026, 10, 1))
    assert demands.send(actors, items=item).minutes == 7


def test_money_by_the_formula():
    fen = rules.cost_fen(minutes=30, communities=100, times=12, month_fen=520_000, month_hours=174)
    assert fen == round(12 * 100 * 0.5 * 520_000 / 174)
    assert rules.gap_percent(1000, 900) == 10
    assert rules.gap_percent(1000, 2000) == 0
    assert rules.gap_percent(0, 0) == 0


@pytest.mark.parametrize(("funded", "passes"), [(0, False), (35_999, False), (36_000, True), (40_000, True)])
def test_a_gap_over_ten_percent_stops_it(actors, funded, passes):
    item = demands.item(fund_per_time_fen=10_000)
    if passes:
        assert demands.send(actors, items=item, funded_fen=funded, fund_number="2026-01").funded_fen == funded
    else:
        assert "费随事转" in refused(actors, items=item, funded_fen=funded, fund_number="2026-01")["funded_yuan"]


def test_money_needs_its_number(actors):
    assert "fund_number" in refused(actors, items=demands.item(fund_per_time_fen=10_000), funded_fen=40_000)


@pytest.mark.parametrize("form", ["report", "survey"])
@pytest.mark.parametrize(
    ("marks", "field"),
    [
        (Marks("", "统计局", "1 号", date(2027, 1, 1)), "form_code"),
        (Marks("B1", " ", "1 号", date(2027, 1, 1)), "issuer"),
        (Marks("B1", "统计局", "", date(2027, 1, 1)), "approval_no"),
        (Marks("B1", "统计局", "1 号", None), "form_valid_to"),
        (Marks("B1", "统计局", "1 号", DAY - timedelta(days=1)), "form_valid_to"),
    ],
)
def test_a_report_without_its_four_marks_is_refused_by_field(actors, form, marks, field):
    assert set(refused(actors, items=demands.item(form=form), marks=marks)) == {field}


def test_a_report_with_its_marks_passes(actors):
    demand = demands.send(actors, items=demands.item(form="report"), marks=MARKS, fields={"number": 10})
    assert (demand.form_code, demand.minutes) == ("LDB-01", 6)  # 1.5 + 4 = 5.5, rounded up


@pytest.mark.parametrize(
    "changes",
    [
        {"klass": "forbidden"},
        {"valid_to": DAY, "valid_from": date(2026, 1, 1)},
        {"valid_from": DAY + timedelta(days=1)},
    ],
)
def test_an_item_that_admits_nothing_today(actors, changes):
    assert set(refused(actors, items=demands.item(**changes))) == {"item"}


def test_a_drafted_item(actors):
    draft = demands.catalogue(year=2027, status="draft")
    item = demands.item("SQ-U-2027-001", catalogue=draft)
    assert "草案" in refused(actors, items=item)["item"]


def test_another_departments_item(actors):
    other = stories.departments(stories.street())[1]
    assert "不是本部门" in refused(actors, items=demands.item(department=other))["item"]


def test_the_item_of_the_department_above(actors):
    lead = stories.departments(stories.street())[0]
    assert demands.send(actors, items=demands.item(department=lead.superior)).pk


def test_only_communities_of_the_items_kind_and_unit(actors):
    item = demands.item()
    village = Division.objects.communities().filter(village_type="villagers").first()
    foreign = demands.communities(1, stories.FOREIGN)
    assert "只适用于" in refused(actors, items=item, places=[village])["communities"]
    assert "区县" in refused(actors, items=item, places=foreign)["communities"]
    assert "社区" in refused(actors, items=item, places=[])["communities"]
    assert "社区" in refused(actors, items=item, places=[stories.street()])["communities"]


def test_nobody_sends_for_another_department(actors):
    other = stories.departments(stories.street())[1]
    for who in ("dept", "community", "staff", "leader", "social", "city", "auditor"):
        with pytest.raises(Forbidden):
            demands.send(actors, by=getattr(actors, who), department=other)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 24, 19, 30, tzinfo=timezone.get_default_timezone()),
        datetime(2026, 11, 24, 7, 30, tzinfo=timezone.get_default_timezone()),
        datetime(2026, 11, 28, 10, 0, tzinfo=timezone.get_default_timezone()),
    ],
    ids=["evening", "morning", "saturday"],
)
def test_the_quiet_hours(actors, moment):
    assert "静默" in refused(actors, moment=moment)[""]
    assert demands.send(
        actors, items=demands.item("SQ-U-2026-002", is_emergency=True), is_emergency=True, moment=moment
    ).pk


def test_emergency_is_for_emergency_items_only(actors):
    assert "应急" in refused(actors, is_emergency=True)["is_emergency"]


def test_over_the_frequency_it_goes_but_may_be_refused(actors):
    item = demands.item(frequency_cap=1)
    demands.send(actors, items=item)
    second = demands.send(actors, items=item)
    assert second.status == "sent"
    assert set(second.targets.values_list("over_frequency", "load")) == {(True, 30)}


def test_communities_in_the_red_are_frozen(actors):
    item = demands.item(minutes=15 * 90)
    places = demands.communities(2)
    demands.send(actors, items=item, places=places[:1])
    words = refused(actors, items=item, places=places)["communities"]
    assert places[0].name in words and places[1].name not in words
    assert demands.send(actors, items=item, places=places[1:]).pk
    assert demands.send(
        actors, items=item, places=places, moment=MORNING + timedelta(days=7), due_on=date(2026, 12, 20)
    ).pk


def test_over_the_quota_it_waits_with_a_reason(actors):
    demands.send(actors)
    BurdenQuota.objects.update(minutes=100)
    assert "80 分钟" in refused(actors)["over_quota_reason"]
    waiting = demands.send(actors, over_quota_reason="市级专项部署")
    assert waiting.status == "pending_approval"
    assert not waiting.targets.exists()
    assert len(waiting.chosen) == 4
    assert quota().used == 80


def test_approval_lets_it_out_and_writes_the_extra(actors):
    demands.send(actors)
    BurdenQuota.objects.update(minutes=100)
    waiting = demands.send(actors, over_quota_reason="市级专项部署")
    with clock.travel(MORNING + timedelta(days=1)):
        for who in ("dept", "city", "adjudicator", "foreign_social", "leader", "community"):
            with pytest.raises(Forbidden):
                services.demand_approve(demand=waiting, by=getattr(actors, who), note="同意")
        sent = services.demand_approve(demand=waiting, by=actors.social, note="确有必要")
    assert (sent.status, sent.targets.count(), sent.day) == ("sent", 4, DAY + timedelta(days=1))
    assert (quota().used, quota().extra) == (160, 60)


def test_an_item_that_ended_meanwhile_is_not_approved(actors):
    demands.send(actors)
    BurdenQuota.objects.update(minutes=100)
    waiting = demands.send(actors, over_quota_reason="市级专项部署")
    AdmissionItem.objects.update(valid_to=DAY + timedelta(days=1))
    from governance.kernel.errors import Conflict

    with clock.travel(MORNING + timedelta(days=1)), pytest.raises(Conflict):
        services.demand_approve(demand=waiting, by=actors.social, note="确有必要")
    waiting.refresh_from_db()
    assert waiting.status == "pending_approval"
    assert not DemandTarget.objects.filter(demand=waiting).exists()


def test_declining_reaches_nobody(actors):
    demands.send(actors)
    BurdenQuota.objects.update(minutes=100)
    waiting = demands.send(actors, over_quota_reason="市级专项部署")
    declined = services.demand_decline(demand=waiting, by=actors.social, note="可用已有数据")
    assert declined.status == "declined"
    assert not declined.targets.exists()
    assert quota().used == 80


def test_withdrawing_returns_the_minutes_of_what_is_not_done(actors):
    demand = demands.send(actors)
    first = demand.targets.get(community=demands.communities(1)[0])
    services.target_complete(target=first, by=actors.community, result="已反馈", minutes=9)
    withdrawn = services.demand_withdraw(demand=demand, by=actors.dept, note="重复了")
    assert withdrawn.status == "withdrawn"
    assert sorted(withdrawn.targets.values_list("status", flat=True)) == ["done", "released", "released", "released"]
    assert quota().used == 20


def test_the_last_one_done_closes_it(actors):
    demand = demands.send(actors, places=demands.communities(1))
    services.target_complete(target=demand.targets.get(), by=actors.community)
    demand.refresh_from_db()
    assert demand.status == "closed"


def test_a_sample_names_nobody(actors):
    part = demands.target(actors)
    services.target_complete(target=part, by=actors.community, minutes=9)
    sample = BurdenSample.objects.get()
    names = {field.name for field in BurdenSample._meta.get_fields()}
    assert names == {"id", "item", "minutes", "month", "is_synthetic"}
    assert (sample.minutes, sample.month.day) == (9, 1)
    assert not any("minutes" in (row.data or {}) for row in AuditEvent.objects.filter(subject_type="demandtarget"))


@pytest.mark.parametrize("minutes", [None, 0, 61, 9999])
def test_what_says_nothing_is_no_sample(actors, minutes):
    services.target_complete(target=demands.target(actors), by=actors.community, minutes=minutes)
    assert not BurdenSample.objects.exists()


def test_only_the_community_itself_completes(actors):
    part = demands.target(actors)
    for who in ("sibling_community", "grid_worker", "staff", "dept", "social", "city"):
        with pytest.raises(Forbidden):
            services.target_complete(target=part, by=getattr(actors, who))


def test_a_community_gets_three_mails_a_day_and_none_again(actors, cast):
    cast.community.email = "shequ@example.com"
    cast.community.save()
    for _time in range(5):
        demands.send(actors)
    mails = OutboxMail.objects.filter(to_address="shequ@example.com")
    assert mails.count() == 3
    assert DemandTarget.objects.filter(community=demands.communities(1)[0]).count() == 5
    assert not any(mail.urgent for mail in mails)
