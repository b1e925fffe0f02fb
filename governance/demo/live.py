"""The demo in motion: made-up whistles lived at a multiple of real speed, on the real clock, with real mail."""

import heapq
import time
from datetime import datetime, timedelta
from itertools import count
from random import Random

from governance.kernel import clock
from governance.kernel.errors import DomainError

from .life import Life, blow
from .town import MATTERS, City


class LiveStage:
    """Lives wait ``speed`` times shorter than they would; what they do happens now."""

    def __init__(self, speed: float):
        self.speed, self.order, self.heap = speed, count(), []

    def add(self, life: Life, wait: timedelta = timedelta()) -> None:
        heapq.heappush(self.heap, (clock.now() + wait / self.speed, next(self.order), life))

    def step(self) -> bool:
        """Let the first life act if its moment has come. False: nothing to do yet."""
        if not self.heap or self.heap[0][0] > clock.now():
            return False
        _moment, _number, life = heapq.heappop(self.heap)
        try:
            following: datetime = next(life)
        except (StopIteration, DomainError):  # ended, or somebody at the screen was faster
            return True
        self.add(life, following - clock.now())
        return True


def demo_live(*, speed: float = 720, minutes: float = 10, per_day: int = 12, say=print, seed: int | None = None) -> int:
    """Blow ``per_day`` whistles per accelerated day for some minutes of real time. Returns how many were blown."""
    rng = Random(seed)
    city, stage, blown = City.read(Random(1)), LiveStage(speed), 0
    ends, due = time.monotonic() + minutes * 60, time.monotonic()
    while time.monotonic() < ends:
        if time.monotonic() >= due:
            town = rng.choice(city.deep)
            matter = rng.choice([row for row in MATTERS if row["lead"] in town.departments])
            stage.add(blow(city, town, matter, Random(rng.random()), stage.add))
            blown, due = blown + 1, due + 86400 / speed / per_day
            say(f"  {town.street.name}：{matter['title']}")
        if not stage.step():
            time.sleep(0.1)
    return blown
