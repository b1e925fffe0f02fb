"""A dashboard is drawn once for the same numbers, and anew as soon as one of them changes."""

import pytest

from governance.dashboards import drawing
from governance.dashboards.drawing import drawn

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(monkeypatch):
    """The cache on, and the count of drawings."""
    monkeypatch.setattr(drawing, "KEPT", 60)
    calls, panels_of = [], drawing.panels_of
    monkeypatch.setattr(drawing, "panels_of", lambda numbers: calls.append(1) or panels_of(numbers))
    monkeypatch.setattr(drawing, "VERSION", f"test {id(calls)}")
    return calls


def test_the_same_numbers_are_drawn_once(kept, story, numbers):
    assert drawn(numbers()) == drawn(numbers())
    assert len(kept) == 1


def test_another_number_period_or_unit_is_drawn_anew(kept, story, numbers, make_ticket, street):
    first = drawn(numbers())
    assert drawn(numbers(period="year")) != first
    assert drawn(numbers(street.unit)) != first
    make_ticket("hung")
    assert drawn(numbers()) != first
    assert len(kept) == 4


def test_another_rule_is_drawn_anew(kept, story, numbers, monkeypatch):
    drawn(numbers())
    monkeypatch.setattr(drawing, "policy", lambda key: 99)
    drawn(numbers())
    assert len(kept) == 2


def test_a_stopped_cache_only_costs_time(kept, story, numbers, monkeypatch):
    class Stopped:
        def get(self, key):
            raise ConnectionError

        def set(self, *_):
            raise ConnectionError

    monkeypatch.setattr(drawing, "cache", Stopped())
    assert "panel-now" in drawn(numbers()) and "panel-now" in drawn(numbers())
    assert len(kept) == 2
