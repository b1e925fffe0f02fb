"""One statement stores a report: was the draft sent before, its number, what it recurs from, the row (ADR 0012)."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django.db import connection, models

from governance.kernel.numbering import numbers_back
from governance.kernel.prepared import Prepared, execute, value_of

from ..models import Incident

_known = Prepared(
    lambda reporter, key: Incident.objects.filter(reporter_id=reporter, client_key=key), reporter=-77_001, key="\x01"
)
FOUND = ("number", "recurrence_of")  # by the statement itself
SQL = """
WITH before AS (
    SELECT FROM grid_incident
    WHERE client_key = {client_key} AND (reporter_id = {reporter} OR reporter_id IS NULL AND {reporter} IS NULL)
), taken AS (
    INSERT INTO governance_counter (series, value) SELECT {series}, 1 WHERE NOT EXISTS (SELECT FROM before)
    ON CONFLICT (series) DO UPDATE SET value = governance_counter.value + 1 RETURNING value
), earlier AS (
    SELECT id FROM grid_incident
    WHERE community_id = {community} AND category_id = {category} AND closed_at >= {since}
        AND ({grid} IS NULL OR grid_id = {grid})
    ORDER BY closed_at DESC LIMIT 1
), made AS (
    INSERT INTO grid_incident (number, recurrence_of_id, {columns})
    SELECT {series} || '-' || lpad(value::text, greatest(4, length(value::text)), '0'), (SELECT id FROM earlier), {values}
    FROM taken
    ON CONFLICT (reporter_id, client_key) WHERE client_key IS NOT NULL DO NOTHING
    RETURNING id, number, recurrence_of_id
)
SELECT made.id, made.number, made.recurrence_of_id, taken.value FROM (SELECT) one LEFT JOIN taken ON true LEFT JOIN made ON true
"""


def sent_before(reporter: int | None, key: str) -> Incident | None:
    """What a draft became."""
    if reporter is None:
        return Incident.objects.filter(reporter=None, client_key=key).first()
    return _known.first(reporter=reporter, key=key)


@cache
def _statement() -> tuple[str, list[models.Field]]:
    """The statement and the fields whose values it takes, after the series and the day since when it looks for a recurrence."""
    fields = [row for row in Incident._meta.local_concrete_fields if not row.primary_key and row.name not in FOUND]
    places = {row.name: f"${number}::{_type(row)}" for number, row in enumerate(fields, 3)}
    text = SQL.format(
        columns=", ".join(f'"{row.column}"' for row in fields), values=", ".join(places.values()),
        series="$1::varchar", since="$2::timestamptz", **{name: places[name] for name in WHERE},
    )  # fmt: skip
    return text, fields


WHERE = ("client_key", "reporter", "community", "category", "grid")


def _type(field: models.Field) -> str:
    """The column's type without its length: a cast to a length cuts what is too long instead of refusing it."""
    return field.rel_db_type(connection) if field.is_relation else field.db_type(connection).split("(")[0]


def store(incident: Incident, *, series: str, since: datetime) -> bool:
    """Insert it with the series' next number and its recurrence (closed ``since``). False: the draft was sent before.

    The series stays locked until the commit, so that it has no gaps. Of two twins the second waits for the first.
    """
    sql, fields = _statement()
    values = [value_of(field, incident) for field in fields]
    with connection.cursor() as cursor:
        execute(cursor, "grid_incident_report", sql, [series, since, *values])
        key, number, earlier, taken = cursor.fetchone()
    if key is None:
        if taken is not None:
            numbers_back(series, 1)
        return False
    incident.pk, incident.number, incident.recurrence_of_id = key, number, earlier
    incident._state.adding, incident._state.db = False, "default"
    return True
