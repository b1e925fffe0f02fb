"""Keyset pagination (performance.md 2): a page costs the same at row 50 and at row 5,000,000.

Pages and API share it.
"""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Q, QuerySet

MAX_PAGE_SIZE = 100
COUNT_CAP = 1000


class BadCursor(ValueError):
    """The cursor is none of ours; a page starts over, an API answers 400."""


@dataclass(frozen=True)
class CappedCount:
    """An exact number up to the cap, beyond it only "more than"; ``str()`` gives 37 or 1000+."""

    number: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{self.number}+" if self.capped else str(self.number)


def capped_count(queryset: QuerySet, cap: int = COUNT_CAP) -> CappedCount:
    """Count rows exactly up to ``cap``, in one cheap query however large the table."""
    found = queryset.order_by()[: cap + 1].count()
    return CappedCount(min(found, cap), found > cap)


@dataclass(frozen=True)
class KeysetPage:
    """One page: its rows and the cursors to its neighbours ("" at an end)."""

    rows: list
    next: str = ""
    previous: str = ""

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


class KeysetPager:
    """Cuts a queryset into pages by (sort field, id).

    ``order`` is an ORM path or annotation, ``-`` before it for descending; ties are broken by id in the same
    direction and NULLs come last.
    ``size`` is capped at 100. Raises BadCursor from ``page()``.
    """

    def __init__(self, queryset: QuerySet, *, order: str = "-id", size: int = 50):
        """Remember the queryset and resolve the sort field.

        FieldError/FieldDoesNotExist for an unknown one is a programmer's mistake.
        """
        self.queryset = queryset
        self.descending = order.startswith("-")
        self.path = order.lstrip("-")
        self.size = max(1, min(int(size), MAX_PAGE_SIZE))
        pk = queryset.model._meta.pk
        if self.path in ("pk", "id", pk.name):
            self.path, self.field, self.nullable = "pk", pk, False
        else:
            self.field, self.nullable = self._resolve(queryset, self.path)

    @staticmethod
    def _resolve(queryset: QuerySet, path: str):
        """Return the field behind a path or an annotation, and whether it can be NULL."""
        if path in queryset.query.annotations:
            return queryset.query.annotations[path].output_field, True
        model, nullable, field = queryset.model, False, None
        for part in path.split("__"):
            if model is None:
                raise FieldDoesNotExist(f"{path}: nothing behind {part}")
            field = model._meta.get_field(part)
            nullable, model = nullable or field.null, field.related_model
        return field, nullable

    def page(self, cursor: str = "") -> KeysetPage:
        """Return the page that a cursor names, the first one for "". One query."""
        backward, value, pk = self._decode(cursor) if cursor else (False, None, None)
        queryset = self.queryset.order_by(*self._ordering(backward))
        if cursor:
            queryset = queryset.filter(self._beyond(value, pk, backward))
        rows = list(queryset[: self.size + 1])
        more, rows = len(rows) > self.size, rows[: self.size]
        if backward:
            rows.reverse()
        before, after = (more, True) if backward else (bool(cursor), more)
        if not rows:
            return KeysetPage([])
        return KeysetPage(
            rows, self._encode(rows[-1], False) if after else "", self._encode(rows[0], True) if before else ""
        )

    def _ordering(self, backward: bool) -> list:
        """The ORDER BY; a plain one where no NULL can be, so that an ordinary index serves it."""
        down = self.descending != backward
        sign = "-" if down else ""
        if self.path == "pk":
            return [f"{sign}pk"]
        if not self.nullable:
            return [f"{sign}{self.path}", f"{sign}pk"]
        key = F(self.path)
        # NULLs are last going forward, hence first going back.
        nulls = {"nulls_first": True} if backward else {"nulls_last": True}
        return [key.desc(**nulls) if down else key.asc(**nulls), f"{sign}pk"]

    def _beyond(self, value, pk, backward: bool) -> Q:
        """The rows that come after (or, backward, before) the key."""
        op = "lt" if self.descending != backward else "gt"
        tie = Q(**{f"pk__{op}": pk})
        if self.path == "pk":
            return tie
        if value is None:
            same = Q(**{f"{self.path}__isnull": True}) & tie
            return same | Q(**{f"{self.path}__isnull": False}) if backward else same
        # "key >= v and (key > v or id > i)" lets the index range start at v; the plain OR would not.
        inside = Q(**{f"{self.path}__{op}e": value}) & (Q(**{f"{self.path}__{op}": value}) | tie)
        return inside | Q(**{f"{self.path}__isnull": True}) if self.nullable and not backward else inside

    def _encode(self, row, backward: bool) -> str:
        """Write the key of a row as an opaque text.

        Its order goes in, so that a cursor cannot be used under another sort.
        """
        value = None if self.path == "pk" else _follow(row, self.path)
        if isinstance(value, (datetime, date)):
            value = value.isoformat()
        elif value is not None and not isinstance(value, (int, str)):
            value = str(value)
        text = json.dumps(
            [("-" if self.descending else "") + self.path, int(backward), value, str(row.pk)], ensure_ascii=False
        )
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _decode(self, cursor: str):
        """Read a cursor back; BadCursor when it is broken or belongs to another order."""
        try:
            text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
            order, backward, value, pk = json.loads(text)
            if order != ("-" if self.descending else "") + self.path or "\x00" in f"{value}{pk}".encode().decode():
                raise BadCursor("this cursor belongs to another order")
            value = None if value is None or self.path == "pk" else self.field.to_python(value)
            return bool(backward), value, self.queryset.model._meta.pk.to_python(pk)
        except (ValueError, TypeError, ValidationError) as error:
            raise BadCursor(str(error)) from error


def _follow(row, path: str):
    """Read a path such as department__name off a row; None where a link is empty."""
    value = row
    for part in [path] if hasattr(row, path) else path.split("__"):
        value = getattr(value, part, None)
        if value is None:
            return None
    return getattr(value, "pk", value)
