"""The span of days that a dashboard looks at, and the steps of its trend. Days are local dates, both ends included."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils import timezone

CHOICES = {"month": "本月", "30d": "近30天", "quarter": "本季", "year": "本年", "custom": "自定"}
DEFAULT = "quarter"
STEPS = 12
LONG = 100  # days: a longer span is shown by months


@dataclass(frozen=True)
class Period:
    """From the first to the last day; ``key`` is one of CHOICES."""

    key: str
    first: date
    last: date

    @property
    def label(self) -> str:
        """本季（2026-10-01 至 2026-11-23）."""
        return f"{CHOICES[self.key]}（{self.first} 至 {self.last}）"

    @property
    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        if self.key == "custom":
            return {"period": "custom", "from": str(self.first), "to": str(self.last)}
        return {"period": self.key}

    @property
    def by_months(self) -> bool:
        """Whether the trend goes by months rather than weeks."""
        return (self.last - self.first).days >= LONG

    def steps(self) -> list[tuple[date, date]]:
        """The twelve weeks (from Monday) or months that end with this span, as (first, last) days."""
        return _months(self.last) if self.by_months else _weeks(self.last)


def _weeks(last: date) -> list[tuple[date, date]]:
    monday = last - timedelta(days=last.weekday())
    starts = [monday - timedelta(weeks=back) for back in range(STEPS - 1, -1, -1)]
    return [(start, start + timedelta(days=6)) for start in starts]


def _months(last: date) -> list[tuple[date, date]]:
    number = last.year * 12 + last.month - 1
    starts = [date(index // 12, index % 12 + 1, 1) for index in range(number - STEPS + 1, number + 2)]
    return [(start, after - timedelta(days=1)) for start, after in pairwise(starts)]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def period_of(words: dict, today: date) -> Period:
    """Read ``period``, ``from``, ``to`` of an address; what cannot be read is the default, a reversed span is turned."""
    first, last = _day(words.get("from", "")), _day(words.get("to", ""))
    key = words.get("period", "")
    if key == "custom" and first and last:
        return Period("custom", min(first, last), max(first, last))
    starts = {
        "month": today.replace(day=1), "30d": today - timedelta(days=29),
        "quarter": date(today.year, (today.month - 1) // 3 * 3 + 1, 1), "year": date(today.year, 1, 1),
    }  # fmt: skip
    key = key if key in starts else DEFAULT
    return Period(key, starts[key], today)


def moments(first: date, last: date) -> tuple[datetime, datetime]:
    """The first moment of the first day and the first one after the last day."""
    zone = timezone.get_default_timezone()
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
