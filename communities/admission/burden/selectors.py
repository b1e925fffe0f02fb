"""Reading the burden ledger: weeks of communities, minutes of departments, quotas."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncWeek

from governance.kernel import clock
from governance.kernel.policy import policy
from governance.territory.models import Department

from ..gate import rules
from ..models import BurdenQuota, BurdenSample, DemandTarget
from ..states import TargetStatus

WEEKS = 12
# What a community does not have to do is no burden.
NOT_BORNE = (TargetStatus.REFUSED, TargetStatus.RELEASED)
SAMPLES_READ = 200


def monday(day: date) -> date:
    """The first day of the week of ``day``."""
    return day - timedelta(days=day.weekday())


def samples_of(code: str) -> list[int]:
    """What an item (by its code, whatever the year's list) really took, newest first, in minutes; at most 200."""
    rows = BurdenSample.objects.filter(item__code=code).order_by("-id")
    return list(rows.values_list("minutes", flat=True)[:SAMPLES_READ])


def index_of(load: int) -> float:
    """The burden index of a week's weighted minutes: per worker (domain-rules 13.3, 18.4)."""
    return round(load / policy("admission.burden_workers"), 1)


def reds(communities: Iterable[int], day: date | None = None) -> set[int]:
    """The communities that are in the red in the week of ``day`` (today): nothing new goes to them."""
    first = monday(day or clock.today())
    rows = DemandTarget.objects.filter(
        community_id__in=list(communities), day__gte=first, day__lt=first + timedelta(days=7)
    )
    loads = rows.exclude(status__in=NOT_BORNE).values_list("community_id").annotate(load=Sum("load")).order_by()
    levels = policy("admission.burden_levels")
    return {pk for pk, load in loads if rules.level_of(index_of(load), levels) == "red"}


def weeks_of(targets: QuerySet[DemandTarget], *, weeks: int = WEEKS) -> list[dict]:
    """Per week and community, newest first: demands, minutes, index, level. ``targets`` are those the reader may see."""
    since = monday(clock.today()) - timedelta(weeks=weeks - 1)
    rows = (
        targets.filter(day__gte=since).exclude(status__in=NOT_BORNE)
        .annotate(week=TruncWeek("day")).values("week", "community__name")
        .annotate(demands=Count("pk"), minutes=Sum("minutes"), load=Sum("load"))
        .order_by("-week", "community__name")
    )  # fmt: skip
    levels = policy("admission.burden_levels")
    for row in (found := list(rows[:500])):
        row["index"] = index_of(row["load"])
        row["level"] = rules.level_of(row["index"], levels)
    return found


def first_minutes(department: Department, year: int) -> int:
    """The quota that a department begins a year with: last year's actual × the factor, else the first year's rule."""
    last = BurdenQuota.objects.filter(department=department, year=year - 1).first()
    if last is None:
        return int(policy("admission.quota_first_year"))
    return int(min(last.minutes, last.used) * policy("admission.quota_factor"))


def quota_terms(department: Department, year: int) -> int:
    """Minutes left this year; what the first demand would open the year with when there is no row yet."""
    quota = BurdenQuota.objects.filter(department=department, year=year).first()
    return quota.left if quota else first_minutes(department, year)
