"""What other slices ask of the grids: which grid is this place in, whose grid is this, who serves it, where to complain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import isfinite
from numbers import Real

from django.db.models import Case, Q, When

from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Invalid
from governance.kernel.policy import policy
from governance.kernel.prepared import Prepared
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


_by_key = Prepared(lambda key: Grid.objects.select_related("community", "street").filter(pk=key), key=-77_001)
_base = Prepared(
    lambda place: (
        Grid.objects.in_use().select_related("community").filter(community_id=place, kind=GridKind.BASE).order_by("code15")[:2]
    ),
    place=-77_001,
)  # fmt: skip


def _served(user: int, day: date, same_day: date):
    """Posts in force: full-time first, then the smallest code."""
    held = Q(posts__valid_to=None) | Q(posts__valid_to__gt=day)
    rows = Grid.objects.select_related("community").filter(held, posts__valid_from__lte=same_day, posts__user_id=user)
    helps = Case(When(posts__kind=PostKind.FULL_TIME, then=0), default=1)
    return rows.order_by(helps, "code15")[:1]


_served_by = Prepared(_served, user=-77_001, day=date(1901, 1, 1), same_day=date(1901, 1, 2))


def _grid(pk: int) -> Grid:
    return _by_key.first(key=pk)


def grid_of(actor: Actor) -> Grid | None:
    """The grid that somebody serves: his post in force (full-time first, then the smallest code), else the only base grid of
    the community where he is appointed 网格员; None when nothing is certain.
    """
    today = clock.today()
    if actor.user_id and (own := _served_by.first(user=actor.user_id, day=today, same_day=today)):
        return own
    places = {post.community_id for post in actor.posts_in(Role.GRID_WORKER) if post.community_id}
    base = [row for place in places for row in _base.rows(place=place)]
    return base[0] if len(base) == 1 else None


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
