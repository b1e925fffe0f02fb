"""The terms of the three rates: which ticket counts for which department as what, in one set-based statement.

A figure and the list behind it are read from the same rows (department, ticket, term), so they cannot disagree.

When something counts:
- a limit (accept, contact, arrive) in the period in which it fell due, once decided: met, missed, or open past its end;
- a settlement in the period in which the ticket closed; a ticket whose limit for completion has run out unfinished, or
  that is on hold, in every period at whose end (now, for the running one) this still holds;
- a rating in its quarter; a red card in the period in which it was shown.
Tickets ruled no fault or force majeure (is_excluded), reassigned, terminated or merged count nowhere (1.6).

A rating that was given and not struck out by an upheld appeal decides whether the matter was settled; without one, what
the department reported and the street verified. An unrated policy explanation or well-founded refusal was not there to
be solved. Recurrence overrides both: what came back within the rule's days was not solved (1.3 ④).
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from governance.kernel import clock
from governance.kernel.policy import PolicyRule, rule_for

from ..models import Ticket
from ..rules import period_days, quarters_of

TERMS = {
    "accept_on_time": "按时签收", "accept_late": "签收超时",
    "contact_on_time": "按时联系街道", "contact_late": "联系街道超时",
    "arrive_on_time": "按时报到", "arrive_late": "报到超时",
    "solved": "已解决", "partly": "部分解决", "unsolved": "没有解决", "recurred": "办结后回潮",
    "overdue": "逾期未办结", "held": "挂账", "explained": "政策解释或依据充分的不予支持",
    "satisfied": "满意", "basic": "基本满意", "dissatisfied": "不满意",
    "red_card": "红牌",
}  # fmt: skip
INSTANT = timedelta(microseconds=1)  # what happens this very moment has happened
STAGES = ("accept", "contact", "arrive")
FROM_RATINGS = ("solved", "partly", "unsolved", "recurred", "explained", "satisfied", "basic", "dissatisfied")
RULES = (
    "rating.star_points", "rating.satisfied_points", "rating.min_sample", "score.response_weights", "score.weights",
    "score.partly", "score.shrinkage", "score.z", "score.red_card_penalty", "score.ranking_min",
    "score.assessment_weight", "whistle.hold_rate_alarm",
)  # fmt: skip

_SQL = """
WITH counted AS NOT MATERIALIZED (
    SELECT id, department_id, whistle_id, status, outcome, closed_at, is_synthetic FROM governance_ticket
    WHERE NOT is_excluded AND status NOT IN ('reassigned', 'terminated', 'merged')
), valid_rating AS NOT MATERIALIZED (
    SELECT r.ticket_id, r.thoroughly, r.quarter,
           (p.points[r.speed] + p.points[r.attitude] + p.points[r.quality] + p.points[r.lawfulness]) / 4 AS mean
    FROM governance_rating r CROSS JOIN (SELECT %(points)s::float[] AS points) p
    WHERE NOT EXISTS (SELECT FROM governance_ratingappeal a WHERE a.rating_id = r.id AND a.state = 'granted')
), limits AS (
    SELECT DISTINCT ON (subject_id, stage) subject_id, stage, state, due_at FROM governance_deadline
    WHERE subject_type = 'ticket' AND stage IN ('accept', 'contact', 'arrive')
      AND due_at >= %(start)s AND due_at < %(end)s
      AND (state IN ('met', 'missed') OR state = 'open' AND due_at < %(moment)s)
    ORDER BY subject_id, stage, round DESC
), on_hold AS (
    SELECT DISTINCT ticket_id FROM governance_hold
    WHERE state IN ('granted', 'ended') AND decided_at < %(moment)s AND (ended_at IS NULL OR ended_at >= %(moment)s)
), unfinished AS (
    SELECT subject_id FROM governance_deadline
    WHERE subject_type = 'ticket' AND stage = 'finish' AND due_at < %(moment)s
      AND (state = 'open' OR state IN ('met', 'missed') AND closed_at >= %(moment)s)
), terms AS (
    SELECT t.department_id, t.id AS ticket_id, t.is_synthetic,
           l.stage || CASE l.state WHEN 'met' THEN '_on_time' ELSE '_late' END AS term
    FROM limits l JOIN counted t ON t.id = l.subject_id
    UNION ALL
    SELECT t.department_id, t.id, t.is_synthetic, CASE
        WHEN r.thoroughly IS NULL AND t.outcome IN ('policy_explained', 'not_supported') THEN 'explained'
        WHEN coalesce(r.thoroughly, t.outcome) NOT IN ('yes', 'solved', 'partly') THEN 'unsolved'
        WHEN EXISTS (SELECT FROM governance_whistle w WHERE w.recurrence_of_id = t.whistle_id
                     AND w.dispatched_at IS NOT NULL AND w.status NOT IN ('terminated', 'merged')) THEN 'recurred'
        WHEN coalesce(r.thoroughly, t.outcome) = 'partly' THEN 'partly'
        ELSE 'solved' END
    FROM counted t LEFT JOIN valid_rating r ON r.ticket_id = t.id
    WHERE t.status = 'closed' AND t.closed_at >= %(start)s AND t.closed_at < %(end)s
    UNION ALL
    SELECT t.department_id, t.id, t.is_synthetic, 'held' FROM on_hold h JOIN counted t ON t.id = h.ticket_id
    UNION ALL
    SELECT t.department_id, t.id, t.is_synthetic, 'overdue' FROM unfinished u JOIN counted t ON t.id = u.subject_id
    WHERE (t.closed_at IS NULL OR t.closed_at >= %(moment)s)
      AND t.id NOT IN (SELECT ticket_id FROM on_hold)
    UNION ALL
    SELECT t.department_id, t.id, t.is_synthetic,
           CASE WHEN r.mean >= %(good)s THEN 'satisfied' WHEN r.mean >= %(fair)s THEN 'basic' ELSE 'dissatisfied' END
    FROM valid_rating r JOIN counted t ON t.id = r.ticket_id WHERE r.quarter = ANY (%(quarters)s)
    UNION ALL
    SELECT t.department_id, t.id, t.is_synthetic, 'red_card' FROM governance_card c JOIN counted t ON t.id = c.ticket_id
    WHERE c.colour = 'red' AND NOT c.is_revoked AND c.created_at >= %(start)s AND c.created_at < %(end)s
)
"""
_COUNTS = (
    _SQL
    + """
SELECT department_id, term, count(*), bool_or(is_synthetic) FROM terms GROUP BY 1, 2
UNION ALL
SELECT department_id, '', count(DISTINCT ticket_id), bool_or(is_synthetic) FROM terms
WHERE term <> 'red_card' GROUP BY 1
"""
)
_LIST = _SQL + "SELECT ticket_id FROM terms WHERE department_id = %(department)s AND term = ANY (%(wanted)s)"


@dataclass(frozen=True)
class Counts:
    """One department in a period: how often each term, how many tickets in all, and whether any is synthetic."""

    terms: dict[str, int]
    tickets: int
    is_synthetic: bool

    def __getitem__(self, term: str) -> int:
        return self.terms.get(term, 0)

    @property
    def due(self) -> int:
        """应解决: everything settled or to be settled, holds included."""
        return sum(self[term] for term in ("solved", "partly", "unsolved", "recurred", "overdue", "held"))

    @property
    def rated(self) -> int:
        """有效评价."""
        return sum(self[term] for term in ("satisfied", "basic", "dissatisfied"))


def period_moments(period: str) -> tuple[datetime, datetime]:
    """The first moment of a period and the first one after it."""
    zone = timezone.get_default_timezone()
    first, after = period_days(period)
    return datetime.combine(first, time(), zone), datetime.combine(after, time(), zone)


def score_rules(period: str) -> dict[str, PolicyRule]:
    """The versions of the formulas' rules in force on the period's last day (today, while it runs)."""
    first, after = period_days(period)
    day = max(first, min(after - timedelta(days=1), clock.today()))
    return {key: rule_for(key, at=day) for key in RULES}


def _parameters(period: str) -> dict[str, Any]:
    start, end = period_moments(period)
    rules = score_rules(period)
    good, fair = rules["rating.satisfied_points"].value
    return {
        "start": start, "end": end, "moment": min(end, clock.now() + INSTANT), "quarters": quarters_of(period),
        "points": [float(points) for points in rules["rating.star_points"].value], "good": good, "fair": fair,
    }  # fmt: skip


def count_terms(period: str) -> dict[int, Counts]:
    """Every department's terms of a period, by department id, in one statement. Raises ValueError for no period."""
    found: dict[int, tuple[dict[str, int], list[bool]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, _parameters(period))
        for department, term, count, synthetic in cursor.fetchall():
            terms, marks = found.setdefault(department, ({}, []))
            terms[term] = count
            marks.append(synthetic)
    return {key: Counts(terms, terms.pop("", 0), any(marks)) for key, (terms, marks) in found.items()}


def tickets_of_terms(*, department_id: int, period: str, terms: list[str]):
    """The tickets behind one or more terms (not in anybody's scope yet)."""
    named = {**_parameters(period), "department": department_id, "wanted": terms}
    # RawSQL takes positional parameters only.
    sql, values = _positional(_LIST, named)
    return Ticket.objects.filter(pk__in=RawSQL(sql, values))


def _positional(sql: str, named: dict[str, Any]) -> tuple[str, list[Any]]:
    values: list[Any] = []
    parts = sql.split("%(")
    text = [parts[0]]
    for part in parts[1:]:
        name, rest = part.split(")s", 1)
        values.append(named[name])
        text.append("%s" + rest)
    return "".join(text), values
