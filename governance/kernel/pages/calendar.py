"""The working calendar: days off and days worked in exchange, year by year; a year not imported says so."""

from calendar import Calendar
from datetime import date

from django.http import Http404
from django.urls import reverse

from .. import clock
from ..clock import Holiday
from ..permission import MATRIX
from ..ui.views import Page

IMPORT = "territory.import"  # the slice above that reads tables brings the page; a link by name, no import
FIRST, LAST = 2000, 2100
WEEKDAYS = "一二三四五六日"


def _day(day: date, special: dict[date, Holiday]) -> dict:
    """One cell: its number, class and name."""
    row = special.get(day)
    if row is None:
        return {"number": day.day, "css": "day-rest" if day.weekday() > 4 else "", "name": "", "word": ""}
    off = row.kind == Holiday.Kind.OFF
    return {"number": day.day, "css": "day-off" if off else "day-work", "name": row.name, "word": "休" if off else "班"}


def months(year: int, special: dict[date, Holiday]) -> list[dict]:
    """The twelve months as weeks of cells; days of other months are None."""
    weeks = Calendar(firstweekday=0)
    return [
        {
            "number": month,
            "weeks": [
                [_day(day, special) if day.month == month else None for day in week]
                for week in weeks.monthdatescalendar(year, month)
            ],
        }
        for month in range(1, 13)
    ]


class CalendarPage(Page):
    """One year, by default this one."""

    title = "工作日历"
    icon = "calendar"
    template_name = "governance/kernel/calendar.html"

    def get(self, request):
        """Draw ``?year=``."""
        year = self.year(request.GET.get("year", ""))
        rows = list(Holiday.objects.visible_to(self.actor).filter(date__year=year))
        today = clock.today()
        missing = [that for that in (today.year, today.year + 1) if clock.is_provisional(date(that, 1, 1))]
        known = sorted({*(day.year for day in Holiday.objects.dates("date", "year")), today.year, today.year + 1})
        return self.draw({
            "year": year,
            "months": months(year, {row.date: row for row in rows}),
            "weekdays": WEEKDAYS,
            "missing": missing,
            "empty": not rows,
            "sources": sorted({row.source for row in rows if row.source}),
            "tabs": [{"key": str(that), "label": f"{that} 年", "url": f"?year={that}"} for that in known],
            "current_tab": str(year),
            "import_url": reverse("import-new", args=["holidays"]) if IMPORT in MATRIX and self.may(IMPORT) else "",
        })  # fmt: skip

    @staticmethod
    def year(text: str) -> int:
        """The year asked for; 404 outside this century."""
        if not text:
            return clock.today().year
        if not text.isdecimal() or len(text) > 4 or not FIRST <= int(text) <= LAST:
            raise Http404("没有这一年的日历。")
        return int(text)
