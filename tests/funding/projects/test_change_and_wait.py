"""What happens besides the straight way: a publication is counted by the clock, projects change, come back and end, people wait for
each other and are told; the community is never reminded.
"""

from datetime import timedelta

import pytest
from django.db import transaction

from funding.ledger.models import Journal
from funding.projects import services
from funding.projects.services.payments import warnings_of
from governance import invariants
from governance.accounts.models import User
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import Deadline, deadlines_fire
from governance.kernel.errors import Conflict, IllegalTransition, Invalid, StaleVersion
from governance.kernel.outbox import OutboxMail
from governance.kernel.policy import policy_change
from governance.territory.models import Department

from .conftest import balances

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def step(row, action, by, note="按规定办理"):
    """A step of a project."""
    return services.project_step(project=row, action=action, by=by, note=note)


# --- publications by the clock


def test_a_day_typed_in_does_not_shorten_the_week(tell, actors):
    with clock.travel(clock.now() - timedelta(days=20)):
        row = tell.project("resolved")
    back = clock.today() - timedelta(days=15)
    with pytest.raises(Invalid, match="从登记之日起算"):
        services.notice_open(project=row, by=actors.community, from_on=back, to_on=clock.today(), place="公告栏")
    row = services.notice_open(
        project=row, by=actors.community, from_on=back, to_on=clock.today() + WEEK, place="公告栏"
    )
    with clock.travel(clock.now() + WEEK - timedelta(minutes=1)), pytest.raises(IllegalTransition, match="才满期"):
        step(row, "submit", actors.community)
    with clock.travel(clock.now() + WEEK):
        assert step(row, "submit", actors.community).status == "reviewing"


def test_nothing_hangs_out_before_it_was_decided(tell, actors):
    row = tell.project("resolved")
    yesterday = clock.today() - timedelta(days=1)
    with pytest.raises(Invalid, match="不能早于决议") as caught:
        services.notice_open(
            project=row, by=actors.community, from_on=yesterday, to_on=clock.today() + WEEK, place="公告栏"
        )
    assert list(caught.value.fields) == ["from_on"]


def test_residents_speak_and_it_hangs_longer(tell, actors):
    row = tell.project("resolved")
    end = clock.today() + WEEK
    row = services.notice_open(project=row, by=actors.community, from_on=clock.today(), to_on=end, place="公告栏")
    with pytest.raises(Invalid, match="只能延长"):
        services.notice_extend(project=row, by=actors.community, to_on=end - timedelta(days=1), words="短一点")
    with pytest.raises(Invalid, match="请写居民意见"):
        services.notice_extend(project=row, by=actors.community, to_on=end)
    row.refresh_from_db()
    row = services.notice_extend(project=row, by=actors.community, to_on=end + WEEK, words="一户担心太亮：改用暖光。")
    assert row.status == "publicised"
    assert [one.words for one in row.notices.order_by("id")] == ["", "一户担心太亮：改用暖光。"]
    with clock.travel(clock.now() + WEEK), pytest.raises(IllegalTransition, match="才满期"):
        step(row, "submit", actors.community)
    with clock.travel(clock.now() + 2 * WEEK):
        assert step(row, "submit", actors.community).status == "reviewing"


def test_a_rule_that_grows_meanwhile_is_met_by_hanging_longer(tell, actors):
    row = tell.project("publicised")
    policy_change(key="funding.decision_notice_days", value=15, effective_from=clock.today() - timedelta(days=400))
    with pytest.raises(IllegalTransition, match="公示不足 15 天，请延长"):
        step(row, "submit", actors.community)
    longer = row.notices.get().from_on + timedelta(days=15)
    row = services.notice_extend(project=row, by=actors.community, to_on=longer)
    with clock.travel(clock.now() + timedelta(days=7)):
        assert step(row, "submit", actors.community).status == "reviewing"


# --- changes, ends, what is left


def test_a_change_goes_through_everything_again_and_keeps_what_was_paid(tell, actors, place):
    project = tell.project("implementing")
    tell.payment("paid", project=project, fen=8_000_00)
    waits = tell.payment("submitted", project=project, fen=1_000_00)
    with pytest.raises(IllegalTransition, match="1 笔支付没有办结"):
        step(project, "change", actors.leader)
    tell.pay_step(waits, "cancel")
    row = step(project, "change", actors.leader, note="改用更亮的灯")
    assert (row.status, row.round, balances(place).project, balances(place).paid) == ("idea", 2, 0, 8_000_00)
    less = [("30227", "楼道照明改造施工", 7_999_99)]
    facts = {"title": row.title, "purpose": row.purpose, "category": row.category, "idea_from": row.idea_from}
    with pytest.raises(Invalid, match=r"已支付 8,000\.00 元"):
        services.project_edit(project=row, by=actors.community, lines=less, **facts)
    lines = [("30227", "楼道照明改造施工", 50_000_00)]
    with clock.travel(clock.now() - timedelta(days=9)):
        row = services.project_edit(project=row, by=actors.community, lines=lines, **facts)
        for one in ("propose", "consult", "deliberate", "resolve"):
            row = tell.meeting(row, one)
    for state in ("publicised", "reviewing", "filing", "implementing"):
        row = tell.to(row, state)
    assert (balances(place).project, balances(place).paid) == (42_000_00, 8_000_00)
    tell.payment("paid", project=row, fen=40_000_00)
    row = tell.to(tell.to(row, "accepted"), "final")
    assert (balances(place).project, balances(place).paid) == (0, 48_000_00)
    assert balances(place).available == 250_000_00 - 48_000_00
    assert invariants.broken() == {}


def test_what_has_had_money_is_ended_by_the_street(tell, actors, place):
    project = tell.project("implementing")
    tell.payment("paid", project=project)
    row = step(project, "change", actors.leader)
    for action in ("withdraw", "reject"):
        with pytest.raises(IllegalTransition, match="请街道终止"):
            step(row, action, actors.community)
    row = step(row, "terminate", actors.leader, note="居民不再需要")
    assert (row.status, balances(place).project, balances(place).paid) == ("terminated", 0, 8_000_00)
    other = tell.project("filing", title="第二件")
    with pytest.raises(IllegalTransition, match="由社区撤回"):
        step(other, "terminate", actors.leader)
    assert invariants.broken() == {}


def test_ended_works_give_back_the_rest_at_once(tell, actors, place):
    project = tell.project("implementing")
    tell.payment("paid", project=project)
    step(project, "terminate", actors.leader, note="居民不再需要")
    assert (balances(place).project, balances(place).available) == (0, 250_000_00 - 8_000_00)
    assert Journal.objects.filter(kind="release").count() == 1


def test_a_bounced_payment_is_asked_for_again_with_the_same_bill(tell, place):
    project = tell.project("implementing")
    bill = [("bill.pdf", b"%PDF-1.4 the bill")]
    tell.payment("bounced", project=project, files=bill)
    assert balances(place).project == 42_000_00
    tell.payment("paid", project=project, files=bill)
    assert (balances(place).project, balances(place).paid) == (34_000_00, 8_000_00)


# --- what an approver sees


def test_one_payee_under_two_names_is_one(tell, actors, place):
    project = tell.project("implementing")
    tell.payment("paid", project=project, fen=3_000_00, supplier=tell.supplier("甲商行"))
    tell.payment("paid", project=project, fen=1_000_00, supplier=tell.supplier("乙商行"))
    twin = services.supplier_set(
        by=actors.community, community=place, name="甲商行分店", bank="某银行", account=tell.supplier("甲商行").account
    )
    row = tell.payment(project=project, fen=100_00, supplier=twin)
    assert "占 76%" in warnings_of(row)[0]


def test_the_first_payment_to_a_large_payee_is_told(tell):
    project = tell.project("implementing")
    tell.payment("paid", project=project, fen=2_000_00, supplier=tell.supplier("甲商行"))
    assert "占 80%" in tell.payment("submitted", project=project, fen=8_000_00).warnings[0]


def test_a_line_of_the_budget_overspent_is_told(tell):
    project = tell.project("implementing")
    tell.payment("submitted", project=project, economic_code="30218", fen=9_000_00)
    row = tell.payment("submitted", project=project, economic_code="30218", fen=4_000_00)
    assert any("一项 1,000.00 元" in words for words in row.warnings)


def test_a_code_that_no_budget_has_is_not_paid(tell):
    with pytest.raises(Invalid, match="项目预算里没有这个科目"):
        tell.payment(economic_code="30214")


@pytest.mark.parametrize("words", ["买打 印 机", "买打-印-机", "买打\u3000印\u3000机"])
def test_blanks_between_the_letters_hide_nothing(tell, words):
    assert [found.mark for found in tell.project(purpose=words).findings.all()] == ["打印机"]


# --- older pages


def test_an_older_page_overwrites_nothing_and_says_what_changed(tell, actors):
    row = tell.project()
    facts = {
        "title": "改过的名字",
        "purpose": "好",
        "category": "safety",
        "idea_from": "居民",
        "lines": [("30227", "施工", 100)],
    }
    services.project_edit(project=row, by=actors.community, version=row.version, **facts)
    with pytest.raises(StaleVersion) as caught:
        services.project_edit(project=row, by=actors.community, version=row.version, **facts)
    assert caught.value.changed == [f"{actors.community.label} 修改"]
    found = tell.project(purpose="买打印机", title="另一件").findings.get()
    services.finding_appeal(finding=found, by=actors.community, note="放在大厅供居民使用")
    with pytest.raises(Conflict):
        services.finding_rule(finding=found, by=actors.finance, allow=True, note="好", version=found.version)


def test_an_older_page_of_a_payment_overwrites_nothing(client, cast, tell, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    row = tell.payment()
    client.force_login(cast.community)
    data = {"supplier": row.supplier_id, "economic_code": "30227", "purpose": "新的用途", "amount_fen": "70"}
    assert client.post(f"{row.get_absolute_url()}edit/", {**data, "version": row.version}).status_code == 302
    answer = client.post(
        f"{row.get_absolute_url()}edit/", {**data, "purpose": "旧页面上的用途", "version": row.version}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "旧页面上的用途" in page  # nothing typed is lost
    assert f"{row.created_label} 修改" in page  # and what happened meanwhile is said
    row.refresh_from_db()
    assert row.purpose == "新的用途"


def test_a_meeting_sent_twice_is_held_once(client, cast, tell):
    row = tell.project()
    client.force_login(cast.community)
    path = f"/projects/{row.pk}/meetings/propose/"
    data = {"version": row.version, "held_on": clock.today(), "eligible": 9, "present": 9, "agree": 9, "against": 0, "abstain": 0,
            "people": "九名党员", "minutes": "同意", "form_key": "00000000-0000-4000-8000-000000000001"}  # fmt: skip
    assert [client.post(path, data).status_code for _ in "12"] == [302, 302]
    again = client.post(path, {**data, "form_key": "00000000-0000-4000-8000-000000000002"})
    assert again.status_code == 409
    assert "九名党员" in again.content.decode()
    assert row.deliberations.count() == 1


def test_a_meeting_without_people_is_refused_at_its_field(client, cast, tell):
    row = tell.project()
    client.force_login(cast.community)
    data = {
        "held_on": clock.today(),
        "eligible": 9,
        "present": 9,
        "agree": 9,
        "against": 0,
        "abstain": 0,
        "minutes": "我们同意",
    }
    answer = client.post(f"/projects/{row.pk}/meetings/propose/", data)
    assert answer.status_code == 422
    assert "请填写到会人员" in answer.content.decode()
    assert "我们同意" in answer.content.decode()
    with pytest.raises(Invalid, match="请写明到会人员"):
        tell.meeting(row, "propose", people=" ")


# --- who waits for whom


@pytest.fixture
def office(place):
    """The unit's finance office with an address of its own."""
    return Department.objects.create(
        name="示例区财政局", short_name="区财政局", level="unit", unit=place.unit, email="caizheng@example.test"
    )


@pytest.fixture
def inbox(cast, office):
    """Addresses of the people of the story."""
    for name in ("community", "leader", "city"):
        User.objects.filter(pk=getattr(cast, name).pk).update(email=f"{name}@example.test")
    return lambda: [(mail.to_address.split("@")[0], mail.subject[1:4]) for mail in OutboxMail.objects.order_by("id")]


def test_the_office_is_told_what_waits_for_it_and_the_community_what_came_back(tell, actors, inbox):
    row = tell.project("filing")
    assert inbox() == [("caizheng", "待备案")]
    step(row, "return", actors.finance, note="请附比价")
    assert inbox()[1:] == [("community", "项目退")]
    mail = OutboxMail.objects.latest("id")
    assert "请附比价" in mail.text
    assert row.get_absolute_url() in mail.text
    project = tell.project("implementing")
    OutboxMail.objects.all().delete()
    payment = tell.pay_step(tell.payment("submitted", project=project), "return")
    tell.pay_step(tell.pay_step(tell.pay_step(payment, "submit"), "approve"), "bounce")
    assert inbox() == [("community", "支付退"), ("caizheng", "待支付"), ("community", "支付退")]


def test_appeals_and_rulings_are_told(tell, actors, inbox):
    found = tell.project(purpose="给老年食堂买打印机打印菜单").findings.get()
    found = services.finding_appeal(finding=found, by=actors.community, note="打印机供居民使用。")
    services.finding_rule(finding=found, by=actors.finance, allow=True, note="可以列支。")
    assert inbox() == [("caizheng", "待裁定"), ("community", "申诉裁")]


def fire(days: int):
    """The sweep, some days later."""
    with clock.travel(clock.now() + timedelta(days=days)):
        return deadlines_fire()


def test_the_street_and_the_office_have_limits_the_community_has_none(tell, actors, inbox):
    def running():
        return list(Deadline.objects.filter(state="open").values_list("stage", flat=True))

    row = tell.project("publicised")
    assert running() == []
    row = step(row, "submit", actors.community)
    assert running() == ["review"]
    row = step(row, "review", actors.leader)
    assert running() == ["file"]
    row = step(row, "file", actors.finance)
    assert running() == []
    payment = tell.payment("submitted", project=row)
    assert running() == ["approve"]
    payment = tell.pay_step(payment, "approve")
    assert running() == ["pay"]
    tell.pay_step(payment, "pay")
    assert running() == []
    assert set(Deadline.objects.values_list("state", flat=True)) == {"met"}


def test_who_is_late_is_told_and_the_one_above_but_no_community(tell, inbox, cast):
    row = tell.project("reviewing")
    OutboxMail.objects.all().delete()
    fire(30)
    fire(31)
    told = inbox()
    assert ("leader", "即将到") in told
    assert ("leader", "已逾期") in told
    assert ("caizheng", "已逾期") in told
    assert "community" not in {who for who, _ in told}
    assert len(told) == len(set(told)) == 3
    assert AuditEvent.objects.filter(action="project.overdue", subject_id=row.pk).count() == 1


def test_the_page_shows_the_limit_to_all_who_see_it(client, cast, tell):
    row = tell.project("reviewing")
    for user in (cast.community, cast.leader):
        client.force_login(user)
        assert "街道审核" in client.get(row.get_absolute_url()).content.decode()


def test_a_label_that_two_posts_share_signs_once(tell, actors):
    row = tell.payment(
        "submitted", fen=60_000_00, project=tell.project("implementing", lines=[("30227", "大修", 90_000_00)])
    )
    row = tell.pay_step(row, "first")
    twin = Actor(label=actors.leader.label, posts=actors.finance.posts)
    with pytest.raises(IllegalTransition, match="另一人复审"), transaction.atomic():
        tell.pay_step(row, "second", by=twin)
