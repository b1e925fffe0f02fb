"""`make test`: lint, layers, migrations, deployment checks, then every test. Stops at the first failure.

`make test ARGS="-k name"` hands its arguments to pytest; `make lint` does what needs no database.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ops.engines import Engines
from ops.places import EngineError
from ops.services import ROOT, manage

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
MOST_WORKERS = 4  # each has a database of its own; the portals of one group take a core besides
SHOWN = os.environ | {"PYTHONUNBUFFERED": "1"}
LINT = [
    ("Style", ["ruff", "check", "--quiet", "--output-format", "concise", "."]),
    ("Format", ["ruff", "format", "--check", "--quiet", "--output-format", "concise", "."]),
    ("Layers", ["lint-imports", "--no-cache"]),
]


class CheckFailed(Exception):
    """A step failed; its output is on the screen."""


def step(title: str, command: list[str], env: dict[str, str] | None = None) -> None:
    """Run one step; its output is shown as it comes."""
    print(f"== {title}", flush=True)
    done = subprocess.run(command, cwd=ROOT, env={**SHOWN, **(env or {})}, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise CheckFailed(f"{title} failed ({' '.join(map(str, command[:4]))} …: exit code {done.returncode})")


def tool(name: str) -> str:
    """Return a tool's path in this environment."""
    return str(Path(sys.executable).parent / name)


def lint() -> None:
    """Style, format and layers."""
    for title, (name, *words) in LINT:
        step(title, [tool(name), *words])


def find_browser() -> str | None:
    """Return the Chromium named by CHROMIUM or found on the path."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def need_browser() -> str:
    """Return a Chromium, installing Debian's where this process may; without one there are no browser tests to pass."""
    found = find_browser()
    if not found and os.geteuid() == 0 and shutil.which("apt-get") and not os.environ.get("CHROMIUM"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        step("Package lists for Chromium", ["apt-get", "update", "-qq"], quiet)
        step("Chromium", ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES], quiet)
        found = find_browser()
    if not found:
        raise CheckFailed(
            "The browser tests need Chromium, and there is none.\n"
            f"Install it (Debian, Ubuntu: sudo apt install {' '.join(PACKAGES)}) or name it: CHROMIUM=/path make test"
        )
    return found


def deployment(engines: dict[str, str], folder: Path) -> dict[str, str]:
    """The environment of a production server, to be judged by Django's deployment checks."""
    return {
        **engines,
        "DJANGO_SETTINGS_MODULE": "governance.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DEBUG": "0",
        "DEMO": "0",
        "HTTPS": "1",
        "ALLOWED_HOSTS": "portal.example",
        "BASE_URL": "https://portal.example",
        "VAR_DIR": str(folder),
        "EMAIL_URL": "smtp+tls://mail.example:587",
        "PLAIN_STATIC": "0",
    }


def shared(arguments: list[str]) -> list[str]:
    """Return pytest's arguments: the whole suite by one worker per core, a chosen part (``ARGS=…``) in one process."""
    workers = min(len(os.sched_getaffinity(0)), MOST_WORKERS)
    if arguments or workers < 2:
        return arguments
    return ["-n", str(workers), "--dist", "loadgroup", "--no-loadscope-reorder"]  # order: tests_support/groups.py


def test(arguments: list[str], folder: Path) -> None:
    """Everything, in the order of what is quickest to fail."""
    browser = need_browser()
    lint()
    engines = Engines(folder, fast=True)
    try:
        engines.start()
        env = deployment(engines.env(), folder)
        step("Migrations are complete", manage("makemigrations", "--check", "--dry-run"), env)
        step("Deployment checks", manage("check", "--deploy", "--fail-level", "WARNING"), env)
        step("Tests", [sys.executable, "-m", "pytest", *shared(arguments)], {**engines.env(), "CHROMIUM": browser})
    finally:
        engines.stop()


def main() -> int:
    """Return 0 when everything passed."""
    if "--lint" in sys.argv:
        return guarded(lint)
    with tempfile.TemporaryDirectory(prefix="portal-check-", ignore_cleanup_errors=True) as name:
        os.chmod(name, 0o755)  # the engines' user passes through when we are root
        return guarded(test, sys.argv[1:], Path(name))


def guarded(action, *arguments) -> int:
    """Turn a failed step into a line and an exit code."""
    try:
        action(*arguments)
    except (CheckFailed, EngineError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
