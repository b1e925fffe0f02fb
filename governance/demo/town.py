"""The demo's streets and departments, read once, and the people who act in them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random

from governance.accounts.demo import STREET
from governance.accounts.models import User
from governance.accounts.roles import Role
from governance.kernel.actor import Actor, Post
from governance.territory.models import Category, Department, Division, Grid

MATTERS = tomllib.loads((Path(__file__).parent / "matters.toml").read_text(encoding="utf-8"))["matter"]
DEEP = (STREET, "210202010000", "210204010000", "210211018000", "210213001000", "210203010000")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗"
PLACES = (
    "农贸市场东侧",
    "小学门前",
    "三号楼周边",
    "地铁口",
    "公交站后巷",
    "老旧小区南门",
    "街心公园",
    "临街底商",
    "停车场入口",
    "菜场后身",
)


@dataclass
class Town:
    """One street with its people and the departments that serve it."""

    street: Division
    communities: list[Division]
    grids: dict[int, list[Grid]]
    departments: dict[str, Department]
    staff: Actor
    leader: Actor
    adjudicator: Actor
    social: Actor


@dataclass
class City:
    """All towns of the demo and the reference rows that stories need."""

    deep: list[Town]
    light: list[Town]
    categories: dict[str, Category]
    users: dict[str, int]

    @classmethod
    def read(cls, rng: Random) -> "City":
        """Read what the stories need; the streets are the same each time."""
        streets = list(Division.objects.filter(level="town").select_related("unit").order_by("code12"))
        users = dict(User.objects.values_list("username", "pk"))
        deep = [row for row in streets if row.code12 in DEEP]
        light = rng.sample([row for row in streets if row not in deep], 40)
        categories = {row.name: row for row in Category.objects.exclude(parent=None)}
        return cls([_town(row, users) for row in deep], [_town(row, users) for row in light], categories, users)


def _person(role: str, place: str, seed: int, user: int | None, **where) -> Actor:
    name = f"{SURNAMES[seed % len(SURNAMES)]}同志（演示）"
    return Actor(label=f"{place} {name}", user_id=user, posts=(Post(role=role, **where),))


def _town(street: Division, users: dict[str, int]) -> Town:
    number, unit = int(street.code12[:9]), street.unit
    home = street.code12 == STREET
    communities = list(Division.objects.filter(street=street).order_by("code12"))
    grids: dict[int, list[Grid]] = {}
    for grid in Grid.objects.filter(street=street).order_by("code15"):
        grids.setdefault(grid.community_id, []).append(grid)
    departments = {
        row.kind: row for row in Department.objects.filter(unit=unit, level="unit").select_related("superior")
    }
    here = {"unit_id": unit.pk, "street_id": street.pk}
    return Town(
        street=street, communities=communities, grids=grids, departments=departments,
        staff=_person(Role.STREET_STAFF, street.name, number, users.get("jd.zhihui") if home else None, **here),
        leader=_person(Role.STREET_LEADER, street.name, number + 7, users.get("jd.shuji") if home else None, **here),
        adjudicator=_person(Role.ADJUDICATOR, unit.short_name, number + 3, users.get("qu.caijue") if home else None, unit_id=unit.pk),
        social=_person(Role.UNIT_SOCIAL, unit.short_name, number + 5, None, unit_id=unit.pk),
    )  # fmt: skip


def handler_of(ticket) -> Actor:
    """The department's side of a ticket, answering by mail link."""
    return Actor(
        label=f"{ticket.department.short_name}（邮件）", via="link",
        posts=(Post(role=Role.DEPT_HANDLER, department_id=ticket.department_id),),
    )  # fmt: skip
