"""Many whistles and tickets at once: legal states, spread over all communities, without their histories."""

import psycopg2

PLACES = """
WITH place AS (
    SELECT id, street_id, unit_id, row_number() OVER (ORDER BY id) - 1 AS n
    FROM governance_division WHERE level = 'community' AND unit_id IS NOT NULL
), kind AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS n
    FROM governance_category WHERE parent_id IS NOT NULL
)
"""
WHISTLES = f"""{PLACES}
INSERT INTO governance_whistle (
    number, street_id, unit_id, community_id, category_id, scene, tier, source, title, facts, place, households,
    done_already, legal_basis, is_confidential, status, version, created_at, submitted_at, dispatched_at, closed_at,
    merged_from, is_synthetic
)
SELECT 'B-' || g, p.street_id, p.unit_id, p.id, k.id, 'joint_enforce', 'district', 'patrol', '夜市占道经营反复 ' || g,
    repeat('夜间摊贩占用人行道，居民多次反映。', 5), '路口', 10, repeat('街道已两次上门协调。', 3), '', false,
    CASE WHEN (g + g / 1832) %% 20 = 0 THEN 'in_progress' ELSE 'closed' END, 4, at, at, at,
    CASE WHEN (g + g / 1832) %% 20 = 0 THEN NULL ELSE at + interval '5 days' END, '', true
FROM generate_series(%(first)s, %(last)s) g
CROSS JOIN LATERAL (SELECT now() - interval '400 days' * (1 - g::float / %(last)s) AS at) t
JOIN place p ON p.n = (g * 7919::bigint) %% (SELECT count(*) FROM place) JOIN kind k ON k.n = g %% (SELECT count(*) FROM kind)
"""
TICKETS = """
INSERT INTO governance_ticket (
    whistle_id, department_id, street_id, unit_id, community_id, category_id, scene, is_confidential, role, status, version,
    stage, due_at, created_at, accepted_at, arrived_at, arrive_mode, arrived_by, done_at, verified_at, closed_at, outcome,
    rework_count, was_hung, is_excluded, merged_from, is_synthetic
)
SELECT w.id, d.id, w.street_id, w.unit_id, w.community_id, w.category_id, w.scene, false, 'lead',
    CASE WHEN w.status = 'closed' THEN 'closed' ELSE 'handling' END, 5,
    CASE WHEN w.status = 'closed' THEN '' ELSE 'finish' END,
    CASE WHEN w.status = 'closed' THEN NULL ELSE now() + interval '5 days' END,
    w.dispatched_at, w.dispatched_at, w.dispatched_at, 'onsite', '', w.closed_at, w.closed_at, w.closed_at,
    CASE WHEN w.status = 'closed' THEN 'solved' ELSE '' END, 0, false, false, '', true
FROM governance_whistle w JOIN LATERAL (
    SELECT id FROM governance_department WHERE unit_id = w.unit_id AND level = 'unit' AND kind = 'urban' ORDER BY id LIMIT 1
) d ON true
WHERE w.number LIKE 'B-%%' AND w.id > %(after)s
"""
DEADLINES = """
WITH made AS (
    INSERT INTO governance_deadline (
        subject_type, subject_id, stage, round, amount, unit, rule_key, starts_at, due_at, state, provisional
    )
    SELECT 'ticket', id, 'finish', 1, 5, 'workday', 'whistle.finish.joint_enforce', created_at, due_at, 'open', false
    FROM governance_ticket t WHERE status = 'handling' AND is_synthetic AND NOT EXISTS (
        SELECT FROM governance_deadline d WHERE d.subject_type = 'ticket' AND d.subject_id = t.id
    ) RETURNING id, due_at
)
INSERT INTO governance_deadlinestep (deadline_id, level, fire_at, failures)
SELECT id, level, due_at + after, 0 FROM made, (VALUES ('yellow', interval '0'), ('red', interval '5 days')) l (level, after)
"""
DUE = """
UPDATE governance_deadlinestep SET fire_at = now() - interval '1 hour' WHERE id IN (
    SELECT id FROM governance_deadlinestep WHERE fired_at IS NULL AND level = 'yellow' ORDER BY id LIMIT %(count)s
)
"""


class Rows:
    """Fills the tables up to a size."""

    def __init__(self, url: str):
        self.url, self.size = url, 0

    def grow(self, size: int) -> None:
        """Add whistles, one ticket each, up to ``size``; one in twenty is open and has a running clock."""
        self._run("SELECT coalesce(max(id), 0) FROM governance_whistle")
        with psycopg2.connect(self.url) as link, link.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM governance_whistle")
            after = cursor.fetchone()[0]
            cursor.execute(WHISTLES, {"first": self.size + 1, "last": size})
            cursor.execute(TICKETS, {"after": after})
            cursor.execute(DEADLINES)
        self.size = size
        self._run("VACUUM ANALYZE")

    def make_due(self, count: int) -> None:
        """Let the yellow cards of ``count`` open tickets be due now."""
        self._run(DUE, {"count": count})

    def _run(self, statement: str, values: dict | None = None) -> None:
        link = psycopg2.connect(self.url)
        link.autocommit = True
        try:
            with link.cursor() as cursor:
                cursor.execute(statement, values)
        finally:
            link.close()
