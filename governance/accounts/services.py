"""Changing accounts: users, appointments, passwords, locks. Everything is audited; nobody changes his own rights."""

import secrets
from datetime import date
from typing import Any

from axes.utils import reset as forget_failures
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require

from .models import Appointment, User
from .permissions import MANAGE
from .roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES, UNIT_ROLES, Role
from .tokens import token_revoke

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else
SELF = "不能修改自己的账户权限，请由另一位安全保密员办理。"
REFUSED_BY_DATABASE = {
    "three_administrators_are_exclusive": (
        "role",
        "系统管理员、安全保密员、安全审计员互不兼任：此人在这段时间已担任另一职。请先结束原任职。",
    ),
    "nobody_appoints_himself": ("", SELF),
}


def new_password() -> str:
    """A password to be read over once: 16 letters and digits in four groups (about 79 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def _record(action: str, label: str, by: Actor, user: User, **more: Any) -> None:
    audit.record(action=f"user.{action}", label=label, by=by, subject=user, **more)


def _require_other(by: Actor, user: User) -> None:
    """Refuse without the permission, and on one's own account."""
    require(by, MANAGE)
    if by.user_id == user.pk:
        raise Invalid(SELF)


@transaction.atomic
def user_add(*, by: Actor, username: str, name: str, phone: str = "") -> tuple[User, str]:
    """Make an account. Returns it with its first password, which nobody sees again and which must be changed at once."""
    require(by, MANAGE)
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid(username="已有这个用户名，请换一个。")
    password = new_password()
    user = User.objects.create(
        username=username, name=name, phone=phone, password=make_password(password), must_change_password=True
    )
    _record("add", "新建用户", by, user, data={"username": username, "name": name})
    return user, password


@transaction.atomic
def user_reset_password(*, by: Actor, user: User) -> str:
    """Give another first password (the old one was forgotten); his sessions and his API token end. Returns it, to be shown once."""
    _require_other(by, user)
    password = new_password()
    user.password, user.must_change_password, user.password_changed_at = make_password(password), True, clock.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _record("reset_password", "重置口令", by, user)
    token_revoke(user=user, by=by)
    return password


@transaction.atomic
def user_set_active(*, by: Actor, user: User, active: bool) -> User:
    """Close an account or open it again. A closed one keeps its history and cannot sign in."""
    _require_other(by, user)
    if user.is_active == active:
        raise Conflict("账户已是这个状态。")
    user.is_active = active
    user.save(update_fields=["is_active"])
    _record("enable" if active else "disable", "启用账户" if active else "停用账户", by, user)
    return user


@transaction.atomic
def user_unlock(*, by: Actor, user: User) -> None:
    """Let a person sign in again before the lock has run out."""
    require(by, MANAGE)
    forget_failures(username=user.username)
    _record("unlock", "解除锁定", by, user)


@transaction.atomic
def password_change(*, by: Actor, user: User, password: str) -> User:
    """Set one's own new password (its strength is checked by the form); the same again is refused."""
    if by.user_id != user.pk:
        raise Invalid("只能更换自己的口令。")
    if check_password(password, user.password):
        raise Invalid(new_password1="新口令不能与现在的相同。")
    user.password, user.must_change_password, user.password_changed_at = make_password(password), False, clock.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _record("change_password", "更换口令", by, user)
    token_revoke(user=user, by=by)  # whoever knew the old password may have made one
    return user


def place_columns(role: str, place: Any) -> dict[str, Any]:
    """The columns of an appointment to ``role`` at ``place`` (a unit, street, community or department; None: city-wide)."""
    if place is None:
        return {}
    if role in UNIT_ROLES:
        return {"unit": place}
    if role in DEPT_ROLES:
        return {"department": place}
    if role in STREET_ROLES:
        return {"unit": place.unit, "street": place}
    return {"unit": place.unit or place.street.unit, "street": place.street, "community": place}


def _needs_place(role: str) -> bool:
    return role in (*UNIT_ROLES, *DEPT_ROLES, *STREET_ROLES, *COMMUNITY_ROLES, Role.BUILDING_HEAD, Role.LIAISON)


@transaction.atomic
def appointment_add(*, by: Actor, user: User, role: str, place: Any = None, title: str = "", valid_from: date,
                    valid_to: date | None = None) -> Appointment:  # fmt: skip
    """Appoint somebody else to ``role`` at ``place`` from one day up to (not including) another.

    Refused: oneself; a second of the three administrators' roles in the same time (by the database); the same post twice.
    """
    _require_other(by, user)
    if _needs_place(role) and place is None:
        raise Invalid(place="请选择任职的区县、街道、社区或部门。")
    if valid_to and valid_to <= valid_from:
        raise Invalid(valid_to="止期必须晚于起期。")
    columns = place_columns(role, place)
    same = Appointment.objects.in_force(valid_from).filter(user=user, role=role, **columns)
    if same.exists():
        raise Invalid(role="此人在这里已担任这个岗位。")
    row = _appoint(
        user=user, role=role, title=title, valid_from=valid_from, valid_to=valid_to, appointed_by_id=by.user_id,
        is_synthetic=user.is_synthetic, **columns,
    )  # fmt: skip
    data = {"role": role, "place": row.place, "from": valid_from, "to": valid_to}
    audit.record(action="appointment.add", label="任职", by=by, subject=row, thread=row.thread, data=data)
    return row


def _appoint(**columns: Any) -> Appointment:
    """Insert, and put the database's refusal into words."""
    try:
        with transaction.atomic():
            return Appointment.objects.create(**columns)
    except IntegrityError as error:
        for name, (field, words) in REFUSED_BY_DATABASE.items():
            if name in str(error):
                raise (Invalid(**{field: words}) if field else Invalid(words)) from error
        raise


@transaction.atomic
def appointment_end(*, by: Actor, appointment: Appointment, on: date) -> Appointment:
    """End an appointment: ``on`` is the first day without it, today at the earliest."""
    row = Appointment.objects.select_for_update(of=("self",)).select_related("user").get(pk=appointment.pk)
    _require_other(by, row.user)
    if row.valid_to is not None and row.valid_to <= clock.today():
        raise Conflict("这项任职已经结束。")
    if on < clock.today():
        raise Invalid(on="只能从今天或以后结束；过去的任职是历史，不能改。")
    if row.valid_to is not None and on > row.valid_to:
        raise Invalid(on="只能提前结束；需要延长请另加一项任职。")
    row.valid_to = on = max(on, row.valid_from)  # one that has not begun never will
    row.save(update_fields=["valid_to"])
    audit.record(
        action="appointment.end", label="结束任职", by=by, subject=row, thread=row.thread,
        data={"role": row.role, "place": row.place, "to": on},
    )  # fmt: skip
    return row
