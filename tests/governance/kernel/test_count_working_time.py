"""The working-time clock on the official calendar (domain-rules A.3, A.4)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.kernel import clock
from governance.kernel.clock import Holiday

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


OFF_2026 = [
    ("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06"), ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27"), ("2026-10-01", "2026-10-07"),
]  # fmt: skip
SWAPPED_2026 = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]


@pytest.mark.parametrize(("first", "last"), OFF_2026)
def test_every_day_of_a_holiday_is_off(first, last):
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        assert not clock.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize("day", SWAPPED_2026)
def test_a_weekend_day_worked_in_exchange_is_a_workday(day):
    assert date.fromisoformat(day).weekday() >= 5
    assert clock.is_workday(date.fromisoformat(day))


def test_2026_has_the_published_number_of_workdays():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    off = sum((date.fromisoformat(b) - date.fromisoformat(a)).days + 1 for a, b in OFF_2026)
    weekend_off = sum(1 for a, b in OFF_2026 for n in range((date.fromisoformat(b) - date.fromisoformat(a)).days + 1)
                      if (date.fromisoformat(a) + timedelta(days=n)).weekday() >= 5)  # fmt: skip
    weekdays = sum(day.weekday() < 5 for day in days)
    assert sum(map(clock.is_workday, days)) == weekdays - (off - weekend_off) + len(SWAPPED_2026)


def test_a_year_without_a_calendar_falls_back_and_says_so():
    assert clock.is_provisional(date(2027, 1, 4))
    assert not clock.is_provisional(date(2026, 12, 31))
    assert clock.is_workday(date(2027, 1, 4))
    assert not clock.is_workday(date(2027, 1, 2))


def test_a_limit_that_reaches_into_2027_does_not_fail():
    assert clock.add(moment("2026-11-23 10:00"), 30, "workday").date() == date(2027, 1, 4)


def test_importing_2027_changes_the_limit():
    Holiday.objects.create(date=date(2027, 1, 1), kind=Holiday.Kind.OFF, name="元旦")
    Holiday.objects.create(date=date(2027, 1, 4), kind=Holiday.Kind.OFF, name="调休")
    clock.forget_calendar()
    assert not clock.is_provisional(date(2027, 1, 4))
    assert clock.add(moment("2026-11-23 10:00"), 30, "workday").date() == date(2027, 1, 6)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2026-11-23 10:00", 15, "minute", "2026-11-23 10:15"),
        ("2026-11-23 23:00", 24, "hour", "2026-11-24 23:00"),
        ("2026-11-23 10:00", 1, "work_hour", "2026-11-23 11:00"),
        ("2026-11-23 11:00", 1, "work_hour", "2026-11-23 13:30"),  # over the lunch break
        ("2026-11-20 16:30", 1, "work_hour", "2026-11-23 09:00"),  # Friday evening to Monday
        ("2026-09-30 16:30", 1, "work_hour", "2026-10-08 09:00"),  # over the National Day holiday
        ("2026-11-21 10:00", 1, "work_hour", "2026-11-23 09:30"),  # blown on a Saturday
        ("2026-11-23 10:00", 3, "workday", "2026-11-26 17:00"),  # the first day is not counted
        ("2026-02-13 10:00", 1, "workday", "2026-02-14 17:00"),  # a swapped Saturday counts
        ("2026-02-14 10:00", 1, "workday", "2026-02-24 17:00"),
        ("2026-11-23 10:00", 2, "day", "2026-11-25 17:00"),
        ("2026-11-23 10:00", 5, "day", "2026-11-30 17:00"),  # ends on a Saturday: moved to Monday
        ("2026-09-28 10:00", 5, "day", "2026-10-08 17:00"),
    ],
)
def test_when_a_limit_ends(start, amount, unit, end):
    assert clock.add(moment(start), amount, unit) == moment(end)


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)), st.integers(1, 3000))
def test_span_undoes_shift(start, minutes):
    start = start.replace(tzinfo=ZONE)
    assert clock.span(start, clock.shift(start, minutes, "work_minute"), "work_minute") == pytest.approx(minutes)


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)), st.integers(1, 20), st.sampled_from(clock.Unit.values)
)
def test_a_longer_limit_never_ends_earlier(start, amount, unit):
    """django-helpdesk's holiday defect: there a holiday made escalation earlier."""
    start = start.replace(tzinfo=ZONE)
    assert start < clock.add(start, amount, unit) <= clock.add(start, amount + 1, unit)


def test_django_helpdesk_defect_a_holiday_never_makes_a_deadline_earlier():
    before = clock.add(moment("2026-12-14 10:00"), 3, "workday")
    Holiday.objects.create(date=date(2026, 12, 15), kind=Holiday.Kind.OFF, name="临时放假")
    clock.forget_calendar()
    assert clock.add(moment("2026-12-14 10:00"), 3, "workday") == before + timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-23 10:00", "2026-11-23 10:00"),
        ("2026-11-23 07:00", "2026-11-23 08:00"),
        ("2026-11-23 19:00", "2026-11-24 08:00"),
        ("2026-11-20 21:00", "2026-11-23 08:00"),
        ("2026-10-03 10:00", "2026-10-08 08:00"),
    ],
)
def test_quiet_hours_end_on_the_next_workday_morning(at, until):
    assert clock.quiet_until(moment(at)) == moment(until)
