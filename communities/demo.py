"""The demo's admission and signboards: lists, applications on their way, four months of demands, refusals, boards.

Made by the services on the travelled clock, like the whistles of the demo city; deterministic for a given moment.
"""

from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.db import transaction

from communities.admission.applications import decisions, services
from communities.admission.applications.states import Stand
from communities.admission.catalogues.loading import catalogues_load
from communities.admission.gate import mails
from communities.admission.gate.services import demand_blocked, demand_send, target_complete
from communities.admission.gate.terms import RURAL, DemandInput, Marks, funds_for, minutes_for
from communities.admission.models import AdmissionItem, Demand, DemandTarget
from communities.admission.refusals.services import refusal_amend, refusal_contest, refusal_file, refusal_withdraw
from communities.admission.states import FORMS_WITH_MARKS, Place, RefusalReason
from governance.accounts.roles import Role
from governance.demo.town import City, Town
from governance.kernel import clock
from governance.kernel.actor import Actor, Post
from governance.kernel.errors import DomainError
from governance.kernel.events import suspended
from governance.territory.models import Department, Division

SEED = 20240806
ROUNDS, DAYS = 26, 110
QUIET = (mails.on_send, mails.on_submit, mails.on_decline)


def desk_of(department: Department) -> Actor:
    """Somebody of a department who writes demands and applications."""
    return Actor(
        label=f"{department.short_name} 承办人（演示）", posts=(Post(role=Role.DEPT_HEAD, department_id=department.pk),)
    )


def community_of(place: Division) -> Actor:
    """The secretary of a community."""
    post = Post(role=Role.COMMUNITY, unit_id=place.unit_id, street_id=place.street_id, community_id=place.pk)
    return Actor(label=f"{place.name}（演示）", posts=(post,))


def communities_demo_load(*, now: datetime | None = None) -> int:
    """Load the lists and, unless DEMO_WHISTLES is 0, what happened under them. Returns the demands and items made."""
    made = catalogues_load()
    if Demand.objects.exists() or not settings.DEMO_WHISTLES:
        return made
    end = (now or clock.now()).replace(microsecond=0)
    rng = Random(SEED)
    city = City.read(rng)
    with transaction.atomic():
        _applications(city.deep[0], end)
        with suspended(*QUIET):  # mails of long ago would only fill the mailbox
            for number in range(ROUNDS):
                moment = _office_hour(end - timedelta(days=DAYS * (ROUNDS - number) / ROUNDS), rng)
                _round(city.deep[number % len(city.deep)], moment, end, rng)
        _present(city.deep[0], end)
    return made + Demand.objects.count()


def _office_hour(moment: datetime, rng: Random) -> datetime:
    """A working day's morning at or after ``moment``."""
    day = clock.next_workday(moment.date())
    return moment.replace(
        year=day.year, month=day.month, day=day.day, hour=1 + rng.randint(0, 2), minute=rng.randint(0, 59)
    )


def items_for(department: Department, place: str) -> list[AdmissionItem]:
    """What the list lets a department ask of communities: its own items and those of its line."""
    line = {department.pk, department.superior_id}
    return list(AdmissionItem.objects.in_force().filter(department_id__in=line, place=place).order_by("code"))


def _send(department: Department, item: AdmissionItem, places: list[Division], title: str, **more) -> Demand:
    today = clock.today()
    marks = Marks()
    if item.form in FORMS_WITH_MARKS:
        marks = Marks(
            f"大基减{item.code[-3:]}表",
            department.name,
            f"大统备〔{today.year}〕{item.code[-3:]}号",
            today.replace(month=12, day=31),
        )
    minutes = minutes_for(item, DemandInput(title, "", today))
    fen = funds_for(item, minutes=minutes, communities=len(places))
    return demand_send(
        by=desk_of(department), department=department, item=item, communities=places, title=title,
        content=f"按准入清单 {item.code} 办理，已有的信息不再重复填报。", due_on=today + timedelta(days=14), marks=marks,
        funded_fen=fen, fund_number=f"YS{today.year}-{item.code[-3:]}" if fen else "", **more,
    )  # fmt: skip


def _round(town: Town, moment: datetime, end: datetime, rng: Random) -> None:
    """One demand to a street's communities some time ago, and what became of it."""
    department = town.departments[rng.choice(sorted(town.departments))]
    urban = [row for row in town.communities if row.village_type not in RURAL][:6]
    items = items_for(department, Place.URBAN)
    if not items or not urban:
        return
    item = rng.choice(items)
    try:
        with clock.travel(moment):
            demand = _send(department, item, urban, f"{clock.today().month} 月{item.name}")
    except DomainError as error:
        demand_blocked(department=department, item=item, title=item.name, communities=len(urban), error=error)
        return
    targets = list(DemandTarget.objects.filter(demand=demand).select_related("demand", "community", "item", "street"))
    for target in targets[: rng.randint(len(targets) // 2, len(targets))]:
        with clock.travel(min(moment + timedelta(days=rng.randint(1, 9), hours=rng.randint(0, 4)), end)):
            target_complete(
                target=target,
                by=community_of(target.community),
                result="已完成",
                minutes=max(round(target.minutes * rng.uniform(0.6, 1.3)), 1),
            )


def _present(town: Town, end: datetime) -> None:
    """What lies on the home street's desks now: a running demand, one over its frequency, one refused and contested."""
    homes = [row for row in town.communities if row.village_type not in RURAL][:5]
    for number, kind in enumerate(sorted(town.departments)):
        department, items = town.departments[kind], items_for(town.departments[kind], Place.URBAN)
        if not items or not homes:
            continue
        with clock.travel(_office_hour(end - timedelta(days=9 - number % 6), Random(number))):
            try:
                demand = _send(department, items[0], homes, f"本月{items[0].name}")
            except DomainError as error:
                demand_blocked(
                    department=department, item=items[0], title=items[0].name, communities=len(homes), error=error
                )
                continue
        _refusals(demand, end, number)
    _refused_by_the_gate(town, homes)


def _refusals(demand: Demand, end: datetime, number: int) -> None:
    """Every third demand meets a refusal; departments answer in each of their ways."""
    if number % 3:
        return
    target = demand.targets.select_related("demand", "community", "item", "street").first()
    with clock.travel(end - timedelta(days=2)):
        refusal = refusal_file(target=target, by=community_of(target.community), reason=RefusalReason.OVERLAP)
    by, way = desk_of(demand.department), (number // 3) % 4
    with clock.travel(end - timedelta(days=1)):
        if way == 1:
            refusal_withdraw(refusal=refusal, by=by, note="已通过数据共享取得，本社区不必再报。")
        elif way == 2:
            refusal_contest(refusal=refusal, by=by, note="上次报送的是不同口径，申请裁决。")
        elif way == 3:
            refusal_amend(refusal=refusal, by=by, note="删去已有的九项，只留两项需要核对。")


def _refused_by_the_gate(town: Town, homes: list[Division]) -> None:
    """A demand that the list does not hold: it reaches nobody and is counted."""
    department = next(iter(town.departments.values()))
    foreign = (
        AdmissionItem.objects.in_force().filter(place=Place.RURAL).exclude(department_id=department.superior_id).first()
    )
    if foreign is None:
        return
    try:
        _send(department, foreign, homes, "清单外的入户台账")
    except DomainError as error:
        demand_blocked(
            department=department, item=foreign, title="清单外的入户台账", communities=len(homes), error=error
        )


MINUTES = "会议认为依据充分、耗时适当，同意准入，每年不超过两次。"
APPLICATIONS = (
    # name, days ago, how far it goes
    ("独居老人探访服务记录核对", 75, "approve"),
    ("楼道消防通道协助巡查", 40, "publish"),
    ("高龄津贴对象信息核对", 24, "consult"),
    ("养犬登记点信息协助公布", 6, "check"),
    ("校外托管点位协助摸排", 3, "draft"),
)


def _applications(town: Town, end: datetime) -> None:
    """One application in each stage, of the home unit's departments."""
    kinds = sorted(town.departments)
    for number, (name, days, stage) in enumerate(APPLICATIONS):
        department = town.departments[kinds[number % len(kinds)]]
        _application(town, department, name, _office_hour(end - timedelta(days=days), Random(number)), stage)


def _application(town: Town, department: Department, name: str, moment: datetime, stage: str) -> None:
    by, social = desk_of(department), town.social
    with clock.travel(moment):
        start = clock.add(clock.now(), 40, "workday").date()
        row = services.application_draft(
            by=by, department=department, is_synthetic=True, place=Place.URBAN, name=name, klass="assist", form="task",
            basis_document="《大连市网格化服务管理条例》（示例引用）", basis_article="相关条款", necessity="居民反映集中，需要社区协助提供线索。",
            alternative="登记信息已由部门共享取得，只有现场情况需要社区协助。", times_a_year=2, minutes=20, communities=20,
            funded_fen=20_000_00, fund_number="YS2026-117", fund_source="部门预算", start_on=start,
        )  # fmt: skip
        if stage == "draft":
            return
        row = services.application_submit(application=row, by=by)
    if stage == "check":
        return
    with clock.travel(moment + timedelta(days=2)):
        row = decisions.application_pass_check(application=row, by=social)
        opinions = list(row.opinions.select_related("community", "street"))
        for opinion in opinions if stage != "consult" else opinions[:2]:
            place = opinion.community or opinion.street
            voice = community_of(opinion.community) if opinion.community_id else Actor(
                label=f"{place.name}（演示）",
                posts=(Post(role=Role.STREET_LEADER, unit_id=place.unit_id, street_id=place.pk),),
            )  # fmt: skip
            decisions.opinion_give(opinion=opinion, by=voice, stand=Stand.AGREE, words="已有数据请不要再让社区填。")
    if stage == "consult":
        return
    with clock.travel(moment + timedelta(days=8)):
        row.refresh_from_db()  # the last opinion has ended the consultation
        row = decisions.application_publish(
            application=row, by=social, minutes_text=MINUTES,
            bodies=["social", "civil", "finance", "justice"]
        )  # fmt: skip
    if stage == "publish":
        return
    with clock.travel(moment + timedelta(days=24)):
        decisions.application_approve(application=row, by=social, note="公示期满无异议。")
