"""The first accounts of an empty portal: a one-time code from the console lets its holder make two administrators."""

import hashlib
import hmac
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Conflict, Invalid

from .models import Appointment, SetupCode, User
from .roles import Role
from .selectors import portal_is_empty
from .services import new_password


@dataclass(frozen=True)
class First:
    """One of the first two people."""

    username: str
    name: str
    password: str


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()


@transaction.atomic
def setup_code_make() -> str:
    """Make a new code and void the earlier ones. Returns it, or "" once somebody has an account."""
    if not portal_is_empty():
        return ""
    SetupCode.objects.filter(used_at=None).delete()
    code = new_password()
    SetupCode.objects.create(digest=_digest(code))
    return code


@transaction.atomic
def portal_set_up(*, code: str, security: First, system: First) -> tuple[User, User]:
    """Make the security and the system administrator, two different persons; works once. Returns (security, system)."""
    row = SetupCode.objects.select_for_update().filter(used_at=None).order_by("-id").first()
    if row is None or not hmac.compare_digest(row.digest, _digest(code)):
        raise Invalid(code="开通码不对。请使用启动时显示的最新一个，或运行 manage.py setup_code 重新生成。")
    if not portal_is_empty():
        raise Conflict("平台已经开通。")
    if security.username.lower() == system.username.lower() or security.name == system.name:
        raise Invalid(system_username="系统管理员与安全保密员必须是两个人。")
    if security.password == system.password:
        raise Invalid(system_password="两个人不能用同一个口令。")
    people = _first(security, Role.SECURITY_ADMIN), _first(system, Role.SYSTEM_ADMIN)
    row.used_at = clock.now()
    row.save(update_fields=["used_at"])
    return people


def _first(person: First, role: Role) -> User:
    """Make one account with its appointment; the system itself appoints."""
    user = User.objects.create(username=person.username, name=person.name, password=make_password(person.password))
    Appointment.objects.create(user=user, role=role, title=role.label, valid_from=clock.today())
    audit.record(action="user.set_up", label="开通平台", by=SYSTEM, subject=user, data={"role": role})
    return user
