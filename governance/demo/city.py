"""The demo city: about 600 whistles of the last five months, made by the services on a travelled clock."""

import heapq
from datetime import datetime, timedelta
from itertools import count
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.dashboards import rollups
from governance.kernel import clock
from governance.kernel.audit import audit_seal
from governance.kernel.deadlines import deadlines_fire
from governance.kernel.errors import DomainError
from governance.kernel.events import suspended
from governance.kernel.outbox import MailState, OutboxMail
from governance.kernel.rollup import rollup_fold
from governance.whistles.mail.notices import on_event
from governance.whistles.models import Whistle
from governance.whistles.services import whistles_archive
from governance.whistles.services.scores import scorecards_sweep

from .life import Life, blow
from .present import present_make
from .town import MATTERS, City

SEED = 20240701
DAYS, MAIL_DAYS = 150, 4
SWEEP = timedelta(hours=2)


class Stage:
    """Runs lives in the order of their moments, on one clock, and lets the sweeps run between them."""

    def __init__(self, begin: datetime, until: datetime):
        self.until, self.swept, self.order, self.heap = until, begin, count(), []

    def add(self, moment: datetime, life: Life) -> None:
        heapq.heappush(self.heap, (moment, next(self.order), life))

    def run(self) -> None:
        """Step every life whose moment comes before the end; what is left then is the city's present."""
        while self.heap and self.heap[0][0] < self.until:
            day = timezone.localdate(self.heap[0][0])
            with transaction.atomic():  # one commit a day: the history is made at once or not at all
                while self.heap and self.heap[0][0] < self.until and timezone.localdate(self.heap[0][0]) == day:
                    self._step(*heapq.heappop(self.heap))
        self._sweep(self.until)

    def _step(self, moment: datetime, _number: int, life: Life) -> None:
        if moment - self.swept > SWEEP:
            self._sweep(moment)
        with clock.travel(moment):
            try:
                following = next(life)
            except StopIteration:
                return
            except DomainError:
                return  # somebody else (a merge, a lapse) ended it in the meantime
        self.add(max(following, moment + timedelta(seconds=1)), life)

    def _sweep(self, moment: datetime) -> None:
        while self.swept + SWEEP < moment:
            self.swept += SWEEP
            with clock.travel(self.swept):
                deadlines_fire()
        with clock.travel(moment):
            whistles_archive()


def _moments(rng: Random, end: datetime) -> list[datetime]:
    """When whistles are blown: more of them lately, mostly in office hours."""
    moments = []
    for _number in range(settings.DEMO_WHISTLES):
        back = DAYS * (1 - rng.random() ** 0.75)
        day = timezone.localtime(end - timedelta(days=back))
        moment = day.replace(
            hour=rng.choice((8, 9, 9, 10, 10, 11, 14, 15, 16, 19)), minute=rng.randint(0, 59), second=0
        )
        moments.append(min(moment, end - timedelta(minutes=rng.randint(5, 90))))
    return sorted(moments)


def demo_city_load(*, now: datetime | None = None) -> int:
    """Make the history up to now, unless there is one. Deterministic for a given moment. Returns the whistles made.

    DEMO_WHISTLES says how many; the desk of the home street comes on top.
    """
    if Whistle.objects.exists() or not settings.DEMO_WHISTLES:
        return 0
    end = (now or clock.now()).replace(microsecond=0)
    rng = Random(SEED)
    city = City.read(rng)
    moments = _moments(rng, end)
    stage, recent = Stage(moments[0], end - timedelta(days=MAIL_DAYS)), Stage(moments[0], end)
    for moment in moments:
        town = rng.choice(city.deep) if rng.random() < 0.6 else rng.choice(city.light)
        matter = rng.choice([row for row in MATTERS if row["lead"] in town.departments])
        own = Random(rng.random())
        target = stage if moment < stage.until else recent
        target.add(moment, blow(city, town, matter, own, lambda life: _spawn(stage, recent, life)))
    counted = (rollups.on_event, rollups.on_appeal)  # the figures are counted once, at the end
    with suspended(on_event, *counted):  # mails of long ago would only fill the mailbox
        stage.run()
    recent.heap, recent.swept = sorted(recent.heap + stage.heap), stage.swept
    with suspended(*counted):
        recent.run()
        with transaction.atomic():
            present_make(city=city, matters=MATTERS, end=end)
    _settle(end)
    return Whistle.objects.count()


def _spawn(stage: Stage, recent: Stage, life: Life) -> None:
    target = stage if clock.now() < stage.until else recent
    target.add(clock.now(), life)


def _settle(end: datetime) -> None:
    """Mails of past days count as sent; seal and fold what the workers would have sealed and folded."""
    old = OutboxMail.objects.filter(state=MailState.PENDING, not_before__lt=end - timedelta(days=2))
    old.update(state=MailState.SENT, sent_at=end - timedelta(days=2))
    while audit_seal():
        pass
    while rollup_fold():
        pass
    rollups.rollup_rebuild()
    scorecards_sweep()
