"""A community publishes what the ledger says with one confirmation; who is late waits for the next disbursement."""

from datetime import date
from itertools import product

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from funding.appropriations.holds import hold_reasons
from funding.disclosure import services
from funding.disclosure.holds import overdue_reason
from funding.disclosure.models import Disclosure
from funding.disclosure.periods import Span, due_on, ended, months_of, quarter_before, quarter_of
from funding.disclosure.states import DisclosureStatus, PeriodKind
from funding.disclosure.workflow import DISCLOSURE_FLOW
from funding.ledger.states import Fund
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Forbidden, IllegalTransition, StaleVersion
from governance.kernel.policy import policy_change

from .conftest import YEAR, noon

pytestmark = pytest.mark.django_db
THIRD = quarter_of(date(YEAR, 8, 15))


def test_quarters_and_months():
    assert (THIRD.start, THIRD.end, THIRD.label) == (date(YEAR, 7, 1), date(YEAR, 9, 30), "2026 年第 3 季度")
    assert [row.label for row in months_of(THIRD)] == ["2026 年 7 月", "2026 年 8 月", "2026 年 9 月"]
    assert quarter_before(quarter_of(date(YEAR, 2, 1))) == quarter_of(date(YEAR - 1, 11, 30))


@pytest.mark.parametrize(
    ("monthly", "today", "count"),
    [(False, (9, 30), 0), (False, (10, 1), 1), (True, (7, 31), 0), (True, (8, 1), 1), (True, (10, 1), 3)],
)
def test_only_what_has_ended_is_due(monthly, today, count):
    assert len(ended(THIRD, monthly, date(YEAR, *today))) == count


@pytest.mark.parametrize(("today", "due"), [((10, 1), (10, 15)), ((10, 15), (10, 15)), ((11, 20), (12, 5))])
def test_opened_late_has_as_many_days(today, due):
    assert due_on(THIRD, date(YEAR, *today), 15) == date(YEAR, *due)


def test_the_sweep_opens_a_quarter_once(money):
    money.give()
    rows = money.opened()
    assert [(row.kind, row.start, row.due_on) for row in rows if row.start >= THIRD.start] == [
        ("quarter", THIRD.start, date(YEAR, 10, 15))
    ]
    with clock.travel(noon(10, 3)):
        assert services.disclosures_open() == 0
    assert AuditEvent.objects.filter(action="disclosure.open", subject_id=rows[-1].pk).count() == 1


def test_a_community_without_money_has_nothing_to_publish(money):
    money.give(to=money.other)
    assert money.opened() == []


def test_busy_accounts_publish_by_the_month(money):
    money.give()
    for number in range(10):
        money.pay(100_00, date(YEAR, 5, 1 + number))
    assert [row.kind for row in money.opened() if row.start >= THIRD.start] == ["month"] * 3


def test_the_number_that_makes_busy_is_a_rule(money):
    policy_change(key="disclosure.monthly_from_payments", value=1, effective_from=date(YEAR, 1, 1))
    money.give()
    money.pay(100_00, date(YEAR, 5, 1))
    assert {row.kind for row in money.opened() if row.start >= THIRD.start} == {"month"}


def test_how_a_quarter_is_published_does_not_change_within_it(money):
    money.give()
    for number in range(10):
        money.pay(100_00, date(YEAR, 5, 1 + number))
    money.opened(8, 2)
    policy_change(key="disclosure.monthly_from_payments", value=99, effective_from=date(YEAR, 1, 1))
    assert {row.kind for row in money.opened(10, 2) if row.start >= THIRD.start} == {"month"}


@pytest.fixture
def third(money):
    """The third quarter, due, with money received before it and two payments in it."""
    money.give()
    money.pay(3_000_00, date(YEAR, 6, 30))
    money.pay(1_234_56, date(YEAR, 7, 1))
    money.pay(20_00, date(YEAR, 9, 30))
    money.pay(77_00, date(YEAR, 10, 1))
    return next(row for row in money.opened() if row.start == THIRD.start)


def test_all_figures_come_from_the_ledger(third, actors):
    with clock.travel(noon(10, 5)):
        row = services.disclosure_publish(disclosure=third, by=actors.community)
    fund = row.snapshot["funds"][0]
    assert fund == {
        "fund": Fund.SERVICE_MASS, "label": "服务群众专项经费", "opening": 197_000_00, "received": 0, "returned": 0,
        "paid": 1_254_56, "closing": 195_745_44,
    }  # fmt: skip
    assert [line["fen"] for line in row.snapshot["payments"]] == [20_00, 1_234_56]
    assert row.digest == services.digest_of(row.snapshot)
    assert (row.status, row.published_label, row.is_late) == ("published", actors.community.label, False)


def test_the_year_adds_up_with_a_payment_taken_back(money):
    from funding.disclosure.figures import funds_of
    from funding.ledger.services import journal_reverse

    money.give(500_00, date(YEAR, 2, 1))
    entry = money.pay(100_00, date(YEAR, 3, 1))
    journal_reverse(by=SYSTEM, journal=entry.journal, reason="重复支付", day=date(YEAR, 3, 2))
    row = funds_of(money.place, Span(date(YEAR, 1, 1), date(YEAR, 12, 31), "year"))[0]
    assert row["opening"] + row["received"] - row["returned"] - row["paid"] == row["closing"] == 500_00
    assert row["paid"] == 0


def test_not_nagged_before_it_is_due(third):
    with clock.travel(noon(10, 15)):
        assert services.disclosures_lapse() == 0
    third.refresh_from_db()
    assert third.status == "due"


def test_who_is_late_waits_and_goes_on_when_published(money, third, actors):
    assert overdue_reason(money.place, Fund.SERVICE_MASS, YEAR) is None
    assert money.lapsed(10, 16) >= 1
    reason = hold_reasons([money.place, money.other], Fund.SERVICE_MASS, YEAR)
    assert "经费应于 2026-10-1" in reason[money.place.pk]
    assert money.other.pk not in reason
    with clock.travel(noon(10, 20)):
        for row in Disclosure.objects.filter(community=money.place).exclude(status="published"):
            done = services.disclosure_publish(disclosure=row, by=actors.community)
    assert done.is_late
    assert hold_reasons([money.place], Fund.SERVICE_MASS, YEAR) == {}


def test_the_next_disbursement_waits_until_it_is_published(money, third, actors):
    """From the clock of the disclosure to the file for the bank: held with the reason, and paid once residents can read it."""
    from funding.appropriations import services as appropriations
    from tests_support import entitlements as story

    unit = money.place.unit
    appropriations.payees_load(unit=unit)
    with clock.travel(noon(10, 16)):
        story.run(unit)
        money.lapsed(10, 16)
        batch = story.batch(unit, "draft", quarter=3)
        line = batch.lines.get(community=money.place)
        assert line.status == "held"
        assert "公布后即可拨付" in line.reason
        assert batch.lines.get(community=money.other).status == "planned"
    with clock.travel(noon(10, 20)):
        for row in Disclosure.objects.filter(community=money.place).exclude(status="published"):
            services.disclosure_publish(disclosure=row, by=actors.community)
        batch = appropriations.batch_redraft(batch=batch, by=story.finance(unit))
        freed = batch.lines.get(community=money.place)
        assert (freed.status, freed.reason, freed.amount_fen) == ("planned", "", line.amount_fen)
        sent = appropriations.batch_export(batch=story.batch(unit, "approved", quarter=4), by=story.finance(unit))
        assert sent.lines.get(community=money.place).status == "sent"


def test_the_hold_costs_one_statement(money, third, django_assert_num_queries):
    from funding.disclosure.holds import overdue_reasons

    money.lapsed()
    with django_assert_num_queries(1):
        assert list(overdue_reasons([money.place, money.other], Fund.OFFICE, YEAR)) == [money.place.pk]


def _in(status, third, actors):
    """The row in a state, by the services."""
    if status == "overdue":
        with clock.travel(noon(10, 16)):
            return DISCLOSURE_FLOW.fire(third, "lapse", by=SYSTEM)
    if status == "published":
        with clock.travel(noon(10, 5)):
            return services.disclosure_publish(disclosure=third, by=actors.community)
    return third


LEGAL = {("due", "publish"): "published", ("overdue", "publish"): "published", ("due", "lapse"): "overdue"}


@pytest.mark.parametrize(("status", "step"), list(product(DisclosureStatus.values, DISCLOSURE_FLOW.transitions)))
def test_every_cell(third, actors, status, step):
    row = _in(status, third, actors)

    def take():
        if step == "publish":
            return services.disclosure_publish(disclosure=row, by=actors.community)
        return DISCLOSURE_FLOW.fire(row, step, by=SYSTEM)

    with clock.travel(noon(10, 16)):
        if (status, step) in LEGAL:
            assert take().status == LEGAL[status, step]
        else:
            with pytest.raises(IllegalTransition):
                take()


def test_a_period_that_still_runs_is_not_published(money, actors):
    money.give()
    row = Disclosure.objects.create(
        community=money.place, street_id=money.place.street_id, unit_id=money.place.unit_id, kind=PeriodKind.QUARTER,
        start=date(YEAR, 10, 1), end=date(YEAR, 12, 31), due_on=date(YEAR + 1, 1, 15),
    )  # fmt: skip
    with clock.travel(noon(12, 31)), pytest.raises(IllegalTransition, match="还没有结束"):
        services.disclosure_publish(disclosure=row, by=actors.community)


@pytest.mark.parametrize("who", ["sibling_community", "sibling_leader", "finance", "city", "auditor", "grid_worker"])
def test_not_for_others_to_publish(third, actors, who):
    with clock.travel(noon(10, 5)), pytest.raises(Forbidden):
        services.disclosure_publish(disclosure=third, by=getattr(actors, who))


def test_the_street_may_help(third, actors):
    with clock.travel(noon(10, 5)):
        assert services.disclosure_publish(disclosure=third, by=actors.staff).status == "published"


def test_a_stale_page_publishes_nothing(third, actors):
    _in("overdue", third, actors)
    with clock.travel(noon(10, 17)), pytest.raises(StaleVersion):
        services.disclosure_publish(disclosure=third, by=actors.community, version=1)


@pytest.mark.parametrize("change", ["snapshot = '{}'", "digest = 'x'", "status = 'due'", "published_at = now()"])
def test_the_database_keeps_what_was_published(third, actors, change):
    row = _in("published", third, actors)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE funding_disclosure SET {change} WHERE id = %s", [row.pk])


@pytest.mark.parametrize("sql", ["DELETE FROM funding_disclosure WHERE id = %s",
                                 "UPDATE funding_disclosure SET due_on = due_on + 30 WHERE id = %s",
                                 "UPDATE funding_disclosure SET status = 'published' WHERE id = %s"])  # fmt: skip
def test_the_database_keeps_the_clock(third, sql):
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [third.pk])


def test_the_sweep_is_a_task(money, third):
    from governance.tasks import disclosures_sweep

    with clock.travel(noon(10, 16)):
        assert disclosures_sweep() >= 1
    third.refresh_from_db()
    assert third.status == "overdue"
