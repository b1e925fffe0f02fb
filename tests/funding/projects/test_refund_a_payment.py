"""Part of a payment comes back: with reason and receipt, never more than was paid, by two people above the limit, through the books."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from funding.disclosure.figures import figures_of
from funding.disclosure.periods import quarter_of
from funding.ledger.models import Account, Entry, Journal, Period
from funding.ledger.selectors import way_of
from funding.projects import services
from funding.projects.models import PaymentRequest, Refund
from funding.projects.services.payments import warnings_of
from funding.projects.states import PaymentStatus, RefundStatus
from funding.projects.workflow import REFUND_FLOW
from governance.accounts.models import User
from governance.invariants import broken
from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, DomainError, Forbidden, Invalid, StaleVersion
from governance.kernel.files import StoredFile
from governance.kernel.outbox import OutboxMail
from tests_support.databases import at_once
from tests_support.looks import faults, signed_in
from tests_support.window import window

from .conftest import PAYEE, Stories, balances, give_money, somebody

LARGE = [("30227", "大修", 90_000_00)]


def sums(place) -> tuple[int, int, int]:
    """(available service money, project, paid)."""
    found = balances(place)
    assert sum(Account.objects.values_list("balance_fen", flat=True)) == 0
    return found.available - 50_000_00, found.project, found.paid  # without the office money


@pytest.fixture
def paid(tell):
    """8,000 of 42,000 yuan are paid."""
    return tell.payment("paid", project=tell.project("implementing"))


@pytest.fixture
def large(tell):
    """60,000 of 90,000 yuan are paid, signed by two."""
    row = tell.payment("draft", project=tell.project("implementing", lines=LARGE), fen=60_000_00)
    for action in ("submit", "first", "second", "pay"):
        row = tell.pay_step(row, action)
    return row


def receipt(words: str = "") -> list[tuple[str, bytes]]:
    """A file that was not used before."""
    return [("回单.pdf", f"%PDF-1.4 receipt {words} {clock.now()}".encode())]


def register(payment, by, fen, **changes):
    """A refund, not confirmed."""
    facts = {"received_on": clock.today(), "reason": "退回差额", "files": receipt(str(fen))} | changes
    return services.refund_register(payment=payment, by=by, amount_fen=fen, **facts)


def test_a_part_goes_back_to_the_project(tell, paid, place):
    assert sums(place) == (158_000_00, 34_000_00, 8_000_00)
    back = tell.refund(paid, 1_500_00)
    paid.refresh_from_db()
    assert (back.status, back.needs_second, paid.status, paid.refunded_fen) == ("posted", False, "paid", 1_500_00)
    assert sums(place) == (158_000_00, 35_500_00, 6_500_00)
    journal = Journal.objects.get(kind="unpay")
    assert (journal.amount_fen, journal.document_id) == (1_500_00, paid.pk)
    assert "工程量少于合同" in journal.memo and str(paid.supplier) in journal.memo
    assert AuditEvent.objects.filter(action="refund.post", thread=paid.thread, subject_id=back.pk).exists()


def test_parts_add_up_to_the_whole(tell, paid, place):
    tell.refund(paid, 3_000_00)
    assert broken() == {}
    with pytest.raises(Invalid, match=r"最多可退 5,000\.00 元"):
        tell.refund(paid, 5_000_01)
    tell.refund(paid, 5_000_00)
    paid.refresh_from_db()
    assert (paid.status, paid.refunded_fen) == ("refunded", 8_000_00)
    assert sums(place) == (158_000_00, 42_000_00, 0)
    assert broken() == {}
    with pytest.raises(Conflict, match="已退款"):
        tell.refund(paid, 1)
    StoredFile.objects.filter(subject_type="refund").update(subject_type="lost")
    assert list(broken()) == [
        "refunds: what payments say came back is what was registered with a receipt and what the books say"
    ]


def test_what_a_refund_needs(tell, paid, actors):
    with pytest.raises(Invalid) as refused:
        register(paid, actors.finance, 0, reason=" ", files=[], received_on=clock.today() + timedelta(days=1))
    assert set(refused.value.fields) == {"amount_fen", "reason", "files", "received_on"}
    with pytest.raises(Invalid, match="不能早于支付日期"):
        register(paid, actors.finance, 100, received_on=clock.today() - timedelta(days=1))
    for by in (actors.community, actors.leader, actors.staff, actors.sibling_leader, actors.city):
        with pytest.raises(Forbidden):
            register(paid, by, 100)
    assert not Refund.objects.exists()


def test_one_receipt_proves_one_refund(tell, paid):
    files = receipt("twice")
    tell.refund(paid, 100, files=files)
    with pytest.raises(Invalid, match="同一张凭证不能登记两次"), transaction.atomic():
        tell.refund(paid, 200, files=files)


def test_above_the_limit_another_person_confirms(tell, large, place, actors):
    before = sums(place)
    back = register(large, actors.finance, 50_000_00)
    assert (back.status, back.needs_second) == ("waiting", True) and sums(place) == before
    with pytest.raises(Conflict, match="须两人"):
        services.refund_step(refund=back, action="post", by=actors.finance)
    with pytest.raises(Conflict, match="登记人不能确认"):
        services.refund_step(refund=back, action="confirm", by=actors.finance)
    with pytest.raises(Forbidden):
        services.refund_step(refund=back, action="confirm", by=actors.community)
    with pytest.raises(Forbidden):
        services.refund_step(refund=back, action="confirm", by=actors.sibling_leader)
    back = services.refund_step(refund=back, action="confirm", by=actors.leader)
    assert (back.status, back.second_label) == ("posted", actors.leader.label[:120])
    assert sums(place) == (before[0], before[1] + 50_000_00, before[2] - 50_000_00)
    with pytest.raises(Conflict):
        services.refund_step(refund=back, action="confirm", by=actors.leader)
    assert Journal.objects.filter(kind="unpay").count() == 1


def test_the_same_person_with_two_posts_confirms_nothing(large, actors, place):
    """Finance officer and street leader in one person: the person counts, not the post."""
    back = register(large, actors.finance, 50_000_00)
    with pytest.raises(Conflict, match="登记人不能确认"):
        services.refund_step(refund=back, action="confirm", by=somebody("street_leader", place, actors.finance.label))


def test_small_pieces_reach_the_limit_together(large, actors):
    assert register(large, actors.finance, 30_000_00).status == "posted"
    back = register(large, actors.finance, 20_000_00)
    assert (back.status, back.needs_second) == ("waiting", True)
    with pytest.raises(Invalid, match=r"最多可退 10,000\.00 元"):  # what waits is taken already
        register(large, actors.finance, 10_000_01)
    services.refund_step(refund=back, action="refuse", by=actors.leader, note="银行没有这笔来款")
    assert register(large, actors.finance, 30_000_00).status == "waiting"


def test_money_of_a_project_that_has_ended_goes_to_the_community(tell, actors, place):
    """The final account gave back what was left; what comes later must not lie in a purse that nobody opens again."""
    project = tell.project("implementing")
    payment = tell.payment("paid", project=project)
    for state in ("accepted", "final"):
        project = tell.to(project, state)
    assert sums(place) == (192_000_00, 0, 8_000_00)
    tell.refund(payment, 1_000_00)
    assert sums(place) == (193_000_00, 0, 7_000_00)


def test_money_of_a_project_that_is_being_changed_is_allotted_once(tell, actors, place):
    """A change takes back what is left, and the next filing allots the new budget less what is paid."""
    project = tell.project("implementing")
    payment = tell.payment("paid", project=project)
    services.project_step(project=project, action="change", by=actors.leader, note="增加一层")
    tell.refund(payment, 1_000_00)
    assert sums(place) == (193_000_00, 0, 7_000_00)


def test_office_money_goes_back_to_the_community(tell, place):
    row = tell.payment("paid", fund="office", economic_code="30201", purpose="打印纸", fen=500_00)
    tell.refund(row, 120_00)
    assert sums(place)[2] == 380_00


def test_the_books_of_last_year(tell, paid, actors, place, at):
    """It belongs to the year that paid; when that year's books are closed the money goes another way, in words."""
    later = clock.now().replace(year=clock.today().year + 1, month=1, day=20)
    with at(later):
        back = register(paid, actors.finance, 700_00)
        assert Journal.objects.get(kind="unpay").day == date(later.year - 1, 12, 31) and back.status == "posted"
        Period.objects.create(year=later.year - 1, month=12, status="closed", closed_at=later)
        with pytest.raises(Conflict, match="以前年度退款"), transaction.atomic():
            register(paid, actors.finance, 300_00)
    assert Refund.objects.count() == 1


def test_an_old_page_is_noticed(paid, actors):
    version = PaymentRequest.objects.get(pk=paid.pk).version
    register(paid, actors.finance, 100, version=version)
    with pytest.raises(StaleVersion):
        register(paid, actors.finance, 200, version=version)


def test_what_came_back_no_longer_counts_as_spent(tell, paid):
    other = tell.payment("paid", project=paid.project, fen=2_000_00, supplier=tell.supplier("另一家"))
    draft = tell.payment(project=paid.project, fen=1_00)
    assert "占 80%" in warnings_of(draft)[0]
    tell.refund(paid, 7_900_00)
    assert warnings_of(draft) == []
    assert other.refunded_fen == 0


def test_the_way_of_what_came_back_is_its_own_payment(tell, paid, actors):
    """Two payees were paid from one line: what the second gives back is not traced to the first."""
    other = tell.payment("paid", project=paid.project, fen=5_000_00, supplier=tell.supplier("另一家"))
    for fen in (400_00, 600_00):
        tell.refund(other, fen)
    entry = Entry.objects.filter(journal__kind="unpay", fen__gt=0).order_by("id").last()
    steps = way_of(entry)
    assert [step.fen for step in steps] == [600_00] * len(steps)
    pay = next(step for step in steps if step.journal.kind == "pay")
    assert pay.journal.document_id == other.pk
    assert [step.journal.kind for step in steps] == ["budget", "allot", "reserve", "pay", "unpay"]


def test_the_public_reads_that_it_came_back(client, tell, paid, place):
    tell.refund(paid, 1_500_00)
    span = quarter_of(clock.today())
    lines = figures_of(place, span)["payments"]
    assert [(line["fen"], line["kind"], line["payee"]) for line in lines] == [
        (-1_500_00, "unpay", PAYEE), (8_000_00, "pay", PAYEE),
    ]  # fmt: skip
    fund = next(row for row in figures_of(place, span)["funds"] if row["fund"] == "service_mass")
    assert (fund["paid"], fund["returned"]) == (6_500_00, 0)
    text = client.get(reverse("money", args=[place.code12])).content.decode()
    assert "<span>退款</span>" in text and "-1,500.00" in text and "6,500.00" in text
    entry = Entry.objects.get(journal__kind="unpay", fen__lt=0)
    way = client.get(reverse("money-way", args=[place.code12, entry.pk])).content.decode()
    assert "支付退回" in way and "1,500.00" in way


def cells():
    """Every state × step."""
    return [(state.value, name) for state in RefundStatus for name in REFUND_FLOW.transitions]


@pytest.mark.parametrize(("status", "action"), cells())
@pytest.mark.parametrize("fen", [1_000_00, 50_000_00])
def test_every_step(large, actors, status, action, fen):
    if status == "waiting" and fen < 50_000_00:
        back = register(large, actors.finance, 50_000_00)  # a small one never waits
    else:
        back = register(large, actors.finance, fen)
        if back.status == "waiting" and status != "waiting":
            services.refund_step(
                refund=back, action="confirm" if status == "posted" else "refuse", by=actors.leader, note="没有这笔来款"
            )
        elif back.status == "posted" and status == "refused":
            return  # a small refund is posted as it is written down
    back.refresh_from_db()
    legal = status == "waiting" and action != "post"
    moved = Journal.objects.filter(kind="unpay").count()
    if legal:
        done = services.refund_step(refund=back, action=action, by=actors.leader, note="没有这笔来款")
        assert done.status == REFUND_FLOW.transitions[action].target
        assert Journal.objects.filter(kind="unpay").count() == moved + (action == "confirm")
    else:
        with pytest.raises(DomainError):
            services.refund_step(refund=back, action=action, by=actors.leader, note="没有这笔来款")
        back.refresh_from_db()
        assert back.status == status and Journal.objects.filter(kind="unpay").count() == moved


@pytest.mark.parametrize("status", [state.value for state in PaymentStatus if state != "paid"])
def test_only_what_was_paid_comes_back(tell, actors, place, status):
    project = tell.project("implementing", lines=LARGE)
    if status == "second":
        row = tell.pay_step(tell.pay_step(tell.payment(project=project, fen=60_000_00), "submit"), "first")
    else:
        row = tell.payment(status, project=project)
    before = sums(place)
    with pytest.raises(Conflict, match="不能登记退款"):
        register(row, actors.finance, 100)
    with pytest.raises(Conflict):
        services.payment_step(payment=row, action="refund", by=actors.finance, note="全退")
    assert sums(place) == before


def test_the_database_holds_the_sum(large, actors):
    with pytest.raises(Conflict, match="请登记退款"):
        services.payment_step(payment=large, action="refund", by=actors.finance, note="没有钱来")
    for change in ({"refunded_fen": 60_000_01}, {"refunded_fen": -1}, {"status": "refunded"}):
        with pytest.raises(IntegrityError, match="payment_refunded"), transaction.atomic():
            PaymentRequest.objects.filter(pk=large.pk).update(**change)
    back = register(large, actors.finance, 50_000_00)
    for change in ({"amount_fen": 1}, {"reason": "别的"}, {"needs_second": False}, {"status": "posted"}):
        with pytest.raises(Exception, match=r"refund_|read.?only|Cannot update"), transaction.atomic():
            Refund.objects.filter(pk=back.pk).update(**change)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        Refund.objects.filter(pk=back.pk).delete()
    born = {
        "payment": large,
        "amount_fen": 1,
        "received_on": clock.today(),
        "reason": "x",
        "created_label": "甲",
        "status": "posted",
    }
    with pytest.raises(Exception, match="Cannot insert"), transaction.atomic():
        Refund.objects.create(**born)


def test_who_waits_is_told(large, actors, cast):
    for name in ("leader", "community"):
        User.objects.filter(pk=getattr(cast, name).pk).update(email=f"{name}@example.test")
    mails = OutboxMail.objects.filter(thread=large.thread, key__contains="refund").order_by("id")
    back = register(large, actors.finance, 50_000_00)
    assert [(mail.to_address, mail.subject[1:6]) for mail in mails] == [("leader@example.test", "退款待确认")]
    services.refund_step(refund=back, action="confirm", by=actors.leader)
    assert [mail.to_address for mail in mails.all()] == ["leader@example.test", "community@example.test"]
    assert "50,000.00 元，已入账" in mails.last().text


def test_eight_at_once_give_back_no_more_than_was_paid(throwaway_db):
    """Eight people register 1,500 of 8,000 in the same moment, with real commits: five fit."""
    from governance.territory.models import Division
    from tests_support.cast import people_as_actors

    actors = people_as_actors()
    place = Division.objects.select_related("unit", "street").get(pk=actors.community.posts[0].community_id)
    give_money(place)
    tell = Stories(actors, place)
    paid = tell.payment("paid", project=tell.project("implementing"))

    def work(number):
        row = PaymentRequest.objects.get(pk=paid.pk)
        return register(row, actors.finance, 1_500_00, files=receipt(str(number)))

    answers = at_once(8, work)
    assert sum(isinstance(one, Refund) for one in answers) == 5, answers
    paid.refresh_from_db()
    assert (paid.refunded_fen, paid.status) == (7_500_00, "paid")
    assert balances(place).paid == 500_00


def test_a_refund_in_the_browser(cast, large):
    """Finance registers at a telephone's width; a second click does nothing; the leader confirms; both read where it went."""
    address = reverse("payment-refund", args=[large.pk])
    with window(signed_in(cast.finance), follow=True) as page:
        page.goto(large.get_absolute_url())
        page.get_by_role("link", name="登记退款").click()
        assert "还可登记退款 60,000.00 元" in page.inner_text("main")
        assert faults(page) == []
        page.fill("[name=amount_fen]", "55000")
        page.fill("[name=reason]", "少装两台电梯，退回设备款")
        page.locator("input[type=file]").set_input_files(
            {"name": "回单.pdf", "mimeType": "application/pdf", "buffer": receipt("browser")[0][1]}
        )
        page.get_by_role("button", name="登记", exact=True).click()
        assert "待第二人确认" in page.inner_text("main")
        page.goto(large.get_absolute_url())
        assert page.get_by_role("button", name="确认入账").count() == 0
        assert faults(page) == []
        page.goto(address)
        assert "还可登记退款 5,000.00 元" in page.inner_text("main")
    with window(signed_in(cast.leader), follow=True, width=1440) as page:
        page.goto(reverse("desk"))
        assert "待确认的大额退款" in page.inner_text("main")
        page.goto(large.get_absolute_url())
        page.locator("#refunds details summary", has_text="确认入账").click()
        page.locator("#refunds details[open] button[type=submit]").click()
        assert "已退回" in page.inner_text("main") and "5,000.00" in page.inner_text("main")
        page.goto(large.get_absolute_url())
        page.get_by_role("link", name="来路").last.click()
        assert "少装两台电梯" in page.inner_text("main")
        assert faults(page) == []
    assert Refund.objects.get().status == "posted"


def test_the_form_refuses_in_words(client, cast, paid):
    client.force_login(cast.finance)
    answer = client.post(
        reverse("payment-refund", args=[paid.pk]),
        {"amount_fen": "8000.01", "received_on": clock.today(), "reason": "退款", "files": [
            SimpleUploadedFile("a.pdf", b"%PDF-1.4 a")]},
    )  # fmt: skip
    assert answer.status_code == 422 and "最多可退 8,000.00 元" in answer.content.decode()
    assert client.post(reverse("payment-action", args=[paid.pk, "refund"])).status_code == 404
    client.force_login(cast.community)
    assert client.get(reverse("payment-refund", args=[paid.pk])).status_code == 403
    client.force_login(cast.sibling_community)
    assert client.get(reverse("payment-refund", args=[paid.pk])).status_code == 404
