"""What raw SQL as the portal's own role cannot do to the books, and what killed writers leave behind: nothing half done."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from funding.ledger.models import Account, Journal
from funding.ledger.services import account_for, journal_post, move, period_close
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance import invariants
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from tests_support import stories
from tests_support.databases import at_once

ROOT = Path(__file__).parents[3]
SECONDS = float(os.environ.get("LEDGER_STORM", "5"))


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


JOURNAL = (
    "INSERT INTO funding_journal (kind, fund, day, at, memo, key, legs, amount_fen, document_type, document_label, document_url, "
    "by_label, tx, is_synthetic) VALUES ('{kind}', '{fund}', '{day}', now(), 'raw', '{key}', {legs}, 1, '', '', '', 'raw', 0, "
    "false) RETURNING id"
)
ENTRY = (
    "INSERT INTO funding_entry (journal_id, line, account_id, fen, balance_after, seq, at) "
    "VALUES ({journal}, {line}, {account}, {fen}, 999, 999, now())"
)


class Raw:
    """Somebody with the portal's password and a terminal."""

    def __init__(self, database):
        self.link = psycopg2.connect(app_url(database))
        self.count = 0

    def journal(self, legs, *, kind="appropriate", fund="service_mass", day=None, declared=None) -> int:
        """A header and its legs, not committed."""
        self.count += 1
        with self.link.cursor() as cursor:
            cursor.execute(
                JOURNAL.format(
                    kind=kind, fund=fund, day=day or clock.today(), key=f"raw{self.count}", legs=declared or len(legs)
                )
            )
            number = cursor.fetchone()[0]
        for line, (account, fen) in enumerate(legs, 1):
            self.entry(number, line, account, fen)
        return number

    def entry(self, journal: int, line: int, account: Account, fen: int) -> None:
        """One leg."""
        self.run(ENTRY.format(journal=journal, line=line, account=account.pk, fen=fen))

    def run(self, sql: str) -> None:
        """Any statement."""
        with self.link.cursor() as cursor:
            cursor.execute(sql)

    def refused(self, work, words: str) -> None:
        """It fails, at once or on commit, and leaves nothing."""
        with pytest.raises(psycopg2.Error, match=words):
            work()
            self.link.commit()
        self.link.rollback()


def test_raw_sql_cannot_break_the_rules(throwaway_db):
    m = money_for(throwaway_db)
    before = {row.pk: row.balance_fen for row in Account.objects.all()}
    raw = Raw(throwaway_db)
    with closing(raw.link):
        refused = raw.refused
        refused(lambda: raw.journal([(m["city"], -5), (m["unit"], 4)]), "ledger_unbalanced")
        refused(lambda: raw.journal([], declared=2), "ledger_legs")
        refused(lambda: raw.journal([(m["city"], -5)], declared=2), "ledger_legs")
        refused(lambda: raw.journal([(m["city"], -5), (m["unit"], 5)], declared=1), "journal_two_legs")
        refused(lambda: raw.journal([(m["city"], -1_000_01), (m["unit"], 1_000_01)]), "account_no_overdraft")
        refused(lambda: raw.journal([(m["unit"], -5), (m["city"], 5)]), "account_no_overdraft")
        refused(lambda: raw.journal([(m["city"], -5), (m["paid"], 5)]), "ledger_way")
        refused(lambda: raw.journal([(m["city"], -5), (m["office"], 5)]), "ledger_funds_mixed")
        refused(lambda: raw.journal([(m["city"], -5), (m["unit"], 5)], day="2020-01-01"), "ledger_year")
        refused(lambda: raw.journal([(m["city"], -5), (m["unit"], 5)], kind="reversal"), "journal_reversal")
        late = Journal.objects.get(key="start").pk
        refused(lambda: (raw.entry(late, 3, m["city"], -5), raw.entry(late, 4, m["unit"], 5)), "ledger_late_leg")
        refused(lambda: early(raw, m), "ledger_late_leg")
        for sql in (
            "UPDATE funding_account SET balance_fen = 10",
            "UPDATE funding_entry SET fen = 10",
            "UPDATE funding_journal SET memo = 'x'",
            "DELETE FROM funding_entry",
            "DELETE FROM funding_journal",
            "DELETE FROM funding_account",
            "DELETE FROM funding_period",
            "TRUNCATE funding_entry CASCADE",
            "TRUNCATE funding_account CASCADE",
            "ALTER TABLE funding_entry DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
        ):
            refused(lambda sql=sql: raw.run(sql), "permission denied|must be owner|append-only")
        refused(
            lambda: raw.run(
                "INSERT INTO funding_account (kind, fund, year, function_code, economic_code, project, balance_fen, entries) "
                "VALUES ('available', 'office', 2026, '2080208', '', 'rich', 500, 0)"
            ),
            "ledger_account",
        )
        raw.journal([(m["city"], -5), (m["unit"], 5)])
        raw.link.commit()  # what is right is let in, and moves the balances
    after = {row.pk: row.balance_fen for row in Account.objects.all()}
    assert after == {**before, m["city"].pk: before[m["city"].pk] - 5, m["unit"].pk: 5}
    assert invariants.broken() == {}


def early(raw: Raw, m: dict) -> None:
    """Let the check speak before commit, then add one leg more."""
    number = raw.journal([(m["city"], -5), (m["unit"], 5)])
    raw.run("SET CONSTRAINTS ALL IMMEDIATE")
    raw.entry(number, 3, m["community"], 5)


def test_a_closed_month_is_closed_for_raw_sql_too(throwaway_db):
    m = money_for(throwaway_db)
    day = clock.today().replace(month=1, day=5)
    period_close(by=throwaway_db.actors.city, year=day.year, month=1)
    raw = Raw(throwaway_db)
    with closing(raw.link):
        raw.refused(lambda: raw.journal([(m["city"], -5), (m["unit"], 5)], day=day), "ledger_period_closed")
        raw.refused(lambda: raw.run("UPDATE funding_period SET status = 'open'"), "ledger_period")


def test_fifty_at_once_are_one_journal(throwaway_db):
    m = money_for(throwaway_db)

    def post(number: int) -> int:
        return journal_post(
            by=SYSTEM, kind=JournalKind.APPROPRIATE, memo="下达", legs=move(m["city"], m["unit"], 70_00), key="same"
        ).pk

    answers = at_once(50, post)
    assert len(set(answers)) == 1 and isinstance(answers[0], int), answers
    assert Account.objects.get(pk=m["unit"].pk).balance_fen == 70_00


def test_a_race_for_the_last_yuan_has_one_winner(throwaway_db):
    m = money_for(throwaway_db)

    def post(number: int) -> int:
        return journal_post(
            by=SYSTEM,
            kind=JournalKind.APPROPRIATE,
            memo="下达",
            legs=move(m["city"], m["unit"], 300_00),
            key=f"race:{number}",
        ).pk

    answers = at_once(12, post)
    assert sum(isinstance(row, int) for row in answers) == 3
    assert Account.objects.get(pk=m["city"].pk).balance_fen == 100_00
    assert invariants.broken() == {}


@pytest.mark.fault
def test_killed_writers_leave_nothing_half_posted(throwaway_db, tmp_path):
    """Eight writers as the portal's role, killed all the time; ``LEDGER_STORM=60`` makes it a minute."""
    money_for(throwaway_db)
    told = tmp_path / "told"
    env = {**os.environ, "DATABASE_URL": app_url(throwaway_db), "DJANGO_SETTINGS_MODULE": "governance.settings"}
    env.pop("DATABASE_AS_OWNER", None)
    run = subprocess.run(
        [sys.executable, "-m", "tests_support.ledger_storm", str(SECONDS), "20261124", str(told)],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=SECONDS + 60, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    keys = told.read_text().split()
    known = set(Journal.objects.values_list("key", flat=True))
    print(f"{run.stdout.strip()} kills, {len(keys)} journals told, {len(known) - 1} kept")
    assert int(run.stdout) >= 20 and len(keys) >= 100
    assert set(keys) <= known  # what was told to be done is there
    assert len(keys) == len(set(keys))
    assert invariants.broken() == {}
    assert sum(Account.objects.values_list("balance_fen", flat=True)) == 0
