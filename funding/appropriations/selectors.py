"""Reads: what was granted, what has arrived, what is left, last year beside this one."""

from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from funding.ledger.models import Account
from funding.ledger.states import AccountKind, Fund
from governance.kernel.audit import AuditEvent
from governance.territory.models import Division, ManagementUnit

from .models import DisbursementLine, EntitlementLine, EntitlementRun
from .rules import carried_left
from .states import COUNTING, GRANTED, LineStatus, RunStatus


def history(thread: str) -> list[dict]:
    """A case's events for the timeline, newest first."""
    rows = AuditEvent.objects.filter(thread=thread).exclude(action__startswith="journal.").order_by("-id")[:60]
    return [{"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": row.note} for row in rows]


def granted_by_place(year: int, fund: str, communities=None, statuses=GRANTED) -> dict[int, int]:
    """Fen granted by runs in these states, by community."""
    rows = EntitlementLine.objects.filter(year=year, fund=fund, run__status__in=statuses)
    if communities is not None:
        rows = rows.filter(community__in=communities)
    return dict(rows.order_by().values_list("community_id").annotate(fen=Sum("amount_fen")))


def paid_by_place(year: int, fund: str, unit: ManagementUnit) -> dict[int, int]:
    """Fen planned, sent or arrived, by community of a unit."""
    rows = DisbursementLine.objects.filter(year=year, fund=fund, unit=unit, status__in=COUNTING)
    return dict(rows.order_by().values_list("community_id").annotate(fen=Sum("amount_fen")))


def outdated(run: EntitlementRun) -> int:
    """How many lines of a run count as given what is not what has been given."""
    given = (
        EntitlementLine.objects.filter(
            community=OuterRef("community"), year=OuterRef("year"), fund=OuterRef("fund"), run__status__in=GRANTED
        )
        .order_by()
        .values("community")
        .annotate(fen=Sum("amount_fen"))
        .values("fen")
    )
    return run.lines.annotate(now=Coalesce(Subquery(given), 0)).exclude(given_fen=F("now")).count()


def unit_balance(unit: ManagementUnit, fund: str, year: int) -> int:
    """What a unit can still disburse, in fen."""
    rows = Account.objects.filter(
        kind=AccountKind.AVAILABLE, fund=fund, year=year, unit=unit, community=None, project=""
    )
    return rows.aggregate(fen=Sum("balance_fen"))["fen"] or 0


def by_unit(run: EntitlementRun, actor) -> list[dict]:
    """One row per unit of a run: communities, villages by size, sum; as far as the actor sees the lines."""
    rows = run.lines.visible_to(actor).order_by("unit__code").values("unit__short_name", "unit__code")
    return list(rows.annotate(
        count=Count("id"), large=Count("id", filter=Q(size="large")), small=Count("id", filter=Q(size="small")),
        part=Count("id", filter=Q(months__lt=12)), fen=Sum("amount_fen"),
    ))  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One unit this year and the last."""

    unit: str
    count: int
    fen: int
    last_count: int
    last_fen: int

    @property
    def diff(self) -> int:
        """More (or less) than last year, in fen."""
        return self.fen - self.last_fen


def _last_year(run: EntitlementRun) -> QuerySet[EntitlementLine]:
    rows = EntitlementLine.objects.filter(year=run.year - 1, fund=run.fund, run__status__in=GRANTED)
    return rows.filter(unit=run.unit_id) if run.unit_id else rows


def compare_units(run: EntitlementRun, actor) -> list[Difference]:
    """The run beside everything that was granted for the year before, unit by unit."""
    names = ("unit__code", "unit__short_name")
    sums = {"count": Count("community_id", distinct=True), "fen": Sum("amount_fen")}

    def by(rows) -> dict[tuple[str, str], dict]:
        found = rows.visible_to(actor).order_by().values(*names).annotate(**sums)
        return {tuple(row[name] for name in names): row for row in found}

    now, last, empty = by(run.lines), by(_last_year(run)), {"count": 0, "fen": 0}
    return [
        Difference(key[1], *(now.get(key, empty)[name] for name in ("count", "fen")),
                   *(last.get(key, empty)[name] for name in ("count", "fen")))
        for key in sorted({*now, *last})
    ]  # fmt: skip


def compare_places(run: EntitlementRun, actor, most: int = 200) -> list[dict]:
    """Communities whose year's amount is not last year's, with both (None: not there); the largest difference first."""
    now = dict(run.lines.visible_to(actor).values_list("community_id", "full_fen"))
    last: dict[int, int] = dict(
        _last_year(run).visible_to(actor).order_by().values_list("community_id").annotate(fen=Sum("amount_fen"))
    )
    changed = {key: (now.get(key), last.get(key)) for key in {*now, *last} if now.get(key) != last.get(key)}
    order = sorted(changed, key=lambda key: -abs((changed[key][0] or 0) - (changed[key][1] or 0)))[:most]
    places = Division.objects.select_related("unit").in_bulk(order)
    return [
        {"place": places[key], "now": changed[key][0], "last": changed[key][1],
         "diff": (changed[key][0] or 0) - (changed[key][1] or 0)}
        for key in order
    ]  # fmt: skip


@dataclass(frozen=True)
class PlaceFund:
    """One fund of one community in one year, in fen. ``carried`` is what came over from the year before."""

    fund: Fund
    granted: int
    arrived: int
    transit: int
    held: int
    available: int
    carried: int
    spent: int = 0

    @property
    def carried_left(self) -> int:
        """What is left of last year's money, which is used first."""
        return carried_left(carried=self.carried, spent=self.spent)

    @property
    def waiting(self) -> int:
        """Granted and not yet paid out."""
        return self.granted - self.arrived - self.transit


def place_funds(community: Division, year: int) -> list[PlaceFund]:
    """Fund by fund what a community is entitled to and has received; funds that it has nothing of are left out."""
    granted = dict(
        EntitlementLine.objects.filter(community=community, year=year, run__status__in=GRANTED)
        .order_by().values_list("fund").annotate(fen=Sum("amount_fen"))
    )  # fmt: skip
    lines: dict[tuple[str, str], int] = {
        (fund, status): fen
        for fund, status, fen in DisbursementLine.objects.filter(community=community, year=year)
        .exclude(batch__status="cancelled").order_by().values_list("fund", "status").annotate(fen=Sum("amount_fen"))
    }  # fmt: skip
    kinds = (AccountKind.AVAILABLE, AccountKind.PAID)
    balances: dict[tuple[str, str], int] = {
        (fund, kind): fen
        for fund, kind, fen in Account.objects.filter(community=community, year=year, kind__in=kinds)
        .order_by().values_list("fund", "kind").annotate(fen=Sum("balance_fen"))
    }  # fmt: skip
    carried = carried_in(year, community).get(community.pk, {})
    return [
        PlaceFund(
            fund, granted.get(fund, 0), lines.get((fund, LineStatus.ARRIVED), 0), lines.get((fund, LineStatus.SENT), 0),
            lines.get((fund, LineStatus.HELD), 0), balances.get((fund, AccountKind.AVAILABLE), 0), carried.get(fund, 0),
            balances.get((fund, AccountKind.PAID), 0),
        )
        for fund in Fund
        if fund in granted or (fund, AccountKind.AVAILABLE) in balances
    ]  # fmt: skip


def carried_in(year: int, community: Division | None = None) -> dict[int, dict[str, int]]:
    """{community's pk: {fund: fen carried over into ``year``}}."""
    from funding.ledger.models import Entry
    from funding.ledger.states import JournalKind

    rows = Entry.objects.filter(
        journal__kind=JournalKind.CARRY, fen__gt=0, account__year=year, account__community__isnull=False
    )
    if community is not None:
        rows = rows.filter(account__community=community)
    found: dict[int, dict[str, int]] = {}
    for place, fund, fen in (
        rows.order_by().values_list("account__community_id", "account__fund").annotate(s=Sum("fen"))
    ):
        found.setdefault(place, {})[fund] = fen
    return found


def waiting_runs(actor) -> QuerySet[EntitlementRun]:
    """Runs that wait for approval or appropriation."""
    return EntitlementRun.objects.visible_to(actor).filter(status__in=[RunStatus.SUBMITTED, RunStatus.APPROVED])
