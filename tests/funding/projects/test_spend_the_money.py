"""From residents' idea to the archive, with every rule of 四议两公开 and 八用七不用; the books hold each yuan."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from funding.ledger.models import Entry, Journal
from funding.ledger.selectors import way_of
from funding.ledger.services import Overdraft
from funding.projects import services
from funding.projects.models import Finding, PaymentRequest
from funding.projects.services.payments import warnings_of
from governance import invariants
from governance.kernel import cached, clock
from governance.kernel.errors import Conflict, DomainError, Forbidden, IllegalTransition, Invalid
from governance.kernel.policy import PolicyRule
from tests.funding.projects.conftest import balances, somebody

pytestmark = pytest.mark.django_db


def test_all_the_way(tell, place):
    row = tell.project("implementing")
    assert vars(balances(place)) | {"source": 0} == {
        "available": 200_000_00 - 42_000_00 + 50_000_00, "project": 42_000_00, "reserved": 0, "paid": 0, "source": 0,
    }  # fmt: skip
    payment = tell.payment("paid", project=row)
    row = tell.to(row, "accepted")
    row = tell.to(row, "final")
    assert balances(place).project == 0 and balances(place).available == 242_000_00
    row = tell.to(row, "archived")
    paid = Entry.objects.get(journal__document_type="paymentrequest", journal__kind="pay", fen__gt=0)
    assert [step.journal.kind for step in way_of(paid)] == ["budget", "allot", "reserve", "pay"]
    assert str(payment.supplier) in paid.journal.memo and row.closed_at
    assert invariants.broken() == {}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"present": 15, "agree": 15, "against": 0, "abstain": 0}, "present", "须有超过半数的人到会"),
        ({"agree": 12, "against": 12, "abstain": 0}, "agree", "过半数同意"),
        ({"agree": 22, "against": 5}, "agree", "合计应等于实到"),
        ({"present": 31}, "present", "不能多于应到"),
        ({"minutes": " "}, "minutes", "会议记录"),
    ],
)
def test_a_meeting_that_could_not_decide_is_refused_in_words(tell, changes, field, words):
    row = tell.project()
    with pytest.raises(Invalid, match=words) as caught:
        tell.meeting(row, "propose", **changes)
    assert field in caught.value.fields
    row.refresh_from_db()
    assert row.status == "idea" and not row.deliberations.exists()


def test_villagers_need_two_thirds(tell, place):
    type(place).objects.filter(pk=place.pk).update(village_type="villagers")
    tell.place.refresh_from_db()
    row = tell.project("deliberated", fund="village_service")
    with pytest.raises(Invalid, match="三分之二以上"):
        tell.meeting(row, "resolve", present=19, agree=19, against=0, abstain=0)
    assert tell.meeting(row, "resolve", present=20, agree=11, against=9, abstain=0).status == "resolved"


def test_thresholds_follow_the_next_version_of_the_rule(tell):
    rule = PolicyRule.objects.get(key="funding.thresholds.urban")
    rule.value = {**rule.value, "propose": ["least", 9, 10]}
    rule.save()
    cached.forget_all()
    with pytest.raises(Invalid, match="10 分之 9以上"):
        tell.meeting(tell.project(), "propose")


def test_meetings_go_forward_in_time(tell):
    row = tell.project("proposed")
    with pytest.raises(Invalid, match="不能早于"):
        tell.meeting(row, "consult", held_on=clock.today() - timedelta(days=1))
    with pytest.raises(Invalid, match="不能晚于今天"):
        tell.meeting(row, "consult", held_on=clock.today() + timedelta(days=1))


def test_seven_days_on_the_board(tell, actors):
    row = tell.project("resolved")
    with pytest.raises(Invalid, match="不少于 7 天"):
        tell.notice(row, back=6)
    row = services.notice_open(
        project=row, by=actors.community, from_on=clock.today(), to_on=clock.today() + timedelta(days=7), place="公告栏"
    )
    with pytest.raises(IllegalTransition, match="才满期"):
        services.project_step(project=row, action="submit", by=actors.community)
    with clock.travel(clock.now() + timedelta(days=7)):
        assert services.project_step(project=row, action="submit", by=actors.community).status == "reviewing"


def test_service_money_buys_no_office_things(tell, actors):
    row = tell.project(lines=[("30201", "打印纸", 500_00), ("30227", "施工", 500_00)], purpose="买一台打印机")
    assert {found.mark for found in row.findings.all()} == {"30201", "打印机"}
    with pytest.raises(IllegalTransition, match="触及“七不用”"):
        tell.meeting(row, "propose")
    row = services.project_edit(
        project=row, by=actors.community, title=row.title, purpose="修楼道灯", category=row.category, idea_from=row.idea_from,
        lines=[("30227", "施工", 500_00)],
    )  # fmt: skip
    assert set(row.findings.values_list("status", flat=True)) == {"cleared"}
    assert tell.meeting(row, "propose").status == "proposed"


def test_an_appeal_is_ruled_by_the_unit(tell, actors):
    row = tell.project(purpose="给老年食堂买打印机打印菜单")
    found = row.findings.get()
    with pytest.raises(Invalid, match="请说明"):
        services.finding_appeal(finding=found, by=actors.community, note="不服")
    found = services.finding_appeal(finding=found, by=actors.community, note="打印机放在老年食堂，供居民使用。")
    with pytest.raises(Forbidden):
        services.finding_rule(finding=found, by=actors.community, allow=True, note="自己说了算")
    services.finding_rule(finding=found, by=actors.finance, allow=True, note="为居民服务，可以列支。")
    assert tell.meeting(row, "propose").status == "proposed"
    other = tell.project(purpose="给书记买打印机", title="第二件").findings.get()
    other = services.finding_appeal(finding=other, by=actors.community, note="书记也是居民之一。")
    services.finding_rule(finding=other, by=actors.finance, allow=False, note="属于办公设备。")
    with pytest.raises(IllegalTransition, match="七不用"):
        tell.meeting(other.project, "propose")


def test_a_returned_project_is_deliberated_anew(tell, actors):
    row = tell.project("reviewing")
    row = services.project_step(project=row, action="return", by=actors.leader, note="预算偏高")
    assert (row.status, row.round) == ("idea", 2)
    row = tell.meeting(row, "propose")
    assert row.deliberations.count() == 5


def test_no_project_is_larger_than_the_purse(tell, actors, place):
    row = tell.project("filing", lines=[("31006", "大修", 200_000_01)])
    with pytest.raises(Overdraft, match="余额不足"), transaction.atomic():
        services.project_step(project=row, action="file", by=actors.finance)
    row.refresh_from_db()
    assert row.status == "filing" and balances(place).project == 0


def test_a_payment_needs_its_voucher(tell):
    with pytest.raises(Invalid, match="没有票据不能支付"):
        tell.payment("submitted", files=[])


def test_one_voucher_pays_once(tell):
    bill = [("bill.pdf", b"%PDF-1.4 the same bill")]
    project = tell.project("implementing")
    first = tell.payment("submitted", project=project, files=bill)
    with pytest.raises(Invalid, match=f"已用于 {first.number}"), transaction.atomic():
        tell.payment(project=project, files=bill)
    tell.pay_step(first, "cancel")
    assert tell.payment("submitted", project=project, files=bill).status == "submitted"


def test_ten_thousand_yuan_need_three_quotes(tell):
    project = tell.project("implementing")
    quotes = [{"name": name, "fen": fen} for name, fen in (("甲", 10_000_00), ("乙", 11_000_00), ("丙", 12_000_00))]
    with pytest.raises(Invalid, match="3 家比价"):
        tell.payment("submitted", project=project, fen=10_000_00, collective="", quotes=quotes[:2])
    row = tell.payment("submitted", project=project, fen=11_000_00, collective="", quotes=quotes)
    assert "没有选用最低报价" in row.warnings[0]
    assert tell.payment("submitted", project=project, fen=9_999_99, collective="").status == "submitted"


def test_large_payments_need_two_people(tell, actors, place):
    project = tell.project("implementing", lines=[("31006", "大修", 120_000_00)])
    row = tell.payment("submitted", project=project, fen=50_000_00)
    with pytest.raises(IllegalTransition, match="两人审批"):
        tell.pay_step(row, "approve")
    row = tell.pay_step(row, "first")
    assert balances(place).reserved == 0
    with pytest.raises(IllegalTransition, match="另一人复审"):
        tell.pay_step(row, "second", by=actors.leader)
    row = tell.pay_step(row, "second")
    assert row.status == "approved" and balances(place).reserved == 50_000_00
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRequest.objects.filter(pk=row.pk).update(second_label=row.approved_label)
    with pytest.raises(Exception, match="payment_fixed"), transaction.atomic():
        PaymentRequest.objects.filter(pk=row.pk).update(needs_second=False)


def test_who_asks_does_not_approve(tell, actors, place):
    row = tell.payment("submitted")
    both = somebody("street_leader", place, actors.community.label)
    with pytest.raises(IllegalTransition, match="不能审批自己"):
        tell.pay_step(row, "approve", by=both)


def test_funds_do_not_mix(tell, place):
    row = tell.payment("paid", fund="office", economic_code="30201", purpose="打印纸", fen=500_00)
    assert row.findings.count() == 0 and balances(place).paid == 500_00
    with pytest.raises(Invalid, match="须从项目支付"):
        tell.payment(fund="service_mass")
    with pytest.raises(Exception, match=r"payment_mixed|payment_fund|payment_fixed"), transaction.atomic():
        PaymentRequest.objects.filter(pk=tell.payment().pk).update(fund="office")


def test_payments_are_checked_by_word_too(tell):
    with pytest.raises(IllegalTransition, match="加班费"):
        tell.payment("submitted", purpose="施工期间加班费")
    assert Finding.objects.get().payment is not None


def test_more_than_the_project_has_is_refused(tell, place):
    project = tell.project("implementing")
    tell.payment("approved", project=project, fen=40_000_00)
    with pytest.raises(Overdraft), transaction.atomic():
        tell.payment("approved", project=project, fen=2_000_01)
    assert balances(place).reserved == 40_000_00


def test_a_bounced_payment_gives_the_money_back(tell, place):
    project = tell.project("implementing")
    tell.payment("bounced", project=project)
    tell.payment("refunded", project=project)
    row = tell.payment("approved", project=project)
    tell.pay_step(row, "cancel")
    assert (balances(place).project, balances(place).reserved, balances(place).paid) == (42_000_00, 0, 0)


def test_a_second_press_pays_once(tell, place):
    row = tell.payment("approved")
    tell.pay_step(row, "pay")
    with pytest.raises(Conflict):
        tell.pay_step(row, "pay")
    assert Journal.objects.filter(kind="pay").count() == 1


def test_the_end_of_the_year_pays_small_sums_only(tell, at):
    project = tell.project("implementing")
    with at(clock.now().replace(month=12, day=20)):
        with pytest.raises(Invalid, match="限额支付"):
            tell.payment("submitted", project=project, fen=10_000_01)
        assert tell.payment("submitted", project=project, fen=10_000_00).status == "submitted"


def test_too_much_for_one_payee_is_told(tell):
    project = tell.project("implementing")
    tell.payment("paid", project=project, fen=5_000_00)
    row = tell.payment("submitted", project=project, fen=5_000_00)
    assert "超过 30%" in row.warnings[0]
    other = tell.payment(project=project, fen=1_000_00, supplier=tell.supplier("另一家"))
    assert warnings_of(other) == []


def test_acceptance_waits_for_payments_and_counts_reworks(tell, actors):
    row = tell.project("implementing")
    payment = tell.payment("submitted", project=row)
    with pytest.raises(DomainError, match="没有办结"), transaction.atomic():
        tell.to(row, "accepted")
    tell.pay_step(payment, "cancel")
    row = services.acceptance_record(
        project=row,
        by=actors.community,
        held_on=clock.today(),
        people="张某等",
        asked=5,
        satisfied=2,
        passed=False,
        words="两盏不亮",
    )
    assert (row.status, row.rework_count) == ("implementing", 1)
    with pytest.raises(Invalid, match="不能多于"):
        services.acceptance_record(
            project=row,
            by=actors.community,
            held_on=clock.today(),
            people="张某",
            asked=3,
            satisfied=4,
            passed=True,
            words="好",
        )
    assert tell.to(row, "accepted").status == "accepted"


def test_the_others_may_not(tell, actors):
    row = tell.project("reviewing")
    for by in (actors.community, actors.staff, actors.sibling_leader, actors.finance):
        with pytest.raises(Forbidden):
            services.project_step(project=row, action="review", by=by)
    with pytest.raises(Forbidden):
        services.project_draft(
            by=actors.sibling_community, community=tell.place, fund="service_mass", title="x", purpose="y", category="other",
            idea_from="z", lines=[("30227", "a", 1)],
        )  # fmt: skip


def test_a_real_account_number_is_not_taken(tell, actors):
    with pytest.raises(Invalid, match="测试账号"):
        services.supplier_set(
            by=actors.community, community=tell.place, name="甲", bank="乙", account="6222020000000000"
        )
