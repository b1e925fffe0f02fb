"""A whole portal for tests: its own PostgreSQL and Redis, web, worker, beat, mail in, mailbox, under the real supervisor."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from ops.net import kept_or_free
from ops.run import Run
from ops.services import Choice
from ops.supervisor import Stopped


class Live:
    """Starts on a thread that lives as long as the portal (its programs end with it)."""

    def __init__(self, home: Path):
        self.run = Run(Choice(kept_or_free(None), True, home))
        self.ready, self.failure = threading.Event(), None
        self.thread = threading.Thread(target=self._live, daemon=True)

    @property
    def url(self) -> str:
        return self.run.choice.url

    @property
    def supervisor(self):
        return self.run.supervisor

    def start(self) -> "Live":
        self.thread.start()
        self.ready.wait(240)
        if self.failure or not self.ready.is_set():
            raise RuntimeError(f"the portal did not start: {self.failure}")
        return self

    def _live(self) -> None:
        try:
            self.run.up()
            self.ready.set()
            self.supervisor.wait(lambda: False)
        except Stopped:
            pass
        except BaseException as error:
            self.failure = error
            self.ready.set()
        finally:
            self.supervisor.stop_all()

    def stop(self) -> None:
        self.supervisor.stopping = True
        self.thread.join(60)

    def pid(self, name: str) -> int:
        """The process id of one of the programs."""
        return self.supervisor.children[name].process.pid

    @contextmanager
    def database(self) -> Iterator[None]:
        """Point Django's default connection at this portal's database, as the portal's own role."""
        from governance.settings.env import database  # reads the settings, which a bench has not made yet

        connection = connections["default"]
        kept = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict.update(database(self.run.engines.env()["DATABASE_URL"]))
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.clear()
            connection.settings_dict.update(kept)


@contextmanager
def live_portal(home: Path) -> Iterator[Live]:
    """A portal with the demo's people and no history."""
    os.environ["DEMO_WHISTLES"] = "0"
    portal = Live(home)
    try:
        yield portal.start()
    finally:
        portal.stop()
        os.environ.pop("DEMO_WHISTLES", None)
