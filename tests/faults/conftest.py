"""A portal of its own for the faults: it is killed piece by piece."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests_support.live import live_portal


@pytest.fixture(scope="session")
def doomed():
    """A whole portal with the demo's people and no whistles.

    Not below pytest's own folder, which another test run closes to the engines' user: PostgreSQL could not start again.
    """
    home = Path(tempfile.mkdtemp(prefix="portal-doomed-"))
    home.chmod(0o755)
    with live_portal(home) as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)
