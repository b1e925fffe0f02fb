"""The real territory and a fixed cast of people, loaded once; helpers that bring whistles to any state through the services."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.test.utils import teardown_databases

from governance.kernel import cached, clock
from tests_support import stories
from tests_support.databases import throwaway_db  # noqa: F401 - a fixture for every test


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, django_db_keepdb, django_db_createdb):
    """Fill the test database with rules, calendar, territory and cast; kept with --reuse-db."""
    from tests_support.cast import reference_load
    from tests_support.databases import database_ensure

    with django_db_blocker.unblock():
        made = database_ensure(keepdb=django_db_keepdb and not django_db_createdb)
        reference_load(make_password(stories.PASSWORD))
    yield
    if made and not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, 0)


@pytest.fixture(autouse=True)
def _fresh_copies(monkeypatch):
    """No test sees another's cached rules or calendar; within one they do not grow old, however busy the machine is."""
    monkeypatch.setattr(cached, "time", SimpleNamespace(monotonic=lambda: 0.0))
    cached.forget_all()
    yield
    cached.forget_all()


@pytest.fixture
def cast(db) -> SimpleNamespace:
    """The people, by role; see tests_support/cast.py."""
    from tests_support.cast import people

    return people()


@pytest.fixture
def actors(cast) -> SimpleNamespace:
    """The same people as actors."""
    from tests_support.cast import people_as_actors

    return people_as_actors()


@pytest.fixture
def street(db):
    return stories.street()


@pytest.fixture
def sibling_street(db):
    return stories.street(stories.SIBLING)


@pytest.fixture
def foreign_street(db):
    return stories.street(stories.FOREIGN)


@pytest.fixture
def category(db):
    return stories.category()


@pytest.fixture
def departments(street):
    """Lead and assistants that the stories use: city management, housing, fire."""
    return stories.departments(street)


@pytest.fixture
def make_whistle(actors):
    """``make_whistle(status="in_progress", scene=…)``: a whistle brought there by the services."""
    return lambda **kw: stories.whistle(actors, **kw)


@pytest.fixture
def make_ticket(actors):
    """``make_ticket("handling", scene=…)``: the lead's ticket, brought there by the services."""
    return lambda status="pending_sign", **kw: stories.ticket(actors, status, **kw)


@pytest.fixture
def at():
    """Time travel: ``with at(moment):``."""
    return clock.travel
