"""A published set at a fixed moment, for all of the lab's tests."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from governance.kernel import clock
from tests_support import lab


@pytest.fixture(autouse=True)
def _now():
    with clock.travel(lab.NOW):
        cache.clear()
        yield
        cache.clear()


@pytest.fixture
def crowd(db):
    """Enough incidents to pass by street and month, and two communities with too few each."""
    one, two = lab.places()[:2]
    for month in (7, 8, 9):
        lab.incidents(4, place=one, month=month, days=timedelta(hours=5), verdict="good")
        lab.incidents(3, place=two, month=month)
