"""What an actor may see. Every queryset of the portal answers ``visible_to(actor)``."""

from django.db import models
from django.http import Http404

from .actor import Actor
from .permission import require


class ScopedQuerySet(models.QuerySet):
    """Base of all querysets: a model that forgets its own scope shows nothing."""

    def visible_to(self, actor: Actor) -> "ScopedQuerySet":
        return self.none()

    def get_visible(self, actor: Actor, **lookup):
        """Return one visible object or raise 404; an object of another street does not exist for this one."""
        try:
            return self.visible_to(actor).get(**lookup)
        except (self.model.DoesNotExist, ValueError, OverflowError):
            raise Http404 from None

    def get_permitted(self, actor: Actor, permission: str, **lookup):
        """Return one visible object that the actor may act on: 404 if invisible, 403 if read-only."""
        obj = self.get_visible(actor, **lookup)
        require(actor, permission, obj)
        return obj


class PublicQuerySet(ScopedQuerySet):
    """For reference data that every signed-in person may read."""

    def visible_to(self, actor: Actor) -> "PublicQuerySet":
        return self.all() if actor.is_authenticated else self.none()
