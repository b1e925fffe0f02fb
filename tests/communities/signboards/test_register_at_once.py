"""Two streets' clerks at once cannot both be the last one under the cap: real connections, real commits."""

import pytest
from django.db import IntegrityError

from communities.signboards import services
from communities.signboards.models import Rectification, Signboard
from communities.signboards.selectors import Lists
from governance.accounts.selectors import actor_of
from governance.kernel import clock
from governance.territory.models import Division
from tests_support import stories
from tests_support.databases import at_once

pytestmark = [pytest.mark.slow]
AT_ONCE = 6


@pytest.fixture
def alone(throwaway_db):
    """A database of its own, so that commits may stay."""
    services.signboard_lists_load(year=2026)
    street = stories.street()
    community = Division.objects.filter(street=street).order_by("code12").first()
    return actor_of(throwaway_db.cast.staff), community, stories.departments(street)[0]


def board(place, department, name: str, **more) -> services.BoardFacts:
    entry = Lists.on(clock.today()).entry(place, "图书室")
    return services.BoardFacts(
        community=place,
        department=department,
        name=name,
        length_cm=200,
        width_cm=35,
        position="hall",
        entry=entry,
        **more,
    )


def test_one_place_left_and_six_want_it(alone):
    by, place, department = alone
    for number in range(14):
        services.signboard_register(by=by, facts=board(place, department, f"在册 {number}"))
    found = at_once(
        AT_ONCE, lambda number: services.signboard_register(by=by, facts=board(place, department, f"同时 {number}"))
    )
    assert sum(isinstance(one, Signboard) for one in found) == 1
    assert sum(isinstance(one, Rectification) for one in found) == AT_ONCE - 1
    assert Signboard.objects.filter(community=place).registered().count() == 15
    # Past the service, straight into the table: the trigger holds the same lock.
    Signboard.objects.filter(name__startswith="同时").update(status="doubtful")
    facts = [board(place, department, f"直接 {number}") for number in range(AT_ONCE)]
    raw = at_once(AT_ONCE, lambda number: services.boards._built(facts[number], by, status="registered").save())
    assert sum(one is None for one in raw) == 1
    assert sum(isinstance(one, IntegrityError) and "signboard_over_cap" in str(one) for one in raw) == AT_ONCE - 1
    assert Signboard.objects.filter(community=place).registered().count() == 15
