"""Who a session belongs to, read with a statement that is built once: every signed-in request asks it."""

from django.contrib.auth.backends import ModelBackend

from governance.kernel.prepared import Prepared

from .models import User

_user = Prepared(lambda key: User.objects.filter(pk=key), key=-77_001)


class PortalBackend(ModelBackend):
    """Django's own check of names and passwords, with a cheaper look-up of the signed-in person."""

    def get_user(self, user_id):
        """The account, or None when it is gone or closed."""
        user = _user.first(key=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
