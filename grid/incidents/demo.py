"""The demo's incidents: a few months of a grid's life, through the services on the travelled clock. All made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from governance.accounts.demo import STREET
from governance.accounts.models import Appointment
from governance.accounts.roles import Role
from governance.accounts.selectors import actor_of
from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor, Post
from governance.kernel.events import suspended
from governance.territory.models import Department, Division, Grid
from governance.whistles.services.whistle import WhistleInput

from . import mails, services
from .models import Incident
from .routing import department_for
from .searching import words_index
from .states import Door, HandlingLevel, IncidentStatus

UNCLEAR = (
    "暖气"  # nobody seems to be responsible for it: the heat map and the list of unclear duties have something to show
)
SEED, DAYS, COUNT = 20261124, 120, 80
CIVIC = 8  # one in so many comes from a civic client
WORDS = (
    "单元门口生活垃圾满溢，没人清运", "楼道里贴满小广告", "共享单车堵住人行道，自行车乱放", "二楼楼道电动车充电飞线",
    "消防通道被堵塞", "暖气不热，室温只有十五度", "邻居因为漏水吵架", "路灯不亮，晚上看不清", "井盖松动，检查井响",
    "夜间施工扰民", "楼上私搭乱建", "物业费纠纷，业委会没人管", "店外经营，摆摊占道", "污水外溢，下水返水",
    "独居老人需要送餐", "电梯困人，按钮失灵", "屋顶漏雨", "绿化带杂草过高", "路面结冰路滑", "低保政策咨询代办",
)  # fmt: skip
PLACES = ("1 号楼", "3 号楼 2 单元", "小区东门", "菜市场旁", "幼儿园门口", "公交站后")
DONE = ("已到现场清理", "已联系责任单位修复", "已当面调解", "已安排人员整改")
WHY = ("不属于我们的职责，应由产权单位处置", "经核实属另一条线管理", "管辖界线不清，请重新派遣")
NIGHT = timedelta(hours=9)


def incidents_demo_load(*, now: datetime | None = None) -> int:
    """Some incidents of 120 days; does nothing where there are any. Returns how many were made."""
    services.routing_load()
    if Incident.objects.exists():
        return 0
    rng, end = Random(SEED), now or clock.now()
    street = Division.objects.select_related("unit").get(code12=STREET)
    cast = _cast(street)
    moments = [end - timedelta(minutes=rng.randint(60, DAYS * 24 * 60)) for _ in range(COUNT)]
    moments = sorted(one - NIGHT if _asleep(one) else one for one in moments)
    grids = Grid.objects.in_use().filter(street=street).select_related("community__street", "shape").order_by("code15")
    grids = list(grids)
    with transaction.atomic(), suspended(*mails.HANDLERS):  # old history mails nobody
        for number, moment in enumerate(moments):
            door = Door.WEB if number % CIVIC else Door.OPEN311
            _one(rng, moment, end, rng.choice(grids), cast, door, WORDS[number % len(WORDS)])
    while words_index():
        pass
    return COUNT


def _cast(street: Division) -> dict[str, Actor]:
    """The street's people; the posts of the communities are made up where nobody is appointed."""
    rows = (
        Appointment.objects.in_force().filter(street=street, is_synthetic=True).select_related("user").order_by("-id")
    )
    users = {row.role: row.user for row in rows}
    staff = actor_of(users[Role.STREET_STAFF]) if Role.STREET_STAFF in users else SYSTEM
    return {"staff": staff, "worker": users.get(Role.GRID_WORKER), "street": street}


def _local(role: str, grid: Grid, cast: dict) -> Actor:
    post = Post(role, grid.unit_id, grid.street_id, grid.community_id)
    return Actor(f"{grid.community.name}{Role(role).label}（演示）", posts=(post,))


def _one(rng: Random, moment: datetime, end: datetime, grid: Grid, cast: dict, door: str, words: str) -> None:
    """One incident, as far as it has got by ``end``."""
    worker, community = _local(Role.GRID_WORKER, grid, cast), _local(Role.COMMUNITY, grid, cast)
    step = _Steps(rng, moment, end)
    with clock.travel(step.at):
        shape = getattr(grid, "shape", None) if door == Door.OPEN311 else None  # a client sends the point
        row = services.incident_report(by=worker, content=services.IncidentInput(
            words=words, place=rng.choice(PLACES), grid=grid, door=door, is_synthetic=True,
            lon=shape and shape.lon, lat=shape and shape.lat))  # fmt: skip
    if not step.later(1, 4):
        return
    with clock.travel(step.at):
        if rng.random() < 0.05:
            services.incident_reject(incident=row, by=community, note="经核实情况不属实")
            return
        row = services.incident_accept(incident=row, by=community)
    row = _moved(rng, step, row, community, cast)
    if row is None or row.status != IncidentStatus.HANDLING:
        return
    _ending(rng, step, row, worker, community)


class _Steps:
    """The clock of one incident; ``later`` says False when the demo's present is reached."""

    def __init__(self, rng: Random, at: datetime, end: datetime):
        self.rng, self.at, self.end = rng, at, end

    def later(self, least: int, most: int) -> bool:
        """Go on some hours."""
        self.at += timedelta(minutes=self.rng.randint(least * 60, most * 60))
        self.at += NIGHT if _asleep(self.at) else timedelta()
        return self.at < self.end


def _asleep(moment: datetime) -> bool:
    """Whether nobody is about at that hour of Dalian."""
    return not 7 <= timezone.localtime(moment).hour < 22


def _moved(rng: Random, step: _Steps, row: Incident, community: Actor, cast: dict) -> Incident | None:
    """Sometimes it is returned, re-routed, escalated or blown; None when time is up."""
    staff, chance = cast["staff"], rng.random()
    if not step.later(2, 20):
        return None
    with clock.travel(step.at):
        if row.department_id and (chance < 0.12 or UNCLEAR in row.words):
            row = services.incident_send_back(incident=row, by=_department(row), note=rng.choice(WHY))
            return services.incident_reroute(incident=row, by=staff, level="street", note="先由街道牵头处置")
        if chance < 0.12 and row.level == HandlingLevel.COMMUNITY:
            return services.incident_escalate(incident=row, by=community, note="社区没有处置手段")
        if chance > 0.8 and row.level == HandlingLevel.STREET and staff is not SYSTEM:
            return _blown(row, staff, cast["street"])
    return row


def _blown(row: Incident, staff: Actor, street: Division) -> Incident:
    lead = department_for(None, row, row.category)
    if lead is None:
        return row
    content = WhistleInput(
        category=row.category, scene="hard_demand", source="grid", title=row.headline, facts=row.words, place=row.place,
        done_already="街道两次到场核查，协调物业和居民，责任单位没有到场，问题仍未解决，需要部门报到。" * 2, lead=lead,
        community=row.community, grid=row.grid, is_synthetic=True,
    )  # fmt: skip
    return services.incident_blow(incident=row, by=staff, content=content)


def _department(row: Incident) -> Actor:
    post = Post(Role.DEPT_HANDLER, row.unit_id, department_id=row.department_id)
    return Actor(f"{Department.objects.get(pk=row.department_id).short_name}（演示）", posts=(post,))


def _handler(row: Incident, worker: Actor, community: Actor) -> Actor:
    if row.level == HandlingLevel.DEPARTMENT:
        return _department(row)
    if row.level == HandlingLevel.STREET:
        return Actor("街道综合指挥中心（演示）", posts=(Post(Role.STREET_STAFF, row.unit_id, row.street_id),))
    return worker if row.level == HandlingLevel.GRID else community


def _ending(rng: Random, step: _Steps, row: Incident, worker: Actor, community: Actor) -> None:
    """Handled, looked at (one in ten again), closed, evaluated."""
    by = _handler(row, worker, community)
    for again in (rng.random() < 0.1, False):
        if not step.later(4, 80):
            return
        with clock.travel(step.at):
            row = services.incident_handle(incident=row, by=by, note=rng.choice(DONE))
        if not step.later(2, 30):
            return
        with clock.travel(step.at):
            if again:
                row = services.incident_rework(incident=row, by=community, note="现场还没有解决")
                continue
            row = services.incident_verify(incident=row, by=community)
            row = services.incident_close(incident=row, by=community)
            if rng.random() < 0.6:
                services.incident_evaluate(
                    incident=row, by=worker, verdict=rng.choice(("good", "good", "fair", "poor"))
                )
        return
