"""The small parts that a page draws by the hundred, written in Python: a template for each took most of a list's time."""

from datetime import datetime
from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import conditional_escape as escaped
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from .choices import DEFAULT_ICON, DEFAULT_TONE
from .formats import datetime_cn
from .rings import Ring

RING_MARKS = {
    "overdue": "M18 10.5v9M18 24.6v.4", "paused": "M14.8 13v10M21.2 13v10", "met": "M12 18.4l4.3 4.3L24.4 14",
    "missed": "M13.5 13.5l9 9M22.5 13.5l-9 9",
}  # fmt: skip


@lru_cache(1024, typed=True)  # typed: safe text is not the same as equal text that somebody typed
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon of the sprite; with ``label`` it speaks, without it is decoration."""
    voice = (
        format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true" focusable="false"')
    )
    css = f"icon icon-{size}" if size else "icon"
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"></use></svg>', css, voice, static("portal/icons.svg"), name
    )


@lru_cache(1024, typed=True)  # typed: safe text is not the same as equal text that somebody typed
def badge(label: str, tone: str = DEFAULT_TONE, icon_name: str = DEFAULT_ICON, size: str = "") -> SafeString:
    """A status as icon, word and colour."""
    more = f" badge-{size}" if size else ""
    return format_html(
        '<span class="badge tone-{}{}">{}<span>{}</span></span>', tone, more, icon(icon_name, size="sm"), label
    )


def ring(shown: Ring, size: str = "", label: str = "") -> SafeString:
    """The ring of a deadline with its words; portal.js keeps a running one up to date."""
    mark = RING_MARKS.get(shown.tone)
    return format_html(
        '<span class="ring ring-{}{}" title="{}"{}>'
        '<svg class="ring-svg" viewBox="0 0 36 36" aria-hidden="true" focusable="false">'
        '<circle class="ring-track" cx="18" cy="18" r="15" fill="none"></circle><circle class="ring-arc" cx="18" cy="18" r="15" '
        'fill="none" pathLength="100" stroke-dasharray="{}" transform="rotate(-90 18 18)" data-ring-arc></circle>{}</svg> '
        '<span class="ring-words">{}<span class="ring-text" data-ring-text>{}</span>{}</span></span>',
        shown.tone, mark_safe(f" ring-{size}") if size else "", shown.title, _running(shown), shown.dash,
        mark_safe(f'<path class="ring-mark" d="{mark}"></path>') if mark else "",
        format_html('<span class="ring-label">{}</span>', label) if label else "", shown.text,
        format_html('<span class="ring-due">时限 {}</span>', datetime_cn(shown.due_at))
        if size == "lg" and shown.due_at else "",
    )  # fmt: skip


def _running(shown: Ring) -> SafeString:
    """What the script counts from."""
    if not shown.running:
        return mark_safe("")
    started = f' data-started="{_second(shown.started_at)}"' if shown.started_at else ""
    return mark_safe(f' data-ring data-due="{_second(shown.due_at)}"{started}')


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def provisional() -> SafeString:
    """The mark of a deadline computed without the official holidays."""
    note = "当年节假日安排尚未公布，暂按周一至周五计算；公布后自动重算"
    return format_html('<span class="provisional" title="{}">{} 暂定</span>', note, icon("info", size="sm"))


def attributes(attrs: dict) -> str:
    """A widget's attributes as Django writes them."""
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    )


def select(context: dict) -> SafeString:
    """A select: one with eighty options took Django's templates 5 ms."""
    widget = context["widget"]
    parts = [f'<select name="{escaped(widget["name"])}"{attributes(widget["attrs"])}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            parts.append(f'<optgroup label="{escaped(group)}">')
        parts += [
            f'<option value="{escaped(str(row["value"]))}"{attributes(row["attrs"])}>{escaped(row["label"])}</option>'
            for row in options
        ]
        if group:
            parts.append("</optgroup>")
    return mark_safe("\n".join((*parts, "</select>")))


def control(context: dict) -> SafeString:
    """A plain input."""
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{escaped(str(widget["value"]))}"'
    return mark_safe(
        f'<input type="{escaped(widget["type"])}" name="{escaped(widget["name"])}"{value}{attributes(widget["attrs"])}>'
    )


WIDGETS = {
    "django/forms/widgets/select.html": select,
    **dict.fromkeys(
        (f"django/forms/widgets/{name}.html" for name in ("text", "number", "hidden", "checkbox", "date", "datetime")),
        control,
    ),
}
