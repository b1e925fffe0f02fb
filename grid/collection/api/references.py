"""What the endpoints of collection share: references by code, and whose department is asking."""

from rest_framework import serializers

from governance.accounts.roles import DEPT_ROLES
from governance.kernel.errors import Invalid
from governance.territory.models import Department

from ..models import DataElement

MOST = 2000


def code(source: str, **more) -> serializers.CharField:
    """A reference as the code of what it refers to."""
    return serializers.CharField(source=source, read_only=True, allow_null=True, default=None, **more)


def elements_of(codes: list[str], name: str = "elements") -> list[DataElement]:
    """Elements in force by code. Raises Invalid on ``name`` for unknown ones."""
    rows = {row.code: row for row in DataElement.objects.in_force().filter(code__in=codes)}
    if missing := [one for one in codes if one not in rows]:
        raise Invalid(**{name: f"没有这个数据项：{'、'.join(str(one)[:20] for one in missing[:5])}"})
    return [rows[one] for one in codes]


def own_department(actor) -> Department:
    """The actor's department."""
    post = actor.posts_in(*DEPT_ROLES)[0]
    return Department.objects.select_related("superior", "unit").get(pk=post.department_id)
