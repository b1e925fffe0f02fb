"""What somebody would try who wants money out past the second person, the year's end or the rules. None of it works."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from funding.ledger.models import Account, Journal
from funding.ledger.services import period_close
from funding.projects import services
from funding.projects.models import PaymentRequest
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, IllegalTransition, Invalid
from governance.kernel.policy import policy_change

from .conftest import balances, somebody

pytestmark = pytest.mark.django_db
LARGE = [("30227", "大修", 150_000_00)]


@pytest.fixture
def works(tell):
    """A project of 150,000 yuan."""
    return tell.project("implementing", lines=LARGE)


def two_posts(actors, place) -> tuple[Actor, Actor]:
    """One person who is the community's secretary and the street's leader."""
    community = somebody("community", place, "一人两岗")
    return community, Actor(label="一人两岗", posts=(*community.posts, *actors.leader.posts))


def test_a_large_sum_in_small_pieces_wants_two_people(tell, works):
    """49,999 and 1 more to the same payee."""
    first = tell.payment("submitted", project=works, fen=49_999_00)
    second = tell.payment("submitted", project=works, fen=1_00)
    assert (first.needs_second, second.needs_second) == (False, True)
    with pytest.raises(IllegalTransition, match="须两人审批"):
        tell.pay_step(second, "approve")


def test_nor_do_two_names_of_one_account_help(tell, works, actors, place):
    tell.payment("submitted", project=works, fen=30_000_00)
    alias = services.supplier_set(
        by=actors.community, community=place, name="换个名字工程队", bank="某银行", account="0000123456789012"
    )
    assert tell.payment("submitted", project=works, fen=25_000_00, supplier=alias).needs_second


def test_other_payees_and_earlier_months_do_not_count(tell, works, at):
    policy_change(key="funding.second_from_fen", value=9_000_00, effective_from=clock.today())
    tell.payment("paid", project=works, fen=8_000_00)
    assert tell.payment("submitted", project=works, fen=1_000_00).needs_second
    assert not tell.payment("submitted", project=works, fen=8_000_00, supplier=tell.supplier("另一家")).needs_second
    with at(clock.now() + timedelta(days=31)):
        assert not tell.payment("submitted", project=works, fen=8_000_00).needs_second


def test_pieces_below_the_limit_of_quotes_are_told(tell, works):
    tell.payment("submitted", project=works, fen=6_000_00)
    row = tell.payment("submitted", project=works, fen=6_000_00, collective="")
    assert any("核对是否拆分" in words for words in row.warnings)


def test_a_limit_that_falls_meanwhile_holds_for_what_waits(tell, works):
    row = tell.payment("submitted", project=works, fen=40_000_00)
    policy_change(key="funding.second_from_fen", value=30_000_00, effective_from=clock.today())
    with pytest.raises(IllegalTransition, match="限额已调低"):
        tell.pay_step(row, "approve")
    row = tell.pay_step(tell.pay_step(row, "return"), "submit")
    assert row.needs_second and tell.pay_step(row, "first").status == "second"


def test_who_changed_the_payee_does_not_approve(tell, works, actors, place):
    """B drafts; A, secretary and leader in one, changes the payee; B sends it on; A wants to approve."""
    row = tell.payment(project=works)
    community, leader = two_posts(actors, place)
    row = services.payment_edit(
        payment=row, by=community, supplier=tell.supplier("自己的公司"), economic_code="30227", amount_fen=row.amount_fen,
        purpose=row.purpose, collective="集体决定",
    )  # fmt: skip
    row = tell.pay_step(row, "submit")
    with pytest.raises(IllegalTransition, match="修改或报送过"):
        services.payment_step(payment=row, action="approve", by=leader)
    assert tell.pay_step(row, "approve").status == "approved"


def test_who_sent_it_on_does_not_approve(tell, works, actors, place):
    community, leader = two_posts(actors, place)
    row = services.payment_step(payment=tell.payment(project=works), action="submit", by=community)
    with pytest.raises(IllegalTransition, match="修改或报送过"):
        services.payment_step(payment=row, action="approve", by=leader)


def test_nor_as_the_second_person(tell, works, actors, place):
    community, leader = two_posts(actors, place)
    row = tell.payment(project=works, fen=60_000_00)
    row = tell.pay_step(services.payment_step(payment=row, action="submit", by=community), "first")
    with pytest.raises(IllegalTransition, match="修改或报送过"):
        services.payment_step(payment=row, action="second", by=leader)


def test_what_was_approved_in_december_is_paid_in_january(tell, works, place, at):
    """The books are those of the year that asked; otherwise the money would be reserved for ever."""
    row = tell.payment("approved", project=works)
    year = clock.today().year
    with at(clock.now().replace(year=year + 1, month=1, day=8)):
        tell.pay_step(row, "pay")
    assert (balances(place).reserved, balances(place).paid) == (0, 8_000_00)
    assert str(Journal.objects.get(kind="pay").day) == f"{year}-12-31"


def test_what_bounces_in_january_goes_back(tell, works, place, at):
    row = tell.payment("approved", project=works)
    with at(clock.now().replace(year=clock.today().year + 1, month=1, day=8)):
        tell.pay_step(row, "bounce")
    assert balances(place).reserved == 0


def test_december_does_not_close_over_what_the_bank_has_not_answered(tell, works, actors, at):
    row, year = tell.payment("approved", project=works), clock.today().year
    with at(clock.now().replace(year=year + 1, month=1, day=8)):
        for month in sorted(set(Journal.objects.values_list("day__month", flat=True)) - {12}):
            period_close(by=actors.city, year=year, month=month)
        with pytest.raises(Invalid, match=r"8,000\.00 元在途或待付"):
            period_close(by=actors.city, year=year, month=12)
        tell.pay_step(row, "pay")
        assert period_close(by=actors.city, year=year, month=12).status == "closed"


def test_a_button_pressed_twice_pays_once(client, cast, tell, works):
    row = tell.payment("approved", project=works)
    client.force_login(cast.finance)
    sent = {"form_key": "01234567-89ab-4def-8123-456789abcdef", "version": row.version}
    for _ in range(3):
        client.post(reverse("payment-action", args=[row.pk, "pay"]), sent)
    client.post(
        reverse("payment-action", args=[row.pk, "pay"]), {**sent, "form_key": "11234567-89ab-4def-8123-456789abcdef"}
    )
    assert Journal.objects.filter(kind="pay").count() == 1
    assert sum(Account.objects.values_list("balance_fen", flat=True)) == 0


def test_an_old_page_approves_nothing(client, cast, tell, works):
    """Returned and changed while the leader looked at it: the button of the old page does nothing."""
    row = tell.payment("submitted", project=works)
    old = row.version
    row = tell.pay_step(tell.pay_step(row, "return"), "submit")
    client.force_login(cast.leader)
    client.post(reverse("payment-action", args=[row.pk, "approve"]), {"version": old})
    row.refresh_from_db()
    assert row.status == "submitted"


def test_after_approval_nothing_is_edited(client, cast, tell, works):
    row = tell.payment("approved", project=works)
    with pytest.raises(Conflict), transaction.atomic():
        services.payment_edit(
            payment=row,
            by=tell.a.community,
            supplier=row.supplier,
            economic_code=row.economic_code,
            amount_fen=1,
            purpose="x",
        )
    client.force_login(cast.community)
    answer = client.post(reverse("payment-edit", args=[row.pk]), {"amount_fen": "1", "purpose": "x"})
    assert answer.status_code in (409, 422)
    assert client.patch(
        f"/api/v1/payments/{row.pk}/", {"amount_fen": 1}, content_type="application/json"
    ).status_code in (403, 405)
    assert PaymentRequest.objects.get(pk=row.pk).amount_fen == row.amount_fen
