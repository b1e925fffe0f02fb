"""Numbers without gaps within a series, such as the whistles of one district on one day."""

from django.db import connection, models


class Counter(models.Model):
    """The last number given out in a series."""

    series = models.CharField(primary_key=True, max_length=60)
    value = models.BigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "编号"


def next_number(series: str) -> int:
    """Return the series' next number; it is taken back when the transaction is. The series stays locked until the commit."""
    return next_numbers(series, 1)[0]


def next_numbers(series: str, count: int) -> range:
    """The next ``count`` numbers of a series at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO governance_counter (series, value) VALUES (%s, %s)"
            " ON CONFLICT (series) DO UPDATE SET value = governance_counter.value + excluded.value RETURNING value",
            [series, count],
        )
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def numbers_back(series: str, count: int) -> None:
    """Give back the last ``count`` numbers of a series, taken in this same transaction (which has it locked)."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE governance_counter SET value = value - %s WHERE series = %s", [count, series])
