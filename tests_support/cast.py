"""The cast: one person per role around 青泥洼桥街道, his neighbours, and an outsider."""

from copy import copy
from functools import cache
from types import SimpleNamespace

from governance.accounts import demo
from governance.accounts.models import User
from governance.accounts.roles import Role
from governance.accounts.selectors import actor_of
from governance.kernel.actor import Actor
from governance.kernel.setup import calendar_load, rules_load
from governance.territory.models import Department, Division
from governance.territory.services import territory_load

from . import stories

ROLES = {
    "leader": Role.STREET_LEADER,
    "staff": Role.STREET_STAFF,
    "social": Role.UNIT_SOCIAL,
    "adjudicator": Role.ADJUDICATOR,
    "finance": Role.UNIT_FINANCE,
    "city": Role.CITY_OFFICE,
    "community": Role.COMMUNITY,
    "grid_worker": Role.GRID_WORKER,
    "building_head": Role.BUILDING_HEAD,
    "liaison": Role.LIAISON,
    "auditor": Role.AUDITOR,
    "sysadmin": Role.SYSTEM_ADMIN,
    "secadmin": Role.SECURITY_ADMIN,
}
NEIGHBOURS = {
    "sibling_leader": (Role.STREET_LEADER, stories.SIBLING),
    "sibling_staff": (Role.STREET_STAFF, stories.SIBLING),
    "foreign_staff": (Role.STREET_STAFF, stories.FOREIGN),
    "foreign_adjudicator": (Role.ADJUDICATOR, stories.FOREIGN),
    "foreign_social": (Role.UNIT_SOCIAL, stories.FOREIGN),
}
NAMES = (*ROLES, *NEIGHBOURS, "dept", "dept_head", "assistant_dept", "other_dept", "city_dept", "station", "foreign_dept",
         "sibling_community", "outsider")  # fmt: skip


def reference_load(password: str) -> None:
    """Load everything that does not change between tests; a second call does nothing."""
    rules_load()
    if not User.objects.filter(username="outsider").exists():
        _load(password)
    _known()


def _load(password: str) -> None:
    calendar_load()
    territory_load()
    street = stories.street()
    for name, role in ROLES.items():
        _add(name, password, role, street)
    for name, (role, code) in NEIGHBOURS.items():
        _add(name, password, role, stories.street(code))
    for name, department in _departments(street).items():
        _add(name, password, Role.DEPT_HEAD if name == "dept_head" else Role.DEPT_HANDLER, street, department)
    second = Division.objects.filter(street=street).order_by("code12")[1]
    demo.person_add(
        username="sibling_community", name="sibling_community", password=password, role=Role.COMMUNITY,
        unit=street.unit, street=street, community=second,
    )  # fmt: skip
    demo.person_add(username="outsider", name="outsider", password=password)


def _departments(street: Division) -> dict[str, Department]:
    lead, assistant, other = stories.departments(street)
    return {
        "dept": lead,
        "dept_head": lead,
        "assistant_dept": assistant,
        "other_dept": other,
        "city_dept": lead.superior,
        "station": Department.objects.filter(superior=lead, street=street).first()
        or Department.objects.filter(street=street, level="station").first(),
        "foreign_dept": demo.department_of(stories.street(stories.FOREIGN), "urban"),
    }


def _add(name: str, password: str, role: str, street: Division, department: Department | None = None) -> None:
    demo.person_add(username=name, name=name, password=password, role=role, **demo.place_of(role, street, department))


@cache
def _known() -> tuple[dict[str, User], dict[str, Actor]]:
    """Read once, before any test has changed anything; actors cannot be changed, people are handed out as copies."""
    users = User.objects.in_bulk(NAMES, field_name="username")
    return users, {name: actor_of(users[name]) for name in NAMES}


def people() -> SimpleNamespace:
    """Every member of the cast by name: copies of one's own, without a query."""
    users, _ = _known()
    return SimpleNamespace(**{name: copy(users[name]) for name in NAMES})


def people_as_actors() -> SimpleNamespace:
    """The same people as actors, with the posts that the reference data give them."""
    _, actors = _known()
    return SimpleNamespace(**actors)
