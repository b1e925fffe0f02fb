"""Who sees what of collection. A department sees forms of its line; facts it gets by taking them, and that is registered."""

from django.db.models import Exists, OuterRef, Q

from communities.admission.querysets import departments, places
from governance.accounts.roles import COMMUNITY_ROLES, STREET_ROLES, UNIT_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.scope import PublicQuerySet, ScopedQuerySet

EVERYTHING = (Role.CITY_OFFICE, Role.AUDITOR)


class ElementQuerySet(PublicQuerySet):
    """The catalogue is open to everybody who is signed in."""

    def in_force(self, day=None) -> "ElementQuerySet":
        """Versions that hold on ``day`` (today by default)."""
        day = day or clock.today()
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class FactQuerySet(ScopedQuerySet):
    """Facts of the places that the actor's posts open; departments see none here, they take them."""

    def visible_to(self, actor: Actor) -> "FactQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        return self.filter(places(actor))

    def current(self) -> "FactQuerySet":
        """What holds until something newer comes, expired or not."""
        return self.filter(ended_at=None)

    def known_at(self, moment) -> "FactQuerySet":
        """What the city knew at a moment, whatever has been put right since."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=moment), recorded_at__lte=moment)

    def valid(self, day=None) -> "FactQuerySet":
        """What holds and has not expired on ``day``: what nobody may be asked again."""
        return self.current().filter(valid_until__gte=day or clock.today())


class FormQuerySet(ScopedQuerySet):
    """A form is seen by its department and those above, by its unit, and wherever it has to be filled in."""

    def visible_to(self, actor: Actor) -> "FormQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        from .models import Asking

        reached = Asking.objects.filter(places(actor), form=OuterRef("pk"))
        units = [post.unit_id for post in actor.posts_in(*UNIT_ROLES)]
        return self.filter(departments(actor) | Q(unit_id__in=units) | Exists(reached))


class TakingQuerySet(ScopedQuerySet):
    """Takings are seen by the department and by every place whose figures were taken."""

    def visible_to(self, actor: Actor) -> "TakingQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        scope = departments(actor)
        for roles, column, attribute in (
            (UNIT_ROLES, "unit_ids", "unit_id"),
            (STREET_ROLES, "street_ids", "street_id"),
            (COMMUNITY_ROLES, "community_ids", "community_id"),
        ):
            if ids := [getattr(post, attribute) for post in actor.posts_in(*roles)]:
                scope |= Q(**{f"{column}__overlap": ids})
        return self.filter(scope)
