"""费随事转, as funding offers it: split to the fen, posted once, taken back whole or from those who did nothing."""

import pytest
from django.db import connection

from funding.appropriations import services
from funding.ledger.models import Account, Journal
from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Conflict, Invalid


@pytest.fixture
def give(actors, departments, places):
    """``give(fen, places, key)``"""

    def post(fen=1_000_00, to=None, key="demand:1"):
        return services.errand_transfer(
            by=actors.dept,
            department=departments[0],
            number="YS2026-001",
            communities=to or places[:3],
            fen=fen,
            key=key,
        )

    return post


def balances(places):
    rows = {row.community_id: row.balance_fen for row in Account.objects.filter(fund=Fund.ERRAND, kind="available")}
    return [rows.get(place.pk, 0) for place in places]


def test_split_to_the_fen(give, places):
    journal = give(100_00)
    assert balances(places[:3]) == [33_34, 33_33, 33_33]
    assert (journal.kind, journal.legs, journal.amount_fen) == ("transfer", 4, 100_00)
    assert "YS2026-001" in journal.memo
    connection.check_constraints()


def test_told_twice_posted_once(give, places):
    assert give() == give()
    with pytest.raises(Conflict):
        give(2_000_00)
    assert sum(balances(places)) == 1_000_00


@pytest.mark.parametrize("fen", [0, 2])
def test_too_little_to_split(give, fen):
    with pytest.raises(Invalid, match="不足以分到"):
        give(fen)


def test_taken_back_whole_by_reversal(give, places, actors):
    journal = give()
    back = services.errand_return(by=actors.dept, key="demand:1", reason="撤回")
    assert (back.kind, back.reverses) == ("reversal", journal)
    assert sum(balances(places)) == 0
    assert services.errand_return(by=actors.dept, key="demand:1", reason="撤回") == back


def test_who_has_done_the_work_keeps_his_part(give, places, actors):
    give(90_00)
    back = services.errand_return(by=actors.dept, key="demand:1", reason="撤回", communities=places[1:3])
    assert back.kind == "lapse"
    assert balances(places[:3]) == [30_00, 0, 0]


def test_nothing_to_take_back(give, places, actors):
    assert services.errand_return(by=actors.dept, key="never", reason="撤回") is None
    give()
    assert services.errand_return(by=actors.dept, key="demand:1", reason="撤回", communities=places[5:6]) is None


def test_what_has_been_spent_stays(give, places, actors, year):
    give(90_00)
    spent = account_for(kind=AccountKind.AVAILABLE, fund=Fund.ERRAND, year=year, community=places[0])
    treasury = account_for(kind=AccountKind.SOURCE, fund=Fund.ERRAND, year=year)
    journal_post(by=SYSTEM, kind="lapse", memo="已用", legs=move(spent, treasury, 1_00), key="spent")
    back = services.errand_return(by=actors.dept, key="demand:1", reason="撤回")
    assert (back.kind, balances(places[:3])) == ("lapse", [29_00, 0, 0])
    assert services.errand_return(by=actors.dept, key="demand:1", reason="再撤") == back


def test_nothing_is_left_to_take_back(give, places, actors, year):
    give(90_00, to=places[:1])
    spent = account_for(kind=AccountKind.AVAILABLE, fund=Fund.ERRAND, year=year, community=places[0])
    treasury = account_for(kind=AccountKind.SOURCE, fund=Fund.ERRAND, year=year)
    journal_post(by=SYSTEM, kind="lapse", memo="已用", legs=move(spent, treasury, 90_00), key="spent")
    assert services.errand_return(by=actors.dept, key="demand:1", reason="撤回") is None
    assert not Journal.objects.filter(kind="reversal").exists()
