"""People for the territory's tests."""

from governance.accounts.models import Appointment, User
from governance.accounts.selectors import actor_of
from governance.territory.models import Division


def person(role: str = "", **place) -> User:
    """A synthetic user with one appointment, or none."""
    user = User.objects.create_user(
        username=f"u{User.objects.count()}", name=f"试验 {role or '无岗'}", is_synthetic=True
    )
    if role:
        Appointment.objects.create(user=user, role=role, is_synthetic=True, **place)
    return user


def importer() -> User:
    """Somebody who may import."""
    return person("system_admin")


def street_leader() -> User:
    """Somebody who may only look."""
    return person("street_leader", street=Division.objects.get(code12="210204010000"))


def actor(user: User):
    """The actor behind a user."""
    return actor_of(user)
