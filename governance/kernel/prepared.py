"""Querysets and inserts whose SQL is built once and planned once per connection: for what every request runs (ADR 0012).

Building a statement costs Django three to ten times what sending it costs, and planning it costs PostgreSQL as much again.
The queryset stays the definition; its text is kept as a prepared statement with places for the values that change.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.db import connection, models
from django.db.models.query import ModelIterable, get_related_populators

_inserts = threading.local()


def execute(cursor, name: str, sql: str, values: Iterable[Any]) -> None:
    """Run ``sql`` ($1, $2 … are its values) as a prepared statement of this connection; ``name`` tells it in logs."""
    values = list(values)
    cursor.execute(_call(cursor, name, sql, values), values)


def _call(cursor, name: str, sql: str, values: list) -> str:
    """What runs the prepared statement; prepares it where the connection does not know it."""
    link = connection.connection
    known = getattr(connection, "prepared_statements", None)
    if known is None or known[0] is not link:  # a new connection knows nothing yet
        connection.prepared_statements = known = (link, {}, count())
    handle = known[1].get(sql)
    if handle is None:
        handle = f"{name}_{next(known[2])}"
        cursor.execute(f"PREPARE {handle} AS {sql}")
        known[1][sql] = handle
    return f"EXECUTE {handle} ({', '.join(['%s'] * len(values))})" if values else f"EXECUTE {handle}"


class Prepared:
    """``Prepared(lambda key: Row.objects.filter(pk=key), key=-77_001)``: values given as marks are found again in the SQL.

    Every mark has to be a value that stands in the statement exactly once and nowhere else.
    """

    def __init__(self, build: Callable[..., models.QuerySet], **marks: Any):
        self.build, self.marks, self.kept = build, marks, threading.local()

    def _compile(self) -> tuple:
        queryset = self.build(**self.marks)
        compiler = queryset.query.get_compiler(using="default")
        sql, sent = compiler.as_sql()
        names = {(type(mark), mark): name for name, mark in self.marks.items()}
        slots = [names.get((type(value), value)) for value in sent]
        order = [name for name in slots if name]
        if sorted(order) != sorted(self.marks):
            raise ValueError(f"marks {sorted(self.marks)} are not each once in: {sql}")
        places = (
            f"${order.index(name) + 1}" if name else _literal(value) for name, value in zip(slots, sent, strict=True)
        )
        made = (queryset.model._meta.db_table, sql % tuple(places), order, _reader(queryset, compiler))
        self.kept.made = made
        return made

    def rows(self, **values: Any) -> list:
        """What the queryset would give for these values: objects, or tuples of a ``values_list``."""
        table, sql, order, read = getattr(self.kept, "made", None) or self._compile()
        with connection.cursor() as cursor:
            execute(cursor, table, sql, [values[name] for name in order])
            found = cursor.fetchall()
        return read(found) if found else []

    def first(self, **values: Any):
        """The first row, or None."""
        return next(iter(self.rows(**values)), None)


def _literal(value: Any) -> str:
    """A constant of a statement as SQL."""
    with connection.cursor() as cursor:
        return cursor.cursor.mogrify("%s", [value]).decode()


def _reader(queryset: models.QuerySet, compiler) -> Callable[[list[tuple]], list]:
    """How rows of this statement become what the queryset gives."""
    converters = compiler.get_converters([expression for expression, _, _ in compiler.select])

    def converted(rows):
        return compiler.apply_converters(rows, converters) if converters else rows

    if not issubclass(queryset._iterable_class, ModelIterable):
        return lambda rows: [tuple(row) for row in converted(rows)]
    select, info, db = compiler.select, compiler.klass_info, queryset.db
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    model, names = info["model"], [column[0].target.attname for column in select[start:end]]
    related, annotated = get_related_populators(info, select, db), compiler.annotation_col_map.items()

    def one(row):
        made = model.from_db(db, names, row[start:end])
        for name, column in annotated:
            setattr(made, name, row[column])
        for populator in related:
            populator.populate(row, made)
        return made

    return lambda rows: [one(row) for row in converted(rows)]


# What the driver sends as PostgreSQL takes it; other fields prepare their values themselves.
_PLAIN = {
    models.BigAutoField, models.BigIntegerField, models.BooleanField, models.CharField, models.DateField, models.DateTimeField,
    models.FloatField, models.ForeignKey, models.IntegerField, models.PositiveIntegerField, models.PositiveSmallIntegerField,
    models.TextField,
}  # fmt: skip


def value_of(field: models.Field, row: models.Model) -> Any:
    """What a new row stores in a column."""
    value = field.pre_save(row, True)
    return value if type(field) in _PLAIN else field.get_db_prep_save(value, connection=connection)


def insert(rows: Iterable[models.Model]) -> None:
    """Store new rows of one model with one statement and give them their keys; no signals, as with ``bulk_create``."""
    rows = list(rows)
    if not rows:
        return
    with connection.cursor() as cursor:
        execute(cursor, *_filled(rows))
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row._state.adding, row._state.db = key, False, "default"


def insert_later(rows: Iterable[models.Model]) -> None:
    """Like ``insert`` for rows whose keys nobody needs: inside ``together`` they are sent with the next statement or its end.

    What a change leaves behind (events, counts, limits) then costs one round trip instead of one each. A row that the
    database refuses raises there. Outside of ``together`` they are stored at once.
    """
    if rows := list(rows):
        waiting = getattr(connection, "waiting", None)
        if waiting is None:
            insert(rows)
        else:
            waiting.append(_filled(rows))


@contextmanager
def waiting() -> Iterator[None]:
    """Let the rows of ``insert_later`` wait for the next statement, at the latest for the end of the block."""
    connection.waiting = []
    try:
        with connection.execute_wrapper(_send_first):
            yield
        _send()
    finally:
        connection.waiting = None


def _send_first(run, sql, params, many, context):
    """Every statement finds what was written before it."""
    if connection.waiting:
        if sql.startswith("ROLLBACK"):  # to a savepoint: they came after it
            connection.waiting.clear()
        else:
            _send()
    return run(sql, params, many, context)


def _send() -> None:
    sent = connection.waiting
    if not sent:
        return
    connection.waiting = []
    with connection.cursor() as cursor:
        calls = [_call(cursor, name, sql, values) for name, sql, values in sent]
        cursor.execute("; ".join(calls), [value for *_, values in sent for value in values])


def _filled(rows: list[models.Model]) -> tuple[str, str, list]:
    """(name, statement, values) that store these rows of one model."""
    kind = type(rows[0]), len(rows)
    if kind not in _inserts.__dict__:
        _inserts.__dict__[kind] = _insert_of(*kind)
    sql, fields = _inserts.__dict__[kind]
    return kind[0]._meta.db_table, sql, [value_of(field, row) for row in rows for field in fields]


def _insert_of(model: type[models.Model], count: int) -> tuple[str, list[models.Field]]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns, width = ", ".join(f'"{field.column}"' for field in fields), len(fields)
    lines = [f"({', '.join(f'${line * width + place + 1}' for place in range(width))})" for line in range(count)]
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {", ".join(lines)} RETURNING "id"', fields
