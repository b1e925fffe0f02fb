"""The figures of the register: by district (or by street within one), by department, reappearance, savings."""

from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.urls import reverse

from governance.accounts.roles import STREET_ROLES, UNIT_ROLES, Role
from governance.kernel.actor import Actor
from governance.kernel.metrics import CARDS, Figure, rate
from governance.kernel.policy import policy

from .models import Signboard, SignboardRecheck
from .states import RecheckStatus, SignboardStatus

S = SignboardStatus
TOP = 10
TO_GO = (S.TO_CLEAR, S.UNADMITTED)


@dataclass(frozen=True)
class Row:
    """One line of a table; ``rate`` None where nothing was to be cleared."""

    code: str
    name: str
    found: int
    kept: int
    removed: int
    waiting: int
    url: str

    def get_absolute_url(self) -> str:
        """The list behind the line."""
        return self.url

    @property
    def rate(self) -> float | None:
        """The clear rate in percent."""
        total = self.removed + self.waiting
        return round(100 * self.removed / total, 1) if total else None


COUNTS = {
    "found": Count("id"),
    "kept": Count("id", filter=Q(status=S.REGISTERED)),
    "removed": Count("id", filter=Q(status=S.REMOVED)),
    "waiting": Count("id", filter=Q(status__in=TO_GO)),
}


def address(**query: str) -> str:
    """The list behind a figure."""
    return f"{reverse('signboards')}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def within_unit(actor: Actor) -> bool:
    """Whether the reader answers for one district: his table is by street."""
    city = actor.is_system or actor.posts_in(Role.CITY_OFFICE, Role.AUDITOR)
    return not city and bool(actor.posts_in(*UNIT_ROLES, *STREET_ROLES))


def by_place(actor: Actor) -> list[Row]:
    """Found → kept → removed → rate, in the order of the codes: places are not ranked (domain-rules 1.6)."""
    inside = within_unit(actor)
    code, name = ("street__code12", "street__name") if inside else ("unit__code", "unit__short_name")
    rows = Signboard.objects.visible_to(actor).order_by().values(place=F(code), label=F(name)).annotate(**COUNTS)
    key = "street" if inside else "unit"
    return [
        Row(row["place"], row["label"], row["found"], row["kept"], row["removed"], row["waiting"], address(**{key: row["place"]}))
        for row in rows.order_by("place")
    ]  # fmt: skip


def by_department(actor: Actor) -> list[dict]:
    """The departments that answer for most unadmitted boards."""
    rows = Signboard.objects.visible_to(actor).filter(status=S.UNADMITTED).order_by()
    found = rows.values(code=F("department__code"), label=F("department__short_name")).annotate(count=Count("id"))
    return [
        row | {"url": address(department=row["code"], status=S.UNADMITTED)}
        for row in found.order_by("-count", "code")[:TOP]
    ]


def figures(rows: list[Row], actor: Actor) -> list[Figure]:
    """The tiles on top; each has its card and its list."""
    found, kept = sum(row.found for row in rows), sum(row.kept for row in rows)
    removed, waiting = sum(row.removed for row in rows), sum(row.waiting for row in rows)
    checks = SignboardRecheck.objects.visible_to(actor).exclude(status=RecheckStatus.WAITING).aggregate(
        all=Count("id"), back=Count("id", filter=Q(status=RecheckStatus.REAPPEARED))
    )  # fmt: skip
    return [
        Figure(CARDS["signboard.found"], found, href=reverse("signboards")),
        Figure(CARDS["signboard.kept"], kept, href=address(status=S.REGISTERED)),
        Figure(CARDS["signboard.removed"], removed, href=address(status=S.REMOVED)),
        rate("signboard.clear_rate", removed, removed + waiting, address(status=S.TO_CLEAR)),
        rate(
            "signboard.reappear_rate",
            checks["back"],
            checks["all"],
            f"{reverse('signboard-rechecks')}?status=reappeared",
        ),
        Figure(
            CARDS["signboard.savings"], removed * policy("signboard.unit_price_yuan"), href=address(status=S.REMOVED)
        ),
    ]
