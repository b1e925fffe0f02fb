"""Columns of lists: declared once, drawn on the page and written into exports."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.html import conditional_escape as escaped
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from . import draw
from .choices import DEFAULT_ICON, DEFAULT_TONE, style_of
from .formats import datetime_cn


@dataclass(frozen=True)
class Column:
    """One column. ``name`` is a dotted path on the row; ``render(row)`` or ``template`` (sees row, value) replaces it
    on the page.

    ``sort`` is the ORM path or annotation that its heading sorts by ("" for none). ``kind``: text, number, datetime,
    date, status, clock.
    ``primary`` is the row's link and, on a telephone, the card's heading. ``url(row)`` links the cell.
    ``export(row)`` is what goes into Excel.
    ``wide`` hides the column on a telephone.
    """

    name: str
    label: str
    render: Callable[[Any], Any] | None = None
    template: str = ""
    sort: str = ""
    align: str = ""
    kind: str = "text"
    primary: bool = False
    url: Callable[[Any], str] | None = None
    export: Callable[[Any], Any] | None = None
    wide: bool = False
    width: int = 18

    @property
    def css(self) -> str:
        """The classes of its cells."""
        align = self.align or ("end" if self.kind == "number" else "")
        parts = (
            f"align-{align}" if align else "",
            f"kind-{self.kind}",
            "primary" if self.primary else "",
            "wide-only" if self.wide else "",
        )
        return " ".join(part for part in parts if part)

    def raw(self, row) -> Any:
        """The value behind the dotted path; None where a link of it is missing."""
        value = row
        for part in self.name.split("."):
            value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
            value = value() if callable(value) and not isinstance(value, type) else value
        return value

    def cell(self, row, request=None) -> Any:
        """What the page shows."""
        if self.render is not None:
            return self.render(row)
        if self.template:
            return render_to_string(self.template, {"row": row, "value": self.raw(row)}, request)
        if self.kind == "status":
            return _badge(row, self.name)
        return _shown(self.raw(row))

    def exported(self, row) -> Any:
        """What an export holds: numbers, dates and booleans keep their type, all else is text."""
        if self.export is not None:
            return self.export(row)
        if self.kind == "status" and isinstance(row, Model):
            style = style_of(row, self.name)
            return style.label if style else str(self.raw(row) or "")
        value = (
            self.raw(row) if self.render is None or self.kind in ("number", "datetime", "date") else self.render(row)
        )
        if isinstance(value, SafeString):
            return " ".join(strip_tags(value).split())
        return getattr(value, "label", value)


def _shown(value) -> Any:
    """A raw value in the portal's writing."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (datetime, date)):
        return datetime_cn(value, "short")
    return value


def _badge(row, name: str) -> str:
    """A status column's badge."""
    style = style_of(row, name) if isinstance(row, Model) else Column(name, "").raw(row)
    if style is None:
        return "—"
    if isinstance(style, dict):
        return draw.badge(style["label"], style.get("tone", DEFAULT_TONE), style.get("icon", DEFAULT_ICON))
    return draw.badge(*(style.label, style.tone, style.icon) if hasattr(style, "tone") else (str(style),))


def table_heads(columns: Iterable[Column], sort: str, request=None) -> list[dict]:
    """Headings with the address that sorts by them; the second click turns the order round."""
    heads = []
    for column in columns:
        current = column.sort and sort.lstrip("-") == column.sort
        aria = ("descending" if sort.startswith("-") else "ascending") if current else ""
        wanted = f"-{column.sort}" if aria == "ascending" else column.sort
        heads.append(
            {
                "label": column.label,
                "css": column.css,
                "aria": aria,
                "url": _sort_url(request, wanted) if column.sort else "",
            }
        )
    return heads


def _sort_url(request, wanted: str) -> str:
    """The same list under another order, from its beginning."""
    if request is None:
        return f"?sort={wanted}"
    data = request.GET.copy()
    data.pop("cursor", None)
    data["sort"] = wanted
    return f"?{data.urlencode()}"


def table_body(columns: Iterable[Column], rows: Iterable, request=None) -> SafeString:
    """The rows of a table, drawn without a template per cell; a row's ``row_tone`` colours its edge."""
    heads = [
        (column, f'<td role="cell" class="{column.css}" data-label="{escaped(column.label)}">') for column in columns
    ]
    parts = []
    for row in rows:
        tone = row.get("row_tone") if isinstance(row, dict) else getattr(row, "row_tone", "")
        parts.append(f'<tr role="row" class="row-{escaped(tone)}">' if tone else '<tr role="row">')
        for column, head in heads:
            parts += (head, _linked(_cell_url(column, row), _text(column.cell(row, request))), "</td>")
        parts.append("</tr>")
    return mark_safe("".join(parts))


def _text(value) -> str:
    """A cell's value as markup; numbers and dates as templates write them."""
    return escaped(value if isinstance(value, str) else localize(value))


def _linked(url: str, text: str) -> str:
    return f'<a class="row-link" href="{escaped(url)}">{text}</a>' if url else text


def _cell_url(column: Column, row) -> str:
    """Where a cell leads: its own ``url``, for the primary column the row's page."""
    if column.url is not None:
        return column.url(row) or ""
    if not column.primary:
        return ""
    if isinstance(row, dict):
        return row.get("url", "")
    return row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
