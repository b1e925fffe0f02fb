"""The indicators of domain-rules 5.3 by unit and month. Of units, levels and departments; never of a person.

Districts, streets and the city read the rollup; a community or a department, which are small, its own rows. Both count the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from governance.accounts.roles import STREET_ROLES, UNIT_ROLES
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.metrics import Figure, rate
from governance.kernel.policy import policy
from governance.kernel.rollup import RollupDay
from governance.territory.models import Category, Department, ManagementUnit

from .measures import COUNTS, MEASURES, PREFIX, TAKEN
from .models import Incident, Move
from .querysets import EVERYTHING
from .states import OPEN, HandlingLevel, IncidentStatus

MONTHS = 12
RATES = (
    ("incident.accepted", ("accepted",), ("reported",)),
    ("incident.handled", ("handled",), ("accepted",)),
    ("incident.on_time", ("in_time",), ("in_time", "too_late", "overdue")),
    ("incident.closed", ("closed",), ("accepted",)),
    ("incident.closed_on_time", ("closed_in_time",), ("closed", "late_open")),
    ("incident.rework", ("reworks",), ("handled",)),
    ("incident.recurrence", ("again",), ("closed",)),
)  # fmt: skip
CATEGORIES_MOST, HANDLERS_MOST, REASONS = 12, 8, 3


def first_month() -> date:
    """The first of the twelve months that the figures speak of."""
    today = clock.today()
    month = today.year * 12 + today.month - MONTHS
    return date(month // 12, month % 12 + 1, 1)


def rates_of(count: Counter) -> list[Figure]:
    """The rates that some counts make."""
    return [rate(key, sum(count[one] for one in top), sum(count[one] for one in bottom)) for key, top, bottom in RATES]


@dataclass
class Line:
    """A unit, a month or both with their counts."""

    label: str
    month: str
    count: Counter
    url: str = ""

    @cached_property
    def rates(self) -> list[Figure]:
        """Its rates."""
        return rates_of(self.count)


@dataclass
class Numbers:
    """The counts by unit (its key) and month, and what they come to."""

    cells: dict[tuple[int, date], Counter] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def units(self) -> dict[int, Counter]:
        """By unit."""
        return self._by(lambda unit, month: unit)

    @property
    def months(self) -> dict[date, Counter]:
        """By month."""
        return self._by(lambda unit, month: month)

    @property
    def total(self) -> Counter:
        """Of all units and months."""
        return self._by(lambda unit, month: None)[None]

    def _by(self, key: Callable) -> dict:
        found: dict = defaultdict(Counter)
        for cell, counts in self.cells.items():
            found[key(*cell)].update(counts)
        return found


@dataclass(frozen=True)
class Scope:
    """Which part of the rollup somebody reads: None where he reads his own rows."""

    rolled: Q | None
    moves: Q


def scope_of(actor: Actor, unit: ManagementUnit | None = None) -> Scope:
    """The widest of his posts decides as it does for the list."""
    within = Q(unit_id=unit.pk) if unit else Q()
    if actor.is_system or actor.posts_in(*EVERYTHING):
        return Scope(Q(street_id=0) & within, within)
    units = {post.unit_id for post in actor.posts_in(*UNIT_ROLES)} - {None}
    streets = {post.street_id for post in actor.posts_in(*STREET_ROLES)} - {None}
    if units and not streets and len(actor.posts) == len(actor.posts_in(*UNIT_ROLES)):
        return Scope(Q(street_id=0, unit_id__in=units) & within, Q(unit_id__in=units) & within)
    if streets and len(actor.posts) == len(actor.posts_in(*STREET_ROLES)):
        return Scope(Q(street_id__in=streets) & within, Q(street_id__in=streets) & within)
    mine = Q(department_id__in={post.department_id for post in actor.posts} - {None})
    mine |= Q(incident__in=Incident.objects.visible_to(actor).values("pk"))
    return Scope(None, mine & within)


def numbers(actor: Actor, unit: ManagementUnit | None = None) -> Numbers:
    """The counts of the last twelve months in the actor's scope, by unit and by month (two statements)."""
    scope, found = scope_of(actor, unit), Numbers()
    if scope.rolled is None:
        _from_rows(found, actor, unit)
    else:
        _from_rollup(found, scope.rolled)
    _late_now(found, actor, unit)
    return found


def _from_rollup(found: Numbers, within: Q) -> None:
    rows = RollupDay.objects.filter(
        within, measure__in=[f"{PREFIX}{name}" for name in MEASURES], day__gte=first_month()
    )
    for unit, month, measure, amount in rows.values_list("unit_id", "day", "measure").annotate(amount=Sum("amount")):
        found.cells[unit, month][measure.removeprefix(PREFIX)] += amount


def _window(actor: Actor, unit: ManagementUnit | None) -> QuerySet[Incident]:
    rows = Incident.objects.visible_to(actor).filter(reported_at__date__gte=first_month()).order_by()
    rows = rows.filter(unit=unit) if unit else rows
    return rows.annotate(month=TruncMonth("reported_at"))


def _from_rows(found: Numbers, actor: Actor, unit: ManagementUnit | None) -> None:
    for row in _window(actor, unit).values("unit_id", "month").annotate(**COUNTS):
        found.cells[row["unit_id"], row["month"].date()].update({name: row[name] for name in COUNTS})


def _late_now(found: Numbers, actor: Actor, unit: ManagementUnit | None) -> None:
    """What is late at this moment, which no event says: from the partial indexes of what is open."""
    late = _window(actor, unit).filter(status__in=OPEN, due_at__lt=clock.now())
    for row in late.values("unit_id", "month").annotate(
        late_open=Count("pk", filter=Q(accepted_at__isnull=False)),
        overdue=Count("pk", filter=Q(status=IncidentStatus.HANDLING)),
    ):
        found.cells[row["unit_id"], row["month"].date()].update({name: row[name] for name in ("late_open", "overdue")})


@dataclass(frozen=True)
class Cell:
    """How often incidents of a category were taken from somebody; ``tone`` 0–4 by share of the largest."""

    count: int
    tone: int


@dataclass
class Heat:
    """改派热力图: categories × who had it."""

    handlers: list[str]
    rows: list[tuple[Category, list[Cell], int]]
    totals: Counter  # by category, also those that the map leaves out


def _moved(scope: Scope) -> Counter:
    """(category, level, department) → how often."""
    found: Counter = Counter()
    if scope.rolled is not None:
        measures = [f"{TAKEN}{level}" for level in HandlingLevel.values]
        rows = RollupDay.objects.filter(scope.rolled, measure__in=measures, day__gte=first_month())
        for measure, department, category, amount in rows.values_list(
            "measure", "department_id", "category_id"
        ).annotate(amount=Sum("amount")):
            found[category, measure.removeprefix(TAKEN), department] += amount
        return found
    rows = Move.objects.filter(scope.moves, incident__reported_at__date__gte=first_month()).order_by()
    for category, level, department, amount in rows.values_list("category_id", "level", "department_id").annotate(
        amount=Count("pk")
    ):
        found[category, level, department or 0] += amount
    return found


def heat(actor: Actor, unit: ManagementUnit | None = None) -> Heat:
    """Returns and re-routings by category and by who had it (three statements)."""
    moved, by_category, by_handler = _moved(scope_of(actor, unit)), Counter(), Counter()
    for (category, level, department), amount in moved.items():
        by_category[category] += amount
        by_handler[level, department] += amount
    handlers = [one for one, _ in by_handler.most_common(HANDLERS_MOST)]
    kept = [category for category, _ in by_category.most_common(CATEGORIES_MOST)]
    offices = Department.objects.in_bulk({department for _, department in handlers} - {0})
    names = [offices[pk].short_name if pk in offices else HandlingLevel(level).label for level, pk in handlers]
    most = max(moved.values(), default=1)
    found = Category.objects.select_related("parent").in_bulk(kept)
    rows = [
        (found[category], [_cell(moved[category, level, pk], most) for level, pk in handlers], by_category[category])
        for category in kept if category in found
    ]  # fmt: skip
    return Heat(names, rows, by_category)


def _cell(count: int, most: int) -> Cell:
    return Cell(count, max(1, -(-4 * count // most)) if count else 0)


@dataclass(frozen=True)
class Unclear:
    """A category that was moved at least the rule's times, with the last reasons that were given."""

    category: Category
    count: int
    reasons: list[str]


def unclear(actor: Actor, unit: ManagementUnit | None = None, *, seen: Heat | None = None) -> list[Unclear]:
    """职责不清 (two statements besides the heat map's)."""
    seen = seen or heat(actor, unit)
    found = {category.pk: category for category, _, count in seen.rows if count >= policy("admission.unclear_duties")}
    reasons: dict[int, list[str]] = defaultdict(list)
    for category, why in _reasons(scope_of(actor, unit), found):
        if why not in reasons[category] and len(reasons[category]) < REASONS:
            reasons[category].append(why)
    return [Unclear(category, seen.totals[pk], reasons[pk]) for pk, category in found.items()]


def _reasons(scope: Scope, categories: Iterable[int]) -> list[tuple[int, str]]:
    rows = Move.objects.filter(scope.moves, category_id__in=list(categories)) if categories else Move.objects.none()
    return list(rows.order_by("-id").values_list("category_id", "reason")[:120])


def moved_of(actor: Actor) -> Counter:
    """How often each category was moved in the actor's scope: for those who rule on unclear duties (admission)."""
    found: Counter = Counter()
    for (category, _level, _department), amount in _moved(scope_of(actor)).items():
        found[category] += amount
    return found
