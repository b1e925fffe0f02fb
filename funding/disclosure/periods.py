"""Which periods a community publishes (村组法 30 条; domain-rules 10.1). Pure: days in, days out."""

from dataclasses import dataclass
from datetime import date, timedelta

from .states import PeriodKind

MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True, order=True)
class Span:
    """A month or quarter; ``end`` is its last day."""

    start: date
    end: date
    kind: str

    @property
    def label(self) -> str:
        """As it reads: 2026 年第 3 季度, 2026 年 9 月."""
        if self.kind == PeriodKind.MONTH:
            return f"{self.start.year} 年 {self.start.month} 月"
        return f"{self.start.year} 年第 {(self.start.month + 2) // MONTHS_OF_A_QUARTER} 季度"


def _months_on(day: date, months: int) -> date:
    """The first of the month ``months`` after the one of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def quarter_of(day: date) -> Span:
    """The quarter that ``day`` lies in."""
    start = date(day.year, (day.month - 1) // MONTHS_OF_A_QUARTER * MONTHS_OF_A_QUARTER + 1, 1)
    return Span(start, _months_on(start, MONTHS_OF_A_QUARTER) - timedelta(days=1), PeriodKind.QUARTER)


def quarter_before(span: Span) -> Span:
    """The quarter before."""
    return quarter_of(span.start - timedelta(days=1))


def months_of(quarter: Span) -> list[Span]:
    """The three months of a quarter."""
    starts = [_months_on(quarter.start, step) for step in range(MONTHS_OF_A_QUARTER)]
    return [Span(start, _months_on(start, 1) - timedelta(days=1), PeriodKind.MONTH) for start in starts]


def ended(quarter: Span, monthly: bool, today: date) -> list[Span]:
    """What has to be published of a quarter: its ended months where money is busy, else the quarter once it has ended."""
    spans = months_of(quarter) if monthly else [quarter]
    return [span for span in spans if span.end < today]


def due_on(span: Span, today: date, days: int) -> date:
    """``days`` after the end; what is opened later than that gets as many days from today."""
    due = span.end + timedelta(days=days)
    return due if due >= today else today + timedelta(days=days)
