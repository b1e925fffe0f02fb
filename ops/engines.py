"""Real PostgreSQL 18 and Redis from wheels, on loopback ports of their own.

``python -m ops.engines --data DIR [--fast]`` starts both, prints their addresses as environment lines and stays until
Ctrl-C. The supervisor uses the commands and checks of ``Engines``; tests use ``start`` and ``stop``.
"""

import argparse
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ops.net import LOOPBACK, kept_or_free
from ops.places import EngineError, Place, find_place
from ops.roles import database_statements, role_statements
from ops.supervisor import die_with

READY = "portal-ready"  # a file in the cluster's folder: initdb and the roles are complete
LOCALE = ["-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "password_encryption": "scram-sha-256",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
START_TIMEOUT = 120.0  # seconds; crash recovery of a demo-sized database takes a few


class Engines:
    """The two engines over one data folder. ``fast`` gives up durability, for tests only."""

    def __init__(self, data: Path, *, fast: bool = False, say: Callable[[str], None] = print):
        self.data = Path(data).absolute()
        self.fast = fast
        self.say = say
        self.place: Place | None = None
        self.known: dict = {}
        self.running: dict[str, subprocess.Popen] = {}

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.place.data / "postgres"

    # -- preparing

    def prepare(self) -> None:
        """Find the programs, settle ports and passwords, make the cluster when there is none."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.place = self.place or find_place(self.data, self.say)
        self._stop_orphan()
        self._settle()
        if not (self.cluster / READY).exists():
            self._make_cluster()
        self._write_redis_conf()

    def discard(self) -> None:
        """Throw the database away; the next ``prepare`` makes a new one."""
        self.place = self.place or find_place(self.data, self.say)
        self._stop_orphan()
        shutil.rmtree(self.cluster, ignore_errors=True)

    def attach(self) -> None:
        """Learn the addresses of engines that another process has started."""
        self.place = self.place or find_place(self.data, self.say)
        self.known = json.loads((self.data / "engines.json").read_text())

    def _stop_orphan(self) -> None:
        """Stop a server that outlived its starter; drop a pid file whose server is gone."""
        pid_file = self.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        if not _serves(pid, self.cluster):
            pid_file.unlink(missing_ok=True)
            return
        self.say(f"stopping a PostgreSQL left from an earlier run (pid {pid})")
        for sign, patience in ((signal.SIGINT, 15), (signal.SIGQUIT, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            if wait_until(lambda: not _serves(pid, self.cluster), patience):
                return
        raise EngineError(f"PostgreSQL with pid {pid} holds {self.cluster} and does not stop; stop it by hand.")

    def _settle(self) -> None:
        """Read or invent ports and passwords; kept beside the data, readable by its owner only."""
        path = self.data / "engines.json"
        with contextlib.suppress(FileNotFoundError, ValueError):
            self.known = json.loads(path.read_text())
        for name in ("owner_password", "app_password", "redis_password"):
            if not self.known.get(name):
                self.known[name] = secrets.token_hex(16)
                (self.cluster / READY).unlink(missing_ok=True)  # a lost password is set anew
        self.known["postgres_port"] = kept_or_free(self.known.get("postgres_port"))
        self.known["redis_port"] = kept_or_free(self.known.get("redis_port"), {self.known["postgres_port"]})
        write_private(path, json.dumps(self.known, indent=1))

    def _make_cluster(self) -> None:
        """Run initdb beside the final folder and rename it when complete: a half-made one is never used."""
        if (self.cluster / "global" / "pg_control").exists():
            self._set_up_roles(self.cluster)
            return
        fresh = self.place.data / "postgres.new"
        for leftover in (fresh, self.cluster):
            if leftover.exists():
                self.say("removing a database folder that was never finished")
                shutil.rmtree(leftover)
        initdb = self.place.postgres_bin / "initdb"
        self._run([initdb, "-D", fresh, "-U", "postgres", *LOCALE, "--auth=reject", *["--no-sync"] * self.fast])
        self._set_up_roles(fresh)
        (fresh / "pg_hba.conf").write_text(f"host all portal_owner,portal_app {LOOPBACK}/32 scram-sha-256\n")
        fresh.rename(self.cluster)

    def _set_up_roles(self, cluster: Path) -> None:
        """Create roles, database and extensions in single-user mode: the superuser never gets a password."""
        self._sql(cluster, "postgres", role_statements(self.known["owner_password"], self.known["app_password"]))
        found = self._sql(cluster, "postgres", ["SELECT datname FROM pg_database WHERE datname = 'portal'"])
        self._sql(cluster, "template1", database_statements())
        if '"portal"' in found:
            self._sql(cluster, "portal", database_statements())
        else:
            self._sql(cluster, "postgres", ["CREATE DATABASE portal OWNER portal_owner TEMPLATE template1"])
        (cluster / READY).write_text("roles and database are complete\n")

    def _sql(self, cluster: Path, database: str, statements: list[str]) -> str:
        postgres = self.place.postgres_bin / "postgres"
        command = [postgres, "--single", "-j", "-D", cluster, "-c", "exit_on_error=true", *["-F"] * self.fast]
        return self._run([*command, database], "".join(statement + ";\n\n" for statement in statements))

    def _run(self, command: list, text: str = "") -> str:
        done = subprocess.run(command, input=text, capture_output=True, text=True, **self.spawn_arguments())
        if done.returncode:
            raise EngineError(f"{Path(command[0]).name} failed:\n{(done.stderr or done.stdout)[-2000:].strip()}")
        return done.stdout

    def _write_redis_conf(self) -> None:
        """Redis with an append-only file; the password stays out of the process list."""
        folder = self.place.data / "redis"
        folder.mkdir(mode=0o700, exist_ok=True)
        lines = {
            "bind": LOOPBACK,
            "port": self.known["redis_port"],
            "requirepass": self.known["redis_password"],
            "dir": folder.name,  # from the folder it is started in: a path may hold blanks and Chinese
            "appendonly": "no" if self.fast else "yes",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",
            "save": '""',
            "daemonize": "no",
        }
        path = folder / "redis.conf"
        write_private(path, "".join(f"{key} {value}\n" for key, value in lines.items()))
        if self.place.run_as:
            for item in (folder, path):
                os.chown(item, self.place.run_as["user"], self.place.run_as["group"])

    # -- running

    def spawn_arguments(self) -> dict:
        """The arguments of ``subprocess`` for an engine: its user, its folder, of our environment only the clock."""
        clock = {name: os.environ[name] for name in ("LD_PRELOAD", "FAKETIME") if "FAKETIME" in os.environ}
        env = clock | {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        return {"cwd": self.place.data, "env": env, **self.place.run_as}

    def postgres_command(self) -> list[str]:
        """The command that runs PostgreSQL in the foreground; SIGINT stops it at once and cleanly."""
        settings = {**SETTINGS, **(FAST if self.fast else {}), "port": str(self.known["postgres_port"])}
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self.place.postgres_bin / "postgres"), "-D", str(self.cluster), *flags]

    def redis_command(self) -> list[str]:
        """The command that runs Redis in the foreground; SIGTERM stops it cleanly."""
        return [str(self.place.redis_server), str(self.place.data / "redis" / "redis.conf")]

    def postgres_ready(self) -> bool:
        """Say whether PostgreSQL accepts connections (not merely listens)."""
        probe = [self.place.postgres_bin / "pg_isready", "-q", "-U", "portal_app", "-d", "portal"]
        probe += ["-h", LOOPBACK, "-p", str(self.known["postgres_port"])]
        return subprocess.run(probe, **self.spawn_arguments()).returncode == 0

    def redis_ready(self) -> bool:
        """Say whether Redis answers commands (its append-only file is loaded)."""
        try:
            with socket.create_connection((LOOPBACK, self.known["redis_port"]), 1) as link:
                link.sendall(f"AUTH {self.known['redis_password']}\r\nPING\r\n".encode())
                answers = link.makefile("rb")
                return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        except OSError:
            return False

    def start(self) -> None:
        """Prepare and start both, wait until they answer."""
        self.prepare()
        try:
            self._launch("postgres", self.postgres_command(), self.postgres_ready)
            self._launch("redis", self.redis_command(), self.redis_ready)
        except BaseException:
            self.stop()
            raise

    def _launch(self, name: str, command: list[str], ready: Callable[[], bool]) -> None:
        path = self.data / f"{name}.log"
        with path.open("ab") as log:
            streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            follow = die_with(os.getpid(), signal.SIGINT if name == "postgres" else signal.SIGTERM)
            process = subprocess.Popen(
                command, start_new_session=True, preexec_fn=follow, **streams, **self.spawn_arguments()
            )
        self.running[name] = process
        wait_until(lambda: process.poll() is not None or ready(), START_TIMEOUT)
        if process.poll() is not None or not ready():
            raise EngineError(f"{name} did not start:\n{path.read_text(errors='replace')[-1500:]}")

    def stop(self) -> None:
        """Stop both cleanly; after 15 seconds by force."""
        for name, sign in (("redis", signal.SIGTERM), ("postgres", signal.SIGINT)):
            process = self.running.pop(name, None)
            if process is None:
                continue
            process.send_signal(sign)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def env(self) -> dict[str, str]:
        """The addresses as the portal's settings read them."""
        server = f"{LOOPBACK}:{self.known['postgres_port']}/portal"
        return {
            "DATABASE_URL": f"postgresql://portal_app:{self.known['app_password']}@{server}",
            "DATABASE_OWNER_URL": f"postgresql://portal_owner:{self.known['owner_password']}@{server}",
            "REDIS_URL": f"redis://:{self.known['redis_password']}@{LOOPBACK}:{self.known['redis_port']}/0",
        }


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only its owner may read it."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_text(text)
    temporary.replace(path)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; False when the time is up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def _serves(pid: int, cluster: Path) -> bool:
    """Say whether this process is the PostgreSQL of this cluster (a pid may have passed to another program)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z" and os.fsencode(cluster) in command


def main() -> int:
    """Run the engines until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m ops.engines", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that keeps the data")
    parser.add_argument("--fast", action="store_true", help="no fsync: for tests only")
    options = parser.parse_args()
    engines = Engines(options.data, fast=options.fast, say=lambda line: print(line, file=sys.stderr))
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: sys.exit(0))
    try:
        engines.start()
        for key, value in engines.env().items():
            print(f"{key}={value}", flush=True)
        signal.pause()
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        engines.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
