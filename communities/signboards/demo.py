"""The demo's signboards: a district's communities and villages with their boards, a campaign that runs, one that is done.

Everything goes through the services on the travelled clock; boards are made in bulk as an import makes them.
"""

from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random

from django.db import transaction
from PIL import Image

from governance.accounts.demo import STREET
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor, Post
from governance.territory.models import Department, Division, ManagementUnit

from . import services
from .models import Signboard
from .selectors import Lists, place_of

SEED = 20240807
EXTRA = (
    "红色驿站",
    "邻里会客厅",
    "社区规划师工作室",
    "双拥工作站",
    "科普大学",
    "法治驿站",
    "消费维权站",
    "关工委工作站",
    "志愿者之家",
)
MATERIALS, POSITIONS = ("metal", "acrylic", "pvc", "wood"), ("hall", "room", "room", "exhibit", "gate", "window")
BACK = 60  # days since the survey


def _somebody(unit: ManagementUnit, role: str, label: str, **where) -> Actor:
    return Actor(label=f"{unit.short_name}{label}（演示）", posts=(Post(role=role, unit_id=unit.pk, **where),))


def _departments(unit: ManagementUnit) -> dict[str, Department]:
    """The district's departments by trade; civil affairs answers for what has none."""
    found = {row.kind: row for row in Department.objects.filter(unit=unit, level="unit", is_active=True)}
    return found | {"": found.get("civil") or next(iter(found.values()))}


def signboards_demo(*, unit: ManagementUnit | None = None, now: datetime | None = None) -> int:
    """Make the demo's boards in ``unit`` (the demo street's district). Deterministic; nothing where boards are. Returns how many."""
    end = (now or clock.now()).replace(microsecond=0)
    services.signboard_lists_load(year=end.year)
    services.signboard_lists_load(year=(end - timedelta(days=BACK)).year)
    unit = unit or Division.objects.select_related("unit").get(code12=STREET).unit
    if Signboard.objects.exists():
        return 0
    social = _somebody(unit, Role.UNIT_SOCIAL, "社会工作部")
    with transaction.atomic():
        with clock.travel(end - timedelta(days=BACK)):
            many = _survey(unit, Random(SEED), Lists.on(clock.today()))
            services.signboards_register(by=social, many=many, is_synthetic=True)
            audit = services.audit_open(
                by=social, unit=unit, kind="self_check", title="滥挂牌全覆盖清理", is_synthetic=True
            )
            audit = services.audit_step(audit=audit, action="compare", by=social)
            services.audit_adopt(audit=audit, by=social)
            audit = services.audit_step(audit=audit, action="publish", by=social)
        with clock.travel(end - timedelta(days=BACK - 20)):
            services.audit_step(audit=audit, action="rectify", by=social)
            _clear(unit, Random(SEED + 1))
        _look_again(unit, end)
        services.samples_draw()
    return Signboard.objects.count()


def _survey(unit: ManagementUnit, rng: Random, lists: Lists) -> list[services.BoardFacts]:
    """What a survey finds: ten to all of the list's boards, and a few that nobody admitted."""
    departments, many = _departments(unit), []
    for place in Division.objects.communities().filter(unit=unit).order_by("code12"):
        entries = sorted(lists.entries[place_of(place)].values(), key=lambda entry: entry.code)
        for entry in rng.sample(entries, rng.randint(10, len(entries))):
            many.append(_board(place, entry.name, departments.get(entry.trade, departments[""]), rng, entry=entry))
        for name in rng.sample(EXTRA, rng.randint(0, 4)):
            many.append(_board(place, name, departments[rng.choice(sorted(departments))], rng))
    return many


def _board(place: Division, name: str, department: Department, rng: Random, **more) -> services.BoardFacts:
    length, width = rng.choice(((200, 35), (240, 40), (60, 40), (90, 60), (50, 25)))
    hung = date(rng.randint(2015, 2025), rng.randint(1, 12), rng.randint(1, 28))
    return services.BoardFacts(
        community=place, department=department, name=name, length_cm=length, width_cm=width, material=rng.choice(MATERIALS),
        position=rng.choice(POSITIONS), first_hung_on=hung, **more,
    )  # fmt: skip


def _picture(colour: str) -> tuple[str, bytes]:
    """A plain picture in place of a photo."""
    out = BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "JPEG")
    return "演示照片.jpg", out.getvalue()


def _clear(unit: ManagementUnit, rng: Random) -> None:
    """The departments take down about half of what has to go; two photos serve for all."""
    before, after = _picture("steelblue"), _picture("lightgray")
    boards = Signboard.objects.filter(unit=unit, status="to_clear").select_related(
        "community", "department", "rectification"
    )
    for board in boards.order_by("id"):
        if rng.random() < 0.5:
            by = Actor(
                label=f"{board.department.short_name}（演示）",
                posts=(Post(role=Role.DEPT_HANDLER, department_id=board.department_id),),
            )
            services.signboard_remove(board=board, by=by, before=before, after=after)


def _look_again(unit: ManagementUnit, end: datetime) -> None:
    """Five days ago the streets looked again at what had gone; every ninth hangs again."""
    from .models import SignboardRecheck

    with clock.travel(end - timedelta(days=5)):
        due = SignboardRecheck.objects.filter(unit=unit, due_on__lte=clock.today()).select_related(
            "board__community", "board__department"
        )
        for number, row in enumerate(due.order_by("id")[:45]):
            by = _somebody(unit, Role.STREET_STAFF, "街道综合指挥中心", street_id=row.street_id)
            if number % 9 == 8:
                services.recheck_answer(recheck=row, action="reappeared", by=by, note="重新挂出（演示）")
            else:
                services.recheck_answer(recheck=row, action="clean", by=by)
