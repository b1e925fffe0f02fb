"""Working time: natural and working minutes, hours and days on the official calendar.

Days swapped by the State Council's notice are rows of ``Holiday``; a year without rows falls back to Monday–Friday and
every result that touches it is marked provisional. Office hours are a policy rule. (domain-rules A.3, A.4)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from .cached import cached_for
from .policy import policy
from .scope import PublicQuerySet

_travel: ContextVar[datetime | None] = ContextVar("travel", default=None)


def travelled() -> datetime | None:
    """The moment that ``travel`` set; None in the present. For handing it to another thread."""
    return _travel.get()


def now() -> datetime:
    """The present, or the moment that ``travel`` set."""
    return _travel.get() or timezone.now()


def today() -> date:
    return timezone.localdate(now())


def db_now():
    """The database's own clock for comparisons in SQL, so that a worker's wrong clock cannot fire a deadline."""
    moment = _travel.get()
    return models.Value(moment, output_field=models.DateTimeField()) if moment else Now()


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Run a block at another moment: the demo city's history is made by the real services on this clock."""
    token = _travel.set(moment)
    try:
        yield
    finally:
        _travel.reset(token)


class Unit(models.TextChoices):
    """Units of a time limit (domain-rules A.3)."""

    MINUTE = "minute", "分钟"
    HOUR = "hour", "小时"
    WORK_MINUTE = "work_minute", "工作分钟"
    WORK_HOUR = "work_hour", "工作小时"
    DAY = "day", "自然日"
    WORKDAY = "workday", "工作日"

    @property
    def is_working(self) -> bool:
        return self in {Unit.WORK_MINUTE, Unit.WORK_HOUR, Unit.WORKDAY}


class Holiday(models.Model):
    """A day whose status differs from its weekday: a day off, or a weekend day worked in exchange."""

    class Kind(models.TextChoices):
        OFF = "off", "放假"
        WORK = "work", "调休上班"

    date = models.DateField("日期", unique=True)
    kind = models.CharField("类别", max_length=4, choices=Kind)
    name = models.CharField("名称", max_length=40)
    source = models.CharField("依据", max_length=120, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "节假日"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


@cached_for(30)
def _calendar() -> tuple[dict[date, bool], set[int]]:
    rows = dict(Holiday.objects.values_list("date", "kind"))
    return {day: kind == Holiday.Kind.WORK for day, kind in rows.items()}, {day.year for day in rows}


def forget_calendar() -> None:
    """Drop this process's copy of the calendar (after an import)."""
    _calendar.forget()


def is_workday(day: date) -> bool:
    """Whether offices work on that day; falls back to Monday–Friday for a year without a published calendar."""
    days, _ = _calendar()
    return days.get(day, day.weekday() < 5)


def is_provisional(day: date) -> bool:
    """Whether the year's official calendar has not been imported."""
    return day.year not in _calendar()[1]


@cached_for(30)
def _hours() -> list[tuple[time, time]]:
    return [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in policy("clock.office_hours")]


def _spans(day: date) -> list[tuple[datetime, datetime]]:
    """The office hours of one day as moments; empty on a day off."""
    if not is_workday(day):
        return []
    zone = timezone.get_default_timezone()
    return [(datetime.combine(day, a, zone), datetime.combine(day, b, zone)) for a, b in _hours()]


def next_workday(day: date) -> date:
    """The first workday after ``day``."""
    day += timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def add_work_minutes(start: datetime, minutes: float) -> datetime:
    """The moment when ``minutes`` of office time have passed since ``start``."""
    left = timedelta(minutes=minutes)
    day = timezone.localdate(start)
    while True:
        for opens, closes in _spans(day):
            begin = max(start, opens)
            if begin >= closes:
                continue
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        day = next_workday(day)


def work_minutes_between(start: datetime, end: datetime) -> float:
    """Office minutes between two moments (0 when ``end`` is not later)."""
    total, day, last = timedelta(), timezone.localdate(start), timezone.localdate(end)
    while day <= last:
        for opens, closes in _spans(day):
            total += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return total.total_seconds() / 60


def _end_of(day: date) -> datetime:
    """Closing time on a workday, midnight on a day off."""
    spans = _spans(day)
    return spans[-1][1] if spans else datetime.combine(day, time(23, 59, 59), timezone.get_default_timezone())


def add(start: datetime, amount: float, unit: str) -> datetime:
    """When a limit of ``amount`` ``unit`` that starts at ``start`` ends.

    The first day is not counted; a natural-day limit that ends on a day off ends on the next workday (domain-rules A.3).
    """
    match Unit(unit):
        case Unit.MINUTE:
            return start + timedelta(minutes=amount)
        case Unit.HOUR:
            return start + timedelta(hours=amount)
        case Unit.WORK_MINUTE:
            return add_work_minutes(start, amount)
        case Unit.WORK_HOUR:
            return add_work_minutes(start, amount * 60)
        case Unit.DAY:
            day = timezone.localdate(start) + timedelta(days=int(amount))
            return _end_of(day if is_workday(day) else next_workday(day))
        case _:
            day = timezone.localdate(start)
            for _step in range(int(amount)):
                day = next_workday(day)
            return _end_of(day)


def span(start: datetime, end: datetime, unit: str) -> float:
    """Minutes between two moments as this unit counts them: office minutes for working units, else natural."""
    if Unit(unit).is_working:
        return work_minutes_between(start, end)
    return max((end - start).total_seconds() / 60, 0)


def shift(start: datetime, minutes: float, unit: str) -> datetime:
    """``start`` plus minutes as this unit counts them: the inverse of ``span``."""
    return add_work_minutes(start, minutes) if Unit(unit).is_working else start + timedelta(minutes=minutes)


def quiet_until(moment: datetime) -> datetime:
    """The end of the quiet hours that hold at ``moment``, or ``moment`` itself (domain-rules B07: 19:00–8:00 and days off)."""
    if not policy("mail.quiet_enabled"):
        return moment
    evening, morning = (time.fromisoformat(text) for text in policy("mail.quiet_hours"))
    local, zone = timezone.localtime(moment), timezone.get_default_timezone()
    day = local.date()
    if is_workday(day) and local.time() < evening:
        return max(moment, datetime.combine(day, morning, zone))
    return datetime.combine(next_workday(day), morning, zone)
