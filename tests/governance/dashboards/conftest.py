"""Whistles in several states on a fixed Monday, and the numbers that a dashboard shows of them."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from governance.dashboards.periods import period_of
from governance.dashboards.selectors import numbers_of
from governance.kernel import clock
from governance.kernel.rollup import rollup_fold
from governance.whistles import services
from tests_support import stories

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def monday():
    """It is Monday, 23 November 2026, nine o'clock."""
    with clock.travel(MONDAY):
        yield MONDAY


@pytest.fixture
def story(actors, make_ticket, monday):
    """One ticket in each of several states, one overdue, one back again."""
    made = [make_ticket(status) for status in ("pending_sign", "handling", "hung", "pending_verify", "reassigned")]
    with clock.travel(MONDAY - timedelta(days=20)):
        made.append(make_ticket("pending_arrive", scene="emergency", source="hotline"))
    for _ in range(3):
        made.append(make_ticket("closed"))
    back = make_ticket("pending_verify")
    services.ticket_rework(ticket=back, by=actors.staff, note="现场仍有堆物")
    fold()
    return [*made, stories.fresh(back)]


def fold() -> None:
    """What the worker does every second."""
    while rollup_fold():
        pass


@pytest.fixture
def numbers(monday):
    """``numbers(unit=None, period="quarter")`` after folding."""

    def read(unit=None, **words):
        fold()
        return numbers_of(unit, period_of(words, clock.today()))

    return read


@pytest.fixture(autouse=True)
def anew(monkeypatch):
    """Draw every dashboard anew: the tests look into its panels."""
    monkeypatch.setattr("governance.dashboards.drawing.KEPT", 0)
