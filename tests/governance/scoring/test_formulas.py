"""The formulas of domain-rules 1.6: worked by hand, and true for whatever comes."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.whistles import rules

POINTS, BOUNDS = [0, 30, 60, 85, 100], [85, 60]
RESPONSE, WEIGHTS = [0.4, 0.2, 0.4], [0.3, 0.35, 0.35]

percent = st.floats(0, 100, allow_nan=False)
maybe = st.none() | percent
count = st.integers(0, 500)
stars = st.lists(st.integers(1, 5), min_size=4, max_size=4)


@pytest.mark.parametrize(
    ("day", "quarter"), [(date(2026, 1, 1), "2026Q1"), (date(2026, 9, 30), "2026Q3"), (date(2026, 10, 1), "2026Q4")]
)
def test_a_day_lies_in_its_quarter(day, quarter):
    assert rules.quarter_of(day) == quarter


def test_a_period_ends_where_the_next_begins():
    assert rules.period_days("2026Q4") == (date(2026, 10, 1), date(2027, 1, 1))
    assert rules.period_days("2026Q1") == (date(2026, 1, 1), date(2026, 4, 1))
    assert rules.period_days("2026") == (date(2026, 1, 1), date(2027, 1, 1))
    assert rules.previous_quarter("2027Q1") == "2026Q4"
    assert rules.previous_quarter("2026Q3") == "2026Q2"


@pytest.mark.parametrize(
    "text", ["", "Q1", "2026Q5", "2026Q0", "26Q1", "2026Q", "2026q1", "20266", "2026Q11", "９９９９Q1Q"]
)
def test_no_other_text_is_a_period(text):
    with pytest.raises(ValueError, match="no period"):
        rules.quarters_of(text)


def test_stars_become_points():
    assert rules.rating_points([5, 5, 5, 5], POINTS) == 100
    assert rules.rating_points([1, 2, 3, 4], POINTS) == (0 + 30 + 60 + 85) / 4
    assert rules.satisfaction_class([4, 4, 4, 4], POINTS, BOUNDS) == "satisfied"  # 85, the bound itself
    assert rules.satisfaction_class([5, 5, 5, 2], POINTS, BOUNDS) == "basic"  # 82.5
    assert rules.satisfaction_class([3, 3, 3, 3], POINTS, BOUNDS) == "basic"  # 60, the bound itself
    assert rules.satisfaction_class([3, 3, 3, 2], POINTS, BOUNDS) == "dissatisfied"  # 52.5


@given(stars)
def test_the_order_of_the_stars_does_not_matter(four):
    assert len({rules.satisfaction_class(list(other), POINTS, BOUNDS) for other in permutations(four)}) == 1


@given(stars, st.integers(0, 3))
def test_one_more_star_never_makes_a_rating_worse(four, place):
    better = [*four]
    better[place] = min(better[place] + 1, 5)
    assert rules.rating_points(better, POINTS) >= rules.rating_points(four, POINTS)


def test_the_response_rate_worked_by_hand():
    # 9/10 accepted, 1/2 contacted, 3/4 reported in: 0.4×90 + 0.2×50 + 0.4×75
    assert rules.response_rate([(9, 10), (1, 2), (3, 4)], RESPONSE) == pytest.approx(76)


def test_a_stage_without_cases_drops_out_and_the_others_share_its_weight():
    # no arrival was due: (0.4×90 + 0.2×50) / 0.6
    assert rules.response_rate([(9, 10), (1, 2), (0, 0)], RESPONSE) == pytest.approx(46 / 0.6)
    assert rules.response_rate([(0, 0), (0, 0), (0, 0)], RESPONSE) is None


def test_the_resolution_rate_worked_by_hand():
    # 6 solved, 2 partly, 10 due of which 2 on hold: (6 + 0.5×2) / 8
    assert rules.resolution_rate(6, 2, 10, 2, 0.5) == 87.5
    assert rules.hold_rate(2, 10) == 20
    assert rules.resolution_rate(0, 0, 3, 3, 0.5) is None  # everything on hold: no rate, but a hold rate of 100
    assert rules.hold_rate(3, 3) == 100


def test_the_satisfaction_rate_worked_by_hand():
    assert rules.satisfaction_rate(5, 3, 10, 0.5) == 65
    assert rules.satisfaction_rate(0, 0, 0, 0.5) is None


def test_the_total_worked_by_hand():
    assert rules.total_score(76, 87.5, 65, WEIGHTS) == pytest.approx(0.3 * 76 + 0.35 * 87.5 + 0.35 * 65)
    assert rules.total_score(80, None, 60, WEIGHTS) == pytest.approx((0.3 * 80 + 0.35 * 60) / 0.65)
    assert rules.total_score(None, None, None, WEIGHTS) is None


def test_the_correction_worked_by_hand():
    # one ticket with 0 points in a city of 80: (1×0 + 10×80) / 11
    assert rules.shrunk_score(0, 1, 80, 10) == pytest.approx(800 / 11)
    assert rules.shrunk_score(60, 30, 80, 10) == pytest.approx(65)
    assert rules.city_mean([(1, 0), (3, 80), (5, None)]) == pytest.approx(60)


def test_red_cards_come_off_after_the_correction():
    assert rules.final_score(70, rules.card_penalty(3, 2)) == 64
    assert rules.final_score(3, rules.card_penalty(2, 2)) == 0
    assert rules.final_score(None, 4) is None


def test_the_lower_bound_worked_by_hand():
    # Wilson, p = 0.8, n = 10, z = 1.96: the textbook's 0.4902
    assert rules.wilson_lower(80, 10, 1.96) == pytest.approx(49.02, abs=0.01)
    assert rules.wilson_lower(100, 1, 1.96) == pytest.approx(20.65, abs=0.01)
    assert rules.wilson_lower(None, 0, 1.96) is None


def test_the_annual_score_worked_by_hand():
    assert rules.annual_score(90, 70, 0.3) == pytest.approx(84)
    assert rules.annual_score(None, 70, 0.3) is None
    assert rules.annual_score(90, None, 0.3) is None


def test_equal_scores_share_a_rank_and_groups_do_not_mix():
    rows = [("a", "police", 80.0), ("b", "police", 90.0), ("c", "police", 80.0), ("d", "fire", 10.0)]
    assert rules.rank_groups(rows) == {"b": (1, 3), "a": (2, 3), "c": (2, 3), "d": (1, 1)}
    assert rules.rank_groups(reversed(rows)) == rules.rank_groups(rows)


@given(st.lists(st.tuples(maybe, st.floats(0, 1)), max_size=6))
def test_a_weighted_mean_lies_between_its_values_in_any_order(parts):
    known = [value for value, weight in parts if value is not None and weight > 0]
    mean = rules.weighted(parts)
    assert (mean is None) == (not known)
    if known:
        assert min(known) <= mean <= max(known)
        assert rules.weighted(parts[::-1]) == pytest.approx(mean)


@given(st.lists(st.tuples(count, count), min_size=3, max_size=3))
def test_the_response_rate_is_a_percentage_and_falls_with_every_delay(pairs):
    stages = [(on_time, on_time + late) for on_time, late in pairs]
    rate = rules.response_rate(stages, RESPONSE)
    assert rate is None or 0 <= rate <= 100
    slower = [(on_time, due + 1) for on_time, due in stages]
    if rate is not None and all(due for _, due in stages):
        assert rules.response_rate(slower, RESPONSE) <= rate + 1e-9


@given(count, count, count, count)
def test_the_resolution_rate_is_a_percentage_and_holds_never_help_the_hold_rate(solved, partly, rest, held):
    due = solved + partly + rest + held
    rate = rules.resolution_rate(solved, partly, due, held, 0.5)
    assert rate is None or 0 <= rate <= 100
    if due:
        assert rules.hold_rate(held + 1, due + 1) >= rules.hold_rate(held, due)
        assert rules.resolution_rate(solved, partly, due + 1, held + 1, 0.5) == rate  # a hold does not move S


@given(percent, percent, count, st.integers(1, 50))
def test_the_correction_draws_towards_the_city_and_less_with_more_tickets(total, city, tickets, k):
    drawn, more = (rules.shrunk_score(total, n, city, k) for n in (tickets, tickets + 1))
    assert min(total, city) <= drawn <= max(total, city)
    assert abs(drawn - city) <= abs(total - city) + 1e-9
    assert abs(more - total) <= abs(drawn - total) + 1e-9


@given(maybe, maybe, maybe)
def test_the_total_rises_with_each_rate(response, resolution, satisfaction):
    total = rules.total_score(response, resolution, satisfaction, WEIGHTS)
    assert (total is None) == (response is resolution is satisfaction is None)
    if total is not None and satisfaction is not None:
        assert rules.total_score(response, resolution, 100, WEIGHTS) >= total - 1e-9


@given(percent, st.integers(1, 10_000), st.floats(0.5, 3))
def test_the_lower_bound_is_below_the_rate_and_rises_with_the_sample(rate, n, z):
    bound = rules.wilson_lower(rate, n, z)
    assert 0 <= bound <= rate
    assert rules.wilson_lower(rate, n * 2, z) >= bound - 1e-9


@given(st.dictionaries(st.integers(), st.tuples(st.sampled_from("xyz"), percent), max_size=12))
def test_a_better_score_never_ranks_lower(scores):
    places = rules.rank_groups((key, group, score) for key, (group, score) in scores.items())
    for one, (group, score) in scores.items():
        for other, (group2, score2) in scores.items():
            if group == group2 and score > score2:
                assert places[one][0] < places[other][0]
