"""Tests run on real engines: with no DATABASE_URL they are started here, before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
import zlib
from pathlib import Path

import pytest

DEFAULTS = {
    "DJANGO_SETTINGS_MODULE": "governance.settings",
    "SECRET_KEY": "tests-only-9d1c7be2a64f4c0fb3a58e7d2f6b1c04",
    "PLAIN_STATIC": "1",
    "DEBUG": "0",
    "DEMO": "1",
    "BASE_URL": "http://127.0.0.1:8000",
    "EMAIL_URL": "smtp://127.0.0.1:1025",
}


WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # "gw0", "gw1" … in a run with several workers


def _start_engines(folder: Path) -> None:
    """Start PostgreSQL and Redis without fsync; stopped when the interpreter ends."""
    from ops.engines import Engines

    engines = Engines(folder / "engines-data", fast=True)
    engines.start()
    atexit.register(engines.stop)
    os.environ.update(engines.env())


def _prepare() -> None:
    inside = os.environ["VAR_DIR"] if WORKER else None  # the first process removes everything
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-", dir=inside))
    folder.chmod(0o755)  # the engines' user passes through when we are root
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "static").mkdir()  # whitenoise looks for it
    if not os.environ.get("DATABASE_URL"):
        _start_engines(folder)
    elif WORKER or os.environ.get("TEST_DB_NAME"):  # a shared Redis: a database of its own per name and worker
        number = zlib.crc32(os.environ.get("TEST_DB_NAME", "").encode()) + int(WORKER[2:] or 0)
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rsplit("/", 1)[0] + f"/{1 + number % 15}"
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ["VAR_DIR"] = str(folder)
    os.environ.setdefault("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    os.environ["DATABASE_AS_OWNER"] = "1"  # the test database is created and migrated by its owner
    import django

    django.setup()  # before tests/conftest.py imports models; needs no DJANGO_SETTINGS_MODULE in the environment


_prepare()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Connect as the owner, to the database named by TEST_DB_NAME, so that several runs can share one server."""
    from django.db import connections

    from governance.settings.env import database

    known = connections["default"].settings_dict
    known.update({key: value for key, value in database(os.environ["DATABASE_OWNER_URL"]).items() if key != "NAME"})
    if os.environ.get("TEST_DB_NAME"):
        known["TEST"]["NAME"] = os.environ["TEST_DB_NAME"] + (WORKER and f"_{WORKER}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items) -> None:
    """With several workers: what must stay together in one of them, the longest first."""
    if WORKER:
        from tests_support.groups import share_out

        share_out(items)
