"""Year end: a fifth at most goes over and is used first, the rest goes back; again later it takes nothing twice."""

from datetime import datetime

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from funding.appropriations import services
from funding.appropriations.models import YearClosing
from funding.appropriations.selectors import carried_in, place_funds
from funding.ledger.models import Account, Journal
from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Conflict, Forbidden
from tests_support import entitlements as story
from tests_support.databases import at_once

FUND = Fund.SERVICE_MASS


def december(year, day=28):
    return clock.travel(datetime(year, 12, day, 10, tzinfo=timezone.get_default_timezone()))


def arrived(unit, year):
    """Half the year's money has arrived at every community."""
    services.payees_load(unit=unit)
    story.run(unit)
    story.returned(story.batch(unit, percent=50))


def test_before_the_limit_begins_nothing_is_closed(actors, unit, year):
    with december(year, 19), pytest.raises(Conflict, match="12 月 20 日"):
        services.year_close(by=actors.city, year=year, fund=FUND)
    with december(year), pytest.raises(Forbidden):
        services.year_close(by=actors.finance, year=year, fund=FUND)


def test_a_fifth_is_carried_and_the_rest_goes_back(actors, unit, places, year):
    arrived(unit, year)
    with december(year):
        plans = services.year_close_preview(year=year, fund=FUND)
        assert {(plan.carry, plan.lapse) for plan in plans if plan.account.community_id} == {(40_000_00, 60_000_00)}
        closing = services.year_close(by=actors.city, year=year, fund=FUND)
    count = sum(1 for plan in plans if plan.account.community_id)
    assert (closing.carried_fen, closing.accounts) == (count * 40_000_00, count + 1)
    assert not Account.objects.filter(year=year, fund=FUND, kind="available").exclude(balance_fen=0).exists()
    assert carried_in(year + 1)[places[0].pk] == {FUND: 40_000_00}
    with december(year + 1, 1):
        (row,) = place_funds(places[0], year + 1)
        assert (row.available, row.carried, row.carried_left) == (40_000_00, 40_000_00, 40_000_00)
    assert Journal.objects.filter(kind="carry").first().document_id == closing.pk
    connection.check_constraints()


def test_again_it_takes_nothing_twice(actors, unit, year):
    arrived(unit, year)
    with december(year):
        first = services.year_close(by=actors.city, year=year, fund=FUND)
        posted = Journal.objects.count()
        assert services.year_close(by=actors.city, year=year, fund=FUND) is None
    assert (Journal.objects.count(), YearClosing.objects.get()) == (posted, first)


def test_what_comes_back_later_stays_within_the_fifth(actors, unit, places, year):
    arrived(unit, year)
    with december(year):
        services.year_close(by=actors.city, year=year, fund=FUND)
        legs = move(
            account_for(kind=AccountKind.SOURCE, fund=FUND, year=year),
            account_for(kind=AccountKind.AVAILABLE, fund=FUND, year=year, community=places[0]),
            5_00,
        )
        journal_post(by=SYSTEM, kind="budget", memo="迟到的钱", legs=legs, key="late")
        again = services.year_close(by=actors.city, year=year, fund=FUND)
    assert (again.carried_fen, again.lapsed_fen) == (0, 5_00)


def test_money_under_way_is_left_alone(actors, unit, places, year):
    services.payees_load(unit=unit)
    story.run(unit)
    batch = story.batch(unit, percent=50)
    story.returned(batch, only=(1,))
    late = story.batch(unit, percent=10)
    first = batch.lines.get(number=1).community
    with december(year):
        plans = {plan.account.community_id: plan for plan in services.year_close_preview(year=year, fund=FUND)}
    assert plans[first.pk].waits == late.lines.get(community=first).amount_fen
    assert (plans[first.pk].carry, plans[first.pk].lapse) == (0, 0)


def test_the_closing_itself_is_never_changed(actors, unit, year):
    arrived(unit, year)
    with december(year):
        services.year_close(by=actors.city, year=year, fund=FUND)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        YearClosing.objects.update(carried_fen=0)


def test_four_closings_at_once_are_one(throwaway_db):
    from tests_support import stories

    year = clock.today().year
    arrived(stories.street().unit, year)

    def work(number):
        with december(year):
            return services.year_close(by=throwaway_db.actors.city, year=year, fund=FUND)

    answers = at_once(4, work)
    assert [type(one) for one in answers if one is not None] == [YearClosing], answers
    assert sum(Account.objects.values_list("balance_fen", flat=True)) == 0
