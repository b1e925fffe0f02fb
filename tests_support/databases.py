"""A database to throw away: a clone of the test database for one test that needs real, concurrent transactions.

Append-only tables refuse TRUNCATE, so a transactional test cannot clean up after itself; dropping its clone can.
"""

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from urllib.parse import quote

import psycopg2
import pytest
from django.db import connections
from django.test.utils import setup_databases
from psycopg2 import sql

from governance.settings.env import database

from . import stories

_numbers = itertools.count(1)


@dataclass
class ThrowawayDatabase:
    """The clone that Django's default connection uses now; ``url`` is for processes started by the test."""

    name: str
    url: str

    @cached_property
    def cast(self) -> SimpleNamespace:
        """The people, by name."""
        from .cast import people

        return people()

    @cached_property
    def actors(self) -> SimpleNamespace:
        """The same people as actors."""
        from .cast import people_as_actors

        return people_as_actors()

    def make_whistle(self, **changes):
        """A committed whistle; see ``stories.whistle``."""
        return stories.whistle(self.actors, **changes)

    def make_ticket(self, status: str = "pending_sign", **changes):
        """A committed ticket; see ``stories.ticket``."""
        return stories.ticket(self.actors, status, **changes)

    def connect(self):
        """A second connection, past Django; the caller closes it."""
        return _connect(self.name)


def _connect(name: str):
    """A plain connection to a database of the same server."""
    known = connections["default"].settings_dict
    return psycopg2.connect(
        host=known["HOST"], port=known["PORT"], user=known["USER"], password=known["PASSWORD"], dbname=name
    )


def _run(statement: sql.Composable, *values) -> None:
    """Run one statement outside a transaction, in the server's own database."""
    with closing(_connect("postgres")) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement, values or None)


def _url(name: str) -> str:
    known = connections["default"].settings_dict
    return f"postgresql://{quote(known['USER'])}:{quote(known['PASSWORD'])}@{known['HOST']}:{known['PORT']}/{name}"


def is_test_database() -> bool:
    """Whether the default connection has been moved away from the database that the environment names."""
    named = {database(os.environ[key])["NAME"] for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return connections["default"].settings_dict["NAME"] not in named


def database_ensure(*, keepdb: bool) -> list | None:
    """Create the test database where pytest-django saw no test that wants one; returns what to tear down, or None."""
    if is_test_database():
        return None
    return setup_databases(verbosity=0, interactive=False, aliases=["default"], keepdb=keepdb)


@contextmanager
def cloned_database() -> Iterator[ThrowawayDatabase]:
    """Point the default connection at a clone; drop it and go back afterwards.

    A template may have no other connections: those of this test run are closed, forgotten ones of its threads too.
    """
    known = connections["default"].settings_dict
    if not is_test_database():
        raise RuntimeError("only a test database is cloned")
    template, clone = known["NAME"], f"{known['NAME']}_{os.getpid()}_{next(_numbers)}"
    connections.close_all()
    _leave(template)
    _run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(clone), sql.Identifier(template)))
    known["NAME"] = clone
    try:
        yield ThrowawayDatabase(clone, _url(clone))
    finally:
        connections.close_all()
        known["NAME"] = template
        _leave(clone)
        _run(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(clone)))


def _leave(name: str) -> None:
    """End what is connected to a database. The server's own workers (autovacuum) are not ours to end: CREATE and DROP make them leave."""
    theirs = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
    )
    _run(sql.SQL(theirs), name)


def at_once(count: int, work: Callable[[int], object], timeout: float = 120) -> list:
    """Run ``work(number)`` in ``count`` threads that start together, each with a connection of its own.

    Returns what each gave back, an exception where it raised one.
    """
    answers: list = [TimeoutError("still at work")] * count
    gate = threading.Barrier(count)

    def one(number: int) -> None:
        try:
            gate.wait(30)
            answers[number] = work(number)
        except Exception as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    return answers


@pytest.fixture
def throwaway_db(request, django_db_setup, django_db_blocker) -> Iterator[ThrowawayDatabase]:
    """One test's own database with everything committed for real. Not together with ``db`` and what builds on it."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        raise pytest.UsageError("throwaway_db has real commits; take cast, actors and make_ticket from it")
    with django_db_blocker.unblock(), cloned_database() as database:
        yield database
