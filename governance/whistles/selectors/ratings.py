"""Which single ratings an actor may see: rating protection (domain-rules 1.6)."""

from django.db.models import Q

from governance.accounts.roles import STREET_ROLES
from governance.kernel.actor import Actor


def ratings_scope(actor: Actor) -> Q:
    """The street sees what it wrote; nobody else sees a single rating before its quarter is released."""
    streets = [post.street_id for post in actor.posts_in(*STREET_ROLES)]
    return Q(street_id__in=streets)
