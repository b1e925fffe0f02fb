"""Who sees what of admission. The list is everybody's; a refusal's author is seen by its community and street only."""

from django.db.models import Exists, OuterRef, Q

from governance.accounts.roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES, UNIT_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet

from .states import CatalogueStatus, ItemClass, TargetStatus

EVERYTHING = (Role.CITY_OFFICE, Role.AUDITOR)


class CatalogueQuerySet(ScopedQuerySet):
    """Issued lists are public; a draft is seen by those who are signed in."""

    def issued(self) -> "CatalogueQuerySet":
        return self.exclude(status=CatalogueStatus.DRAFT)

    def visible_to(self, actor: Actor) -> "CatalogueQuerySet":
        return self.all() if actor.is_authenticated else self.issued()


class ItemQuerySet(ScopedQuerySet):
    """Items follow their catalogue."""

    def visible_to(self, actor: Actor) -> "ItemQuerySet":
        return self.all() if actor.is_authenticated else self.exclude(catalogue__status=CatalogueStatus.DRAFT)

    def in_force(self, day=None) -> "ItemQuerySet":
        """Items that admit something on ``day`` (today by default); forbidden ones admit nothing."""
        day = day or clock.today()
        return self.exclude(klass=ItemClass.FORBIDDEN).exclude(catalogue__status=CatalogueStatus.DRAFT).filter(
            Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day
        )  # fmt: skip


def places(actor: Actor) -> Q:
    """Rows with unit, street and community columns that the actor's posts open; none when they open none."""
    scope = Q(pk__in=[])
    for roles, attribute in ((UNIT_ROLES, "unit_id"), (STREET_ROLES, "street_id"), (COMMUNITY_ROLES, "community_id")):
        if ids := [getattr(post, attribute) for post in actor.posts_in(*roles)]:
            scope |= Q(**{f"{attribute}__in": ids})
    return scope


def departments(actor: Actor) -> Q:
    """Rows of the actor's departments and of those directly below them in their line."""
    ids = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    return Q(department_id__in=ids) | Q(department__superior_id__in=ids) if ids else Q(pk__in=[])


def near(actor: Actor) -> Q:
    """Rows with street and community columns of the actor's own street or community: who may know a community by name."""
    scope = Q(pk__in=[])
    for roles, attribute in ((STREET_ROLES, "street_id"), (COMMUNITY_ROLES, "community_id")):
        if ids := [getattr(post, attribute) for post in actor.posts_in(*roles)]:
            scope |= Q(**{f"{attribute}__in": ids})
    return scope


class TargetQuerySet(ScopedQuerySet):
    """A community's part: its own and its street's.

    Department, unit and city see counts by street only (refusals/anonymity.py): one row's status would tell who refused.
    """

    def visible_to(self, actor: Actor) -> "TargetQuerySet":
        if actor.is_system or actor.posts_in(Role.AUDITOR):
            return self.all()
        return self.filter(near(actor))

    def live(self) -> "TargetQuerySet":
        """What counts against the department's minutes: everything that was not released."""
        return self.exclude(status=TargetStatus.RELEASED)


class DemandQuerySet(ScopedQuerySet):
    """A demand is seen by its department, its unit (which may have to approve it) and wherever one of its targets is."""

    def visible_to(self, actor: Actor) -> "DemandQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        from .models import DemandTarget

        reached = DemandTarget.objects.filter(places(actor), demand=OuterRef("pk"))
        units = [post.unit_id for post in actor.posts_in(*UNIT_ROLES)]
        return self.filter(departments(actor) | Q(unit_id__in=units) | Exists(reached))


class RefusalQuerySet(ScopedQuerySet):
    """A refusal is seen by its community, street, unit and department; pages above the street never name the community."""

    def visible_to(self, actor: Actor) -> "RefusalQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        scope = departments(actor)
        for roles, name in (
            (UNIT_ROLES, "unit_id"),
            (STREET_ROLES, "street_id"),
            (COMMUNITY_ROLES, "target__community_id"),
        ):
            if ids := [getattr(post, name.rsplit("__")[-1]) for post in actor.posts_in(*roles)]:
                scope |= Q(**{f"{name}__in": ids})
        return self.filter(scope)
