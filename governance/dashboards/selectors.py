"""The numbers of a dashboard: what stands open now (live, from the partial indexes) and what happened (from the rollup).

The number of statements does not depend on the number of tickets, departments or days.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Q, Sum, Value

from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.cached import cached_for
from governance.kernel.permission import permits
from governance.kernel.rollup import RollupDay
from governance.territory.models import Category, Department, Division, ManagementUnit
from governance.whistles.models import Ticket
from governance.whistles.states import TICKET_OPEN, TICKET_WITH_DEPARTMENT

from . import measures as m
from .periods import Period

TREND = ("dispatched", "closed", "finish_late")


@dataclass(frozen=True)
class Stock:
    """Open tickets now of one unit, street, department and status."""

    unit_id: int
    street_id: int
    department_id: int
    status: str
    count: int
    overdue: int

    @property
    def late(self) -> int:
        """Overdue while it is the department's turn."""
        return self.overdue if self.status in TICKET_WITH_DEPARTMENT else 0


@cached_for(60)
def units_kept() -> list[ManagementUnit]:
    """The twelve units with their divisions."""
    return list(ManagementUnit.objects.select_related("main_division"))


@dataclass
class Numbers:
    """Everything a dashboard shows, for the city (``unit`` None) or one unit."""

    unit: ManagementUnit | None
    period: Period
    stock: list[Stock]
    total: Counter = field(default_factory=Counter)
    units_flow: dict[int, Counter] = field(default_factory=lambda: defaultdict(Counter))
    streets_flow: dict[int, Counter] = field(default_factory=lambda: defaultdict(Counter))
    departments_flow: dict[int, Counter] = field(default_factory=lambda: defaultdict(Counter))
    categories_flow: dict[int, Counter] = field(default_factory=lambda: defaultdict(Counter))
    trend: list[Counter] = field(default_factory=list)
    is_synthetic: bool = False

    @cached_property
    def units(self) -> list[ManagementUnit]:
        """All units by code; names may be as old as a minute."""
        return units_kept()

    @cached_property
    def streets(self) -> list[Division]:
        """The unit's streets by code; none for the city."""
        streets = Division.objects.streets().filter(unit=self.unit).order_by("code12") if self.unit else ()
        return list(streets.only("id", "code12", "name")) if self.unit else []

    @cached_property
    def departments(self) -> dict[int, Department]:
        """The departments that have anything."""
        wanted = {row.department_id for row in self.stock} | set(self.departments_flow)
        rows = Department.objects.filter(pk__in=wanted).only("code", "short_name").order_by("code")
        return {row.pk: row for row in rows}

    @cached_property
    def categories(self) -> dict[int, Category]:
        """All 大类 and 小类."""
        return {row.pk: row for row in Category.objects.only("code", "name", "parent")}

    def facts(self) -> tuple:
        """Everything that the panels are drawn from, in a stable order; names are not in it."""
        sides = (self.streets_flow, self.departments_flow, self.categories_flow, self.units_flow)
        flows = [sorted((key, sorted(count.items())) for key, count in side.items()) for side in sides]
        stock = sorted(
            (row.unit_id, row.street_id, row.department_id, row.status, row.count, row.overdue) for row in self.stock
        )
        trend = [sorted(count.items()) for count in self.trend]
        return (self.unit and self.unit.pk, self.period, stock, sorted(self.total.items()), flows, trend)

    def stocked(self, value: str, test: Callable[[Stock], bool] = lambda row: True) -> int:
        """The sum of ``count``, ``overdue`` or ``late`` over the open tickets that pass."""
        return sum(getattr(row, value) for row in self.stock if test(row))

    def stock_by(self, side: str, value: str) -> Counter:
        """The same by ``unit_id``, ``street_id`` or ``department_id``."""
        found = Counter()
        for row in self.stock:
            found[getattr(row, side)] += getattr(row, value)
        return found


def units_of(actor: Actor):
    """The units whose dashboard this actor may open; all for the city."""
    every = ManagementUnit.objects.all()
    if oversees_city(actor):
        return every
    return every.filter(pk__in=[post.unit_id for post in actor.posts if permits(actor, "dashboard.view", post)])


def oversees_city(actor: Actor) -> bool:
    """Whether the actor looks at the whole city."""
    return bool(actor.posts_in(Role.CITY_OFFICE, Role.AUDITOR))


def numbers_of(unit: ManagementUnit | None, period: Period) -> Numbers:
    """Read the counts: four statements; names are read when somebody looks at them."""
    numbers = Numbers(unit, period, _stock(unit), is_synthetic=_is_synthetic(unit))
    _read_flow(numbers)
    _read_trend(numbers)
    return numbers


def _stock(unit: ManagementUnit | None) -> list[Stock]:
    rows = Ticket.objects.filter(status__in=TICKET_OPEN)
    rows = (rows.filter(unit=unit) if unit else rows).order_by()
    keys = (
        "unit_id",
        "street_id" if unit else Value(0),
        "department_id",
        "status",
    )  # the city does not look at streets
    overdue = Count("due_at", filter=Q(due_at__lt=clock.db_now()))
    return [Stock(*row) for row in rows.values_list(*keys).annotate(count=Count("*"), overdue=overdue)]


def _days(unit: ManagementUnit | None, measures, first, last):
    rows = RollupDay.objects.filter(measure__in=measures, day__range=(first, last))
    return (rows.filter(unit_id=unit.pk) if unit else rows).order_by()


def _read_flow(numbers: Numbers) -> None:
    keys = ("measure", "unit_id", "street_id", "department_id", "category_id")
    rows = _days(numbers.unit, m.MEASURES, numbers.period.first, numbers.period.last)
    rows = rows if numbers.unit else rows.filter(street_id=0)
    for measure, unit, street, department, category, amount in rows.values_list(*keys).annotate(Sum("amount")):
        if street:
            numbers.streets_flow[street][measure] += amount
        elif department:
            numbers.departments_flow[department][measure] += amount
        elif category:
            numbers.categories_flow[category][measure] += amount
        else:
            numbers.units_flow[unit][measure] += amount
            numbers.total[measure] += amount


def _read_trend(numbers: Numbers) -> None:
    steps = numbers.period.steps()
    rows = _days(numbers.unit, TREND, steps[0][0], steps[-1][1])
    rows = rows.filter(street_id=0, department_id=0, category_id=0)
    numbers.trend = [Counter() for _ in steps]
    for day, measure, amount in rows.values_list("day", "measure").annotate(Sum("amount")):
        index = next(index for index, (first, last) in enumerate(steps) if first <= day <= last)
        numbers.trend[index][measure] += amount


def _is_synthetic(unit: ManagementUnit | None) -> bool:
    mine = Ticket.objects.filter(unit=unit) if unit else Ticket.objects
    return bool(mine.order_by("-id").values_list("is_synthetic", flat=True).first())
