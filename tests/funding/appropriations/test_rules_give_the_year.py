"""The article's figures come out of the rules, change with their next version, and every line says why (domain-rules 10)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.appropriations import rules
from funding.appropriations.book import limit_today, rule_book
from funding.appropriations.rules import (
    COMMUNITY,
    VILLAGE,
    Place,
    RuleProblem,
    Version,
    carry,
    entitlement,
    months_of,
    split,
    total,
)
from funding.ledger.states import Fund
from governance.kernel.policy import policy, policy_change

ARTICLE = 892


@pytest.fixture
def book(db):
    return rule_book()


def places(count=ARTICLE, **facts):
    return [Place(**facts) for _ in range(count)]


def test_the_article_s_service_money(book):
    assert policy("funding.article_communities") == ARTICLE
    assert total(places(), Fund.SERVICE_MASS, 2026, book) == 178_400_000_00


def test_the_article_s_office_money_lies_between_its_bounds(book):
    low, high = rules.office_bounds(ARTICLE, 2026, book)
    assert (low, high) == (44_600_000_00, 53_520_000_00)
    assert low <= total(places(), Fund.OFFICE, 2026, book) <= high


@pytest.mark.parametrize(("value", "fen"), [(50_000, 44_600_000_00), (60_000, 53_520_000_00)])
def test_the_bounds_themselves_are_allowed(db, value, fen):
    policy_change(key="funding.office.community_yuan", value=value, effective_from=date(2026, 1, 1))
    assert total(places(), Fund.OFFICE, 2026, rule_book()) == fen


@pytest.mark.parametrize("value", [49_999, 60_001])
def test_office_money_beyond_its_bounds_is_refused(db, value):
    policy_change(key="funding.office.community_yuan", value=value, effective_from=date(2026, 1, 1))
    with pytest.raises(RuleProblem, match="50,000 至 60,000"):
        entitlement(Place(), Fund.OFFICE, 2026, rule_book())


@pytest.mark.parametrize(
    ("households", "population", "size", "fen"),
    [
        (699, None, "small", 50_000_00),
        (700, None, "large", 100_000_00),
        (699, 1999, "small", 50_000_00),
        (10, 2000, "large", 100_000_00),
        (None, 2000, "large", 100_000_00),
        (None, None, "small", 50_000_00),
    ],
)
def test_small_and_large_villages(book, households, population, size, fen):
    found = entitlement(Place(VILLAGE, households, population), Fund.VILLAGE, 2026, book)
    assert (found.size, found.fen) == (size, fen)


def test_the_threshold_is_a_rule(db):
    policy_change(key="funding.village.large_households", value=500, effective_from=date(2027, 1, 1))
    village, book = Place(VILLAGE, 600), rule_book()
    assert entitlement(village, Fund.VILLAGE, 2026, book).fen == 50_000_00
    assert entitlement(village, Fund.VILLAGE, 2027, book).fen == 100_000_00


@pytest.mark.parametrize(
    ("kind", "fund"), [(VILLAGE, Fund.SERVICE_MASS), (VILLAGE, Fund.OFFICE), (COMMUNITY, Fund.VILLAGE)]
)
def test_a_fund_is_for_its_own_kind_of_place(book, kind, fund):
    assert entitlement(Place(kind, 900), fund, 2026, book).fen == 0


def test_the_next_version_changes_the_year_that_it_reaches(db):
    policy_change(key="funding.service.community_yuan", value=250_000, effective_from=date(2027, 1, 1))
    book = rule_book()
    assert total(places(), Fund.SERVICE_MASS, 2026, book) == 178_400_000_00
    assert total(places(), Fund.SERVICE_MASS, 2027, book) == 223_000_000_00


def test_village_and_office_totals_change_with_their_next_version(db):
    small, large = [Place(VILLAGE, 300)] * 500, [Place(VILLAGE, 900)] * 276
    village = {year: total([*small, *large], Fund.VILLAGE, year, rule_book()) for year in (2026, 2027)}
    assert village == {2026: 52_600_000_00, 2027: 52_600_000_00}
    policy_change(key="funding.village.small_yuan", value=60_000, effective_from=date(2027, 1, 1))
    policy_change(key="funding.village.large_yuan", value=120_000, effective_from=date(2027, 1, 1))
    policy_change(key="funding.office.community_yuan", value=58_000, effective_from=date(2027, 1, 1))
    book = rule_book()
    assert total([*small, *large], Fund.VILLAGE, 2026, book) == 52_600_000_00
    assert total([*small, *large], Fund.VILLAGE, 2027, book) == 63_120_000_00
    assert total(places(), Fund.OFFICE, 2026, book) == 49_060_000_00
    assert total(places(), Fund.OFFICE, 2027, book) == 51_736_000_00


def test_a_version_of_mid_year_waits_for_january(db):
    policy_change(key="funding.service.community_yuan", value=260_000, effective_from=date(2026, 7, 1))
    book = rule_book()
    assert entitlement(Place(), Fund.SERVICE_MASS, 2026, book).fen == 200_000_00
    assert entitlement(Place(), Fund.SERVICE_MASS, 2027, book).fen == 260_000_00


def test_a_version_of_mid_year_counts_by_the_month_where_the_city_says_so(db):
    policy_change(key="funding.mid_year_versions", value="monthly", effective_from=date(2026, 1, 1))
    policy_change(key="funding.service.community_yuan", value=260_000, effective_from=date(2026, 7, 1))
    found = entitlement(Place(), Fund.SERVICE_MASS, 2026, rule_book())
    assert found.fen == 230_000_00
    assert [reason.text for reason in found.reasons if "适用 6 个月" in reason.text]


def test_no_rule_that_far_back(book):
    with pytest.raises(RuleProblem, match="没有生效的版本"):
        entitlement(Place(), Fund.SERVICE_MASS, 2019, book)


@pytest.mark.parametrize(
    ("founded", "closed", "new", "old"),
    [
        (None, None, 12, 12),
        (date(2026, 5, 15), None, 8, 7),
        (date(2026, 5, 1), None, 8, 8),
        (None, date(2026, 5, 15), 4, 5),
        (None, date(2026, 5, 1), 4, 4),
        (date(2026, 3, 10), date(2026, 9, 20), 6, 6),
        (date(2027, 1, 1), None, 0, 0),
        (None, date(2026, 1, 1), 0, 0),
        (date(2020, 1, 1), date(2030, 1, 1), 12, 12),
        (date(2026, 12, 31), None, 1, 0),
    ],
)
def test_months_of_a_place_that_began_or_ended(founded, closed, new, old):
    place = Place(founded=founded, closed=closed)
    assert (len(months_of(place, 2026, "new")), len(months_of(place, 2026, "old"))) == (new, old)


@given(day=st.dates(date(2026, 1, 1), date(2026, 12, 31)), side=st.sampled_from(["new", "old"]))
def test_a_merger_counts_every_month_once(day, side):
    before, after = months_of(Place(closed=day), 2026, side), months_of(Place(founded=day), 2026, side)
    assert sorted([*before, *after]) == list(range(1, 13))


def test_a_part_of_the_year_is_paid_in_twelfths(book):
    found = entitlement(Place(founded=date(2026, 5, 15)), Fund.SERVICE_MASS, 2026, book)
    assert (found.months, found.fen) == (8, 133_333_33)
    assert any("2026-05-15 设立，计 8 个月" in reason.text for reason in found.reasons)


def test_every_figure_names_its_rule_and_version(book):
    found = entitlement(Place(VILLAGE, 812), Fund.VILLAGE, 2026, book)
    cited = {(reason.rule, reason.begins) for reason in found.reasons if reason.rule}
    assert cited == {("funding.village.large_households", "2020-01-01"), ("funding.village.large_yuan", "2020-01-01")}
    assert [reason.as_dict()["text"] for reason in found.reasons][:2] == [
        "户数 812 ≥ 700，为大村",
        "村级专项经费标准（大村，每年）：100,000 元",
    ]


@given(fen=st.integers(0, 10**12), weights=st.lists(st.integers(1, 999), min_size=1, max_size=60))
def test_a_split_is_exact_and_fair(fen, weights):
    shares = split(fen, weights)
    assert sum(shares) == fen
    assert all(
        abs(part * sum(weights) - fen * weight) < sum(weights) for part, weight in zip(shares, weights, strict=True)
    )


def test_the_rest_goes_to_the_largest_remainder():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(7, [1, 2]) == [2, 5]


@given(
    balance=st.integers(0, 10**9),
    granted=st.integers(0, 10**9),
    carried=st.integers(0, 10**9),
    percent=st.integers(0, 100),
)
def test_carrying_over_keeps_every_fen(balance, granted, carried, percent):
    over, rest = carry(balance=balance, granted=granted, carried=carried, percent=percent)
    assert over + rest == balance
    assert over >= 0
    assert rest >= 0
    assert over + carried <= max(granted * percent // 100, carried)


def test_at_most_a_fifth_is_carried_and_used_first():
    assert carry(balance=60_000_00, granted=200_000_00, carried=0, percent=20) == (40_000_00, 20_000_00)
    assert carry(balance=60_000_00, granted=200_000_00, carried=30_000_00, percent=20) == (10_000_00, 50_000_00)
    assert rules.carried_left(carried=40_000_00, spent=15_000_00) == 25_000_00
    assert rules.carried_left(carried=40_000_00, spent=55_000_00) == 0


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        (date(2026, 12, 19), None),
        (date(2026, 12, 20), 50_000_00),
        (date(2026, 12, 31), 50_000_00),
        (date(2027, 1, 1), None),
    ],
)
def test_payments_are_limited_from_the_twentieth_of_december(book, day, limit):
    assert limit_today(day) == limit


@pytest.mark.parametrize(
    ("percent", "amount", "already", "fen"),
    [
        (25, None, 0, 50_000_00),
        (50, None, 150_000_00, 50_000_00),
        (100, None, 200_000_00, 0),
        (None, 3_000_00, 0, 3_000_00),
    ],
)
def test_a_share_never_exceeds_the_rest_of_the_grant(percent, amount, already, fen):
    assert rules.share(200_000_00, percent=percent, amount=amount, already=already) == fen


@given(percent=st.decimals(Decimal("0.01"), 100, places=2), granted=st.integers(0, 10**9))
def test_four_quarters_never_pay_more_than_the_grant(percent, granted):
    paid = 0
    for _quarter in range(4):
        paid += rules.share(granted, percent=percent, amount=None, already=paid)
    assert paid <= granted


def test_a_version_ends_where_the_next_begins():
    book = rules.RuleBook(
        {"x": [Version("x", "", 2, date(2027, 1, 1)), Version("x", "", 1, date(2020, 1, 1), date(2027, 1, 1))]}
    )
    assert [book.at("x", day).value for day in (date(2026, 12, 31), date(2027, 1, 1))] == [1, 2]
