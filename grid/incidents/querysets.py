"""Who sees which incident: places theirs, a department what was sent to it, a reporter what he reported."""

from django.db.models import Q

from governance.accounts.roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES, UNIT_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.scope import PublicQuerySet, ScopedQuerySet

from .states import OPEN

EVERYTHING = (Role.CITY_OFFICE, Role.AUDITOR)
REACH = (
    (UNIT_ROLES, "unit_id"), (STREET_ROLES, "street_id"), (COMMUNITY_ROLES, "community_id"), (DEPT_ROLES, "department_id"),
)  # fmt: skip


class IncidentQuerySet(ScopedQuerySet):
    """A column per level, so that each reads its own index (performance.md 1)."""

    def visible_to(self, actor: Actor) -> "IncidentQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        scopes = [
            _among(column, {getattr(post, column) for post in actor.posts_in(*roles)} - {None}) for roles, column in REACH
        ]  # fmt: skip
        found = [scope for scope in scopes if scope is not None]
        if not found:
            return self.filter(reporter_id=actor.user_id) if actor.user_id else self.none()
        whole = found[0]
        for scope in found[1:]:
            whole |= scope
        return self.filter(whole)

    def open(self) -> "IncidentQuerySet":
        """Not ended yet."""
        return self.filter(status__in=OPEN)


def _among(column: str, ids: set[int]) -> Q | None:
    if not ids:
        return None
    return Q(**{column: next(iter(ids))}) if len(ids) == 1 else Q(**{f"{column}__in": sorted(ids)})


class RoutingQuerySet(PublicQuerySet):
    """The rules are open to everybody who is signed in."""

    def in_force(self, day=None) -> "RoutingQuerySet":
        """Versions that hold on ``day`` (today by default), first match first."""
        day = day or clock.today()
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day).order_by("order", "key")
