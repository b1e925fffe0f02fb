"""`make backup FILE=…` and `make restore FILE=…`: the embedded database, the uploads and the anchors in one file.

A backup may be made while the portal runs; a restore needs it stopped and replaces the city that DEMO chooses.
"""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ops.engines import Engines
from ops.lock import Held, Lock
from ops.places import EngineError
from ops.roles import EXTENSIONS
from ops.run import CannotRun, read_choice

FOLDERS = ("media", "anchors")
DUMP = "database.dump"
SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Python 3.11.4 and later


@contextlib.contextmanager
def engines_of(home: Path) -> Iterator[Engines]:
    """Give the engines of a data folder: those that run now, else started for this purpose."""
    engines = Engines(home)
    lock = Lock(home / "run.lock")
    try:
        lock.take({})
    except Held:
        engines.attach()
        yield engines
        return
    try:
        engines.start()
        yield engines
    finally:
        engines.stop()
        lock.release()


def tool(engines: Engines, name: str, *words: str, database: str = "portal") -> None:
    """Run one of PostgreSQL's programs as the owner of the database."""
    known = engines.known
    address = ["-h", "127.0.0.1", "-p", str(known["postgres_port"]), "-U", "portal_owner", "-d", database]
    env = {"PGPASSWORD": known["owner_password"], "LC_ALL": "C"}
    command = [str(engines.place.postgres_bin / name), *address, *words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise CannotRun(f"{name} failed:\n{done.stderr[-2000:]}")


def backup(home: Path, file: Path) -> None:
    """Write the backup; the file appears only when it is complete."""
    if not (home / "engines.json").exists():
        raise CannotRun(f"There is nothing to back up: {home} has no database yet.")
    with tempfile.TemporaryDirectory() as folder, engines_of(home) as engines:
        dump = Path(folder) / DUMP
        tool(engines, "pg_dump", "-Fc", "-f", str(dump))
        unfinished = file.with_name(file.name + ".unfinished")
        with tarfile.open(unfinished, "w") as archive:
            archive.add(dump, DUMP)
            for name in FOLDERS:
                if (home / name).is_dir():
                    archive.add(home / name, name)
        unfinished.chmod(0o600)
        unfinished.replace(file)
    print(f"backup written: {file} ({file.stat().st_size / 1e6:.1f} MB)")


def restore(home: Path, file: Path) -> None:
    """Replace database, uploads and anchors; the next start migrates what is older than the program."""
    if not file.is_file():
        raise CannotRun(f"There is no file {file}.")
    home.mkdir(parents=True, exist_ok=True)
    lock = Lock(home / "run.lock")
    lock.take({})
    engines = Engines(home)
    try:
        with tempfile.TemporaryDirectory(dir=home) as folder, tarfile.open(file) as archive:
            archive.extractall(folder, **SAFELY)
            engines.start()
            (home / "set-up.json").unlink(missing_ok=True)
            _replace_database(engines, Path(folder) / DUMP)
            for name in FOLDERS:
                shutil.rmtree(home / name, ignore_errors=True)
                if (Path(folder) / name).is_dir():
                    (Path(folder) / name).rename(home / name)
    finally:
        engines.stop()
        lock.release()
    print(f"restored from {file}; start the portal with make run")


def _replace_database(engines: Engines, dump: Path) -> None:
    """Restore into a new database first, then swap: a broken file leaves the old one as it was.

    The new one comes from template0: template1's default privileges would give back what migrations have taken away.
    """
    run = ("psql", "-q", "-v", "ON_ERROR_STOP=1", "-c")
    tool(engines, *run, "DROP DATABASE IF EXISTS restoring", database="template1")
    tool(engines, *run, "CREATE DATABASE restoring TEMPLATE template0", database="template1")
    for name in EXTENSIONS:  # pg_dump leaves out what was created before the first normal start
        tool(engines, *run, f"CREATE EXTENSION IF NOT EXISTS {name}", database="restoring")
    tool(engines, "pg_restore", "--no-comments", "--exit-on-error", str(dump), database="restoring")
    tool(engines, *run, "DROP DATABASE portal", database="template1")
    tool(engines, *run, "ALTER DATABASE restoring RENAME TO portal", database="template1")


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m ops.backup", description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["backup", "restore"])
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    if options.file == Path():
        parser.error("name the file: make backup FILE=portal.tar")
    try:
        {"backup": backup, "restore": restore}[options.action](read_choice().home, options.file.absolute())
    except (CannotRun, EngineError, Held, tarfile.TarError, json.JSONDecodeError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
