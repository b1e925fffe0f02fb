"""Measurements of reading: search in the lists, and what counting for the dashboard costs those who write."""

import statistics
import time
from datetime import date, timedelta

from .figures import CITY, STAFF, sql_times, widest_sql
from .load import Person, storm

WORDS = {"common": "夜市", "rare": "反复 4242", "absent": "绝无此词"}
DELTAS = """
INSERT INTO governance_rollupdelta (day, measure, unit_id, street_id, department_id, category_id, amount)
SELECT now()::date, 'bench', 1, side.street, side.department, side.category, 1
FROM (VALUES (0, 0, 0), (:s, 0, 0), (0, :s, 0), (0, 0, :s)) side (street, department, category);
"""
FORGET = "DELETE FROM governance_rollupdelta WHERE measure = 'bench'; DELETE FROM governance_rollupday WHERE measure = 'bench'"


def search(rounds: int = 5) -> dict[str, float]:
    """Milliseconds of the statement behind a search in the ticket list, for the city and for one street."""
    asked = {
        f"{kind} word, {who}": widest_sql(f"/tickets/?q={word}", user)
        for kind, word in WORDS.items()
        for who, user in (("city", CITY), ("street", STAFF))
    }
    return sql_times(asked, rounds)


def dashboard_anew(people: list[Person], seconds: float) -> float:
    """Dashboards per second when each has other numbers than any before it: nothing that was drawn can be used."""
    first, turn = date.today() - timedelta(days=365), iter(range(100_000))

    def ask(who: Person) -> int:
        start = first - timedelta(days=next(turn))
        return who.get(f"/dashboard/?period=custom&from={start}&to={date.today()}")[0]

    return storm(people, ask, 200, seconds)[0]


def rollup_cost(floor, rounds: int, seconds: int) -> dict[str, float]:
    """Inserts per second alone and with the four deltas of an event, in turns, while the worker folds."""
    alone = floor.scripts["insert"].read_text()
    script = floor.scripts["insert"].with_name("insert_counted.sql")
    head, rest = alone.split("\n", 1)
    script.write_text(f"{head}\nWITH made AS ({rest.strip().rstrip(';')}){DELTAS}")  # one round trip, as without
    floor.scripts["counted"] = script
    found: dict[str, list[float]] = {"insert": [], "counted": []}
    for _ in range(rounds):
        for name, rates in found.items():
            rates.append(floor.tps(name, seconds))
            time.sleep(1)
    floor.run(FORGET)
    return {name: statistics.median(rates) for name, rates in found.items()}
