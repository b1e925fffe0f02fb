"""The floor: what PostgreSQL itself does with such rows, measured with its own pgbench."""

import re
import subprocess
from pathlib import Path

import psycopg2

TABLE = """
CREATE TABLE IF NOT EXISTS bench_incident (
    id bigserial PRIMARY KEY, number text NOT NULL, street_id bigint NOT NULL, unit_id bigint NOT NULL,
    category_id bigint NOT NULL, title text NOT NULL, facts text NOT NULL, status text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), due_at timestamptz
);
CREATE INDEX IF NOT EXISTS bench_a ON bench_incident (street_id, id);
CREATE INDEX IF NOT EXISTS bench_b ON bench_incident (unit_id, id);
CREATE INDEX IF NOT EXISTS bench_c ON bench_incident (category_id, id);
CREATE INDEX IF NOT EXISTS bench_d ON bench_incident (created_at);
CREATE INDEX IF NOT EXISTS bench_e ON bench_incident (street_id, due_at, id) WHERE status = 'open';
INSERT INTO bench_incident (number, street_id, unit_id, category_id, title, facts, status, due_at)
SELECT 'B-' || g, g % 152, g % 12, g % 70, 'title', repeat('x', 200), 'open', now() FROM generate_series(1, 10000) g;
"""
INSERT = """\\set s random(1, 152)
INSERT INTO bench_incident (number, street_id, unit_id, category_id, title, facts, status, due_at)
VALUES ('DLS-210202-20261123-0001', :s, :s % 12, :s % 70, 'a title of a common length', repeat('x', 200), 'open', now());
"""
SELECT = "\\set i random(1, 10000)\nSELECT * FROM bench_incident WHERE id = :i;\n"


class Floor:
    """pgbench with 8 clients on the portal's own database server."""

    def __init__(self, portal, folder: Path):
        self.engines, self.url = portal.run.engines, portal.run.engines.env()["DATABASE_OWNER_URL"]
        self.scripts = {"insert": folder / "insert.sql", "select": folder / "select.sql"}
        self.scripts["insert"].write_text(INSERT)
        self.scripts["select"].write_text(SELECT)
        with psycopg2.connect(self.url) as link, link.cursor() as cursor:
            cursor.execute(TABLE)

    def run(self, statement: str) -> None:
        """Run a statement as the owner."""
        with psycopg2.connect(self.url) as link, link.cursor() as cursor:
            cursor.execute(statement)

    def tps(self, name: str, seconds: int) -> float:
        """Transactions per second of a script, simple protocol.

        Prints what was tried again; RuntimeError when transactions failed for good: a floor that gives work up is none.
        """
        program = self.engines.place.postgres_bin / "pgbench"
        words = [
            "-n",
            "--max-tries=10",
            "-c",
            "8",
            "-j",
            "2",
            "-T",
            str(seconds),
            "-M",
            "simple",
            "-f",
            str(self.scripts[name]),
            self.url,
        ]
        done = subprocess.run([program, *words], capture_output=True, text=True, env={"LC_ALL": "C"})
        rate, failed, retried = outcome(done.stdout, done.stderr)
        if failed:
            raise RuntimeError(
                f"pgbench {name}: {failed:,} transactions failed after ten tries, {retried:,} were tried again"
            )
        if retried:
            print(f"floor {name}: {rate:,.0f}/s, {retried:,} transactions tried again, none failed", flush=True)
        return rate


def outcome(said: str, wrong: str = "") -> tuple[float, int, int]:
    """(tps, failed, retried) of a pgbench run with --max-tries. Raises RuntimeError where it does not say all three."""
    found = [
        re.search(words, said, re.M)
        for words in (
            r"^tps = ([\d.]+)",
            r"^number of failed transactions: (\d+)",
            r"^number of transactions retried: (\d+)",
        )
    ]
    if not all(found):
        raise RuntimeError(f"pgbench: {wrong[-500:] or said[-500:]}")
    return float(found[0][1]), int(found[1][1]), int(found[2][1])
