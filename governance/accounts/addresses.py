"""The address that a request comes from: failures to sign in are counted by it."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The peer's address, or behind PROXY_COUNT proxies the entry that the outermost of ours wrote.

    Entries further left are the client's own words and are not believed.
    """
    if not settings.PROXY_COUNT:
        return request.META.get("REMOTE_ADDR")
    entries = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if entry.strip()]
    if len(entries) < settings.PROXY_COUNT:
        return request.META.get("REMOTE_ADDR")
    return entries[-settings.PROXY_COUNT]
