"""How many statements a page takes, as pinned in tests/baselines/queries.json."""

import json
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

_FILE = Path(__file__).parents[1] / "tests" / "baselines" / "queries.json"
BASELINE: dict[str, int] = json.loads(_FILE.read_text(encoding="utf-8"))


def statements(client, path: str) -> int:
    """Statements of one page; the session is read from Redis as a rule, so it does not count."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return sum(
        not row["sql"].startswith(("SAVEPOINT", "RELEASE")) and "django_session" not in row["sql"] for row in seen
    )
