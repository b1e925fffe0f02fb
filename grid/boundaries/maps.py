"""Which shapes a page draws: a grid among its neighbours, and the way down from the city to a community."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import shapely
from shapely.geometry.base import BaseGeometry

from governance.kernel.cached import cached_for
from governance.kernel.ui.formats import local
from governance.territory.models import Division, Grid, ManagementUnit

from .drawing import Part, biggest_part, middle
from .geometry import from_geojson
from .models import CommunityShape, FormerShape, GridShape

KEPT_SECONDS = 600  # outlines of whole districts change rarely and take some tenths of a second to unite


def short(name: str) -> str:
    """A place's name as a map has room for it."""
    for end in ("社区居委会", "居委会", "村委会", "街道", "专属网格"):
        name = name.removesuffix(end) or name
    return name


def grid_parts(
    community_id: int, own: str = "", address: Callable[[Grid], str] | None = None, was: Iterable[FormerShape] = ()
) -> list[Part]:
    """All grids of a community; ``own`` is the code of the one to stand out, ``was`` lies over it. One statement."""
    rows = GridShape.objects.filter(grid__community_id=community_id).select_related("grid").order_by("grid__code15")
    return [
        Part(from_geojson(row.polygon), row.grid.name, address(row.grid) if address else "",
             "own" if row.grid.code15 == own else "special" if row.grid.kind == "special" else "", str(row.grid.seq))
        for row in rows
    ] + [Part(from_geojson(row.polygon), f"原边界（至 {local(row.valid_to):%Y-%m-%d}）", "", "was", " ") for row in was]  # fmt: skip


def community_parts(street: Division, address: Callable[[Division], str]) -> list[Part]:
    """The communities of a street."""
    rows = CommunityShape.objects.filter(community__street=street).select_related("community")
    return [
        Part(from_geojson(row.polygon), row.community.name, address(row.community), "", short(row.community.name))
        for row in rows.order_by("community__code12")
    ]


def street_parts(unit: ManagementUnit, address: Callable[[str], str]) -> list[Part]:
    """The streets that a unit runs, each as what its communities cover."""
    return [
        Part(shape, name, address(code), "", short(name))
        for code, name, shape in _outlines("community__street", "name", "code12", unit.pk)
    ]


def unit_parts(address: Callable[[str], str]) -> list[Part]:
    """The twelve units, each as what its communities cover."""
    return [
        Part(shape, name, address(code), "", name)
        for code, name, shape in _outlines("community__unit", "short_name", "code", None)
    ]


@cached_for(KEPT_SECONDS)
def _outlines(owner: str, name: str, code: str, unit: int | None) -> list[tuple[str, str, BaseGeometry]]:
    """(code, name, outline) of the places that own communities, in the order of their codes."""
    rows = CommunityShape.objects.order_by()
    rows = rows.filter(community__unit=unit) if unit else rows
    found: dict[tuple[str, str], list[BaseGeometry]] = {}
    for key, label, polygon in rows.values_list(f"{owner}__{code}", f"{owner}__{name}", "polygon"):
        found.setdefault((key, label), []).append(from_geojson(polygon))
    return [(*key, _outline(shapes)) for key, shapes in sorted(found.items())]


def _outline(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    return shapely.union_all(list(shapes))


def features(parts: list[Part]) -> list[dict]:
    """The same for the script that makes the drawing a map."""
    return [
        {
            "type": "Feature",
            "properties": {
                "name": part.label, "short": part.short.strip(), "tone": part.tone, "href": part.href,
                "at": middle(biggest_part(part.shape))[::-1],
            },
            "geometry": shapely.geometry.mapping(part.shape),
        }
        for part in parts
    ]  # fmt: skip
