"""``/healthz``: is all of it ready; ``/livez``: does this process answer. Plain, without sign-in, without a session."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..health import NOT_VITAL, health


@never_cache
@require_safe
def healthz(request):
    """Every part with what is wrong with it; 200 only when nothing vital is, else 503."""
    parts = health()
    well = not any(wrong for name, wrong in parts.items() if name not in NOT_VITAL)
    body = {"status": "ok" if well else "unwell", "checks": {name: wrong or "ok" for name, wrong in parts.items()}}
    return JsonResponse(body, status=200 if well else 503)


@never_cache
@require_safe
def livez(request):
    """This process answers; nothing else is looked at."""
    return HttpResponse("ok", content_type="text/plain")
