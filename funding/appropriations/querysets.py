"""Who sees which entitlement and disbursement: as the ledger shows places, and only what has been decided further down."""

from django.db.models import Q

from funding.ledger.querysets import ALL, PlacedQuerySet, places
from governance.accounts.roles import STREET_ROLES, Role
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet

from .states import GRANTED, BatchStatus, RunStatus

UNIT = (Role.UNIT_FINANCE, Role.UNIT_SOCIAL)
BELOW = (*STREET_ROLES, Role.COMMUNITY)


def _units(actor: Actor) -> list[int]:
    return [post.unit_id for post in actor.posts_in(*UNIT)]


class RunQuerySet(ScopedQuerySet):
    """City and auditor see all; a unit its own and, once submitted, the city's."""

    def visible_to(self, actor: Actor) -> "RunQuerySet":
        if actor.is_system or actor.posts_in(*ALL):
            return self.all()
        units = _units(actor)
        if not units:
            return self.none()
        decided = Q(unit=None) & ~Q(status__in=(RunStatus.DRAFT, RunStatus.VOID))
        return self.filter(Q(unit_id__in=units) | decided)


class LineQuerySet(PlacedQuerySet):
    """A unit sees what its run says; street and community see what has been granted."""

    def visible_to(self, actor: Actor) -> "LineQuerySet":
        if places(actor) is None:
            return self.all()
        rows = super().visible_to(actor)
        if units := _units(actor):
            seen = Q(unit_id__in=units) & (Q(run__unit_id__in=units) | ~Q(run__status=RunStatus.DRAFT))
            return rows.filter(seen | Q(run__status__in=GRANTED))
        return rows.filter(run__status__in=GRANTED)

    def granted(self) -> "LineQuerySet":
        """Those of approved runs."""
        return self.filter(run__status__in=GRANTED)


class BatchQuerySet(ScopedQuerySet):
    """A batch is its unit's; city and auditor see all."""

    def visible_to(self, actor: Actor) -> "BatchQuerySet":
        if actor.is_system or actor.posts_in(*ALL):
            return self.all()
        units = _units(actor)
        return self.filter(unit_id__in=units) if units else self.none()


class BatchLineQuerySet(PlacedQuerySet):
    """Street and community see their own lines once the batch has been approved; a hold they see at once."""

    def visible_to(self, actor: Actor) -> "BatchLineQuerySet":
        rows = super().visible_to(actor)
        if places(actor) is None or _units(actor):
            return rows
        early = (BatchStatus.DRAFT, BatchStatus.CHECKED, BatchStatus.CANCELLED)
        return rows.filter(~Q(batch__status__in=early) | Q(status="held"))


class ReturnQuerySet(ScopedQuerySet):
    """A returned file follows its batch."""

    def visible_to(self, actor: Actor) -> "ReturnQuerySet":
        if actor.is_system or actor.posts_in(*ALL):
            return self.all()
        units = _units(actor)
        return self.filter(batch__unit_id__in=units) if units else self.none()


class ClosingQuerySet(ScopedQuerySet):
    """A year's closing is read by the city, the auditor and the units."""

    def visible_to(self, actor: Actor) -> "ClosingQuerySet":
        return self.all() if actor.is_system or actor.posts_in(*ALL, *UNIT) else self.none()
