"""Two streets' clerks at once cannot both be the last one under the cap: real connections, real commits."""

import threading

import pytest
from django.db import IntegrityError, connection, connections

from communities.signboards import services
from communities.signboards.models import Rectification, Signboard
from communities.signboards.selectors import Lists
from governance.accounts.selectors import actor_of
from governance.kernel import cached, clock
from governance.territory.models import Division
from tests_support import stories
from tests_support.databases import cloned_database

pytestmark = [pytest.mark.slow]
AT_ONCE = 6


@pytest.fixture
def alone(django_db_setup, django_db_blocker):
    """A database of its own, so that commits may stay."""
    with django_db_blocker.unblock(), cloned_database() as database:
        cached.forget_all()
        services.signboard_lists_load(year=2026)
        street = stories.street()
        community = Division.objects.filter(street=street).order_by("code12").first()
        yield actor_of(database.cast.staff), community, stories.departments(street)[0]


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


def all_at_once(work) -> list:
    """What ``work(number)`` returns or raises in each of several threads that start together."""
    start, found = threading.Barrier(AT_ONCE), [None] * AT_ONCE

    def run(number: int) -> None:
        start.wait(10)
        try:
            found[number] = work(number)
        except Exception as error:
            found[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def test_one_place_left_and_six_want_it(alone):
    by, place, department = alone
    for number in range(14):
        services.signboard_register(by=by, facts=board(place, department, f"在册 {number}"))
    found = all_at_once(
        lambda number: services.signboard_register(by=by, facts=board(place, department, f"同时 {number}"))
    )
    assert sum(isinstance(one, Signboard) for one in found) == 1
    assert sum(isinstance(one, Rectification) for one in found) == AT_ONCE - 1
    assert Signboard.objects.filter(community=place).registered().count() == 15
    # Past the service, straight into the table: the trigger holds the same lock.
    Signboard.objects.filter(name__startswith="同时").update(status="doubtful")
    facts = [board(place, department, f"直接 {number}") for number in range(AT_ONCE)]
    raw = all_at_once(lambda number: services.boards._built(facts[number], by, status="registered").save())
    assert sum(one is None for one in raw) == 1
    assert sum(isinstance(one, IntegrityError) and "signboard_over_cap" in str(one) for one in raw) == AT_ONCE - 1
    assert Signboard.objects.filter(community=place).registered().count() == 15
    connection.close()
