"""Hints to the workers: "there is work in this queue". Lost hints cost seconds, never work: the sweeps find every row.

Publishing happens on a thread of its own and is coalesced, so that a slow or stopped Redis never slows a request. At most one
hint of a name waits in the queue (``heard`` says that it does not wait any more), so that hints never hold up the sweeps.
"""

import logging
import os
import threading
import time

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

log = logging.getLogger(__name__)
PAUSE = 0.05  # seconds in which further hints of the same name join the first
WAITING = 3  # seconds after which a hint that nobody heard is taken for lost


class _Publisher:
    """One per process; started when first needed, anew after a fork."""

    def __init__(self):
        self.pid, self.names, self.wake = os.getpid(), set(), threading.Event()
        threading.Thread(target=self._run, daemon=True, name="hints").start()

    def add(self, name: str) -> None:
        self.names.add(name)
        self.wake.set()

    def _run(self) -> None:
        from governance.celery import app

        while True:
            self.wake.wait()
            time.sleep(PAUSE)
            self.wake.clear()
            names, self.names = self.names, set()
            for name in names:
                try:
                    if cache.add(f"hint:{name}", 1, WAITING):
                        app.send_task(name, retry=False, expires=30)
                except Exception as error:
                    log.warning("hint %s not published: %s", name, error)


_publisher: _Publisher | None = None


def _publish(name: str) -> None:
    global _publisher
    if _publisher is None or _publisher.pid != os.getpid():
        _publisher = _Publisher()
    _publisher.add(name)


def heard(name: str) -> None:
    """A task of this name begins: what is committed from now on needs another hint. Called before it looks for work."""
    try:
        cache.delete(f"hint:{name}")
    except Exception as error:
        log.warning("hint %s not taken off: %s", name, error)


def hint(name: str) -> None:
    """Tell the workers, once this transaction commits, that task ``name`` has something to do."""
    if getattr(settings, "HINTS", True):
        transaction.on_commit(lambda: _publish(name))
