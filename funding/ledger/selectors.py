"""Reading the books: balances now and then, statements, the trial balance, and the way of every yuan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet, Sum

from .models import Account, Entry, Journal
from .states import AccountKind


def balance_of(account: Account, at: datetime | None = None) -> int:
    """Fen in the account now, or as it stood at a moment; one index lookup, however many entries there are."""
    if at is None:
        return Account.objects.values_list("balance_fen", flat=True).get(pk=account.pk)
    last = Entry.objects.filter(account=account, at__lte=at).order_by("-at", "-seq")
    return last.values_list("balance_after", flat=True).first() or 0


def statement(account: Account, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Entry]:
    """The account's entries, newest first, each with its journal."""
    rows = Entry.objects.filter(account=account).select_related("journal")
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until)
    return rows.order_by("-seq")


@dataclass(frozen=True)
class TrialLine:
    """One line of the trial balance: accounts of one fund and kind. ``into`` and ``out`` are the year's movements in fen."""

    fund: str
    kind: str
    accounts: int
    into: int
    out: int

    @property
    def balance(self) -> int:
        """What lies there, in fen."""
        return self.into - self.out


_TRIAL = """
SELECT a.fund, a.kind, count(DISTINCT a.id),
       coalesce(sum(e.fen) FILTER (WHERE e.fen > 0), 0), coalesce(-sum(e.fen) FILTER (WHERE e.fen < 0), 0)
FROM funding_account a LEFT JOIN funding_entry e ON e.account_id = a.id AND (%(at)s::timestamptz IS NULL OR e.at <= %(at)s)
WHERE a.year = %(year)s AND (%(ids)s::bigint[] IS NULL OR a.id = ANY (%(ids)s))
GROUP BY a.fund, a.kind
"""


def trial_balance(year: int, at: datetime | None = None, accounts: QuerySet[Account] | None = None) -> list[TrialLine]:
    """The year's accounts by fund and kind, at a moment (now by default); over all lines the balances add up to nothing.

    ``accounts`` limits it to what an actor may see: then it shows his part, which need not add up.
    """
    ids = None if accounts is None else list(accounts.filter(year=year).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL, {"year": year, "at": at, "ids": ids})
        lines = [TrialLine(fund, kind, n, int(into), int(out)) for fund, kind, n, into, out in cursor.fetchall()]
    order = list(AccountKind.values)
    return sorted(lines, key=lambda line: (line.fund, order.index(line.kind)))


def totals(accounts: QuerySet[Account]) -> dict[str, int]:
    """Fen by kind of account."""
    return dict(accounts.order_by().values_list("kind").annotate(fen=Sum("balance_fen")))


@dataclass(frozen=True)
class Step:
    """One stretch of money's way: ``fen`` of it came into ``account`` by ``journal``; ``depth`` counts from the payee."""

    journal: Journal
    account: Account
    fen: int
    depth: int


def way_of(entry: Entry, most: int = 200) -> list[Step]:
    """Where the money of an entry came from, back to the source: first in, first out, exact to the fen.

    Returns the stretches from the city downwards. What came in first leaves an account first; that is a convention of
    telling (money has no names), the same for every reader.
    """
    steps, todo = [], [(entry, 0, abs(entry.fen), 0)]
    while todo and len(steps) < most:
        leg, start, fen, depth = todo.pop(0)
        journal = leg.journal
        steps.append(Step(journal, leg.account, fen, depth))
        for gone, first, part in _legs_out(journal, leg, start, fen):
            todo += [(row, offset, piece, depth + 1) for row, offset, piece in _came_from(gone, first, part)]
    return _merged(steps)


def _legs_out(journal: Journal, leg: Entry, start: int, fen: int) -> list[tuple[Entry, int, int]]:
    """The outgoing legs behind ``fen`` of an incoming leg: (leg, offset in it, part)."""
    rows = list(journal.entries.select_related("account__community", "account__unit").order_by("line"))
    before = sum(row.fen for row in rows if row.fen > 0 and row.line < leg.line) + start
    return _overlaps([(row, -row.fen) for row in rows if row.fen < 0], before, fen)


def _came_from(gone: Entry, start: int, fen: int) -> list[tuple[Entry, int, int]]:
    """The entries that had brought what ``gone`` took away: first in, first out; of a payee's refund his own payment."""
    kind, journal = gone.account.kind, gone.journal
    if kind == AccountKind.SOURCE:
        return []
    earlier = Entry.objects.filter(account=gone.account_id, seq__lt=gone.seq).order_by("seq")
    own = earlier.filter(journal__document_type=journal.document_type, journal__document_id=journal.document_id)
    if kind == AccountKind.PAID and journal.document_id and own.filter(fen__gt=0).exists():
        earlier = own
    before = -(earlier.filter(fen__lt=0).aggregate(fen=Sum("fen"))["fen"] or 0) + start
    came = earlier.filter(fen__gt=0).select_related("journal", "account__community", "account__unit")
    return _overlaps([(row, row.fen) for row in came], before, fen)


def _overlaps(rows: Sequence[tuple[Entry, int]], start: int, fen: int) -> list[tuple[Entry, int, int]]:
    """The pieces of consecutive amounts that [start, start + fen) covers: (row, offset in it, length)."""
    found, reached = [], 0
    for row, size in rows:
        low, high = max(start, reached), min(start + fen, reached + size)
        if low < high:
            found.append((row, low - reached, high - low))
        reached += size
    return found


def _merged(steps: list[Step]) -> list[Step]:
    """Pieces of the same leg as one, the city first."""
    sums: dict[tuple[int, int], Step] = {}
    for step in steps:
        key = (step.journal.pk, step.account.pk)
        known = sums.get(key)
        sums[key] = Step(
            step.journal, step.account, step.fen + (known.fen if known else 0),
            max(step.depth, known.depth if known else 0),
        )  # fmt: skip
    return sorted(sums.values(), key=lambda step: (-step.depth, step.journal.pk))
