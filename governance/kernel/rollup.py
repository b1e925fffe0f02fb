"""Rollups for dashboards: services append small deltas, a worker folds them within seconds (performance.md 3).

Appending costs one insert and never contends; folding deletes what it read (DELETE … RETURNING), never watermarks by id.
"""

import logging
from collections.abc import Iterable
from datetime import date

from django.db import connection, models, transaction
from django.utils import timezone

from . import clock
from .prepared import insert_later

log = logging.getLogger(__name__)
COLUMNS = "(day, measure, unit_id, street_id, department_id, category_id, amount)"


class RollupDelta(models.Model):
    """A change that is not folded yet."""

    day = models.DateField()
    measure = models.CharField(max_length=24)
    unit_id = models.BigIntegerField(default=0)
    street_id = models.BigIntegerField(default=0)
    department_id = models.BigIntegerField(default=0)
    category_id = models.BigIntegerField(default=0)
    amount = models.BigIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "汇总增量"


class RollupDay(models.Model):
    """How often ``measure`` happened on one day for one street, department and category (0: does not apply)."""

    day = models.DateField()
    measure = models.CharField(max_length=24)
    unit_id = models.BigIntegerField(default=0)
    street_id = models.BigIntegerField(default=0)
    department_id = models.BigIntegerField(default=0)
    category_id = models.BigIntegerField(default=0)
    amount = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "按日汇总"
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "day", "unit_id", "street_id", "department_id", "category_id"],
                name="rollup_day_once",
            )
        ]
        indexes = [models.Index(fields=["measure", "unit_id", "day"], name="rollup_unit_day")]


def count(measure: str, *, day: date | None = None, unit_id: int = 0, street_id: int = 0, department_id: int = 0,
          category_id: int = 0, amount: int = 1) -> None:  # fmt: skip
    """Add ``amount`` to a measure in the caller's transaction."""
    delta = RollupDelta(
        day=day or timezone.localdate(clock.now()), measure=measure, unit_id=unit_id or 0, street_id=street_id or 0,
        department_id=department_id or 0, category_id=category_id or 0, amount=amount,
    )  # fmt: skip
    insert_later([delta])


_FOLD = """
WITH taken AS (
    DELETE FROM governance_rollupdelta
    WHERE id IN (SELECT id FROM governance_rollupdelta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING day, measure, unit_id, street_id, department_id, category_id, amount
), folded AS (
    INSERT INTO governance_rollupday AS r (day, measure, unit_id, street_id, department_id, category_id, amount)
    SELECT day, measure, unit_id, street_id, department_id, category_id, sum(amount) FROM taken
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (measure, day, unit_id, street_id, department_id, category_id)
    DO UPDATE SET amount = r.amount + excluded.amount
)
SELECT count(*) FROM taken
"""


def rollup_fold(*, limit: int = 5000) -> int:
    """Fold one batch of deltas into the days. Returns how many were folded."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [limit])
        return cursor.fetchone()[0]


_REPLACE = f"""
, kept AS (
    SELECT day, measure, unit_id, street_id, department_id, category_id, sum(amount) AS amount FROM (
        SELECT day, measure, unit_id, street_id, department_id, category_id, amount FROM governance_rollupday
        UNION ALL
        SELECT day, measure, unit_id, street_id, department_id, category_id, amount FROM governance_rollupdelta
    ) both_tables WHERE measure = ANY (%(wanted)s) GROUP BY 1, 2, 3, 4, 5, 6
), pending AS (
    DELETE FROM governance_rollupdelta WHERE measure = ANY (%(wanted)s)
), gone AS (
    DELETE FROM governance_rollupday d WHERE measure = ANY (%(wanted)s) AND NOT EXISTS (
        SELECT FROM truth x WHERE (x.day, x.measure, x.unit_id, x.street_id, x.department_id, x.category_id)
            = (d.day, d.measure, d.unit_id, d.street_id, d.department_id, d.category_id))
), written AS (
    INSERT INTO governance_rollupday AS d {COLUMNS} SELECT * FROM truth
    ON CONFLICT (measure, day, unit_id, street_id, department_id, category_id)
    DO UPDATE SET amount = excluded.amount WHERE d.amount <> excluded.amount
)
SELECT count(*) FROM truth FULL JOIN kept USING (day, measure, unit_id, street_id, department_id, category_id)
WHERE coalesce(truth.amount, 0) <> coalesce(kept.amount, 0)
"""


@transaction.atomic
def rollup_replace(*, facts: str, measures: Iterable[str], parameters: dict | None = None) -> int:
    """Put what ``facts`` counted (a WITH clause that ends in ``truth``, of COLUMNS) in place of these measures' rows.

    One statement, so that facts and pending deltas are of one snapshot; folding waits for the lock. Returns how many rows
    were wrong.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE governance_rollupday IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(facts + _REPLACE, {**(parameters or {}), "wanted": list(measures)})
        wrong = cursor.fetchone()[0]
    if wrong:
        log.warning("rollup differed from the facts in %s rows and was replaced", wrong)
    return wrong
