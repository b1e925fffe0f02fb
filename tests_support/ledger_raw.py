"""Somebody with the portal's database password and a terminal: raw SQL against the books, as the application's own role."""

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from funding.ledger.models import Account
from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance.kernel import clock
from governance.kernel.actor import SYSTEM

from . import stories

JOURNAL = (
    "INSERT INTO public.funding_journal (kind, fund, day, at, memo, key, legs, amount_fen, document_type, document_label, "
    "document_url, by_label, tx, is_synthetic) VALUES ('{kind}', '{fund}', '{day}', clock_timestamp(), 'raw', '{key}', {legs}, "
    "{amount}, '', '', '', 'raw', 0, false) RETURNING id"
)
ENTRY = (
    "INSERT INTO public.funding_entry (journal_id, line, account_id, fen, balance_after, seq, at) "
    "VALUES ({journal}, {line}, {account}, {fen}, 999, 999, now())"
)


def money_for(database) -> dict[str, Account]:
    """Committed accounts with money in them."""
    place = stories.street().children.filter(level="community").first()
    year, fund = clock.today().year, Fund.SERVICE_MASS
    rows = {
        "source": account_for(kind=AccountKind.SOURCE, fund=fund, year=year),
        "city": account_for(kind=AccountKind.AVAILABLE, fund=fund, year=year),
        "unit": account_for(kind=AccountKind.AVAILABLE, fund=fund, year=year, unit=place.unit),
        "transit": account_for(kind=AccountKind.TRANSIT, fund=fund, year=year, community=place),
        "community": account_for(kind=AccountKind.AVAILABLE, fund=fund, year=year, community=place),
        "project": account_for(kind=AccountKind.PROJECT, fund=fund, year=year, community=place, project="P1"),
        "reserved": account_for(kind=AccountKind.RESERVED, fund=fund, year=year, community=place, project="P1"),
        "paid": account_for(kind=AccountKind.PAID, fund=fund, year=year, community=place, project="P1"),
        "office": account_for(kind=AccountKind.AVAILABLE, fund=Fund.OFFICE, year=year, community=place),
    }
    journal_post(
        by=SYSTEM, kind=JournalKind.BUDGET, memo="预算", legs=move(rows["source"], rows["city"], 1_000_00), key="start"
    )
    return rows


def app_url(database) -> str:
    """The clone, as the portal's own role."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{database.name}"))


class Raw:
    """A session of the portal's role."""

    def __init__(self, database):
        self.link = psycopg2.connect(app_url(database))
        self.count = 0

    def journal(self, legs, *, kind="appropriate", fund="service_mass", day=None, declared=None, amount=None) -> int:
        """A header and its legs, not committed."""
        self.count += 1
        if amount is None:
            amount = sum(fen for _, fen in legs if fen > 0) or 1
        number = self.run(
            JOURNAL.format(
                kind=kind, fund=fund, day=day or clock.today(), key=f"raw{self.count}", legs=declared or len(legs), amount=amount
            )
        )[0][0]  # fmt: skip
        for line, (account, fen) in enumerate(legs, 1):
            self.entry(number, line, account, fen)
        return number

    def entry(self, journal: int, line: int, account: Account, fen: int) -> None:
        """One leg."""
        self.run(ENTRY.format(journal=journal, line=line, account=account.pk, fen=fen))

    def run(self, sql: str, values: list | None = None) -> list[tuple]:
        """Any statement; the rows that it gives."""
        with self.link.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def copy(self, table: str, columns: str, line: str) -> None:
        """COPY one line into a table."""
        import io

        with self.link.cursor() as cursor:
            cursor.copy_expert(f"COPY public.{table} ({columns}) FROM STDIN (FORMAT csv)", io.StringIO(line + "\n"))

    def refused(self, work, words: str) -> None:
        """It fails, at once or on commit, and leaves nothing."""
        with pytest.raises(psycopg2.Error, match=words):
            work()
            self.link.commit()
        self.link.rollback()
