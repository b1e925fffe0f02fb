"""The demo city's synthetic part: offices with invented addresses, drawn households, grids cut from households.

Deterministic: every draw is seeded by the division's own code, so that adding one division changes no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from governance.kernel.policy import policy

from . import reference
from .choices import DepartmentLevel, GridKind, UnitKind, VillageType
from .models import Department, Division, Grid, ManagementUnit

MAIL_DOMAIN = "dept.example"
FIRST_SPECIAL_SEQ = 900
_TOWN_SUFFIXES = ("街道", "满族乡", "镇", "乡")


def _draw(purpose: str, code: str) -> Random:
    return Random(f"{reference.toml('synthetic')['seed']}:{purpose}:{code}")


def short_town_name(name: str) -> str:
    """Drop 街道/镇/乡 from a township's name."""
    return next((name.removesuffix(end) for end in _TOWN_SUFFIXES if name.endswith(end)), name)


def short_community_name(name: str) -> str:
    """Drop 居委会 or the 委会 of 村委会: 自由社区居委会 is 自由社区, 杏林村委会 is 杏林村."""
    name = name.removesuffix("居委会")
    return name.removesuffix("委会") if name.endswith("村委会") else name


def households_of(division: Division) -> int:
    """Draw a community's synthetic number of households."""
    source = reference.toml("synthetic")
    rural = division.village_type in (VillageType.VILLAGERS, VillageType.LIKE_VILLAGERS)
    bins = source["villagers" if rural else "residents"]
    draw = _draw("households", division.code12)
    low, high, _share = draw.choices(bins, weights=[share for _low, _high, share in bins])[0]
    return draw.randint(low, high)


def households_missing() -> list[Division]:
    """Return the communities without households, now with synthetic ones (not saved)."""
    rows = list(Division.objects.communities().filter(households=None))
    for division in rows:
        draw_households(division)
    return rows


def draw_households(division: Division) -> None:
    """Set a community's synthetic households (not saved)."""
    division.households, division.is_synthetic = households_of(division), True


def departments_missing() -> Iterator[list[Department]]:
    """Yield the city's departments, then the units', then the stations, each without what is already there."""
    known = {department.code: department for department in Department.objects.all()}
    for make in (_city_departments, _unit_departments, _stations):
        new = [department for department in make(known) if department.code not in known]
        yield new
        known.update((department.code, department) for department in new)


def _department(code: str, names: list[str], slug: str, **fields) -> Department:
    """Build one synthetic department whose place is the part of its code before the hyphen."""
    place = code.split("-")[0].lower()
    number = _draw("phone", code).randint(0, 9999)
    return Department(
        code=code,
        name=names[0],
        short_name=names[1],
        email=f"{slug}.{place}@{MAIL_DOMAIN}",
        phone=f"0411-8***{number:04d}",
        is_synthetic=True,
        **fields,
    )


def _trades() -> list[dict]:
    return reference.toml("departments")["trade"]


def _city_departments(known: dict) -> Iterator[Department]:
    for trade in _trades():
        code = f"2102-{trade['slug'].upper()}"
        yield _department(code, trade["city"], trade["slug"], level=DepartmentLevel.CITY, kind=trade["kind"])


def _unit_departments(known: dict) -> Iterator[Department]:
    for unit in ManagementUnit.objects.all():
        stem = unit.short_name if unit.kind == UnitKind.FUNCTIONAL_ZONE else unit.short_name[:-1]
        for trade in _trades():
            slug = trade["slug"]
            yield _department(
                f"{unit.code}-{slug.upper()}",
                [name.format(unit=unit.short_name, stem=stem) for name in trade["unit"]],
                slug,
                level=DepartmentLevel.UNIT,
                kind=trade["kind"],
                unit=unit,
                superior=known[f"2102-{slug.upper()}"],
            )


def _stations(known: dict) -> Iterator[Department]:
    for street in Division.objects.streets().select_related("unit"):
        for trade in _trades():
            if "station" not in trade:
                continue
            slug, *patterns = trade["station"]
            words = {"unit": street.unit.short_name, "street": street.name, "short": short_town_name(street.name)}
            yield _department(
                f"{street.code12[:9]}-{slug.upper()}",
                [pattern.format(**words) for pattern in patterns],
                slug,
                level=DepartmentLevel.STATION,
                kind=trade["kind"],
                unit=street.unit,
                superior=known[f"{street.unit.code}-{trade['slug'].upper()}"],
                street=street,
            )


def grids_missing() -> Iterator[Grid]:
    """Yield the grids of the communities that have none yet."""
    target, per_village = policy("territory.grid.households"), policy("territory.grid.per_village")
    for community in Division.objects.communities().filter(grids=None):
        rural = community.village_type in (VillageType.VILLAGERS, VillageType.LIKE_VILLAGERS)
        count = per_village if rural else max(1, round(community.households / target))
        yield from _base_grids(community, count)
        yield from _special_grid(community)


def _grid(community: Division, seq: int, **fields) -> Grid:
    return Grid(
        code15=f"{community.code12}{seq:03d}",
        community=community,
        street_id=community.street_id,
        unit_id=community.unit_id,
        seq=seq,
        is_synthetic=True,
        **fields,
    )


def _base_grids(community: Division, count: int) -> Iterator[Grid]:
    """Cut the households into equal shares; the first grids take what is left over."""
    share, left = divmod(community.households, count)
    name = short_community_name(community.name)
    for seq in range(1, count + 1):
        yield _grid(community, seq, name=f"{name}第{seq}网格", households=share + (seq <= left))


def _special_grid(community: Division) -> Iterator[Grid]:
    """Give one community in so many a grid for a school, hospital, park or business area."""
    source = reference.toml("synthetic")
    draw = _draw("special", community.code12)
    if draw.randrange(source["special_every"]) == 0:
        name = f"{short_community_name(community.name)}{draw.choice(source['special_names'])}专属网格"
        yield _grid(community, FIRST_SPECIAL_SEQ, name=name, kind=GridKind.SPECIAL)
