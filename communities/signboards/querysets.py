"""Who sees what of the signboards: its community, street and district, the department that answers for it and its superior."""

from django.db.models import Exists, OuterRef, Q

from communities.admission.querysets import EVERYTHING, departments, places
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet

from .states import HANGING, SignboardStatus


class PlacedQuerySet(ScopedQuerySet):
    """Rows with unit, street, community and department."""

    def visible_to(self, actor: Actor) -> "PlacedQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        return self.filter(places(actor) | departments(actor))


class SignboardQuerySet(PlacedQuerySet):
    """Boards."""

    def hanging(self) -> "SignboardQuerySet":
        """Those that are on a wall now."""
        return self.filter(status__in=HANGING)

    def registered(self) -> "SignboardQuerySet":
        """Those that count towards the cap."""
        return self.filter(status=SignboardStatus.REGISTERED)


class AuditQuerySet(ScopedQuerySet):
    """A campaign is seen by its district, and wherever one of its boards is."""

    def visible_to(self, actor: Actor) -> "AuditQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        from .models import SignboardAuditItem

        units = [post.unit_id for post in actor.posts_in(*_UNIT_WIDE)]
        reached = SignboardAuditItem.objects.filter(places(actor) | departments(actor), audit=OuterRef("pk"))
        return self.filter(Q(unit_id__in=units) | Exists(reached))


class RecheckQuerySet(ScopedQuerySet):
    """A re-check follows its board."""

    def visible_to(self, actor: Actor) -> "RecheckQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        return self.filter(places(actor) | departments(actor))


_UNIT_WIDE = ("unit_social", "unit_finance", "adjudicator", "street_leader", "street_staff")
