"""The demo's disclosures: published quarters, one overdue, questions; once, and as the books have them."""

from datetime import date

import pytest

from funding.disclosure.demo import disclosure_demo_load
from funding.disclosure.models import Disclosure, MoneyQuestion
from governance.invariants import broken

from .conftest import YEAR, noon

pytestmark = pytest.mark.django_db


def test_quarters_published_one_overdue_questions_answered(money):
    money.give()
    last = money.place.street.children.filter(level="community").order_by("code12").last()
    money.give(to=last)
    money.pay(1_000_00, date(YEAR, 8, 1))
    assert disclosure_demo_load(now=noon(11, 24)) == 6 + 3
    states = sorted(Disclosure.objects.values_list("status", flat=True))
    assert states == ["overdue"] + ["published"] * 5
    assert Disclosure.objects.get(status="overdue").community == last
    assert not any(row.is_late for row in Disclosure.objects.published())
    assert sorted(MoneyQuestion.objects.values_list("status", flat=True)) == ["answered", "answered", "asked"]
    assert all(Disclosure.objects.values_list("is_synthetic", flat=True))
    assert disclosure_demo_load(now=noon(11, 24)) == 0
    assert broken() == {}
