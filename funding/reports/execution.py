"""Execution against time, by place and by category; compliance and carry-over. Amounts are integer fen."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse

from funding.appropriations.models import EntitlementLine
from funding.appropriations.selectors import GRANTED
from funding.disclosure.models import Disclosure
from funding.disclosure.states import DisclosureStatus
from funding.ledger.codes import name_of
from funding.ledger.models import Account, Entry
from funding.ledger.states import AccountKind, JournalKind
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.metrics import Figure, rate
from governance.territory.models import Division, ManagementUnit

from . import sources
from .scope import Scope

HELD = (AccountKind.AVAILABLE, AccountKind.PROJECT, AccountKind.RESERVED)


def share_of_year(year: int, today: date | None = None) -> float:
    """Percent of the year that has gone: 0 before it, 100 after it."""
    today = today or clock.today()
    first, days = date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return round(100 * min(max((today - first).days + 1, 0), days) / days, 1)


@dataclass
class Line:
    """One place: what it is entitled to, what it holds, what it has paid; ``url`` leads a level down."""

    name: str
    url: str = ""
    granted: int = 0
    held: int = 0
    paid: int = 0

    @property
    def basis(self) -> int:
        """The entitlement; where none was calculated, what has come in."""
        return self.granted or self.held + self.paid

    @property
    def percent(self) -> float | None:
        """Paid of the basis; None without one."""
        return round(100 * self.paid / self.basis, 1) if self.basis else None


def _accounts(scope: Scope, actor: Actor) -> QuerySet[Account]:
    """Communities' accounts: what still lies with the city or a unit has not been executed by anybody."""
    return Account.objects.visible_to(actor).filter(scope.accounts(), community__isnull=False).order_by()


def level_below(scope: Scope) -> str:
    """What a scope is broken down by: unit, street or community."""
    return "community" if scope.street or scope.community else "street" if scope.unit else "unit"


def by_place(scope: Scope, actor: Actor) -> list[Line]:
    """One line per place below, by code; never by how it does."""
    level, found = level_below(scope), defaultdict(lambda: [0, 0, 0])
    for place, kind, fen in _accounts(scope, actor).values_list(level, "kind").annotate(fen=Sum("balance_fen")):
        found[place][2 if kind == AccountKind.PAID else 1] += fen if kind in (*HELD, AccountKind.PAID) else 0
    granted = EntitlementLine.objects.visible_to(actor).filter(scope.within(), year=scope.year, run__status__in=GRANTED)
    if scope.fund:
        granted = granted.filter(fund=scope.fund)
    for place, fen in granted.order_by().values_list(level).annotate(fen=Sum("amount_fen")):
        found[place][0] += fen
    model = ManagementUnit if level == "unit" else Division
    places = sorted(
        model.objects.in_bulk(list(found)).values(), key=lambda row: getattr(row, "code12", None) or row.code
    )
    return [Line(str(row), _below(scope, level, row), *found[row.pk]) for row in places]


def _below(scope: Scope, level: str, row) -> str:
    """The same report one level down."""
    code = row.code if level == "unit" else row.code12
    return f"{reverse('funding-report')}?year={scope.year}&fund={scope.fund}&{level}={code}"


def total(lines: list[Line]) -> Line:
    """All lines together."""
    return Line(
        "合计", "", sum(row.granted for row in lines), sum(row.held for row in lines), sum(row.paid for row in lines)
    )


@dataclass(frozen=True)
class Part:
    """One category's part of what was paid."""

    name: str
    fen: int
    percent: float
    url: str = ""


def _parts(sums: dict[str, int]) -> list[Part]:
    whole = sum(sums.values())
    return [Part(name, fen, round(100 * fen / whole, 1)) for name, fen in sums.items() if fen and whole]


def by_economic_code(scope: Scope, actor: Actor) -> list[Part]:
    """What was paid, by economic classification."""
    rows = _accounts(scope, actor).filter(kind=AccountKind.PAID).order_by("economic_code").values_list("economic_code")
    return _parts({name_of(code) if code else "未分类": fen for code, fen in rows.annotate(fen=Sum("balance_fen"))})


def by_category(scope: Scope, actor: Actor) -> list[Part]:
    """What was paid, by kind of project."""
    return _parts(sources.paid_by_category(scope, actor))


def compliance(scope: Scope, actor: Actor) -> Figure:
    """Disclosures published in time of those whose day has come."""
    rows = Disclosure.objects.visible_to(actor).filter(scope.within(), end__year=scope.year)
    came = rows.filter(Q(due_on__lt=clock.today()) | Q(status=DisclosureStatus.PUBLISHED)).aggregate(
        all=Count("id"),
        good=Count("id", filter=Q(status=DisclosureStatus.PUBLISHED, published_at__date__lte=F("due_on"))),
    )
    return rate("funding.disclosed", came["good"], came["all"], f"{reverse('disclosures')}?year={scope.year}")


def carry_over(scope: Scope, actor: Actor) -> Figure:
    """What was carried out of the year before, of what that year was entitled to."""
    into = Entry.objects.visible_to(actor).filter(
        scope.within("account__"), account__year=scope.year, account__community__isnull=False, fen__gt=0,
        journal__kind=JournalKind.CARRY,
    )  # fmt: skip
    granted = EntitlementLine.objects.visible_to(actor).filter(
        scope.within(), year=scope.year - 1, run__status__in=GRANTED
    )
    if scope.fund:
        into, granted = into.filter(account__fund=scope.fund), granted.filter(fund=scope.fund)
    carried = into.aggregate(fen=Sum("fen"))["fen"] or 0
    return rate("funding.carried", carried, granted.aggregate(fen=Sum("amount_fen"))["fen"] or 0)


def execution(line: Line, year: int) -> Figure:
    """Paid of entitled."""
    return rate("funding.executed", line.paid, line.basis)
