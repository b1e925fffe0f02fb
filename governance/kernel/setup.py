"""Filling an empty portal: rules and the official calendar. Repeating it changes nothing."""

from pathlib import Path

from chinese_calendar.constants import holidays, workdays
from django.apps import apps
from django.db import transaction

from .clock import Holiday, forget_calendar
from .policy import policy_load

FIRST_YEAR = 2020
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def rule_files() -> list[Path]:
    """Every slice's ``rules.toml``, of every app of the portal."""
    root = Path(__file__).resolve().parent.parent.parent
    own = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).is_relative_to(root)]
    return sorted(path for folder in own for path in folder.glob("*/rules.toml"))


def rules_load() -> int:
    """Load every slice's ``rules.toml``. Returns how many rules were new."""
    return sum(policy_load(path=path) for path in rule_files())


@transaction.atomic
def calendar_load() -> int:
    """Take the State Council's published days from chinesecalendar, for the years that are not in the table yet."""
    known = set(Holiday.objects.values_list("date__year", flat=True).distinct())
    source = "国务院办公厅放假安排通知"
    rows = [
        Holiday(date=day, kind=kind, name=NAMES.get(str(name), str(name)), source=source)
        for table, kind in ((holidays, Holiday.Kind.OFF), (workdays, Holiday.Kind.WORK))
        for day, name in table.items()
        if day.year >= FIRST_YEAR and day.year not in known
    ]
    Holiday.objects.bulk_create(rows)
    forget_calendar()
    return len(rows)
