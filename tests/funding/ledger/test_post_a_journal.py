"""Money moves whole or not at all, once, and only ways that it may go."""

import pytest
from django.db import connection

from funding.ledger.models import Account, Entry, Journal
from funding.ledger.selectors import balance_of, trial_balance, way_of
from funding.ledger.services import (
    JournalInput,
    Leg,
    Overdraft,
    journal_post,
    journal_reverse,
    journals_post,
    move,
    period_close,
)
from funding.ledger.states import JournalKind
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db


def settle():
    """Let the deferred checks speak now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def fen(account):
    return Account.objects.get(pk=account.pk).balance_fen


def test_it_reaches_the_community(purse):
    purse.give(200_000_00)
    settle()
    assert (fen(purse.source), fen(purse.city), fen(purse.community)) == (-200_000_00, 0, 200_000_00)
    assert sum(line.balance for line in trial_balance(purse.year)) == 0


def test_the_same_key_is_posted_once(purse):
    purse.give(100)
    purse.give(100)
    assert fen(purse.community) == 100
    with pytest.raises(Conflict, match="金额或账户不同"):
        purse.give(200)


def test_nothing_goes_below_zero(purse):
    purse.give(100)
    with pytest.raises(Overdraft, match=r"余额不足，不能支出 1\.01 元"):
        purse.post(JournalKind.ALLOT, purse.community, purse.project, 101, "too-much")


@pytest.mark.parametrize(
    ("legs", "words"),
    [
        (lambda p: [Leg(p.city, -5), Leg(p.unit, 4)], "不平衡"),
        (lambda p: [Leg(p.city, -5)], "至少有两行"),
        (lambda p: [Leg(p.city, 0), Leg(p.unit, 0)], "不能为零"),
        (lambda p: [Leg(p.city, -5), Leg(p.city, 5)], "只能出现一次"),
        (lambda p: move(p.account("available", fund="office"), p.unit, 5), "分账核算"),
        (lambda p: move(p.account("available", year=p.year + 1), p.unit, 5), "不符"),
        (lambda p: move(p.city, p.paid, 5), "不能从“已支付”账户转入"),
    ],
)
def test_what_is_no_journal_is_said_in_words(purse, legs, words):
    purse.give(100)
    with pytest.raises(Invalid, match=words):
        journal_post(by=SYSTEM, kind=JournalKind.APPROPRIATE, memo="测试", legs=legs(purse), key="wrong")


def test_many_at_once_are_all_or_none(purse):
    purse.give(100)
    rows = [
        JournalInput(JournalKind.ALLOT, "一", move(purse.community, purse.project, 60), "a"),
        JournalInput(JournalKind.RESERVE, "二", move(purse.project, purse.reserved, 60), "b"),
    ]
    journals_post(by=SYSTEM, rows=rows)
    settle()
    assert fen(purse.reserved) == 60


def test_a_mistake_is_reversed_once(purse):
    purse.give(100)
    journal = purse.post(JournalKind.ALLOT, purse.community, purse.project, 60, "allot")
    back = journal_reverse(by=SYSTEM, journal=journal, reason="项目取消")
    settle()
    assert fen(purse.community) == 100 and back.reverses == journal
    assert journal_reverse(by=SYSTEM, journal=journal, reason="再点一次") == back
    with pytest.raises(Conflict, match="已经冲销过"):
        journal_reverse(by=SYSTEM, journal=journal, reason="又一次", key="another")
    with pytest.raises(Conflict, match="不能再冲销"):
        journal_reverse(by=SYSTEM, journal=back, reason="冲销的冲销")


def test_the_balance_of_any_moment(purse):
    purse.give(100)
    moment = clock.now()
    purse.post(JournalKind.ALLOT, purse.community, purse.project, 60, "allot")
    assert (balance_of(purse.community), balance_of(purse.community, at=moment)) == (40, 100)


def test_each_yuan_has_its_way(purse):
    purse.give(100, "first")
    purse.give(50, "second")
    purse.post(JournalKind.ALLOT, purse.community, purse.project, 120, "allot")
    purse.post(JournalKind.RESERVE, purse.project, purse.reserved, 110, "reserve")
    purse.post(JournalKind.PAY, purse.reserved, purse.paid, 110, "pay")
    steps = way_of(Entry.objects.get(account=purse.paid))
    kinds = [step.journal.kind for step in steps]
    assert kinds[0] == JournalKind.BUDGET and kinds[-1] == JournalKind.PAY
    arrived = [step.fen for step in steps if step.journal.kind == JournalKind.ARRIVE]
    assert arrived == [100, 10]  # first in, first out


def test_a_closed_month_takes_nothing(purse, actors):
    with clock.travel(clock.now().replace(year=clock.now().year, month=3, day=10)):
        purse.give(100)
    period_close(by=actors.city, year=purse.year, month=3)
    day = clock.today().replace(month=3, day=20)
    with pytest.raises(Invalid, match="已结账"):
        purse.post(JournalKind.ALLOT, purse.community, purse.project, 10, "late", day=day)


def test_months_close_in_their_order(purse, actors):
    with clock.travel(clock.now().replace(month=2, day=10)):
        purse.give(100)
    with pytest.raises(Invalid, match="2 月还没有结账"):
        period_close(by=actors.city, year=purse.year, month=3)
    with pytest.raises(Invalid, match="本月还没有结束"):
        period_close(by=actors.city, year=purse.year, month=clock.today().month)


def test_journals_are_audited(purse):
    from governance.kernel.audit import AuditEvent

    purse.give(100)
    event = AuditEvent.objects.filter(action="journal.arrive").get()
    assert sorted(fen for _, fen in event.data["legs"]) == [-100, 100]
    assert Journal.objects.count() == 4
