"""What other slices ask of the grids: which grid is this place in, whose grid is this, who serves it, where to complain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from numbers import Real

from governance.accounts.roles import Role
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Invalid
from governance.kernel.policy import policy
from governance.territory.choices import GridKind
from governance.territory.models import Division, Grid

from .index import index
from .models import GridPost, SupervisionPhone
from .states import PlaceReason, PostKind


@dataclass(frozen=True)
class Located:
    """A point's grid, or None with ``nearest`` as a suggestion where one lies within the rule's reach.

    ``distance`` is in metres from the point to ``nearest``; 0 inside a grid and where there is no suggestion.
    """

    grid: Grid | None
    reason: PlaceReason
    distance: float = 0.0
    nearest: Grid | None = None


def check_point(lon, lat) -> tuple[float, float]:
    """Degrees as floats. Raises Invalid for what is no place on earth."""
    for name, value, most, label in (("lon", lon, 180, "经度"), ("lat", lat, 90, "纬度")):
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
            raise Invalid(**{name: f"{label}须为数字。"})
        if abs(value) > most:
            raise Invalid(**{name: f"{label}应在 -{most} 至 {most} 之间；是否把经度和纬度写反了？"})
    return float(lon), float(lat)


def locate(lon: float, lat: float) -> Located:
    """The grid at a WGS 84 point. Raises Invalid for impossible coordinates.

    Inside: that grid. On a border: the smallest code among those that touch (surveyed shapes before sketches), so that the
    answer is always the same. In the sea or elsewhere: None, 不在任何网格内, and the nearest grid within
    ``grid.nearest_metres`` as a suggestion.
    """
    lon, lat = check_point(lon, lat)
    known = index()
    found = known.at(lon, lat)
    if found:
        reason = PlaceReason.BORDER if len(found) > 1 else PlaceReason.INSIDE
        return Located(_grid(found[0]), reason)
    near, metres = known.near(lon, lat, policy("grid.nearest_metres"))
    return Located(None, PlaceReason.OUTSIDE, metres, _grid(near) if near else None)


def _grid(pk: int) -> Grid:
    return Grid.objects.select_related("community", "street", "unit").get(pk=pk)


def grid_of(actor: Actor) -> Grid | None:
    """The grid that somebody serves: his post in force (full-time first, then the smallest code), else the only base grid of
    the community where he is appointed 网格员; None when nothing is certain.
    """
    if actor.user_id:
        posts = GridPost.objects.in_force().filter(user_id=actor.user_id).select_related("grid")
        if best := min(posts, key=lambda post: (post.kind != PostKind.FULL_TIME, post.grid.code15), default=None):
            return _grid(best.grid_id)
    places = {post.community_id for post in actor.posts_in(Role.GRID_WORKER) if post.community_id}
    base = Grid.objects.in_use().filter(community_id__in=places, kind=GridKind.BASE).values_list("pk", flat=True)[:2]
    return _grid(base[0]) if len(base) == 1 else None


def full_time_posts(grids: Iterable[Grid], day=None) -> dict[int, GridPost]:
    """The full-time worker of each of these grids on a day, by the grid's id (one statement)."""
    rows = GridPost.objects.in_force(day).full_time().filter(grid__in=list(grids))
    return {row.grid_id: row for row in rows}


def supervision_phone(street: Division) -> str:
    """Where to complain about the grid service of a street: its own telephone, else the city's."""
    own = SupervisionPhone.objects.filter(street=street).values_list("phone", flat=True).first()
    return own or policy("grid.supervision_phone")


def history(thread: str) -> list[dict]:
    """A grid's events as the timeline component takes them, newest first."""
    events = AuditEvent.objects.filter(thread=thread).order_by("-id")[:50]
    return [
        {"at": event.at, "title": event.label or event.action, "body": event.note, "who": event.actor_label,
         "tone": "neutral", "icon": "dot"}
        for event in events
    ]  # fmt: skip
