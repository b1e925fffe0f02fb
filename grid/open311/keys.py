"""``api_key``: the portal's own API token of an account, in the body of a POST only, so that it stands in no log.

Sessions do not count here. Without a cookie there is nothing that another site could misuse: no CSRF token is needed.
"""

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, UnsupportedMediaType
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from governance.accounts.tokens import PortalTokenAuthentication
from governance.kernel.parsing import TooLarge


class _Limited:
    """Bodies of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes, pictures among them; those are not kept."""

    def parse(self, stream, media_type=None, parser_context=None):
        """Return the fields. Raises TooLarge (413)."""
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        return super().parse(stream, media_type, parser_context)


class LimitedForm(_Limited, FormParser):
    """application/x-www-form-urlencoded, the specification's own."""


class LimitedMultiPart(_Limited, MultiPartParser):
    """multipart/form-data, which some clients send."""


class ApiKey(BaseAuthentication):
    """Who sends this. It names no WWW-Authenticate scheme, so a refusal is 403, as the specification says."""

    def authenticate(self, request: Request):
        """Return (user, token), None without a key. Raises AuthenticationFailed (403)."""
        if request.method != "POST":
            return None
        try:
            key = request.data.get("api_key", "")
        except UnsupportedMediaType:
            return None
        if not key:
            return None
        if not isinstance(key, str):
            raise AuthenticationFailed("api_key 无效。")
        return PortalTokenAuthentication().authenticate_credentials(key.strip())


class ReadOrKey(BasePermission):
    """Everybody reads; who writes has a key."""

    message = "缺少 api_key，或 api_key 无效。"

    def has_permission(self, request: Request, view) -> bool:
        """Whether this may go on. Raises AuthenticationFailed (403) for a POST without a key."""
        if request.method == "POST" and not request.user.is_authenticated:
            raise AuthenticationFailed(self.message)
        return True
