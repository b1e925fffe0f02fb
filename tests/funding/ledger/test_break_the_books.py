"""What raw SQL as the portal's own role cannot do to the books, and what killed writers leave behind: nothing half done."""

import os
import subprocess
import sys
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from funding.ledger.models import Account, Entry, Journal
from funding.ledger.selectors import balance_of, trial_balance
from funding.ledger.services import journal_post, move, period_close
from funding.ledger.states import JournalKind
from governance import invariants
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import DomainError
from tests_support.databases import at_once
from tests_support.ledger_raw import Raw, app_url, money_for

ROOT = Path(__file__).parents[3]
SECONDS = float(os.environ.get("LEDGER_STORM", "5"))


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
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=SECONDS + 200, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    keys = told.read_text().split()
    known = set(Journal.objects.values_list("key", flat=True))
    print(f"{run.stdout.strip()} kills, {len(keys)} journals told, {len(known) - 1} kept")
    assert int(run.stdout) >= 20 and len(keys) >= 200
    assert set(keys) <= known  # what was told to be done is there
    assert len(keys) == len(set(keys))
    assert invariants.broken() == {}
    assert sum(Account.objects.values_list("balance_fen", flat=True)) == 0
    assert unbalanced_moments() == [] and strange_balances() == []


def unbalanced_moments() -> list:
    """Moments at which the books of all accounts did not add up to nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, fen FROM (SELECT at, sum(sum(fen)) OVER (ORDER BY at) AS fen FROM funding_entry GROUP BY at) x WHERE fen <> 0"
        )
        return cursor.fetchall()


def strange_balances() -> list:
    """Entries whose running balance is not the sum of what their account had received up to their own moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (SELECT id, balance_after, sum(fen) OVER (PARTITION BY account_id ORDER BY at, seq) AS fen "
            "FROM funding_entry) x WHERE fen <> balance_after UNION ALL "
            "SELECT e.id FROM funding_entry e JOIN funding_journal j ON j.id = e.journal_id WHERE j.at <> e.at"
        )
        return cursor.fetchall()


def test_the_books_of_every_moment_add_up(throwaway_db):
    """Twelve writers through the same few accounts, their clocks in disorder: still no moment at which a leg is missing."""
    m = money_for(throwaway_db)
    start = clock.now()

    def post(number: int) -> None:
        for turn in range(8):
            with clock.travel(start + timedelta(milliseconds=(number * 7 + turn * 5) % 40)):
                frm, to = (m["city"], m["unit"]) if (number + turn) % 2 else (m["unit"], m["city"])
                with suppress(DomainError):
                    journal_post(
                        by=SYSTEM,
                        kind=JournalKind.APPROPRIATE,
                        memo="下达",
                        legs=move(frm, to, 5),
                        key=f"{number}:{turn}",
                    )

    at_once(12, post)
    assert Journal.objects.count() > 12
    assert unbalanced_moments() == [] and strange_balances() == []
    year = clock.today().year
    for at in set(Entry.objects.values_list("at", flat=True)):
        assert sum(line.balance for line in trial_balance(year, at=at)) == 0
        assert sum(balance_of(row, at=at) for row in m.values()) == 0
