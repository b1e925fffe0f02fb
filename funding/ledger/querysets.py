"""Who sees which money: the city and the auditor all of it, a unit, a street, a community its own."""

from django.db.models import Exists, OuterRef, Q

from governance.accounts.roles import STREET_ROLES, Role
from governance.kernel.actor import Actor
from governance.kernel.scope import PublicQuerySet, ScopedQuerySet

ALL = (Role.CITY_OFFICE, Role.AUDITOR)
BY_PLACE = (
    ((Role.UNIT_FINANCE, Role.UNIT_SOCIAL), "unit_id"),
    (STREET_ROLES, "street_id"),
    ((Role.COMMUNITY,), "community_id"),
)


def places(actor: Actor, prefix: str = "") -> Q | None:
    """Rows with unit, street and community columns that the actor may read; None stands for all of them."""
    if actor.is_system or actor.posts_in(*ALL):
        return None
    scope = Q(pk__in=[])
    for roles, column in BY_PLACE:
        if ids := [getattr(post, column) for post in actor.posts_in(*roles)]:
            scope |= Q(**{f"{prefix}{column}__in": ids})
    return scope


class PlacedQuerySet(ScopedQuerySet):
    """For everything of this app that carries unit, street and community."""

    def visible_to(self, actor: Actor) -> "PlacedQuerySet":
        scope = places(actor)
        return self if scope is None else self.filter(scope)


class JournalQuerySet(ScopedQuerySet):
    """A journal is seen by those who see one of its accounts."""

    def visible_to(self, actor: Actor) -> "JournalQuerySet":
        scope = places(actor, "account__")
        if scope is None:
            return self
        from .models import Entry

        return self.filter(Exists(Entry.objects.filter(scope, journal=OuterRef("pk"))))


class EntryQuerySet(ScopedQuerySet):
    """An entry follows its account."""

    def visible_to(self, actor: Actor) -> "EntryQuerySet":
        scope = places(actor, "account__")
        return self if scope is None else self.filter(scope)


class PeriodQuerySet(PublicQuerySet):
    """Which months are closed is nobody's secret."""
