"""The desk (工作台): what waits for a person today. Slices register panels; a desk shows those of its actor's roles.

A panel's ``load`` costs one statement where it can: it reads at most 51 rows and shows the first few, so that its count is exact
up to 50 and the desk costs the same in a small city and in a large one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse

from governance.kernel.actor import Actor

SHOWN = 6
COUNTED = 50


@dataclass(frozen=True)
class Content:
    """What a panel holds now: the first rows, how many there are (``more``: at least), where the whole list is, and figures."""

    rows: list = field(default_factory=list)
    count: int = 0
    more: bool = False
    href: str = ""
    tiles: list[dict[str, Any]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.rows or self.tiles)

    @property
    def total(self) -> str:
        """The count as it is written: 37, or 50+."""
        return f"{COUNTED}+" if self.more else str(self.count)


def address(name: str) -> str:
    """The address of ``name?query``; "" when that page is not there."""
    name, mark, query = name.partition("?")
    try:
        return reverse(name) + mark + query if name else ""
    except NoReverseMatch:
        return ""


def content(
    rows: Any, line: Callable[[Any], dict] = dict, *, href: str = "", shown: int = SHOWN, **extra: Any
) -> Content:
    """Read at most 51 rows of a queryset (one statement) or list; draw the first ``shown`` with ``line(row)``.

    A line has title and may have text, note, url, badge, due_at with started_at and clock, at with at_label, tone, provisional.
    ``href`` is the URL name of the whole list, with its query.
    """
    found = list(rows[: COUNTED + 1])
    lines = [line(row) for row in found[:shown]]
    return Content(lines, min(len(found), COUNTED), len(found) > COUNTED, address(href), extra=extra)


@dataclass(frozen=True)
class Panel:
    """One part of a desk. ``load(actor)`` returns its Content; ``empty`` says what an empty one means and what to do.

    A ``quiet`` panel is left out while it is empty. ``tone`` colours its edge when there is something in it.
    """

    key: str
    title: str
    roles: tuple[str, ...]
    order: int
    load: Callable[[Actor], Content]
    icon: str = "list"
    template: str = "governance/accounts/desk/rows.html"
    empty: str = "现在没有需要办理的事项。"
    tone: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Shown:
    """A panel with what it holds now."""

    panel: Panel
    content: Content


@dataclass(frozen=True)
class Shortcut:
    """A button at the head of a desk."""

    label: str
    url_name: str
    icon: str
    roles: tuple[str, ...]


_panels: dict[str, Panel] = {}
_shortcuts: dict[tuple[str, str], Shortcut] = {}


def register(*panels: Panel) -> None:
    """Add panels; the same key again replaces."""
    _panels.update({panel.key: panel for panel in panels})


def shortcut(label: str, url_name: str, icon: str, roles: tuple[str, ...]) -> None:
    """Add a button for these roles."""
    _shortcuts[label, url_name] = Shortcut(label, url_name, icon, roles)


def shortcuts_of(actor: Actor) -> list[dict[str, str]]:
    """The buttons of an actor's roles whose pages are there; the first is the main one."""
    mine = [one for one in _shortcuts.values() if actor.posts_in(*one.roles)]
    return [{"label": one.label, "icon": one.icon, "url": url} for one in mine if (url := address(one.url_name))]


def panels_of(actor: Actor) -> list[Panel]:
    """The panels of an actor's roles, in order."""
    mine = [panel for panel in _panels.values() if actor.posts_in(*panel.roles)]
    return sorted(mine, key=lambda panel: panel.order)


def desk_of(actor: Actor) -> list[Shown]:
    """The filled desk of an actor: panels with something to do first in their order, then the empty ones."""
    shown = [Shown(panel, panel.load(actor)) for panel in panels_of(actor)]
    shown = [one for one in shown if not (one.panel.quiet and one.content.is_empty)]
    return [one for one in shown if not one.content.is_empty] + [one for one in shown if one.content.is_empty]
