"""Runs ``invariants.sql``: what must always hold, whoever wrote to the database and whatever was killed meanwhile."""

import re
from pathlib import Path

from django.db import connection, transaction

PATH = Path(__file__).with_suffix(".sql")
_NAMED = re.compile(r"^-- name: (.+)$", re.MULTILINE)


def queries() -> dict[str, str]:
    """The named queries of the file."""
    parts = _NAMED.split(PATH.read_text(encoding="utf-8"))[1:]
    return dict(zip((name.strip() for name in parts[::2]), parts[1::2], strict=True))


def broken(*, sample: int = 5) -> dict[str, list[tuple]]:
    """Run all in one snapshot. Returns the names that do not hold, each with a sample of the rows that break it."""
    found = {}
    with transaction.atomic(), connection.cursor() as cursor:
        if not connection.in_atomic_block or not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name, sql in queries().items():
            cursor.execute(sql)
            if rows := cursor.fetchmany(sample):
                found[name] = rows
    return found
