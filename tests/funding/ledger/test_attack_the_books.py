"""What somebody who knows PostgreSQL tries with the portal's own role: every way around a trigger, and none works."""

from contextlib import closing

import pytest
from django.db import connection

from funding.ledger.models import Account, Entry, Journal
from funding.ledger.services import period_close
from governance import invariants
from governance.kernel import clock
from tests_support.ledger_raw import Raw, money_for

DENIED = "permission denied|must be owner|append-only"
SIMPLE = {
    "update a balance": "UPDATE funding_account SET balance_fen = 10",
    "update an entry": "UPDATE funding_entry SET fen = 10",
    "update a journal": "UPDATE funding_journal SET memo = 'x'",
    "delete entries": "DELETE FROM funding_entry",
    "delete journals": "DELETE FROM funding_journal",
    "delete accounts": "DELETE FROM funding_account",
    "delete periods": "DELETE FROM funding_period",
    "truncate": "TRUNCATE funding_entry",
    "truncate with everything": "TRUNCATE funding_account CASCADE",
    "disable a trigger": "ALTER TABLE funding_entry DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER pgtrigger_append_only_cc91e ON funding_entry",
    "drop a constraint": "ALTER TABLE funding_account DROP CONSTRAINT account_no_overdraft",
    "a rule instead": "CREATE RULE nothing AS ON INSERT TO funding_entry DO INSTEAD NOTHING",
    "a trigger of one's own": "CREATE TRIGGER own BEFORE INSERT ON funding_entry FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "play replica": "SET session_replication_role = replica",
    "become the owner": "SET ROLE portal_owner",
    "take the table": "ALTER TABLE funding_entry OWNER TO portal_app",
    "grant oneself": "GRANT ALL ON funding_account TO portal_app; UPDATE funding_account SET balance_fen = 1",
    "inherit": "CREATE TEMP TABLE child () INHERITS (funding_entry)",
    "a function of another schema": "CREATE SCHEMA mine",
    "a function in public": "CREATE FUNCTION public.greatest2(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "replace a trigger's function": "CREATE OR REPLACE FUNCTION public.pgtrigger_entry_posts_bdabf() RETURNS trigger "
    "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; INSERT INTO public.funding_entry DEFAULT VALUES",
    "upsert": "INSERT INTO funding_account (kind, fund, year, function_code, economic_code, project, balance_fen, entries) "
    "SELECT kind, fund, year, function_code, economic_code, project, 0, 0 FROM funding_account LIMIT 1 "
    "ON CONFLICT ON CONSTRAINT account_once DO UPDATE SET balance_fen = 7",
    "upsert an entry": "INSERT INTO funding_entry (journal_id, line, account_id, fen, balance_after, seq, at) "
    "SELECT journal_id, line, account_id, fen, 0, 0, at FROM funding_entry LIMIT 1 "
    "ON CONFLICT (journal_id, line) DO UPDATE SET fen = 7",
    "merge": "MERGE INTO funding_account a USING (VALUES (1)) v (x) ON true WHEN MATCHED THEN UPDATE SET balance_fen = 7",
    "merge away": "MERGE INTO funding_entry e USING (VALUES (1)) v (x) ON true WHEN MATCHED THEN DELETE",
    "writable CTE": "WITH gone AS (DELETE FROM funding_entry RETURNING *) SELECT count(*) FROM gone",
    "writable CTE, balances": "WITH rich AS (UPDATE funding_account SET balance_fen = 1 RETURNING 1) SELECT * FROM rich",
    "through a view": "CREATE TEMP VIEW v AS SELECT * FROM funding_account; UPDATE v SET balance_fen = 1",
    "turn numbers back": "SELECT setval(pg_get_serial_sequence('public.funding_journal', 'id'), 1, false)",
    "turn entries' numbers back": "SELECT setval(pg_get_serial_sequence('public.funding_entry', 'id'), 1, false)",
    "replicate": "SELECT pg_replication_origin_create('x')",
    "read files": "COPY funding_entry FROM '/etc/hostname'",
    "run a program": "COPY funding_entry FROM PROGRAM 'true'",
}  # fmt: skip


@pytest.fixture
def m(throwaway_db):
    """Accounts with money."""
    return money_for(throwaway_db)


@pytest.fixture
def raw(m, throwaway_db):
    """A session of the portal's role; afterwards every balance is as it was and the invariants stand."""
    before = {row.pk: (row.balance_fen, row.entries) for row in Account.objects.all()}
    counts = Journal.objects.count(), Entry.objects.count()
    session = Raw(throwaway_db)
    with closing(session.link):
        yield session
    assert {row.pk: (row.balance_fen, row.entries) for row in Account.objects.all()} == before
    assert (Journal.objects.count(), Entry.objects.count()) == counts
    assert invariants.broken() == {}


def test_it_is_the_portals_role_that_tries(raw):
    assert raw.run("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user") == [
        ("portal_app", False)
    ]


def test_what_it_has_no_right_to(raw):
    for name, sql in SIMPLE.items():
        with_name = f"({DENIED}|must be able to SET ROLE|superuser|not owner|is a view)"
        try:
            raw.refused(lambda sql=sql: raw.run(sql), with_name)
        except BaseException as error:
            raise AssertionError(f"{name}: {error}") from error


def test_headers_and_legs(raw, m):
    five = [(m["city"], -5), (m["unit"], 5)]
    raw.refused(lambda: raw.journal([(m["city"], -5), (m["unit"], 4)]), "ledger_unbalanced")
    raw.refused(lambda: raw.journal([], declared=2), "ledger_legs")
    raw.refused(lambda: raw.journal([(m["city"], -5)], declared=2), "ledger_legs")
    raw.refused(lambda: raw.journal(five, declared=1), "journal_two_legs|ledger_late_leg")
    raw.refused(lambda: raw.journal(five, amount=5_000_00), "ledger_amount")
    raw.refused(lambda: raw.journal(five, amount=-5), "journal_amount")
    raw.refused(lambda: raw.journal([(m["city"], -5), (m["unit"], 3), (m["unit"], 2)]), "entry_account_once")
    raw.refused(lambda: raw.journal([(m["city"], 0), (m["unit"], 0)]), "entry_not_zero")
    raw.refused(lambda: raw.journal(five, kind="reversal"), "journal_reversal")
    raw.refused(lambda: raw.journal(five, kind="nonsense"), "ledger_way")


def test_a_reversal_is_the_mirror_once(raw, m):
    start = Journal.objects.get(key="start").pk

    def reverse(legs, of=start):
        number = raw.run(
            "INSERT INTO public.funding_journal (kind, fund, day, at, memo, key, legs, amount_fen, document_type, document_label, "
            "document_url, by_label, tx, is_synthetic, reverses_id) VALUES ('reversal', 'service_mass', current_date, "
            f"clock_timestamp(), 'raw', 'back' || clock_timestamp(), {len(legs)}, {sum(fen for _, fen in legs if fen > 0)}, "
            f"'', '', '', 'raw', 0, false, {of}) RETURNING id"
        )[0][0]
        for line, (account, fen) in enumerate(legs, 1):
            raw.entry(number, line, account, fen)
        return number

    raw.refused(lambda: reverse([(m["city"], -5), (m["source"], 5)]), "ledger_reversal")
    raw.refused(lambda: reverse([(m["city"], -5), (m["unit"], 5)]), "ledger_reversal")
    full = [(m["city"], -1_000_00), (m["source"], 1_000_00)]
    raw.refused(lambda: (reverse(full), reverse(full)), "reverses_id")
    mirror = [(m["source"], -1_000_00), (m["city"], 1_000_00)]
    raw.refused(lambda: reverse(mirror, of=reverse(full)), "ledger_reversal")


def test_copy_is_no_way_around(raw, m):
    columns = "journal_id, line, account_id, fen, balance_after, seq, at"
    start = Journal.objects.get(key="start").pk
    raw.refused(lambda: raw.copy("funding_entry", columns, f"{start},3,{m['city'].pk},5,0,0,now"), "ledger_late_leg")
    raw.refused(
        lambda: raw.copy(
            "funding_account", "kind, fund, year, function_code, economic_code, project, balance_fen, entries",
            "available,office,2026,2080208,,rich,500,0",
        ),
        "ledger_account",
    )  # fmt: skip


def test_the_setting_that_the_library_listens_to(raw, m):
    """django-pgtrigger's functions ask ``pgtrigger.ignore``, which any session may set; those of the books do not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(tgname::text) FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'")
        names = ",".join(cursor.fetchone()[0])

    def ignoring(work):
        raw.run(f"SET LOCAL pgtrigger.ignore = '{{{names}}}'")
        work()

    raw.refused(lambda: ignoring(lambda: raw.journal([(m["city"], -5), (m["unit"], 4)])), "ledger_unbalanced")
    raw.refused(lambda: ignoring(lambda: raw.journal([], declared=2)), "ledger_legs")
    start = Journal.objects.get(key="start").pk
    raw.refused(lambda: ignoring(lambda: raw.entry(start, 3, m["city"], -5)), "ledger_late_leg")


def test_tables_of_the_same_name(raw, m):
    """A temporary table is found before the real one, unless the trigger names its schema."""
    period_close_raw = "CREATE TEMP TABLE funding_period (year int, month int, status text)"
    fake = (
        "CREATE TEMP TABLE funding_entry AS SELECT * FROM public.funding_entry WHERE false; "
        "CREATE TEMP TABLE funding_account AS SELECT * FROM public.funding_account; " + period_close_raw
    )

    def unbalanced():
        raw.run(fake)
        number = raw.journal([(m["city"], -5), (m["unit"], 4)])
        raw.run(
            f"INSERT INTO pg_temp.funding_entry (journal_id, line, account_id, fen) VALUES ({number}, 1, {m['city'].pk}, -5), "
            f"({number}, 2, {m['unit'].pk}, 5)"
        )

    raw.refused(unbalanced, "ledger_unbalanced")


def test_the_books_own_function_on_a_table_of_ones_own(raw, m):
    """It moves balances with the owner's rights: nobody else may hang it anywhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'pgtrigger_entry_posts%'")
        name = cursor.fetchone()[0]

    def rich():
        raw.run("CREATE TEMP TABLE mine AS SELECT * FROM public.funding_entry WHERE false")
        raw.run(f"CREATE TRIGGER t BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION public.{name}()")
        number = raw.journal([(m["city"], -5), (m["unit"], 5)])
        raw.run(f"INSERT INTO mine (journal_id, line, account_id, fen) VALUES ({number}, 2, {m['paid'].pk}, 777)")

    raw.refused(rich, "permission denied for function")


def test_an_old_snapshot_does_not_see_a_closed_month(raw, m, throwaway_db):
    day = clock.today().replace(month=1, day=5)
    raw.run("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    raw.link.commit()
    raw.run("SELECT 1")
    raw.run("SELECT count(*) FROM public.funding_period")
    period_close(by=throwaway_db.actors.city, year=day.year, month=1)
    raw.refused(lambda: raw.journal([(m["city"], -5), (m["unit"], 5)], day=day), "ledger_isolation")


def test_savepoints_leave_no_half(raw, m):
    """The deferred check is not lost with a savepoint, and a released one carries it on."""

    def inner():
        raw.run("SAVEPOINT a")
        raw.journal([(m["city"], -5), (m["unit"], 4)])
        raw.run("RELEASE SAVEPOINT a")

    def block():
        raw.run(
            "DO $$ DECLARE j bigint; BEGIN INSERT INTO public.funding_journal (kind, fund, day, at, memo, key, legs, amount_fen, "
            "document_type, document_label, document_url, by_label, tx, is_synthetic) VALUES ('appropriate', 'service_mass', "
            "current_date, clock_timestamp(), 'raw', 'block', 2, 5, '', '', '', 'raw', 0, false) RETURNING id INTO j; "
            "BEGIN INSERT INTO public.funding_entry (journal_id, line, account_id, fen, balance_after, seq, at) "
            f"VALUES (j, 1, {m['city'].pk}, -5, 0, 0, now()); RAISE division_by_zero; "
            "EXCEPTION WHEN division_by_zero THEN NULL; END; "
            "INSERT INTO public.funding_entry (journal_id, line, account_id, fen, balance_after, seq, at) "
            f"VALUES (j, 2, {m['unit'].pk}, 5, 0, 0, now()); END $$"
        )

    raw.refused(inner, "ledger_unbalanced")
    raw.refused(block, "ledger_legs")
    raw.refused(lambda: (raw.journal([(m["city"], -5), (m["unit"], 4)]), raw.run("PREPARE TRANSACTION 'x'")), ".")


def test_a_moment_before_the_account_s_last_is_refused(raw, m):
    """Books of any past moment add up, because an account's entries follow each other in time."""

    last = Account.objects.get(pk=m["city"].pk).last_at

    def backdated():
        number = raw.run(
            "INSERT INTO public.funding_journal (kind, fund, day, at, memo, key, legs, amount_fen, document_type, document_label, "
            "document_url, by_label, tx, is_synthetic) VALUES ('appropriate', 'service_mass', current_date, "
            f"'{last.isoformat()}'::timestamptz - interval '1 second', 'raw', 'early', 2, 5, '', '', '', 'raw', 0, false) RETURNING id"
        )[0][0]
        raw.entry(number, 1, m["city"], -5)

    raw.refused(backdated, "ledger_moment")
