"""A backup brings back database and uploads, also while the portal runs; a broken file changes nothing."""

import shutil
import tarfile

import pytest

from ops import backup
from ops.engines import Engines
from ops.lock import Held, Lock
from ops.run import CannotRun


@pytest.fixture
def engines(folder, said):
    """The engines of a portal's home."""
    engines = Engines(folder, say=said.append)
    yield engines
    engines.stop()


@pytest.fixture
def file(engines, query, folder):
    """A backup made while the portal runs, and a change made after it."""
    lock = Lock(folder / "run.lock")
    lock.take({})
    engines.start()
    query("CREATE TABLE whistle AS SELECT '哨单' AS title")
    query("CREATE TABLE audit AS SELECT 1 AS x")
    query("REVOKE UPDATE, DELETE ON audit FROM portal_app")
    (folder / "media").mkdir()
    (folder / "media" / "photo.jpg").write_text("photo")
    backup.backup(folder, folder / "portal.tar")
    query("DROP TABLE whistle")
    shutil.rmtree(folder / "media")
    engines.stop()
    lock.release()
    return folder / "portal.tar"


def test_restore_brings_everything_back(file, folder, engines, query):
    (folder / "set-up.json").write_text("{}")
    backup.restore(folder, file)
    engines.start()
    assert query("SELECT title FROM whistle", "DATABASE_URL") == [("哨单",)]
    assert query("SELECT similarity('青泥洼桥街道', '青泥洼街道') > 0.3", "DATABASE_URL") == [(True,)]
    assert (folder / "media" / "photo.jpg").read_text() == "photo"
    assert not (folder / "set-up.json").exists()


def test_broken_file_leaves_the_database_alone(file, folder, engines, query):
    engines.start()
    query("CREATE TABLE later AS SELECT 1 AS x")
    engines.stop()
    (folder / backup.DUMP).write_text("not a dump")
    with tarfile.open(file, "w") as archive:
        archive.add(folder / backup.DUMP, backup.DUMP)
    with pytest.raises(CannotRun, match="pg_restore failed"):
        backup.restore(folder, file)
    engines.start()
    assert query("SELECT x FROM later") == [(1,)]


def test_restore_waits_for_no_running_portal(folder, tmp_path):
    (tmp_path / "portal.tar").touch()
    Lock(folder / "run.lock").take({})
    held = Lock(folder / "run.lock")
    held.take({})
    with pytest.raises(Held, match="already running"):
        backup.restore(folder, tmp_path / "portal.tar")


def test_nothing_to_back_up(folder):
    with pytest.raises(CannotRun, match="nothing to back up"):
        backup.backup(folder, folder / "portal.tar")


def test_restore_gives_no_privilege_back(file, folder, engines, query):
    backup.restore(folder, file)
    engines.start()
    allowed = "has_table_privilege('portal_app', 'audit', '{}')"
    kinds = ("SELECT", "INSERT", "UPDATE", "DELETE")
    assert query("SELECT " + ", ".join(allowed.format(kind) for kind in kinds)) == [(True, True, False, False)]
    query("CREATE TABLE next AS SELECT 1 AS x")
    assert query("SELECT x FROM next", "DATABASE_URL") == [(1,)], "tables of later migrations are readable as before"
