"""A small supervisor: starts programs in order, restarts what dies, stops all of it.

Every program runs in a session of its own, so that Ctrl-C reaches the supervisor only and it decides the order. On
Linux the kernel also stops the programs when the supervisor itself is killed.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TICK = 0.1  # seconds between looks at the programs
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0  # seconds before a restart; doubles while the program keeps dying
STEADY = 30.0  # seconds of life after which a death counts as the first again
LOG_BYTES, LOG_KEPT = 5_000_000, 3


class Stopped(Exception):
    """Somebody asked the supervisor to stop while it was waiting."""


@dataclass
class Program:
    """A command to keep running. ``stage`` orders the stop: the highest goes first, all of a stage together."""

    name: str
    command: Sequence[str]
    arguments: dict = field(default_factory=dict)  # of subprocess.Popen: cwd, env, user, …
    stage: int = 1
    stop_signal: int = signal.SIGTERM
    patience: float = 10.0  # seconds between the stop signal and the force
    force: int = signal.SIGKILL  # PostgreSQL wants SIGQUIT: it leaves at once and recovers at the next start


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen
    began: float
    deaths: int = 0
    due: float | None = None  # when to start again; None while it runs


class Supervisor:
    """Keeps programs running until ``stop_all``; use from one thread."""

    def __init__(self, logs: Path, say: Callable[[str], None] = print, note: Callable[[list[int]], None] | None = None):
        self.logs = Path(logs)
        self.logs.mkdir(parents=True, exist_ok=True)
        self.say = say
        self.note = note or (lambda pids: None)
        self.children: dict[str, _Child] = {}
        self.stopping = False
        self.hurry = False
        self._looked_at_logs = 0.0

    def catch_signals(self) -> None:
        """Turn Ctrl-C, a termination and a closed terminal into an orderly stop; the second one hurries."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._asked)

    def _asked(self, *_: object) -> None:
        self.hurry = self.stopping
        self.stopping = True

    # -- starting

    def start(self, program: Program) -> None:
        """Start a program and keep it running from now on."""
        process = self._spawn(program.name, program.command, program.arguments, program.stop_signal)
        self.children[program.name] = _Child(program, process, time.monotonic())
        self._note()

    def _spawn(self, name: str, command: Sequence[str], arguments: dict, on_orphan: int) -> subprocess.Popen:
        with self.log(name).open("ab") as log:
            return subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with(os.getpid(), on_orphan),
                **arguments,
            )

    def log(self, name: str) -> Path:
        """The log file of a program."""
        return self.logs / f"{name}.log"

    def run(self, name: str, command: Sequence[str], **arguments: object) -> int:
        """Run a command to its end while watching the others; raise Stopped when asked to stop meanwhile."""
        job = self.begin(name, command, **arguments)
        return self.finish(job)

    def begin(self, name: str, command: Sequence[str], **arguments: object) -> subprocess.Popen:
        """Start a command that ends by itself; ``finish`` waits for it."""
        return self._spawn(name, command, arguments, signal.SIGTERM)

    def finish(self, job: subprocess.Popen) -> int:
        """Wait for a command; return its exit code."""
        try:
            self.wait(lambda: job.poll() is not None)
        finally:
            _end_group(job, signal.SIGKILL)
            job.wait()
        return job.returncode

    # -- watching

    def wait(self, condition: Callable[[], bool], seconds: float = float("inf")) -> bool:
        """Watch the programs until the condition holds; False when the time is up, Stopped when asked to stop."""
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() >= until:
                return False
            self.tick()
            time.sleep(TICK)
            if self.stopping:
                raise Stopped
        return True

    def tick(self) -> None:
        """Look at every program once: restart what is due, note what has died, turn over long logs."""
        if self.stopping:
            return
        for child in list(self.children.values()):
            if child.due is not None and time.monotonic() >= child.due:
                self._restart(child)
            elif child.due is None and child.process.poll() is not None:
                self._bury(child)
        if time.monotonic() - self._looked_at_logs > 10:
            self._looked_at_logs = time.monotonic()
            for name in self.children:
                turn_over(self.log(name))

    def _bury(self, child: _Child) -> None:
        """Clear what a dead program left running and set the time of its restart."""
        _end_group(child.process, signal.SIGKILL)
        lived = time.monotonic() - child.began
        child.deaths = 1 if lived > STEADY else child.deaths + 1
        delay = min(FIRST_DELAY * 2 ** (child.deaths - 1), LONGEST_DELAY)
        child.due = time.monotonic() + delay
        name = child.program.name
        self.say(f"{name} {_cause(child.process.returncode)}; starting it again in {delay:g} s (log: {self.log(name)})")

    def _restart(self, child: _Child) -> None:
        program = child.program
        child.process = self._spawn(program.name, program.command, program.arguments, program.stop_signal)
        child.began, child.due = time.monotonic(), None
        self._note()

    def running(self, name: str) -> bool:
        """Say whether a program runs at this moment."""
        child = self.children.get(name)
        return child is not None and child.due is None and child.process.poll() is None

    def _note(self) -> None:
        self.note([child.process.pid for child in self.children.values()])

    # -- stopping

    def stop_all(self) -> None:
        """Stop every program, the highest stage first; by force after each one's patience."""
        self.stopping = True
        for stage in sorted({child.program.stage for child in self.children.values()}, reverse=True):
            self._stop_stage([child for child in self.children.values() if child.program.stage == stage])
        self.children.clear()
        self._note()

    def _stop_stage(self, children: list[_Child]) -> None:
        alive = [child for child in children if child.process.poll() is None]
        for child in alive:
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(child.program.stop_signal)
        began = time.monotonic()
        while alive and not self.hurry:
            alive = [child for child in alive if child.process.poll() is None]
            if all(time.monotonic() - began > child.program.patience for child in alive):
                break
            time.sleep(0.02)
        for child in children:
            self._make_sure(child)

    def _make_sure(self, child: _Child) -> None:
        """End by force what did not stop, and whatever it has left in its group."""
        if child.process.poll() is None:
            self.say(f"{child.program.name} has not stopped yet, ending it by force")
            child.process.send_signal(child.program.force)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(3)
        _end_group(child.process, signal.SIGKILL)
        child.process.wait()


def _end_group(process: subprocess.Popen, sign: int) -> None:
    """Signal whatever is left of a program's process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, sign)


def _cause(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def turn_over(path: Path, limit: int = LOG_BYTES) -> None:
    """Move a long log to .1, .2, … and empty it in place: its program goes on writing to the same file."""
    if not path.exists() or path.stat().st_size < limit:
        return
    for number in range(LOG_KEPT - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    shutil.copyfile(path, path.with_name(f"{path.name}.1"))
    os.truncate(path, 0)


def _load_prctl() -> Callable | None:
    try:
        return ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return None


_PRCTL = _load_prctl()
_SET_PARENT_DEATH_SIGNAL = 1


def die_with(parent: int, sign: int) -> Callable[[], None] | None:
    """Return what a child does before it becomes its program: ask the kernel for a signal when its parent dies."""
    if _PRCTL is None:
        return None

    def ask() -> None:
        _PRCTL(_SET_PARENT_DEATH_SIGNAL, int(sign), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask
