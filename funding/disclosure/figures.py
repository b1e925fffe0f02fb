"""A community's money in a period, from the ledger alone: nobody enters a figure. Amounts are integer fen."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet, Sum

from funding.ledger.codes import name_of
from funding.ledger.models import Entry
from funding.ledger.states import AccountKind, Fund
from governance.kernel.policy import policy
from governance.territory.models import Division

from . import sources
from .masking import harmless
from .periods import Span

HELD = (AccountKind.AVAILABLE, AccountKind.PROJECT, AccountKind.RESERVED)


def _held(rows: QuerySet[Entry], until) -> dict[str, int]:
    """Fen that the community held before ``until``, by fund, in the books of that year."""
    rows = rows.filter(journal__day__lt=until, account__year=until.year, account__kind__in=HELD).order_by()
    return dict(rows.values_list("account__fund").annotate(fen=Sum("fen")))


def _moves(rows: QuerySet[Entry], span: Span) -> Iterable[tuple[str, int, int]]:
    """(fund, change of what it holds plus what it has paid, change of what it has paid) of each journal in the period.

    Movements within the community (to a project, to a payment) change nothing in the first.
    """
    inside = rows.filter(journal__day__range=(span.start, span.end), account__year=span.start.year).order_by()
    sums = inside.filter(account__kind__in=(*HELD, AccountKind.PAID)).values_list("journal_id", "account__fund")
    for _journal, fund, change, paid in sums.annotate(
        change=Sum("fen"), paid=Sum("fen", filter=Q(account__kind=AccountKind.PAID), default=0)
    ):
        yield fund, change, paid


def funds_of(community: Division, span: Span) -> list[dict]:
    """By fund: opening + received - returned - paid = closing."""
    rows = Entry.objects.filter(account__community=community)
    opening = _held(rows, span.start)
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"received": 0, "returned": 0, "paid": 0})
    for fund, change, paid in _moves(rows, span):
        sums[fund]["received" if change > 0 else "returned"] += abs(change)
        sums[fund]["paid"] += paid
    return [
        {
            "fund": fund.value, "label": fund.label, "opening": opening.get(fund.value, 0), **sums[fund.value],
            "closing": opening.get(fund.value, 0) + sums[fund.value]["received"] - sums[fund.value]["returned"]
            - sums[fund.value]["paid"],
        }
        for fund in Fund if fund.value in sums or opening.get(fund.value)
    ]  # fmt: skip


def payments(community: Division) -> QuerySet[Entry]:
    """Entries on what the community has paid, the newest first; a payment that came back has a negative one."""
    rows = Entry.objects.filter(account__community=community, account__kind=AccountKind.PAID)
    return rows.select_related("journal", "account").order_by("-journal__day", "-id")


def payment_lines(entries: Iterable[Entry]) -> list[dict]:
    """Payments as the public reads them, with the payee's organisation where a payment request names one."""
    entries = list(entries)
    told = sources.payees_of([entry.journal for entry in entries])
    return [_payment(entry, told.get(entry.journal_id, {})) for entry in entries]


def _payment(entry: Entry, told: dict) -> dict:
    account, journal = entry.account, entry.journal
    return {
        "entry": entry.pk, "day": journal.day.isoformat(), "fen": entry.fen, "fund": account.fund,
        "fund_label": Fund(account.fund).label, "kind": journal.kind, "purpose": told.get("purpose") or harmless(journal.memo),
        "payee": told.get("payee", ""), "project": account.project,
        "economic": name_of(account.economic_code) if account.economic_code else "",
    }  # fmt: skip


def figures_of(community: Division, span: Span) -> dict:
    """All that is published about one period, ready for JSON."""
    most = policy("disclosure.payments_shown")
    entries = payments(community).filter(journal__day__range=(span.start, span.end), account__year=span.start.year)
    count = entries.count()
    return {
        "community": {"code12": community.code12, "name": community.name},
        "period": {"kind": span.kind, "start": span.start.isoformat(), "end": span.end.isoformat(), "label": span.label},
        "funds": funds_of(community, span),
        "payments": payment_lines(entries[:most]),
        "payments_count": count,
        "projects": sources.projects_of(community, span.start.year),
    }  # fmt: skip
