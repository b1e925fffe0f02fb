"""A whole portal on engines of its own (fsync on), and this process set up as one more Django process of it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.services import ROOT

FOLDER = ROOT / "var" / "bench"


@contextmanager
def bench_portal(name: str) -> Iterator:
    """Start from nothing, set Django up on it, stop and remove it at the end. Call once per process, before Django."""
    home = FOLDER / name
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    from tests_support.live import live_portal

    with live_portal(home) as portal:
        os.environ.update(portal.run.env)
        import django

        django.setup()
        yield portal
    shutil.rmtree(home, ignore_errors=True)


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process and all below it have used, ended ones included."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    own = sum(int(word) for word in words[11:15]) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_of(int(child)) for child in children)


@contextmanager
def without(portal, *names: str) -> Iterator[None]:
    """Keep programs from running, so that only the measured code works."""
    kept = [portal.supervisor.children.pop(name) for name in names]
    for child in kept:
        child.process.terminate()
    for child in kept:
        child.process.wait(30)
    try:
        yield
    finally:
        for child in kept:
            portal.supervisor.start(child.program)
