"""Periods and their steps at the edges of months, quarters and years."""

from datetime import date
from itertools import pairwise

import pytest

from governance.dashboards.periods import moments, period_of


@pytest.mark.parametrize(
    ("words", "today", "first", "last"),
    [
        ({"period": "quarter"}, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        ({"period": "quarter"}, date(2027, 1, 1), date(2027, 1, 1), date(2027, 1, 1)),
        ({"period": "quarter"}, date(2026, 9, 30), date(2026, 7, 1), date(2026, 9, 30)),
        ({"period": "month"}, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        ({"period": "30d"}, date(2026, 3, 1), date(2026, 1, 31), date(2026, 3, 1)),
        ({"period": "year"}, date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 1)),
        ({"period": "custom", "from": "2026-05-09", "to": "2026-05-01"}, date(2026, 6, 1), date(2026, 5, 1), date(2026, 5, 9)),
    ],
)  # fmt: skip
def test_a_period_runs_from_its_first_to_its_last_day(words, today, first, last):
    period = period_of(words, today)
    assert (period.first, period.last) == (first, last)
    assert period_of(period.query, today) == period


@pytest.mark.parametrize("words", [{"period": "custom", "from": "x", "to": "2026-13-01"}, {"period": "ever"}, {},
                                   {"period": "custom", "from": "0001-01-01", "to": "9999-12-31"}])  # fmt: skip
def test_what_cannot_be_read_is_this_quarter(words):
    assert period_of(words, date(2026, 11, 23)).key == "quarter"


def test_a_short_span_goes_by_weeks_and_a_long_one_by_months():
    weeks = period_of({"period": "quarter"}, date(2026, 11, 23)).steps()
    months = period_of({"period": "year"}, date(2026, 11, 23)).steps()
    assert (len(weeks), weeks[0][0], weeks[-1]) == (12, date(2026, 9, 7), (date(2026, 11, 23), date(2026, 11, 29)))
    assert (len(months), months[0], months[-1][1]) == (12, (date(2025, 12, 1), date(2025, 12, 31)), date(2026, 11, 30))
    assert all(before[1] < after[0] for before, after in pairwise(weeks))


def test_a_day_begins_at_midnight_in_dalian():
    start, end = moments(date(2026, 11, 23), date(2026, 11, 23))
    assert (start.isoformat(), end.isoformat()) == ("2026-11-23T00:00:00+08:00", "2026-11-24T00:00:00+08:00")
