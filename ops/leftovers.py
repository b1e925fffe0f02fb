"""Programs that outlived a supervisor which was killed: remembered in a file, ended at the next start."""

import contextlib
import json
import os
import signal
from pathlib import Path

from ops.engines import wait_until


def born(pid: int) -> str | None:
    """Return when a process began, in the kernel's ticks; None when there is no such process (or it is a zombie)."""
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if parts[0] == "Z" else parts[19]


def remember(path: Path, pids: list[int]) -> None:
    """Write down the running programs; no file when there are none."""
    known = {str(pid): begin for pid in pids if (begin := born(pid))}
    if known:
        path.write_text(json.dumps(known))
    else:
        path.unlink(missing_ok=True)


def end(path: Path, patience: float = 10.0) -> int:
    """End what an earlier run left behind and return how many programs that were.

    A process counts only when it began at the noted moment: a pid may have passed to a stranger.
    """
    try:
        known = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return 0
    left = [int(pid) for pid, begin in known.items() if born(int(pid)) == begin]
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not any(born(pid) == known[str(pid)] for pid in left), patience)
    for pid in left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    path.unlink(missing_ok=True)
    return len(left)
