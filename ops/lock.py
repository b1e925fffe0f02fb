"""One `make run` per data folder."""

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path


class Held(Exception):
    """Another run holds the lock; the text says which."""


class Lock:
    """A file lock that the kernel drops with its process: a stale file never blocks."""

    def __init__(self, path: Path, say: Callable[[str], None] = print):
        self.path = path
        self.say = say

    def take(self, about: dict) -> None:
        """Take the lock and write down who has it; raise Held when a living process has it."""
        self.file = self.path.open("a+")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = self._read()
            where = f" at {holder['url']}" if holder.get("url") else ""
            raise Held(
                f"The portal is already running from this folder{where} (process {holder.get('pid', 'unknown')}).\n"
                f"Stop it with Ctrl-C in its terminal, or: kill {holder.get('pid', 'PID')}"
            ) from None
        earlier = self._read()
        if earlier:
            self.say(f"A lock was left by process {earlier.get('pid')}, which is gone; going on")
        self.file.seek(0)
        self.file.truncate()
        json.dump({"pid": os.getpid(), **about}, self.file)
        self.file.flush()

    def _read(self) -> dict:
        self.file.seek(0)
        try:
            return dict(json.loads(self.file.read() or "{}"))
        except ValueError:
            return {}

    def release(self) -> None:
        """Empty the file and let go."""
        self.file.seek(0)
        self.file.truncate()
        self.file.close()
