"""From an address to a scope: nobody asks beyond his own place, and what he may not see is not there (404)."""

from django.http import Http404, QueryDict

from funding.ledger.querysets import ALL
from funding.ledger.states import Fund
from governance.accounts.roles import STREET_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.territory.models import Division, ManagementUnit

from .scope import Scope

FIRST_YEAR = 2000


def year_of(text: str) -> int:
    """A year with four digits, this one by default; 404 for anything else."""
    if not text:
        return clock.today().year
    if not (text.isascii() and text.isdigit() and len(text) == 4) or int(text) < FIRST_YEAR:
        raise Http404
    return int(text)


def scope_of(actor: Actor, data: QueryDict) -> Scope:
    """The scope that ``year``, ``fund``, ``unit``, ``street``, ``community`` name within the actor's own; 404 outside it."""
    fund = data.get("fund", "")
    if fund and fund not in Fund.values:
        raise Http404
    places = {name: data.get(name, "").replace("\x00", "?").strip() for name in ("community", "street", "unit")}
    scope = Scope(year=year_of(data.get("year", "")), fund=fund, **_named(places))
    if scope.place is None:
        return Scope(year=scope.year, fund=fund, **_own(actor))
    if not _within(actor, scope):
        raise Http404
    return scope


def _named(places: dict[str, str]) -> dict:
    """The narrowest place that was asked for, with those above it; 404 for one that is not there."""
    rows = Division.objects.select_related("unit", "street")
    if places["community"]:
        found = rows.communities().filter(code12=places["community"]).first()
        return _or_404(found, lambda: {"community": found, "street": found.street, "unit": found.unit})
    if places["street"]:
        found = rows.streets().filter(code12=places["street"]).first()
        return _or_404(found, lambda: {"street": found, "unit": found.unit})
    if places["unit"]:
        found = ManagementUnit.objects.filter(code=places["unit"]).first()
        return _or_404(found, lambda: {"unit": found})
    return {}


def _or_404(found, named) -> dict:
    if found is None:
        raise Http404
    return named()


def _within(actor: Actor, scope: Scope) -> bool:
    """Whether the place lies in one of the actor's own."""
    if actor.is_system or actor.posts_in(*ALL):
        return True
    units = {post.unit_id for post in actor.posts_in(Role.UNIT_FINANCE, Role.UNIT_SOCIAL)}
    streets = {post.street_id for post in actor.posts_in(*STREET_ROLES)}
    communities = {post.community_id for post in actor.posts_in(Role.COMMUNITY)}
    return bool(
        (scope.unit and scope.unit.pk in units) or (scope.street and scope.street.pk in streets)
        or (scope.community and scope.community.pk in communities)
    )  # fmt: skip


def _own(actor: Actor) -> dict:
    """The widest place of the actor's posts; nothing (the city) for who sees all of it."""
    if actor.is_system or actor.posts_in(*ALL):
        return {}
    for roles, level in (
        ((Role.UNIT_FINANCE, Role.UNIT_SOCIAL), "unit"),
        (STREET_ROLES, "street"),
        ((Role.COMMUNITY,), "community"),
    ):
        for post in actor.posts_in(*roles):
            if level == "unit":
                return {"unit": ManagementUnit.objects.get(pk=post.unit_id)}
            place = Division.objects.select_related("unit", "street").get(pk=getattr(post, f"{level}_id"))
            return {level: place, "unit": place.unit} | ({"street": place.street} if level == "community" else {})
    raise Http404
