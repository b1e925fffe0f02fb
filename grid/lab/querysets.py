"""Who sees which open data set: the city office and the auditor all of them; what was published is everybody's."""

from governance.accounts.roles import Role
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet

from .states import DatasetStatus

READERS = (Role.CITY_OFFICE, Role.AUDITOR)


class OpenDatasetQuerySet(ScopedQuerySet):
    """Data sets with their drafts."""

    def visible_to(self, actor: Actor) -> "OpenDatasetQuerySet":
        return self.all() if actor.is_system or actor.posts_in(*READERS) else self.none()

    def published(self) -> "OpenDatasetQuerySet":
        """Those that anybody may download."""
        return self.filter(status=DatasetStatus.PUBLISHED)

    def known(self) -> "OpenDatasetQuerySet":
        """Those that the world has seen, withdrawn ones included: what is out stays out."""
        return self.exclude(status=DatasetStatus.DRAFT)
