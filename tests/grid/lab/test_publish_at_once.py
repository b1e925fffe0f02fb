"""Two cuts, each harmless, published at the same moment: together they would single somebody out. Real commits."""

import threading
from contextlib import suppress

import pytest

from governance.kernel import clock
from governance.kernel.errors import Conflict
from grid.lab import services
from grid.lab.models import OpenDataset
from grid.lab.states import DatasetStatus as S
from tests_support import lab
from tests_support.databases import at_once

pytestmark = [pytest.mark.slow]
CUTS = ({"period": "month"}, {"place": "community"})


def publish_both(database, monkeypatch) -> list:
    """Draft both, then publish both at once; whoever has been checked waits for the other one as long as that can come."""
    actors, (one, two) = database.actors, lab.places()[:2]
    lab.incidents(6, place=one, month=7)
    lab.incidents(6, place=two, month=8)
    lab.incidents(1, place=two, month=7)  # the table of both cuts has a cell of one
    drafts = [lab.drafted(actors, levels=levels) for levels in CUTS]
    assert all(row.finding["passed"] for row in drafts)
    build, both = services.build, threading.Barrier(len(drafts))

    def slowly(*args):
        with suppress(threading.BrokenBarrierError):
            both.wait(2)
        return build(*args)

    monkeypatch.setattr(services, "build", slowly)

    def publish(number: int):
        with clock.travel(lab.NOW):
            return services.dataset_publish(dataset=drafts[number], by=actors.city)

    return at_once(len(drafts), publish)


def test_exactly_one_of_two_passes(throwaway_db, monkeypatch):
    found = publish_both(throwaway_db, monkeypatch)
    refusal = next(one for one in found if isinstance(one, Exception))
    assert isinstance(refusal, Conflict) and "两份数据一减" in str(refusal)
    assert sorted(OpenDataset.objects.values_list("status", flat=True)) == [S.DRAFT, S.PUBLISHED]
    assert sum(isinstance(one, OpenDataset) for one in found) == 1


def test_without_the_lock_both_would(throwaway_db, monkeypatch):
    """What the lock is good for."""
    monkeypatch.setattr(services, "_one_at_a_time", lambda: None)
    found = publish_both(throwaway_db, monkeypatch)
    assert [getattr(one, "status", one) for one in found] == [S.PUBLISHED, S.PUBLISHED]
