"""Signing in and out is audited; so is a lock. A failed attempt alone is kept by axes, not in the trail."""

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver

from governance.kernel import audit
from governance.kernel.actor import SYSTEM

from .models import User
from .selectors import actor_of


@receiver(user_logged_in, dispatch_uid="accounts-signed-in")
def signed_in(sender, request, user, **kwargs) -> None:
    """Note who came in."""
    audit.record(action="user.sign_in", label="登录", by=actor_of(user), subject=user)


@receiver(user_logged_out, dispatch_uid="accounts-signed-out")
def signed_out(sender, request, user, **kwargs) -> None:
    """Note who left."""
    if user is not None:
        audit.record(action="user.sign_out", label="退出", by=actor_of(user), subject=user)


@receiver(user_locked_out, dispatch_uid="accounts-locked")
def locked(sender, request, username, ip_address, **kwargs) -> None:
    """Note that a known account was locked; names that are none may be passwords and are not kept."""
    user = User.objects.filter(username=username).first()
    if user is not None:
        audit.record(action="user.lock", label="登录锁定", by=SYSTEM, subject=user, data={"address": ip_address or ""})
