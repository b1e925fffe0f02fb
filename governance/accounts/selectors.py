"""Reading accounts: the actor behind a signed-in user."""

from governance.kernel.actor import NOBODY, Actor

from .models import Appointment, User


def actor_of(user: User, *, via: str = "web") -> Actor:
    """Return the actor with the posts that are in force today; history shows the place and the name."""
    if not user.is_authenticated:
        return NOBODY
    rows = list(
        Appointment.objects.in_force().filter(user=user).select_related("unit", "street", "community", "department")
    )
    place = f"{rows[0].place} " if rows else ""
    return Actor(
        label=f"{place}{user.name or user.username}", via=via, user_id=user.pk, posts=tuple(row.post() for row in rows)
    )
