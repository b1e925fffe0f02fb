"""Tickets brought to an end with the outcome and stars that a test is about."""

from datetime import datetime

import pytest
from django.utils import timezone

from governance.kernel import clock
from governance.territory.models import Category
from governance.whistles import services
from governance.whistles.models import Rating, Scorecard
from governance.whistles.services.scores import quarter_release, scorecards_refresh
from tests_support import stories

GOOD = {"speed": 5, "attitude": 5, "quality": 5, "lawfulness": 5}
FAIR = {"speed": 3, "attitude": 3, "quality": 3, "lawfulness": 3}
BAD = {"speed": 1, "attitude": 1, "quality": 1, "lawfulness": 1, "low_reason": "late"}
QUARTER = "2026Q4"


def moment(*parts: int) -> datetime:
    """A moment in the portal's time zone."""
    return datetime(*parts, tzinfo=timezone.get_default_timezone())


START = moment(2026, 11, 23, 9, 0)  # a Monday morning
AFTER = moment(2027, 1, 5, 9, 0)


@pytest.fixture
def monday():
    """The test happens on Monday, 23 November 2026, nine o'clock."""
    with clock.travel(START):
        yield START


@pytest.fixture
def settle(actors, make_ticket, monday):
    """``settle(stars=GOOD, thoroughly="yes", outcome="solved", **whistle)``: a closed, rated ticket of the lead department.

    ``stars=None`` lets the rating lapse; ``by="sibling"`` has the neighbouring street blow. Each is of another category,
    so that none is the recurrence of one before.
    """
    categories = iter(Category.objects.exclude(parent=None).order_by("code"))

    def make(stars=GOOD, thoroughly="yes", outcome="solved", by="own", **changes):
        changes.setdefault("category", next(categories))
        staff = actors.staff if by == "own" else actors.sibling_staff
        ticket = make_ticket("handling", **changes) if by == "own" else _of_sibling(actors, **changes)
        report = {**stories.REPORT, "outcome": outcome, "basis": "条例第三条"}
        ticket = services.ticket_report_done(ticket=ticket, by=actors.dept, **report)
        ticket = services.ticket_verify(ticket=ticket, by=staff)
        if stars is None:
            services.ticket_lapse(ticket=ticket)
        else:
            services.ticket_rate(ticket=ticket, by=staff, thoroughly=thoroughly, **stars)
        return stories.fresh(ticket)

    return make


def _of_sibling(actors, **changes):
    place = stories.street(stories.SIBLING)
    content = stories.content(place, assistants=(), **changes)
    row = services.whistle_blow(by=actors.sibling_staff, street=place, content=content)
    row = services.whistle_approve(whistle=row, by=actors.sibling_leader)
    row = services.whistle_dispatch(whistle=row, by=actors.sibling_staff)
    ticket = services.ticket_accept(ticket=row.tickets.get(), by=actors.dept)
    return services.ticket_arrive(ticket=ticket, by=actors.dept)


@pytest.fixture
def card_of():
    """``card_of(department)``: its card of the quarter, computed now."""

    def make(department, period=QUARTER):
        scorecards_refresh(period=period)
        return Scorecard.objects.filter(department_id=getattr(department, "pk", department), period=period).first()

    return make


@pytest.fixture
def release(actors):
    """Release the quarter on 5 January 2027; later steps of the test happen there too, with ``at(AFTER)``."""

    def make(quarter=QUARTER):
        with clock.travel(AFTER):
            return quarter_release(quarter=quarter)

    return make


@pytest.fixture
def rating_of():
    return lambda ticket: Rating.objects.get(ticket=ticket)
