"""Who sees which whistle and ticket (domain-rules A.2). After re-routing, the former department sees the ticket no more."""

from django.db.models import Exists, OuterRef, Q

from governance.accounts.roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES, UNIT_ROLES, Role
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet

from .states import TICKET_OPEN, TicketStatus, WhistleStatus

EVERYTHING = (Role.CITY_OFFICE, Role.AUDITOR)


def _places(actor: Actor) -> Q | None:
    """The part of the territory that the actor's posts open; None when they open none."""
    found = None
    for roles, attribute in ((UNIT_ROLES, "unit_id"), (STREET_ROLES, "street_id"), (COMMUNITY_ROLES, "community_id")):
        ids = [getattr(post, attribute) for post in actor.posts_in(*roles)]
        if not ids:
            continue
        part = Q(**{f"{attribute}__in": ids})
        if attribute == "community_id":
            part &= Q(is_confidential=False)
        found = part if found is None else found | part
    return found


def _departments(actor: Actor) -> list[int]:
    return [post.department_id for post in actor.posts_in(*DEPT_ROLES)]


class WhistleQuerySet(ScopedQuerySet):
    """A department sees a whistle while it has a live ticket of it; a draft is the street's own."""

    def visible_to(self, actor: Actor) -> "WhistleQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.exclude(status=WhistleStatus.DRAFT)
        from .models import Ticket

        scope = Q(pk__in=[])
        if (places := _places(actor)) is not None:
            own = [post.street_id for post in actor.posts_in(*STREET_ROLES)]
            scope |= places & (~Q(status=WhistleStatus.DRAFT) | Q(street_id__in=own))
        if _departments(actor):
            scope |= Q(Exists(Ticket.objects.filter(whistle=OuterRef("pk")).of_departments(_departments(actor))))
        return self.filter(scope)


class TicketQuerySet(ScopedQuerySet):
    """Tickets; ``of_departments`` is a department's, its station's and its superior's view."""

    def visible_to(self, actor: Actor) -> "TicketQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        scope = Q(pk__in=[])
        if (places := _places(actor)) is not None:
            scope |= places
        if departments := _departments(actor):
            scope |= self._department_scope(departments)
        return self.filter(scope)

    def of_departments(self, departments: list[int]) -> "TicketQuerySet":
        return self.filter(self._department_scope(departments))

    @staticmethod
    def _department_scope(departments: list[int]) -> Q:
        mine = Q(department_id__in=departments) | Q(station_id__in=departments) | Q(superior_id__in=departments)
        return mine & ~Q(status=TicketStatus.REASSIGNED)

    def late(self, moment) -> "TicketQuerySet":
        """Open tickets whose current limit has passed.

        A closed ticket may still owe the explanation of a red card: that is shown with the cards, its work is not late.
        """
        return self.filter(due_at__lt=moment, status__in=TICKET_OPEN)


class OfTicketQuerySet(ScopedQuerySet):
    """Rows that hang on a ticket are seen by whoever sees the ticket."""

    def visible_to(self, actor: Actor) -> "OfTicketQuerySet":
        from .models import Ticket

        return self.filter(ticket__in=Ticket.objects.visible_to(actor))
