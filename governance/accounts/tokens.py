"""API tokens: one per account; a new one replaces the old."""

import re

from django.db import transaction
from rest_framework.authentication import TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed

from governance.kernel import audit
from governance.kernel.actor import Actor
from governance.kernel.errors import Invalid

from .models import User

KEY_SHAPE = re.compile(r"[0-9a-f]{40}")


class PortalTokenAuthentication(TokenAuthentication):
    """``Authorization: Token …``; an account that still has its first password gets in nowhere."""

    def authenticate_credentials(self, key: str):
        """Return (user, token). Raises AuthenticationFailed (401)."""
        if not KEY_SHAPE.fullmatch(key):
            raise AuthenticationFailed("令牌无效。")
        user, token = super().authenticate_credentials(key)
        if user.must_change_password:
            raise AuthenticationFailed("请先登录网页更换初始口令。")
        return user, token


@transaction.atomic
def token_issue(*, user: User, by: Actor) -> str:
    """Give an account a new token and end the old one. Returns the key, which is shown once. Raises Invalid."""
    if not user.is_active or user.must_change_password:
        raise Invalid("账号已停用或尚未更换初始口令，不能发放令牌。")
    Token.objects.filter(user=user).delete()
    token = Token.objects.create(user=user)
    audit.record(action="user.token_issue", label="发放接口令牌", by=by, subject=user)
    return token.key


@transaction.atomic
def token_revoke(*, user: User, by: Actor) -> bool:
    """End an account's token. Returns whether there was one."""
    found, _ = Token.objects.filter(user=user).delete()
    if found:
        audit.record(action="user.token_revoke", label="收回接口令牌", by=by, subject=user)
    return bool(found)
