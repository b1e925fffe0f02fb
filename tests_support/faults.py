"""Seeded faults on a whole running portal, people who go on working meanwhile, and the count of what came of it.

``Drill`` kills, stops and empties while ``Writer`` threads take whistles through the loop; ``verdict`` then counts every effect.
Used by the fault tests (a short drill) and by ``bench/faults.py`` (a long one).
"""

import itertools
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ops.engines import wait_until

SETTLE = 60.0  # seconds in which the portal must have recovered and sent everything after a fault
PAUSE = 2.0  # seconds in which Redis stands still


def children_of(pid: int) -> list[int]:
    """The processes that this one started."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in path.read_text().split()] if path.exists() else []


def kill(portal, name: str) -> None:
    """kill -9 of a program's main process."""
    os.kill(portal.pid(name), signal.SIGKILL)


def kill_child(portal, name: str, chance: random.Random) -> None:
    """kill -9 of one process that a program started; of the program itself when it has none."""
    pid = portal.pid(name)
    os.kill(chance.choice(children_of(pid) or [pid]), signal.SIGKILL)


def stop_redis(portal, chance: random.Random) -> None:
    """Let Redis stand still: connections stay open and nobody answers."""
    pid = portal.pid("redis")
    os.kill(pid, signal.SIGSTOP)
    time.sleep(PAUSE)
    os.kill(pid, signal.SIGCONT)


def empty_redis(portal, chance: random.Random) -> None:
    """FLUSHALL: every hint and every accepted task is gone, and nobody is told."""
    import redis

    redis.Redis.from_url(portal.run.engines.env()["REDIS_URL"], socket_timeout=5).flushall()


def misbehave(mood: str, seconds: float) -> Callable:
    """A fault of the mail server, for some seconds in which mails meet it."""
    return lambda portal, chance: portal.relay.play(mood, seconds)


FAULTS: dict[str, Callable] = {
    "worker": lambda portal, chance: kill(portal, "worker"),
    "worker child": lambda portal, chance: kill_child(portal, "worker", chance),
    "beat": lambda portal, chance: kill(portal, "beat"),
    "web": lambda portal, chance: kill(portal, "web"),
    "web child": lambda portal, chance: kill_child(portal, "web", chance),
    "mail in": lambda portal, chance: kill(portal, "mailin"),
    "mailbox": lambda portal, chance: kill(portal, "mailbox"),
    "redis": lambda portal, chance: kill(portal, "redis"),
    "postgres": lambda portal, chance: kill(portal, "postgres"),
    "redis stands still": stop_redis,
    "redis emptied": empty_redis,
    "smtp 451": misbehave("451", 2.0),
    "smtp 550": misbehave("550", 1.5),
    "smtp slow": misbehave("slow", 3.0),
    "smtp drops": misbehave("drops", 2.0),
    "smtp takes and drops": misbehave("takes and drops", 1.0),
    "smtp down": misbehave("down", 3.0),
}


def order_of(count: int, chance: random.Random) -> Iterator[str]:
    """Every fault as often as every other, in a shuffled order."""
    names = list(itertools.islice(itertools.cycle(FAULTS), count))
    chance.shuffle(names)
    return iter(names)


def stand_between(portal) -> None:
    """Put a mail server that can misbehave between the portal's worker and its mailbox; the worker starts anew."""
    from .relay import Relay

    portal.relay = Relay(int(portal.run.env["MAILBOX_PORT"])).start()
    portal.run.env["EMAIL_URL"] = f"smtp://127.0.0.1:{portal.relay.port}"
    kill(portal, "worker")


def retry_dead() -> int:
    """What a person does with the page of undelivered mails, once the server takes them again. Returns how many."""
    from django.db import connections

    from governance.kernel.outbox import MailState, OutboxMail, mail_retry

    from .stubborn import insist

    rows = insist(lambda: list(OutboxMail.objects.filter(state=MailState.DEAD)))
    for row in rows:
        insist(lambda row=row: mail_retry(mail=row))
    connections.close_all()  # the next fault may take the database away
    return len(rows)


class Drill:
    """Faults one after another, at moments that the seed decides; ``told`` keeps what was done and how long it took."""

    def __init__(self, portal, seed: int, say: Callable[[str], None] = print):
        self.portal, self.chance, self.say = portal, random.Random(seed), say
        self.told: list[tuple[str, float]] = []
        stand_between(portal)

    def play(self, count: int, *, least: float = 0.5, most: float = 3.0) -> None:
        """Play ``count`` faults, ``least`` to ``most`` seconds after the portal has come back from the one before."""
        for name in order_of(count, self.chance):
            time.sleep(self.chance.uniform(least, most))
            self.fault(name)

    def fault(self, name: str) -> None:
        """One fault; returns when every program runs and /healthz answers 200 again."""
        began = time.monotonic()
        try:
            FAULTS[name](self.portal, self.chance)
        except (ProcessLookupError, OSError) as error:
            self.say(f"{name}: {error}")  # it had just died of the fault before
        time.sleep(0.3)
        if not wait_until(self.is_well, SETTLE):
            raise AssertionError(f"{name}: not well after {SETTLE:.0f} s: {self.portal.run._health_text()}")
        if name == "smtp 550":
            retry_dead()
        self.told.append((name, time.monotonic() - began))
        self.say(f"{name}: well again after {self.told[-1][1]:.1f} s")

    def is_well(self) -> bool:
        """Every program runs and the portal says that it is well."""
        supervisor = self.portal.supervisor
        return all(supervisor.running(name) for name in list(supervisor.children)) and self.portal.run._healthy()


class Hands:
    """Threads that work at the same time, each with a connection of its own, until told to stop."""

    def __init__(self, *works: Callable[[threading.Event], None]):
        self.enough, self.errors = threading.Event(), []
        self.threads = [threading.Thread(target=self._go, args=(work,), daemon=True) for work in works]

    def _go(self, work: Callable[[threading.Event], None]) -> None:
        from django.db import connections

        try:
            work(self.enough)
        except BaseException as error:
            self.errors.append(error)
        finally:
            connections.close_all()

    def __enter__(self) -> "Hands":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join(SETTLE * 2)
        if self.errors:
            raise self.errors[0]
        if any(thread.is_alive() for thread in self.threads):
            raise AssertionError("a writer did not come to an end")
