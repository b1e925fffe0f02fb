"""Who sees what of applications. What is published is everybody's; what a community answered is named to its street only."""

from django.db.models import Exists, OuterRef, Q

from governance.accounts.roles import COMMUNITY_ROLES, STREET_ROLES, UNIT_ROLES
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet

from ..querysets import EVERYTHING, departments
from .states import PUBLIC


def asked_of(actor: Actor) -> Q:
    """Opinions that the actor's street or community is asked for."""
    scope = Q(pk__in=[])
    if ids := [post.street_id for post in actor.posts_in(*STREET_ROLES)]:
        scope |= Q(street_id__in=ids)
    if ids := [post.community_id for post in actor.posts_in(*COMMUNITY_ROLES)]:
        scope |= Q(community_id__in=ids)
    return scope


class ApplicationQuerySet(ScopedQuerySet):
    """A department's own, a unit's own, those one is asked about, and whatever is published."""

    def published(self) -> "ApplicationQuerySet":
        return self.filter(status__in=PUBLIC)

    def visible_to(self, actor: Actor) -> "ApplicationQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        scope = Q(status__in=PUBLIC) | departments(actor)
        if ids := [post.unit_id for post in actor.posts_in(*UNIT_ROLES)]:
            scope |= Q(unit_id__in=ids)
        if actor.posts_in(*STREET_ROLES, *COMMUNITY_ROLES):
            from ..models import AdmissionOpinion

            scope |= Exists(AdmissionOpinion.objects.filter(asked_of(actor), application=OuterRef("pk")))
        return self.filter(scope)


class OpinionQuerySet(ScopedQuerySet):
    """An opinion is its author's, its street's, and of those who decide."""

    def visible_to(self, actor: Actor) -> "OpinionQuerySet":
        if actor.is_system or actor.posts_in(*EVERYTHING):
            return self.all()
        ids = [post.unit_id for post in actor.posts_in(*UNIT_ROLES)]
        return self.filter(asked_of(actor) | (Q(unit_id__in=ids) if ids else Q(pk__in=[])))
