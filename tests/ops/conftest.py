"""Engines and supervisors over folders that disappear."""

import tempfile
from pathlib import Path

import psycopg2
import pytest

from ops.engines import Engines
from ops.supervisor import Supervisor


@pytest.fixture
def folder():
    """A folder that the engines' unprivileged user can pass through."""
    with tempfile.TemporaryDirectory(prefix="portal 门户-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def said():
    """The lines that were said."""
    return []


@pytest.fixture
def engines(folder, said):
    """Engines that are not started yet and are stopped at the end."""
    engines = Engines(folder / "data", fast=True, say=said.append)
    yield engines
    engines.stop()


@pytest.fixture
def supervisor(folder, said):
    """A supervisor whose programs end with the test."""
    supervisor = Supervisor(folder / "log", said.append)
    yield supervisor
    supervisor.stop_all()


@pytest.fixture
def query(engines):
    """Run one statement as the owner or the application and return its rows."""

    def ask(statement, role="DATABASE_OWNER_URL"):
        connection = psycopg2.connect(engines.env()[role])
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    return ask
