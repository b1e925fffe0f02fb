"""Puts the actor on the request, ends sessions that are idle or old, and leads a first password to its change."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from .selectors import actor_of

BEGAN, SEEN = "began", "seen"
MOVE_ON = 60  # seconds: a busy session is written once a minute, not with every page


class ActorMiddleware:
    """``request.actor``: read once, when first needed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            self._age(request)
        via = "api" if request.path.startswith("/api/") else "web"
        request.actor = SimpleLazyObject(lambda: actor_of(request.user, via=via))
        if request.user.is_authenticated and request.user.must_change_password and not self._may_pass(request.path):
            return redirect("password")
        return self.get_response(request)

    @staticmethod
    def _may_pass(path: str) -> bool:
        """What a person with a first password may still open."""
        return path in (reverse("password"), reverse("sign-out"), "/healthz", "/livez")

    @staticmethod
    def _age(request) -> None:
        """End the session at its absolute age, however busy it was (等保三级); else move the idle limit on."""
        session, moment = request.session, int(time.time())
        began = session.setdefault(BEGAN, moment)
        if moment - began > settings.SESSION_ABSOLUTE_AGE:
            logout(request)
        elif moment - session.get(SEEN, 0) >= MOVE_ON:
            session[SEEN] = moment  # saved with a new expiry; one that is not saved for 30 minutes is gone
