"""``python -m bench.ledger``: posting and balance reading against pgbench of the same rows; what a balance costs as entries grow.

Everything that is compared runs in turns on the same server (fsync on), with 8 clients.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from datetime import date

CLIENTS = 8
ACCOUNTS = 400
PLAIN = """
CREATE TABLE IF NOT EXISTS bench_account (id bigserial PRIMARY KEY, balance bigint NOT NULL, entries bigint NOT NULL, at timestamptz);
CREATE TABLE IF NOT EXISTS bench_journal (LIKE funding_journal INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
CREATE TABLE IF NOT EXISTS bench_entry (LIKE funding_entry INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
CREATE TABLE IF NOT EXISTS bench_event (LIKE governance_auditevent INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
ALTER TABLE bench_entry ADD FOREIGN KEY (journal_id) REFERENCES bench_journal DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bench_entry ADD FOREIGN KEY (account_id) REFERENCES bench_account DEFERRABLE INITIALLY DEFERRED;
INSERT INTO bench_account (balance, entries) SELECT 0, 0 FROM generate_series(1, {accounts});
"""
HEAD = """\\set a random(1, {half})
\\set b random({half} + 1, {accounts})
\\set k random(1, 1000000000000)
BEGIN;
INSERT INTO {journal} (kind, fund, day, at, memo, key, legs, amount_fen, document_type, document_label, document_url, by_label, tx,
 is_synthetic) VALUES ('transfer', 'errand', '{day}', now(), 'a memo of a common length', 'b' || :k, 2, 100, 'demand', 'D-1', '/d/1/',
 'somebody', 0, false) RETURNING id AS j \\gset
"""
EVENT = """INSERT INTO {event} (at, action, label, actor_label, via, thread, subject_type, subject_id, from_status, to_status, note, data)
 VALUES (now(), 'journal.transfer', 'x', 'somebody', 'system', 'journal:1', 'journal', :j, '', '', 'a memo', '{{"legs": [[1, 5], [2, -5]]}}');
COMMIT;
"""
FLOOR = HEAD + """INSERT INTO bench_entry (journal_id, line, account_id, fen, balance_after, seq, at) VALUES
 (:j, 1, :a, -100, 0, :k, now()), (:j, 2, :b, 100, 0, :k, now());
UPDATE bench_account SET balance = balance - 100, entries = entries + 1, at = now() WHERE id = :a;
UPDATE bench_account SET balance = balance + 100, entries = entries + 1, at = now() WHERE id = :b;
""" + EVENT  # fmt: skip
REAL = HEAD + """INSERT INTO funding_entry (journal_id, line, account_id, fen, balance_after, seq, at) VALUES
 (:j, 1, {base} + :a, -100, 0, 0, now()), (:j, 2, {base} + :b, 100, 0, 0, now());
""" + EVENT  # fmt: skip


def seed(entries: int):
    """Accounts with consecutive numbers: half of them sources, half communities' own; the first pair with ``entries``."""
    from django.db import connection

    from funding.ledger.models import Account
    from governance.territory.models import Division

    places = list(Division.objects.filter(level="community").order_by("pk")[: ACCOUNTS // 2])
    rows = [
        Account(kind="source", fund="errand", year=date.today().year, function_code=str(1_000_000 + number))
        for number in range(ACCOUNTS // 2)
    ]
    rows += [
        Account(kind="available", fund="errand", year=date.today().year, function_code="2019999", community=place,
                street_id=place.street_id, unit_id=place.unit_id) for place in places
    ]  # fmt: skip
    made = Account.objects.bulk_create(rows)
    if entries:
        grow(connection, made[0].pk, made[-1].pk, entries)
    return made


def grow(connection, source: int, target: int, entries: int) -> None:
    """Post so many journals between two accounts through the triggers; in small blocks, as one row is updated for each entry."""
    from django.db import transaction

    for start in range(0, entries, 500):
        count = min(500, entries - start)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "WITH j AS (INSERT INTO funding_journal (kind, fund, day, at, memo, key, legs, amount_fen, document_type, "
                "document_label, document_url, by_label, tx, is_synthetic) SELECT 'transfer', 'errand', CURRENT_DATE, now(), 'm', "
                "format('g:%%s:%%s', %s::bigint, g), 2, 1, '', '', '', 'b', 0, false FROM generate_series(%s::int, %s::int) g "
                "RETURNING id) SELECT array_agg(id) FROM j",
                [target, start + 1, start + count],
            )
            ids = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO funding_entry (journal_id, line, account_id, fen, balance_after, seq, at) "
                "SELECT id, line, CASE line WHEN 1 THEN %s ELSE %s END, CASE line WHEN 1 THEN -1 ELSE 1 END, 0, 0, now() "
                "FROM unnest(%s::bigint[]) id, generate_series(1, 2) line",
                [source, target, ids],
            )


def poster(number: int, base: int, seconds: float, out) -> None:
    """One client of the service."""
    import random

    from django.db import connections

    connections.close_all()
    from funding.ledger.models import Account
    from funding.ledger.services import journal_post, move
    from governance.kernel.actor import SYSTEM

    rows = {
        row.pk: row
        for row in Account.objects.select_related("unit", "community").filter(pk__gt=base, pk__lte=base + ACCOUNTS)
    }
    rng, done, until = random.Random(number), 0, time.monotonic() + seconds
    stamp = time.time_ns()
    while time.monotonic() < until:
        frm = rows[base + rng.randint(1, ACCOUNTS // 2)]
        to = rows[base + rng.randint(ACCOUNTS // 2 + 1, ACCOUNTS)]
        journal_post(
            by=SYSTEM,
            kind="transfer",
            memo="a memo of a common length",
            legs=move(frm, to, 100),
            key=f"s{stamp}:{done}",
        )
        done += 1
    out.put((done, time.process_time()))


def service_rate(base: int, seconds: float) -> tuple[float, float]:
    """Journals per second of eight processes, and CPU milliseconds of Python for each."""
    context = multiprocessing.get_context("fork")
    out = context.Queue()
    crowd = [context.Process(target=poster, args=(number, base, seconds, out)) for number in range(CLIENTS)]
    for one in crowd:
        one.start()
    found = [out.get() for _ in crowd]
    for one in crowd:
        one.join()
    done = sum(count for count, _ in found)
    return done / seconds, 1000 * sum(cpu for _, cpu in found) / done


def balance_micros(account, times: int = 300) -> dict[str, float]:
    """Microseconds of a balance now and at a past moment, in PostgreSQL alone (EXPLAIN ANALYZE, median)."""
    import statistics

    from django.db import connection

    moment = "(SELECT at FROM funding_entry WHERE account_id = %s ORDER BY seq DESC LIMIT 1)"
    queries = {
        "now": ("SELECT balance_fen FROM funding_account WHERE id = %s", [account.pk]),
        "then": (
            "SELECT balance_after FROM funding_entry WHERE account_id = %s AND at <= "
            f"{moment} ORDER BY at DESC, seq DESC LIMIT 1", [account.pk, account.pk]
        ),
    }  # fmt: skip
    found = {}
    with connection.cursor() as cursor:
        for name, (sql, values) in queries.items():
            taken = []
            for _ in range(times):
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
                taken.append(cursor.fetchone()[0][0]["Execution Time"] * 1000)
            found[name] = round(statistics.median(taken), 1)
    return found


def main() -> int:
    """Start a portal, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--most", type=int, default=1_000_000, help="entries of the largest account")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from .portal import FOLDER, bench_portal, without

    with bench_portal(f"ledger-{os.getpid()}") as portal, without(portal, "worker", "beat"):
        from django.db import connections

        from .floor import Floor

        accounts = seed(0)
        base = accounts[0].pk - 1
        floor = Floor(portal, FOLDER)
        floor.run(PLAIN.format(accounts=ACCOUNTS))
        words = {"half": ACCOUNTS // 2, "accounts": ACCOUNTS, "day": date.today(), "base": base}
        scripts = {
            "floor": FLOOR.format(**words, journal="bench_journal", event="bench_event"),
            "triggers": REAL.format(**words, journal="funding_journal", event="governance_auditevent"),
        }
        for name, text in scripts.items():
            path = FOLDER / f"ledger-{name}.sql"
            path.write_text(text)
            floor.scripts[name] = path
        turns = {"floor": [], "triggers": [], "service": [], "cpu": []}
        for _ in range(options.rounds):
            connections.close_all()
            turns["floor"].append(floor.tps("floor", options.seconds))
            turns["triggers"].append(floor.tps("triggers", options.seconds))
            rate, cpu = service_rate(base, options.seconds)
            turns["service"].append(rate)
            turns["cpu"].append(cpu)
        best = {name: sorted(values)[len(values) // 2] for name, values in turns.items()}
        growth = {}
        for number, size in enumerate((1_000, 100_000, options.most)):
            from django.db import connection

            pair = accounts[number], accounts[-1 - number]
            grow(connection, pair[0].pk, pair[1].pk, size)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE funding_entry")
            growth[size] = balance_micros(pair[1])
        from governance import invariants

        broken = invariants.broken()
    print(
        json.dumps(
            {
                **{name: round(value, 2) for name, value in best.items()},
                "service ÷ floor": round(best["service"] / best["floor"], 3),
                "triggers ÷ floor": round(best["triggers"] / best["floor"], 3),
                "balance, µs by entries": growth, "broken": broken, "load": os.getloadavg()[0],
            },
            indent=1, ensure_ascii=False,
        )
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
