"""Has somebody reported this already? A hint before submitting; it never blocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import cos, hypot, radians

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Invalid
from governance.kernel.policy import policy
from governance.territory.models import Division, Grid

from .models import Incident
from .placing import place as place_of

LOOKED_AT = 200
METRES_PER_DEGREE = 111_320


@dataclass(frozen=True)
class Similar:
    """An incident nearby with similar words; ``percent`` of the bigrams in common, ``metres`` None without two points."""

    incident: Incident
    percent: int
    metres: int | None


def bigrams(text: str) -> set[str]:
    """Pairs of neighbouring characters, letters and digits only."""
    kept = "".join(char for char in text if char.isalnum())
    return {kept[place : place + 2] for place in range(len(kept) - 1)}


def likeness(one: str, other: str) -> int:
    """Jaccard coefficient of the bigrams, percent."""
    left, right = bigrams(one), bigrams(other)
    return round(100 * len(left & right) / len(left | right)) if left and right else 0


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance of two (lon, lat) that are near each other."""
    east = (one[0] - other[0]) * cos(radians((one[1] + other[1]) / 2))
    return hypot(east, one[1] - other[1]) * METRES_PER_DEGREE


def similar_incidents(
    *,
    by: Actor,
    words: str,
    community: Division,
    grid: Grid | None = None,
    lon: float | None = None,
    lat: float | None = None,
    place: str = "",
) -> list[Similar]:
    """Of the community's last days: same grid, within the rule's metres or at the same place, with similar words; the best five."""
    since = clock.now() - timedelta(days=policy("incident.similar_days"))
    rows = (
        Incident.objects.visible_to(by).filter(community=community, reported_at__gte=since).order_by("-id")[:LOOKED_AT]
    )
    found = []
    for row in rows:
        metres = metres_between((lon, lat), (row.lon, row.lat)) if None not in (lon, lat, row.lon, row.lat) else None
        near = metres is not None and metres <= policy("incident.similar_metres")
        same = likeness(place, row.place) >= policy("incident.similar_percent")
        if not (near or same) and (grid is None or row.grid_id != grid.pk):
            continue
        percent = likeness(words, row.words)
        if percent >= policy("incident.similar_percent"):
            found.append(Similar(row, percent, None if metres is None else round(metres)))
    return sorted(found, key=lambda one: (-one.percent, one.incident.pk))[:5]


def alike(*, by: Actor, data: dict) -> list[Similar]:
    """The same for what a form holds so far; none while nobody can say where it is."""
    words, lon, lat = data.get("words") or "", data.get("lon"), data.get("lat")
    try:
        where = place_of(by=by, lon=lon, lat=lat, community=data.get("community"))
    except Invalid:
        return []
    return similar_incidents(
        by=by, words=words, community=where.community, grid=where.grid, lon=lon, lat=lat, place=data.get("place") or ""
    )  # fmt: skip
