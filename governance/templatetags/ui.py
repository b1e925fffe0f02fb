"""The components of every page (docs/components.md), loaded as builtins: no ``{% load %}`` needed."""

from django import template
from django.db.models import Model
from django.http import QueryDict
from django.utils.safestring import mark_safe

from governance.kernel.ui import draw, formats
from governance.kernel.ui.choices import DEFAULT_ICON, DEFAULT_TONE, style_of
from governance.kernel.ui.columns import table_body, table_heads
from governance.kernel.ui.forms import new_form_key
from governance.kernel.ui.rings import ring as make_ring

register = template.Library()
register.filter("datetime_cn", formats.datetime_cn)
register.filter("duration_cn", formats.duration_cn)
register.filter("filesize_cn", formats.filesize_cn)
register.filter("mask_phone", formats.mask_phone)

TONE_ICON = {
    "info": "info",
    "success": "check",
    "warning": "alert",
    "danger": "alert",
    "accent": "info",
    "neutral": "info",
    "muted": "info",
}


def _get(thing, name: str, default=""):
    """Read a name off a dict or an object."""
    value = thing.get(name, default) if isinstance(thing, dict) else getattr(thing, name, default)
    return default if value is None else value


icon = register.simple_tag(draw.icon, name="icon")


@register.simple_tag
def status_badge(value, field: str = "status", text: str = "", size: str = ""):
    """A status as icon + word + colour.

    A StyledChoices member, a model instance (its ``field``), a dict, or plain text.
    """
    style = style_of(value, field) if isinstance(value, Model) else value
    if style is None:
        style = getattr(value, f"get_{field}_display", lambda: getattr(value, field, ""))()
    if isinstance(style, str) and not hasattr(style, "tone"):
        return draw.badge(text or style, size=size)
    tone, sign = _get(style, "tone", DEFAULT_TONE), _get(style, "icon", DEFAULT_ICON)
    return draw.badge(text or _get(style, "label"), tone, sign, size)


@register.inclusion_tag("components/figure.html")
def figure(value, label: str, unit: str = "", card_url: str = "", list_url: str = "", note: str = "", tone: str = ""):
    """A figure with the link to its definition (口径卡) and to the list behind it."""
    return {
        "value": value,
        "label": label,
        "unit": unit,
        "card_url": card_url,
        "list_url": list_url,
        "note": note,
        "tone": tone,
    }


@register.inclusion_tag("components/stat_tile.html")
def stat_tile(value, label: str, url: str = "", icon_name: str = "", tone: str = "", unit: str = "", note: str = ""):
    """A number one clicks on: what waits on a desk."""
    return {
        "value": value,
        "label": label,
        "url": url,
        "icon_name": icon_name,
        "tone": tone,
        "unit": unit,
        "note": note,
    }


@register.simple_tag
def clock_ring(due_at, started_at=None, state: str = "running", size: str = "", label: str = ""):
    """The ring of a deadline; ``state``: running, paused, met, missed; ``size``: "" or "lg".

    ``label`` says whose clock it is.
    """
    return draw.ring(make_ring(due_at, started_at, state), size, label)


@register.inclusion_tag("components/timeline.html")
def timeline(events, empty: str = "还没有记录"):
    """What happened, newest where the caller puts it.

    Each event has at, title and may have who, body, tone, icon, files, badge.
    """
    return {"events": events, "empty": empty}


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str = "", action_url: str = "", action_label: str = "", icon_name: str = "list"):
    """What an empty page says: what would be here and what to do."""
    return {
        "title": title,
        "text": text,
        "action_url": action_url,
        "action_label": action_label,
        "icon_name": icon_name,
    }


@register.simple_block_tag(end_name="endpage_header")
def page_header(content, title: str, subtitle: str = "", icon_name: str = "", badge: str = ""):
    """The head of a page; what stands between the tags goes to its right: actions, badges."""
    return _render(
        "components/page_header.html", content=content, title=title, subtitle=subtitle, icon_name=icon_name, badge=badge
    )


@register.simple_block_tag(end_name="endalert")
def alert(content, tone: str = "info", title: str = ""):
    """A note that stays on the page: info, success, warning, danger."""
    return _render(
        "components/alert.html", content=content, tone=tone, title=title, icon_name=TONE_ICON.get(tone, "info")
    )


@register.simple_block_tag(end_name="endcard")
def card(
    content, title: str = "", icon_name: str = "", link_url: str = "", link_label: str = "查看全部", tone: str = ""
):
    """A panel with a title and, to its right, one link."""
    names = {"title": title, "icon_name": icon_name, "link_url": link_url, "link_label": link_label, "tone": tone}
    return _render("components/card.html", content=content, **names)


def _render(name: str, **context):
    """Render a component's template as safe text."""
    return mark_safe(template.loader.render_to_string(name, context))


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*parts):
    """``{% breadcrumbs "哨单" list_url "DL-1" %}``: labels each followed by its address, the last without.

    Or one list of pairs.
    """
    if len(parts) == 1 and isinstance(parts[0], (list, tuple)):
        return {"crumbs": [(crumb if isinstance(crumb, (list, tuple)) else (crumb, "")) for crumb in parts[0]]}
    flat = list(parts) + [""] * (len(parts) % 2)
    return {"crumbs": list(zip(flat[::2], flat[1::2], strict=True))}


@register.inclusion_tag("components/tabs.html")
def tabs(items, current: str = "", label: str = "分类"):
    """Links that look like tabs; items have key, label, url and may have count and tone."""
    return {"items": items, "current": current, "label": label}


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context, filterset, export: bool = False, keep: str = "sort"):
    """The GET form of a FilterSet: the first four fields in sight, the rest folded.

    ``keep`` names parameters that stay.
    """
    request = context.get("request")
    fields = [bound for bound in filterset.form if not bound.is_hidden]
    data = request.GET if request else {}
    for bound in fields:
        _name_ends(bound)
    used = [bound for bound in fields if any(data.get(name) for name in _sent_names(bound))]
    return {
        "form": filterset.form,
        "shown": fields[:4],
        "folded": fields[4:],
        "folded_used": len([bound for bound in used if bound in fields[4:]]),
        "used": len(used),
        "kept": [(name, data[name]) for name in keep.split() if data.get(name)],
        "export": export,
        "request": request,
    }


def _name_ends(bound) -> None:
    """Name the two ends of a range for a screen reader: one label cannot belong to both."""
    for part, word in zip(getattr(bound.field.widget, "widgets", ()), ("从", "到"), strict=False):
        part.attrs["aria-label"] = f"{bound.label}（{word}）"


def _sent_names(bound) -> list[str]:
    """The parameters that a field reads: one, or one per end of a range."""
    widget = bound.field.widget
    if hasattr(widget, "suffixes"):  # django-filter's ranges
        return [f"{bound.html_name}_{suffix}" for suffix in widget.suffixes]
    return [f"{bound.html_name}{end}" for end in getattr(widget, "widgets_names", [""])]


@register.inclusion_tag("components/data_table.html", takes_context=True)
def data_table(context, columns, rows, sort: str = "", caption: str = ""):
    """A table that turns into cards on a telephone.

    ``columns`` are Column, ``rows`` any objects (docs/components.md).
    """
    request = context.get("request")
    return {
        "heads": table_heads(columns, sort, request),
        "body": table_body(columns, rows, request),
        "caption": caption,
    }


@register.inclusion_tag("components/keyset_pager.html", takes_context=True)
def keyset_pager(context, page, count=None):
    """Earlier and later, and how many there are; ``page`` is a KeysetPage, ``count`` a CappedCount."""
    return {"page": page, "count": count, "request": context.get("request")}


@register.inclusion_tag("components/action_buttons.html", takes_context=True)
def action_buttons(context, transitions, prefix: str = "", version=None):
    """The moves that are possible now: each (a workflow Transition, or a dict) has name, label and may have
    needs_note, icon, hint, url, link.

    Posts ``note``, ``version`` and ``form_key`` to ``url``, or to ``prefix`` + name + ``/``. With ``link`` true it is
    a plain link to that address.
    """
    moves = []
    for index, move in enumerate(transitions):
        url = str(_get(move, "url")) or f"{prefix}{_get(move, 'name')}/"
        names = ("name", "label", "tone", "icon", "hint", "needs_note", "link", "note_label")
        moves.append(
            {name: _get(move, name) for name in names}
            | {"url": url, "key": new_form_key(), "first": index == 0 and _get(move, "tone") != "neutral"}
        )
    return {
        "moves": moves,
        "version": version,
        "csrf_token": context.get("csrf_token"),
        "request": context.get("request"),
    }


@register.inclusion_tag("components/form.html", takes_context=True)
def portal_form(
    context, form, submit: str = "提交", cancel_url: str = "", action: str = "", draft: str = "", consequence: str = ""
):
    """A whole form: error summary, fields, buttons; ``draft`` keeps what was typed in the browser until it is sent."""
    names = {
        "form": form,
        "submit": submit,
        "cancel_url": cancel_url,
        "action": action,
        "draft": draft,
        "consequence": consequence,
    }
    return names | {"csrf_token": context.get("csrf_token"), "request": context.get("request")}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form):
    """What must be corrected, on top of the form, each line a link to its field."""
    wrong = [bound for bound in form if bound.errors and not bound.is_hidden] if form.is_bound else []
    return {"form": form, "wrong": wrong, "total": len(wrong) + (len(form.non_field_errors()) if form.is_bound else 0)}


@register.simple_tag
def field(bound):
    """A form field with label, help, control and error."""
    return bound.as_field_group()


@register.inclusion_tag("components/kv_list.html")
def kv_list(items, columns: int = 1):
    """Label and value pairs.

    A pair may be (label, value), (label, value, url) or a dict with label, value, url, badge.
    """
    keys = ("label", "value", "url")
    return {
        "items": [dict(zip(keys, item, strict=False)) if isinstance(item, (list, tuple)) else item for item in items],
        "columns": columns,
    }


@register.inclusion_tag("components/stars.html")
def stars(value, most: int = 5):
    """A rating that has been given: filled stars and the number in words."""
    score = int(value or 0)
    return {"value": value, "most": most, "range": [position <= score for position in range(1, most + 1)]}


@register.simple_tag
def demo_badge(obj=None):
    """The mark 演示数据 where an object (or its absence: the whole panel) is synthetic."""
    if obj is not None and not _get(obj, "is_synthetic", False):
        return ""
    return mark_safe('<span class="demo-badge" title="为演示而生成，不代表真实情况">演示数据</span>')


@register.simple_tag
def provisional_note(value=True):
    """The note beside a deadline computed without the official holidays.

    ``value`` is a flag or anything with ``provisional``.
    """
    flag = getattr(value, "provisional", value)
    return draw.provisional() if flag else ""


@register.simple_tag(takes_context=True)
def qs_replace(context, **changes):
    """This page's query string with some parameters changed; None or "" takes one out. Begins with ? ."""
    request = context.get("request")
    data = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        data.pop(name, None)
        if value not in (None, ""):
            data[name] = str(value)
    return "?" + data.urlencode()
