"""API tokens: one per account, stored hashed; a new one replaces the old, a new password ends it."""

import hashlib
import re
import secrets

from django.db import transaction
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from governance.kernel import audit
from governance.kernel.actor import Actor
from governance.kernel.errors import Invalid

from .models import ApiToken, User

KEY_SHAPE = re.compile(r"[0-9a-f]{40}")


def digest_of(key: str) -> str:
    """What is stored of a token. It holds 160 random bits: a plain hash cannot be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()


class PortalTokenAuthentication(TokenAuthentication):
    """``Authorization: Token …``; an account that still has its first password gets in nowhere."""

    model = ApiToken

    def authenticate_credentials(self, key: str):
        """Return (user, token). Raises AuthenticationFailed (401)."""
        token = (
            KEY_SHAPE.fullmatch(key) and ApiToken.objects.select_related("user").filter(digest=digest_of(key)).first()
        )
        if not token:
            raise AuthenticationFailed("令牌无效。")
        if not token.user.is_active or token.user.must_change_password:
            raise AuthenticationFailed("账号已停用，或请先登录网页更换初始口令。")
        return token.user, token


@transaction.atomic
def token_issue(*, user: User, by: Actor) -> str:
    """Give an account a new token and end the old one. Returns the key, which is shown once. Raises Invalid."""
    if not user.is_active or user.must_change_password:
        raise Invalid("账号已停用或尚未更换初始口令，不能发放令牌。")
    key = secrets.token_hex(20)
    ApiToken.objects.filter(user=user).delete()
    ApiToken.objects.create(user=user, digest=digest_of(key))
    audit.record(action="user.token_issue", label="发放接口令牌", by=by, subject=user)
    return key


@transaction.atomic
def token_revoke(*, user: User, by: Actor) -> bool:
    """End an account's token. Returns whether there was one."""
    found, _ = ApiToken.objects.filter(user=user).delete()
    if found:
        audit.record(action="user.token_revoke", label="收回接口令牌", by=by, subject=user)
    return bool(found)
