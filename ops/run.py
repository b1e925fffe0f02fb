"""`make run`: engines, migrations, the demo city, then every process of the portal until Ctrl-C.

Reads PORT (8000), DEMO (1) and MIN_FREE_MB (500). Data lie in var/demo or var/empty, so that both cities are kept.
"""

import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from ops import leftovers
from ops.engines import START_TIMEOUT, Engines, write_private
from ops.fingerprint import fingerprint
from ops.lock import Held, Lock
from ops.net import kept_or_free, port_free
from ops.places import EngineError
from ops.services import ROOT, Choice, engine_programs, environment, manage, portal_programs
from ops.supervisor import Stopped, Supervisor

BEGAN = float(os.environ.pop("PORTAL_BEGAN", None) or time.time())


class CannotRun(Exception):
    """The portal cannot be started; the text says why and what to do."""


def say(text: str) -> None:
    """Print a line with the seconds since the start."""
    print(f"[{time.time() - BEGAN:4.0f} s] {text}", flush=True)


def read_choice() -> Choice:
    """Read PORT and DEMO; complain about what is neither."""
    port, demo = os.environ.get("PORT") or "8000", os.environ.get("DEMO") or "1"
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise CannotRun(f"PORT must be a number between 1 and 65535, not {port!r}. Example: make run PORT=8001")
    if demo not in {"0", "1"}:
        raise CannotRun(f"DEMO must be 0 or 1, not {demo!r}. Example: make run DEMO=0")
    return Choice(int(port), demo == "1", ROOT / "var" / ("demo" if demo == "1" else "empty"))


def check_owner(home: Path) -> None:
    """Stop when another user made the data: files of two users would block both."""
    owner = home.stat().st_uid
    if owner != os.geteuid():
        raise CannotRun(
            f"The data in {home} belong to user {user_name(owner)}. Run as that user, or remove the folder."
        )


def user_name(uid: int) -> str:
    """Return a user's name, or the number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def check_disk(home: Path) -> None:
    """Stop before the database meets a full disk."""
    free, needed = shutil.disk_usage(home).free // 1_000_000, int(os.environ.get("MIN_FREE_MB") or 500)
    if free < needed:
        raise CannotRun(f"The disk is full: {free} MB free in {home}, {needed} MB are needed. Free some space.")


def check_port(choice: Choice) -> None:
    """Stop when the web port is taken."""
    if not port_free(choice.port):
        other = next((port for port in range(choice.port + 1, choice.port + 100) if port_free(port)), 0)
        raise CannotRun(f"Port {choice.port} is taken by another program. Choose another one: make run PORT={other}")


def kept_values(home: Path) -> dict:
    """The secret key and the mail ports, made once per data folder."""
    path = home / "secrets.json"
    try:
        kept = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        kept = {}
    kept.setdefault("secret_key", secrets.token_urlsafe(48))
    kept["inbound_port"] = kept_or_free(kept.get("inbound_port"))
    kept["mailbox_port"] = kept_or_free(kept.get("mailbox_port"), {kept["inbound_port"]})
    write_private(path, json.dumps(kept, indent=1))
    return kept


class Run:
    """One run of the portal over one data folder."""

    def __init__(self, choice: Choice):
        self.choice = choice
        self.home = choice.home
        self.engines = Engines(self.home, say=say)
        pids = self.home / "children.json"
        self.supervisor = Supervisor(self.home / "log", say, lambda running: leftovers.remember(pids, running))
        self.pids = pids
        self.first = self.home / "first-set-up"  # exists until the first set-up is complete

    def up(self) -> None:
        """Bring everything up; return when /healthz answers 200."""
        if ended := leftovers.end(self.pids):
            say(f"Ended {ended} programs left by a run that was killed")
        check_port(self.choice)
        self._start_engines()
        self.env = environment(self.choice, self.engines, kept_values(self.home))
        self._set_up()
        say("Starting web, worker, beat and mail")
        for program in portal_programs(self.choice, self.env):
            self.supervisor.start(program)
        self._await_health()

    def _start_engines(self) -> None:
        fresh = not (self.home / "engines.json").exists()
        if self.first.exists():
            say("The first start was interrupted; making the database anew")
            self.engines.discard()
            shutil.rmtree(self.home / "media", ignore_errors=True)
        elif fresh:
            self.first.write_text("removed when the first set-up is complete\n")
        say("Making the database and starting PostgreSQL and Redis" if fresh else "Starting PostgreSQL and Redis")
        self.engines.prepare()
        for program in engine_programs(self.engines):
            self.supervisor.start(program)
        for name, ready in (("postgres", self.engines.postgres_ready), ("redis", self.engines.redis_ready)):
            child = self.supervisor.children[name]
            self.supervisor.wait(lambda ready=ready, child=child: ready() or child.deaths >= 3, START_TIMEOUT)
            if not ready():
                raise CannotRun(self._failure(name))

    def _set_up(self) -> None:
        """Migrate, load and collect unless nothing has changed since the last time."""
        done = self.home / "set-up.json"
        now = {"sources": fingerprint(ROOT), "cluster": str(self.engines.cluster.stat().st_ino)}
        if done.exists() and json.loads(done.read_text()) == now:
            return
        files = self.supervisor.begin("collectstatic", manage("collectstatic", "--noinput", "-v0"), **self._django())
        say("Bringing the tables up to date")
        self._must("migrate", DATABASE_OWNER_URL=self.engines.env()["DATABASE_OWNER_URL"], DATABASE_AS_OWNER="1")
        say("Loading the rules, the divisions and the demo city" if self.choice.demo else "Loading rules and divisions")
        self._must("setup_portal")
        if self.supervisor.finish(files):
            raise CannotRun(self._failure("collectstatic"))
        self._must("demo_accounts", log="accounts", needed=False)
        write_private(done, json.dumps(now))
        self.first.unlink(missing_ok=True)

    def _django(self, **extra: str) -> dict:
        return {"cwd": ROOT, "env": {**self.env, **extra}}

    def _must(self, command: str, log: str = "", needed: bool = True, **extra: str) -> None:
        """Run a management command; stop the start when it fails."""
        log = log or command
        self.supervisor.log(log).unlink(missing_ok=True)
        job = self.supervisor.begin(log, manage(command), **self._django(**extra))
        if command == "setup_portal":
            self._show_while(job, self.supervisor.log(log))
        if self.supervisor.finish(job) and needed:
            raise CannotRun(self._failure(log))

    def _show_while(self, job: subprocess.Popen, log: Path) -> None:
        """Show the steps of a long command (indented, with their seconds) as they are written, and that it is alive."""
        told, ended = time.monotonic(), False
        with log.open(errors="replace") as lines:
            while not ended:
                ended = self.supervisor.wait(lambda: job.poll() is not None, 0.5)
                steps = [line for line in lines if re.match(r"  \w.*:.*\(.*s\)$", line)]
                for line in steps or ["  still loading"] * (time.monotonic() - told > 15):
                    told = time.monotonic()
                    say(line.rstrip())

    def _failure(self, name: str) -> str:
        path = self.supervisor.log(name)
        return f"{name} failed:\n{path.read_text(errors='replace')[-3000:].rstrip()}\n(log: {path})"

    def _await_health(self) -> None:
        told = time.monotonic()
        while not self.supervisor.wait(self._healthy, 0.2):
            if time.monotonic() - told > 15:
                told = time.monotonic()
                say(f"Still waiting: {self._health_text()} (logs: {self.supervisor.logs})")

    def _healthy(self) -> bool:
        return self._ask_health()[0] == 200

    def _health_text(self) -> str:
        """Name what is not well yet."""
        code, text = self._ask_health()
        try:
            parts = json.loads(text)
            ill = [f"{name} ({what})" for name, what in parts.get("checks", parts).items() if what and what != "ok"]
        except (ValueError, AttributeError):
            ill = []
        return ", ".join(ill) or (f"/healthz answers {code}" if code else "the web server does not answer yet")

    def _ask_health(self) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{self.choice.url}/healthz", timeout=5) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except OSError as error:
            return 0, str(error)

    def tell(self) -> None:
        """Print where to go and whom to be."""
        url = self.choice.url
        say(f"The portal is ready: {url}/")
        if self.choice.demo:
            print(f"\n{self._printed('accounts')}\n\n  The departments' mail is in the mailbox: {url}/mailbox/")
        else:
            self._must("setup_code", needed=False)
            print(f"\n{self._printed('setup_code')}\n  Set the portal up at {url}/")
        print(f"  Stop with Ctrl-C; the data stay in {self.home}\n", flush=True)

    def _printed(self, name: str) -> str:
        """Return what a management command printed for the people at the screen (its indented lines)."""
        path = self.supervisor.log(name)
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join(line for line in lines if line.startswith("  "))


def run() -> int:
    """Run the portal; return the exit code."""
    choice = read_choice()
    choice.home.mkdir(parents=True, exist_ok=True)
    check_owner(choice.home)
    check_disk(choice.home)
    lock = Lock(choice.home / "run.lock", say)
    lock.take({"url": choice.url})
    portal = Run(choice)
    portal.supervisor.catch_signals()
    try:
        portal.up()
        portal.tell()
        portal.supervisor.wait(lambda: False)
    except Stopped:
        print(flush=True)
        say("Stopping")
    finally:
        portal.supervisor.stop_all()
        lock.release()
    say("Stopped; nothing is left running")
    return 0


def main() -> int:
    """Turn what can go wrong into a message."""
    try:
        return run()
    except (CannotRun, EngineError, Held) as error:
        print(f"\n{error}", file=sys.stderr)
    except OSError as error:
        print(f"\nThe portal cannot run: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
