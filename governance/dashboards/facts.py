"""The facts behind the rollup: one SQL definition for counting an event, rebuilding everything and listing a figure.

A fact is (ticket, measure, moment). Limits count on the day when they were decided, a settlement when the ticket closed,
a whistle when it was dispatched (told by its first ticket).
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models.expressions import RawSQL

from governance.kernel.policy import policy

from . import measures as m

FACTS = """
WITH t AS NOT MATERIALIZED (
    SELECT id, whistle_id, unit_id, street_id, department_id, category_id, status, outcome, created_at, closed_at,
           (NOT is_excluded AND status NOT IN ('reassigned', 'terminated', 'merged') OR %(anyway)s) AS in_rates
    FROM governance_ticket {only_ticket}
), valid_rating AS NOT MATERIALIZED (
    SELECT r.ticket_id, r.thoroughly, r.created_at,
           (p.points[r.speed] + p.points[r.attitude] + p.points[r.quality] + p.points[r.lawfulness]) / 4 AS mean
    FROM governance_rating r CROSS JOIN (SELECT %(points)s::float[] AS points) p
    WHERE NOT EXISTS (SELECT FROM governance_ratingappeal a
                      WHERE a.rating_id = r.id AND a.state = 'granted' AND NOT %(unappealed)s) {only_rating}
), facts AS (
    SELECT id AS ticket_id, 'dispatched' AS measure, created_at AS at FROM t
    UNION ALL
    SELECT d.ticket_id, d.measure, d.at FROM (
        SELECT DISTINCT ON (subject_id, stage) subject_id AS ticket_id, closed_at AS at,
               stage || CASE state WHEN 'met' THEN '_on_time' ELSE '_late' END AS measure
        FROM governance_deadline
        WHERE subject_type = 'ticket' AND stage IN ('accept', 'contact', 'arrive', 'finish')
          AND state IN ('met', 'missed') {only_subject}
        ORDER BY subject_id, stage, round
    ) d JOIN t ON t.id = d.ticket_id WHERE t.in_rates
    UNION ALL
    SELECT subject_id, 'reworked', min(starts_at) FROM governance_deadline
    WHERE subject_type = 'ticket' AND stage = 'finish' AND rule_key = 'whistle.rework' {only_subject} GROUP BY 1
    UNION ALL
    SELECT ticket_id, 'done', min(created_at) FROM governance_ticketreport WHERE true {only_rating_plain} GROUP BY 1
    UNION ALL
    SELECT ticket_id, 'hung', min(decided_at) FROM governance_hold
    WHERE state IN ('granted', 'ended') {only_rating_plain} GROUP BY 1
    UNION ALL
    SELECT id, 'closed', closed_at FROM t WHERE status = 'closed'
    UNION ALL
    SELECT t.id, CASE
        WHEN r.thoroughly IS NULL AND t.outcome IN ('policy_explained', 'not_supported') THEN 'explained'
        WHEN coalesce(r.thoroughly, t.outcome) IN ('yes', 'solved') THEN 'solved'
        WHEN coalesce(r.thoroughly, t.outcome) = 'partly' THEN 'partly' ELSE 'unsolved' END, t.closed_at
    FROM t LEFT JOIN valid_rating r ON r.ticket_id = t.id WHERE t.status = 'closed' AND t.in_rates
    UNION ALL
    SELECT t.id, CASE WHEN r.mean >= %(good)s THEN 'satisfied' WHEN r.mean >= %(fair)s THEN 'basic'
                      ELSE 'dissatisfied' END, r.created_at
    FROM valid_rating r JOIN t ON t.id = r.ticket_id WHERE t.in_rates
    UNION ALL
    SELECT t.id, part.measure, w.dispatched_at FROM t JOIN governance_whistle w ON w.id = t.whistle_id
    CROSS JOIN LATERAL (VALUES ('whistle'), ('scene.' || w.scene), ('source.' || w.source),
                        (CASE WHEN w.recurrence_of_id IS NOT NULL THEN 'recurrence' END)) part (measure)
    WHERE part.measure IS NOT NULL
      AND NOT EXISTS (SELECT FROM governance_ticket b WHERE b.whistle_id = t.whistle_id AND b.id < t.id)
)
"""
# One row per side from which the measure is looked at.
MARGINS = """
SELECT (f.at AT TIME ZONE %(zone)s)::date AS day, f.measure, t.unit_id, side.street_id, side.department_id,
       side.category_id, %(sign)s * count(*) AS amount
FROM facts f JOIN governance_ticket t ON t.id = f.ticket_id
CROSS JOIN LATERAL (
    SELECT 0 AS street_id, 0 AS department_id, 0 AS category_id
    UNION ALL SELECT t.street_id, 0, 0 WHERE f.measure = ANY (%(by_street)s)
    UNION ALL SELECT 0, t.department_id, 0 WHERE f.measure = ANY (%(by_department)s)
    UNION ALL SELECT 0, 0, t.category_id WHERE f.measure = ANY (%(by_category)s)
) side
WHERE f.measure = ANY (%(wanted)s) AND f.at >= coalesce(%(since)s, f.at)
GROUP BY 1, 2, 3, 4, 5, 6
"""
_ONE = {
    "only_ticket": "WHERE id = %(ticket)s", "only_subject": "AND subject_id = %(ticket)s",
    "only_rating": "AND r.ticket_id = %(ticket)s", "only_rating_plain": "AND ticket_id = %(ticket)s",
}  # fmt: skip
FACTS_OF_ALL = FACTS.format(**dict.fromkeys(_ONE, ""))
FACTS_OF_ONE = FACTS.format(**_ONE)


def parameters(*, wanted=m.MEASURES, ticket: int = 0, since: datetime | None = None, sign: int = 1,
               anyway: bool = False, unappealed: bool = False) -> dict[str, Any]:  # fmt: skip
    """What the statements take. ``anyway``: also what has left the rates; ``unappealed``: as if no appeal was upheld."""
    good, fair = policy("rating.satisfied_points")
    return {
        "wanted": list(wanted), "ticket": ticket, "since": since, "sign": sign, "anyway": anyway,
        "unappealed": unappealed, "good": good, "fair": fair, "zone": settings.TIME_ZONE,
        "points": [float(points) for points in policy("rating.star_points")],
        "by_street": list(m.BY_STREET), "by_department": list(m.BY_DEPARTMENT), "by_category": list(m.BY_CATEGORY),
    }  # fmt: skip


def tickets_of(wanted: list[str], start: datetime, end: datetime) -> RawSQL:
    """The ids of the tickets that count as one of ``wanted`` from ``start`` until before ``end``: for ``pk__in``."""
    return _listed("SELECT ticket_id FROM facts", wanted, start, end)


def whistles_of(wanted: list[str], start: datetime, end: datetime) -> RawSQL:
    """The same for whistles."""
    return _listed("SELECT f.whistle_id FROM (SELECT x.*, b.whistle_id FROM facts x JOIN governance_ticket b "
                   "ON b.id = x.ticket_id) f", wanted, start, end)  # fmt: skip


def _listed(select: str, wanted: list[str], start: datetime, end: datetime) -> RawSQL:
    sql = FACTS_OF_ALL + select + " WHERE measure = ANY (%(wanted)s) AND at >= %(start)s AND at < %(end)s"
    return RawSQL(*positional(sql, parameters(wanted=wanted) | {"start": start, "end": end}))


def positional(sql: str, named: dict[str, Any]) -> tuple[str, list[Any]]:
    """Named parameters as positional ones: RawSQL takes no others."""
    first, *parts = sql.split("%(")
    text, values = [first], []
    for part in parts:
        name, rest = part.split(")s", 1)
        values.append(named[name])
        text.append("%s" + rest)
    return "".join(text), values
