"""What every template knows."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from governance.kernel.clock import now

from . import menu
from .middleware import ELDER, is_elder

PORTAL_NAME = "大连市基层减负平台"


def portal(request) -> dict:
    """Return portal_name, demo, elder, elder_param, menu (lazy), actor, now."""
    actor = getattr(request, "actor", None)
    return {
        "portal_name": PORTAL_NAME,
        "demo": getattr(settings, "DEMO", False),
        "elder": is_elder(request),
        "elder_param": ELDER,
        "menu": SimpleLazyObject(lambda: menu.build(actor, request.path)),
        "actor": actor,
        "now": now(),
    }
