"""Appointing and ending who serves a grid; one full-time worker each, kept by the database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from governance.accounts.models import Appointment, User
from governance.accounts.roles import Role
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require
from governance.territory.choices import Level
from governance.territory.models import Division, Grid

from ..models import GridPost, SupervisionPhone
from ..states import PostKind, PostRole

BATCH = 1000
ONE_FULL_TIME = "grid_has_one_full_time_post"
TAKEN = "这段时间该网格已有专职网格员：一格只配一名专职，请先结束原来的。"


@dataclass(frozen=True)
class PostFacts:
    """Who is to serve which grid, and from when."""

    grid: Grid
    role: str
    name: str
    phone: str
    valid_from: date
    valid_to: date | None = None
    user: User | None = None
    note: str = ""

    @property
    def kind(self) -> PostKind:
        """Full-time for a grid worker; everybody else helps part-time."""
        return PostKind.FULL_TIME if self.role == PostRole.WORKER else PostKind.PART_TIME

    def row(self, is_synthetic: bool) -> GridPost:
        """The row, not saved."""
        grid = self.grid
        return GridPost(
            grid=grid, street_id=grid.street_id, community_id=grid.community_id, kind=self.kind,
            role=self.role, user=self.user, name=self.name, phone=self.phone, valid_from=self.valid_from,
            valid_to=self.valid_to, note=self.note, is_synthetic=is_synthetic,
        )  # fmt: skip


def phone_error(phone: str) -> str:
    """What is wrong with a telephone number; stars stand for digits that are not shown."""
    return "" if re.fullmatch(r"[0-9*+\- ]{3,24}", phone, re.ASCII) else "电话只能含数字、空格和连字符。"


@transaction.atomic
def post_appoint(*, by: Actor, facts: PostFacts, is_synthetic: bool = False) -> GridPost:
    """Let somebody serve a grid. Raises Forbidden, or Invalid: no name, a second full-time worker, an account without the role."""
    require(by, "grid_post.appoint" if facts.kind == PostKind.FULL_TIME else "grid_helper.appoint", facts.grid)
    # Two offices wait for each other here: at the exclusion constraint they could each wait for the other's row.
    Grid.objects.select_for_update(no_key=True).only("pk").get(pk=facts.grid.pk)
    _check(facts)
    row = facts.row(is_synthetic)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if ONE_FULL_TIME in str(error):
            raise Invalid(role=TAKEN) from error
        raise
    data = {"role": row.role, "name": row.name, "from": row.valid_from, "to": row.valid_to}
    audit.record(
        action="grid_post.appoint",
        label="任命网格岗位",
        by=by,
        subject=row,
        thread=row.thread,
        note=str(row),
        data=data,
    )
    return row  # fmt: skip


def _check(facts: PostFacts) -> None:
    """Refuse what is missing or does not fit."""
    if facts.grid.ended_on:
        raise Conflict("这个网格已经停用。")
    if facts.role not in PostRole.values:
        raise Invalid(role="请选择身份。")
    if not facts.name.strip():
        raise Invalid(name="请填写姓名。")
    if error := phone_error(facts.phone):
        raise Invalid(phone=error)
    if facts.valid_to and facts.valid_to <= facts.valid_from:
        raise Invalid(valid_to="止期必须晚于起期。")
    if facts.user and facts.kind == PostKind.FULL_TIME and not _is_worker(facts.user, facts.grid, facts.valid_from):
        raise Invalid(user="该账户在这个社区没有“网格员”任职，请先由安全保密员办理。")


def _is_worker(user: User, grid: Grid, day: date) -> bool:
    posts = Appointment.objects.in_force(max(day, clock.today()))
    return posts.filter(user=user, role=Role.GRID_WORKER, community_id=grid.community_id).exists()


@transaction.atomic
def post_end(*, by: Actor, post: GridPost, on: date, note: str = "") -> GridPost:
    """End a post: ``on`` is the first day without it, today at the earliest. Raises Forbidden, Conflict, Invalid."""
    row = GridPost.objects.select_for_update(of=("self",)).select_related("grid").get(pk=post.pk)
    require(by, "grid_post.appoint" if row.kind == PostKind.FULL_TIME else "grid_helper.appoint", row.grid)
    if row.valid_to is not None and row.valid_to <= clock.today():
        raise Conflict("这个岗位已经结束。")
    if on < clock.today():
        raise Invalid(on="只能从今天或以后结束；过去的是历史，不能改。")
    if row.valid_to is not None and on > row.valid_to:
        raise Invalid(on="只能提前结束；需要延长请另行任命。")
    row.valid_to = max(on, row.valid_from)
    row.save(update_fields=["valid_to"])
    audit.record(
        action="grid_post.end", label="结束网格岗位", by=by, subject=row, thread=row.thread, note=note or str(row),
        data={"role": row.role, "name": row.name, "to": row.valid_to},
    )  # fmt: skip
    return row


@transaction.atomic
def posts_load(*, by: Actor, many: Iterable[PostFacts], is_synthetic: bool = False) -> int:
    """Appoint many at once, as a taking-over of an existing register does; one event says how many. Returns the number."""
    facts = list(many)
    for one in facts:
        require(by, "grid_post.appoint" if one.kind == PostKind.FULL_TIME else "grid_helper.appoint", one.grid)
    rows = GridPost.objects.bulk_create([one.row(is_synthetic) for one in facts], batch_size=BATCH)
    if rows:
        audit.record(
            action="grid_post.load", label="批量登记网格岗位", by=by, subject=rows[0], data={"count": len(rows)}
        )
    return len(rows)


@transaction.atomic
def supervision_set(*, by: Actor, street: Division, phone: str, is_synthetic: bool = False) -> SupervisionPhone:
    """Publish a street's telephone for complaints about its grids. Raises Forbidden or Invalid."""
    if street.level != Level.TOWN:
        raise Invalid("监督电话由街道（乡镇）公布。")
    grid = Grid(street=street, unit_id=street.unit_id)  # the reach of a street's post over its own street
    require(by, "grid.supervise", grid)
    if error := phone_error(phone):
        raise Invalid(phone=error)
    row, _ = SupervisionPhone.objects.update_or_create(
        street=street, defaults={"phone": phone, "updated_at": clock.now(), "is_synthetic": is_synthetic}
    )
    audit.record(
        action="grid.supervise", label="公布监督电话", by=by, subject=row, thread=f"grids:{street.pk}", note=phone
    )
    return row
