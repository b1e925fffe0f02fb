"""Puts the actor on the request, ends sessions at their absolute age, and turns domain errors into pages."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.utils.functional import SimpleLazyObject

from .selectors import actor_of


class ActorMiddleware:
    """``request.actor``: read once, when first needed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            self._expire(request)
        via = "api" if request.path.startswith("/api/") else "web"
        request.actor = SimpleLazyObject(lambda: actor_of(request.user, via=via))
        return self.get_response(request)

    def _expire(self, request) -> None:
        """End the session at its absolute age, however busy it was (等保三级)."""
        began = request.session.get("began")
        if began is None:
            request.session["began"] = int(time.time())
        elif time.time() - began > settings.SESSION_ABSOLUTE_AGE:
            logout(request)
