"""Rate limits of the API and of public pages. They count in the cache; without it signed-in people are served and strangers have no data anyway."""

import logging

from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

log = logging.getLogger(__name__)


class _Lenient:
    """Reads its rate when it is needed, and lets through when the cache is down."""

    def get_rate(self) -> str | None:
        """The rate of this scope, as "600/min"; None for no limit."""
        return settings.API_RATES[self.scope]

    def allow_request(self, request, view) -> bool:
        """Whether this request is within the rate."""
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError) as error:
            log.warning("rate limit not counted: %s", error)
            return True


class UserThrottle(_Lenient, UserRateThrottle):
    """Per account."""


class AnonThrottle(_Lenient, AnonRateThrottle):
    """Per address, before sign-in."""


class VisitorThrottle(AnonThrottle):
    """Per address, for pages that anybody opens; whoever is signed in is known and not counted."""

    scope = "visitor"

    def get_rate(self) -> str | None:
        """The setting's rate."""
        return settings.VISITOR_RATE
