"""The menu: slices register their entries at start-up, each page draws those that its actor may open."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from governance.kernel.permission import permits


@dataclass(frozen=True)
class Entry:
    """One line of the menu.

    ``permission(actor)`` hides it, ``section`` groups it, ``order`` sorts sections and lines.
    """

    label: str
    url_name: str
    icon: str = "list"
    permission: Callable | str | None = None
    section: str = ""
    order: int = 100


_entries: dict[str, Entry] = {}


def register(
    *,
    label: str,
    url_name: str,
    icon: str = "list",
    permission: Callable | str | None = None,
    section: str = "",
    order: int = 100,
) -> Entry:
    """Add an entry (a second call with the same ``url_name`` replaces the first).

    Call it from a slice's ``AppConfig.ready`` or urls.
    """
    entry = Entry(label, url_name, icon, permission, section, order)
    _entries[url_name] = entry
    return entry


def _allowed(entry: Entry, actor) -> bool:
    """Whether this actor sees the entry; nobody sees the menu without signing in."""
    if actor is None or not actor.is_authenticated:
        return False
    if isinstance(entry.permission, str):
        return permits(actor, entry.permission)
    return entry.permission is None or entry.permission(actor)


def _covers(url: str, path: str) -> bool:
    """Whether a page lies under an entry; the root covers only itself."""
    return path == url or (url != "/" and path.startswith(url))


def build(actor, path: str = "") -> list[dict]:
    """Return sections ``{"label", "items": [{"label", "url", "icon", "current"}]}`` for this actor.

    Entries without a URL are left out.
    """
    sections: dict[str, list[dict]] = {}
    for entry in sorted(_entries.values(), key=lambda entry: entry.order):
        if not _allowed(entry, actor):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        sections.setdefault(entry.section, []).append({"label": entry.label, "url": url, "icon": entry.icon})
    items = [item for group in sections.values() for item in group]
    # The longest address that the page's own begins with is where we are.
    best = max((url for item in items if _covers(url := item["url"], path)), key=len, default="")
    for item in items:
        item["current"] = bool(best) and item["url"] == best
    return [{"label": label, "items": group} for label, group in sections.items()]
