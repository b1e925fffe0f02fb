"""Finding a community by what people type: an address, a name, a part of one. Needs no index of addresses."""

from __future__ import annotations

from dataclasses import dataclass

from governance.kernel.cached import cached_for
from governance.territory.models import Division
from governance.territory.synthetic import short_community_name, short_town_name

MOST = 20
KEPT_SECONDS = 60


@dataclass(frozen=True)
class Place:
    """A community as it is searched for."""

    code12: str
    name: str
    street: str
    unit: str
    core: str
    short_street: str


@cached_for(KEPT_SECONDS)
def _places() -> list[Place]:
    rows = Division.objects.communities().order_by("code12").values_list(
        "code12", "name", "street__name", "unit__short_name"
    )  # fmt: skip
    return [
        Place(code, name, street, unit, short_community_name(name).removesuffix("社区"), short_town_name(street))
        for code, name, street, unit in rows
    ]


def places_matching(words: str) -> list[Place]:
    """The communities that an address or a name speaks of, the best first, at most twenty; none for nothing said."""
    text = "".join(words.split())
    if not text:
        return []
    scored = [(_score(place, text, words.split()), place) for place in _places()]
    found = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].code12))
    best = found[0][0] if found else 0
    return [place for score, place in found[:MOST] if score * 2 >= best]


def _score(place: Place, text: str, tokens: list[str]) -> int:
    """8 for the community's own name (4 for a part of it), 3 for its street's, 1 for its district's beside one of these."""
    said_street = len(place.short_street) > 1 and place.short_street in text
    rest = text.replace(place.short_street, "") if said_street else text  # 青泥洼桥 does not speak of 青泥社区
    own = 8 if len(place.core) > 1 and place.core in rest else 0
    if not own and not said_street and any(_part(token, place.name) for token in tokens):
        own = 4
    street = 3 if said_street else 0
    district = 1 if place.unit in text or place.unit[:-1] in text else 0
    return own + street + (district if own or street else 0)


def _part(token: str, name: str) -> bool:
    return len(token) > 1 and token in name
