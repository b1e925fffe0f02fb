"""Querysets and inserts whose SQL is built once and planned once per connection: for what every request runs (ADR 0012).

Building a statement costs Django three to ten times what sending it costs, and planning it costs PostgreSQL as much again.
The queryset stays the definition; its text is kept as a prepared statement with places for the values that change.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, models
from django.db.models.query import ModelIterable, get_related_populators

_inserts = threading.local()


def execute(cursor, name: str, sql: str, values: Iterable[Any]) -> None:
    """Run ``sql`` ($1, $2 … are its values) as a prepared statement of this connection; ``name`` tells it in logs."""
    link = connection.connection
    known = getattr(connection, "prepared_statements", None)
    if known is None or known[0] is not link:  # a new connection knows nothing yet
        connection.prepared_statements = known = (link, {})
    handle = known[1].get(sql)
    if handle is None:
        handle = f"{name}_{len(known[1])}"
        cursor.execute(f"PREPARE {handle} AS {sql}")
        known[1][sql] = handle
    values = list(values)
    cursor.execute(f"EXECUTE {handle} ({', '.join(['%s'] * len(values))})" if values else f"EXECUTE {handle}", values)


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
    related = get_related_populators(info, select, db)

    def one(row):
        made = model.from_db(db, names, row[start:end])
        for populator in related:
            populator.populate(row, made)
        return made

    return lambda rows: [one(row) for row in converted(rows)]


def insert(rows: Iterable[models.Model]) -> None:
    """Store new rows of one model with one statement and give them their keys; no signals, as with ``bulk_create``."""
    rows = list(rows)
    if not rows:
        return
    kind = type(rows[0]), len(rows)
    if kind not in _inserts.__dict__:
        _inserts.__dict__[kind] = _insert_of(*kind)
    sql, fields = _inserts.__dict__[kind]
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection=connection) for row in rows for field in fields
    ]
    with connection.cursor() as cursor:
        execute(cursor, kind[0]._meta.db_table, sql, values)
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row._state.adding, row._state.db = key, False, "default"


def _insert_of(model: type[models.Model], count: int) -> tuple[str, list[models.Field]]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns, width = ", ".join(f'"{field.column}"' for field in fields), len(fields)
    lines = [f"({', '.join(f'${line * width + place + 1}' for place in range(width))})" for line in range(count)]
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {", ".join(lines)} RETURNING "id"', fields
