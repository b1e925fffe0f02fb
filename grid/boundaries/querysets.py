"""Who sees what of the grids. 网格信息公示: names, ranges and workers are public, also to people who are not signed in."""

from django.db.models import Q

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet


class OpenQuerySet(ScopedQuerySet):
    """Rows that the regulation makes public."""

    def visible_to(self, actor: Actor) -> "OpenQuerySet":
        return self.all()


class GridPostQuerySet(OpenQuerySet):
    """Who serves a grid; the pages mask the telephones of helpers."""

    def in_force(self, day=None) -> "GridPostQuerySet":
        """Posts that hold on ``day`` (today by default)."""
        day = day or clock.today()
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def not_over(self) -> "GridPostQuerySet":
        """Posts in force and those that begin later."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=clock.today()))

    def full_time(self) -> "GridPostQuerySet":
        """The one full-time worker of each grid."""
        return self.filter(kind="full_time")
