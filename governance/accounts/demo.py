"""The demo's people: one per role, with one password, all marked as made up. Also the cast of the tests."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from governance.kernel.policy import PolicyRule
from governance.territory.models import Department, Division

from .models import Appointment, User
from .roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES, UNIT_ROLES, Role

PASSWORD = "Jianfu-Demo-2026"
STREET = "210202008000"  # 青泥洼桥街道


@dataclass(frozen=True)
class Person:
    """One demo account: sign-in name, name, role and where it is held."""

    username: str
    name: str
    role: Role
    title: str
    trade: str = ""
    level: str = "unit"


PEOPLE = (
    Person("jd.zhihui", "周敏（演示）", Role.STREET_STAFF, "综合指挥中心主任"),
    Person("jd.shuji", "孙立（演示）", Role.STREET_LEADER, "党工委书记"),
    Person("qu.caijue", "郑宏（演示）", Role.ADJUDICATOR, "裁决组组长"),
    Person("qu.shegong", "吴静（演示）", Role.UNIT_SOCIAL, "社会工作部副部长"),
    Person("qu.caizheng", "冯远（演示）", Role.UNIT_FINANCE, "财政局科长"),
    Person("shi.lingdao", "陈岩（演示）", Role.CITY_OFFICE, "市领导小组办公室"),
    Person("bm.chengguan", "褚亮（演示）", Role.DEPT_HANDLER, "承办人", "urban"),
    Person("bm.fuze", "卫东（演示）", Role.DEPT_HEAD, "负责人", "housing"),
    Person("sq.shuji", "蒋丽（演示）", Role.COMMUNITY, "社区书记、主任"),
    Person("wg.yuan", "沈波（演示）", Role.GRID_WORKER, "网格员"),
    Person("ly.louzhang", "韩梅（演示）", Role.BUILDING_HEAD, "楼长"),
    Person("zq.lianluo", "杨帆（演示）", Role.LIAISON, "驻区单位联络员"),
    Person("sys.admin", "朱正（演示）", Role.SYSTEM_ADMIN, "系统管理员"),
    Person("sys.baomi", "秦毅（演示）", Role.SECURITY_ADMIN, "安全保密员"),
    Person("sys.shenji", "许诺（演示）", Role.AUDITOR, "安全审计员"),
)


def place_of(role: str, street: Division, department: Department | None = None) -> dict:
    """The columns of an appointment to ``role`` at a street (its unit, its first community)."""
    if role in STREET_ROLES:
        return {"unit": street.unit, "street": street}
    if role in UNIT_ROLES:
        return {"unit": street.unit}
    if role in DEPT_ROLES:
        return {"department": department}
    if role in COMMUNITY_ROLES or role in (Role.BUILDING_HEAD, Role.LIAISON):
        community = Division.objects.filter(street=street).order_by("code12").first()
        return {"unit": street.unit, "street": street, "community": community}
    return {}


def department_of(street: Division, trade: str) -> Department:
    """The unit's department of a trade."""
    return Department.objects.get(unit=street.unit, level="unit", kind=trade)


def person_add(*, username: str, name: str, password: str, role: str = "", title: str = "", **place) -> User:
    """Make one account with at most one appointment; ``password`` is already hashed."""
    user = User.objects.create(username=username, name=name, password=password, is_synthetic=True)
    if role:
        Appointment.objects.create(
            user=user, role=role, title=title, is_synthetic=True, valid_from="2024-01-01", **place
        )
    return user


@transaction.atomic
def demo_accounts_load() -> int:
    """Make the demo's people where they are missing, and let mail go out at any hour. Returns how many are new."""
    street = Division.objects.select_related("unit").get(code12=STREET)
    known = set(User.objects.values_list("username", flat=True))
    hashed = make_password(PASSWORD)
    PolicyRule.objects.filter(key="mail.quiet_enabled").update(value=False)
    fresh = [person for person in PEOPLE if person.username not in known]
    for person in fresh:
        department = department_of(street, person.trade) if person.trade else None
        person_add(
            username=person.username, name=person.name, password=hashed, role=person.role, title=person.title,
            **place_of(person.role, street, department),
        )  # fmt: skip
    return len(fresh)
