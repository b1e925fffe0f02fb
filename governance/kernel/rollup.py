"""Rollups for dashboards: services append small deltas, a worker folds them within seconds (performance.md 3).

Appending costs one insert and never contends; folding deletes what it read (DELETE … RETURNING), never watermarks by id.
"""

from datetime import date

from django.db import connection, models
from django.utils import timezone

from . import clock


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
    RollupDelta.objects.create(
        day=day or timezone.localdate(clock.now()), measure=measure, unit_id=unit_id or 0, street_id=street_id or 0,
        department_id=department_id or 0, category_id=category_id or 0, amount=amount,
    )  # fmt: skip


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
