"""Reading accounts: the actor behind a signed-in user, passwords that grow old, sign-ins that are locked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, JSONArray, JSONObject
from django.utils import timezone

from governance.kernel import clock
from governance.kernel.actor import NOBODY, Actor, Post
from governance.kernel.policy import policy
from governance.kernel.prepared import Prepared
from governance.territory.models import Department, Division, ManagementUnit

from .models import Appointment, User
from .roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES, UNIT_ROLES, Role

IN_COMMUNITY = (*COMMUNITY_ROLES, Role.BUILDING_HEAD, Role.LIAISON)
PLACES_SHOWN = 50


def actor_of(user: User, *, via: str = "web") -> Actor:
    """Return the actor with the posts that are in force today; history shows the place and the name."""
    if not user.is_authenticated:
        return NOBODY
    posts = user.held_today if hasattr(user, "held_today") else user_with_posts(user.pk).held_today
    place = f"{posts[0]['place']} " if posts else ""
    return Actor(
        label=f"{place}{user.name or user.username}",
        via=via,
        user_id=user.pk,
        posts=tuple(Post(*post["post"]) for post in posts),
    )


def user_with_posts(key: int) -> User | None:
    """The account, with its posts in force today as ``held_today``: who a request is from, in one statement."""
    return _user.first(key=key, day=clock.today(), same_day=clock.today())


def _with_posts(key: int, day: date, same_day: date) -> QuerySet:
    """A post as ``Post`` takes it, and the name of ``Appointment.place``."""
    held = Appointment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=same_day, user=OuterRef("pk")
    )
    post = JSONArray("role", "unit_id", "street_id", "community_id", "department_id", "title")
    place = Coalesce(
        "department__short_name", "community__name", "street__name", "unit__short_name", Value("全市"),
    )  # fmt: skip
    return User.objects.annotate(held_today=ArraySubquery(held.values(json=JSONObject(post=post, place=place)))).filter(
        pk=key
    )


_user = Prepared(_with_posts, key=-77_001, day=date(1901, 1, 1), same_day=date(1901, 1, 2))


def portal_is_empty() -> bool:
    """Whether nobody has an account yet, so that the set-up page is open."""
    return not User.objects.exists()


def password_days_left(user: User) -> int:
    """Days until the password is too old (negative: since when it is)."""
    age = clock.today() - timezone.localdate(user.password_changed_at)
    return policy("account.password_days") - age.days


def places_for(role: str, words: str = "") -> QuerySet | None:
    """The places or departments where a role can be held, those whose name or code has ``words``; None: held city-wide."""
    if role in UNIT_ROLES:
        return ManagementUnit.objects.filter(Q(name__icontains=words) | Q(code__icontains=words)).order_by("code")
    if role in DEPT_ROLES:
        found = Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code__icontains=words)
        return Department.objects.active().filter(found).order_by("code")
    if role in STREET_ROLES or role in IN_COMMUNITY:
        rows = Division.objects.valid_on(clock.today()).select_related("unit", "street__unit")
        rows = rows.streets() if role in STREET_ROLES else rows.communities()
        return rows.filter(Q(name__icontains=words) | Q(code12__icontains=words)).order_by("code12")
    return None


@dataclass(frozen=True)
class Locked:
    """An account that cannot sign in from one address until ``until``."""

    user: User
    address: str
    failures: int
    until: datetime


def _window() -> datetime:
    """The beginning of the time in which failures count."""
    return clock.now() - get_cool_off()


def locked_accounts() -> list[Locked]:
    """Accounts locked now, latest first. What was typed as a name and is none stays hidden: it may be a password."""
    rows = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=_window()
    ).order_by("-attempt_time")[:200]
    rows = list(rows)
    users = User.objects.in_bulk({row.username for row in rows}, field_name="username")
    pause: timedelta = get_cool_off()
    return [
        Locked(users[row.username], row.ip_address or "", row.failures_since_start, row.attempt_time + pause)
        for row in rows
        if row.username in users
    ]


def is_flooded(username: str, address: str) -> bool:
    """Whether this address (whatever names) or this name (from whatever addresses) has failed too often lately."""
    rows = AccessAttempt.objects.filter(attempt_time__gt=_window())

    def failures(**which) -> int:
        return rows.filter(**which).aggregate(total=Sum("failures_since_start"))["total"] or 0

    return (
        failures(ip_address=address) >= policy("account.failures_per_address")
        or failures(username=username) >= policy("account.failures_per_name")
    )  # fmt: skip
