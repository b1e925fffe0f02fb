"""The demo's grids: sketched boundaries for all of them, a full-time worker each, helpers in the home street. All made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import shapely
from django.db import transaction

from governance.accounts.demo import STREET
from governance.accounts.models import Appointment, User
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.territory.models import Division, Grid

from . import services, sketch
from .models import GridShape, SupervisionPhone
from .states import HELPER_ROLES, PostRole

SEED = 20260415
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
    "姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = "敏静丽强磊军洋艳勇娟涛明超霞平刚辉玲芳燕鹏飞红波宁凯琳欣瑞晨佳宇婷浩博雪楠旭阳"
YEARS = 2  # how long the posts have been held


def boundaries_demo_load(*, now: datetime | None = None) -> int:
    """Draw and staff all grids; does nothing where shapes exist. Deterministic. Returns how many shapes were made."""
    if GridShape.objects.exists():
        return 0
    cells = sketch.draw()
    places = Division.objects.in_bulk(list(cells))
    with transaction.atomic():
        made = services.shapes_store(
            grids=[(cell.grid, cell.shape) for row in cells.values() for cell in row],
            communities=[
                (places[pk], shapely.union_all([cell.shape for cell in row])) for pk, row in sorted(cells.items())
            ],
            is_sketch=True,
            source=sketch.SOURCE,
        )
        staff_load([cell.grid for row in cells.values() for cell in row], now=now)
    return made


def staff_load(grids: list[Grid], *, now: datetime | None = None) -> int:
    """A full-time worker for each grid, helpers in the home street, a supervision telephone per street. Returns the posts made."""
    rng = Random(SEED)
    since = (now or clock.now()).date() - timedelta(days=365 * YEARS)
    grids = sorted(grids, key=lambda grid: grid.code15)
    home = Division.objects.filter(code12=STREET).values_list("pk", flat=True).first()
    workers = _accounts()
    posts = [_post(grid, PostRole.WORKER, since, rng, workers.pop(grid.community_id, None)) for grid in grids]
    posts += [_post(grid, role, since, rng) for grid in grids if grid.street_id == home for role in HELPER_ROLES]
    made = services.posts_load(by=SYSTEM, many=posts, is_synthetic=True)
    _phones({grid.street_id for grid in grids}, rng)
    return made


def _accounts() -> dict[int, User]:
    """Accounts of grid workers by the community where they are appointed."""
    rows = Appointment.objects.in_force().filter(role=Role.GRID_WORKER, is_synthetic=True).select_related("user")
    return {row.community_id: row.user for row in rows.order_by("-id")}


def _post(grid: Grid, role: str, since, rng: Random, user: User | None = None) -> services.PostFacts:
    """Somebody with an invented name and a telephone that is no telephone."""
    name = f"{rng.choice(SURNAMES)}{''.join(rng.choices(GIVEN, k=rng.choice((1, 1, 2))))}（演示）"
    phone = f"138****{rng.randint(0, 9999):04d}"
    return services.PostFacts(grid, role, user.name if user else name, phone, since, user=user)


def _phones(streets: set[int], rng: Random) -> None:
    """One telephone per street; in bulk, for they are no decisions of anybody."""
    known = set(SupervisionPhone.objects.values_list("street_id", flat=True))
    SupervisionPhone.objects.bulk_create(
        SupervisionPhone(street_id=pk, phone=f"0411-8***{rng.randint(0, 9999):04d}", is_synthetic=True)
        for pk in sorted(streets - known)
    )
