"""What the territory's tests start from."""

import pytest
from django.db import connection

from governance.kernel import cached
from governance.kernel.policy import PolicyRule
from governance.territory import selectors
from tests_support.triggers import triggers_off


@pytest.fixture
def territory(db):
    """The whole territory, which tests/conftest.py has loaded."""


@pytest.fixture
def empty_city(db):
    """No territory at all, until the test's transaction is rolled back; returns the fingerprint of the one before."""
    before = selectors.fingerprint()
    with triggers_off("governance.Division:division_is_never_deleted"), connection.cursor() as cursor:
        for table in ("appointment", "grid", "department", "entrustment", "category", "division", "managementunit"):
            cursor.execute(f"DELETE FROM governance_{table}")
    PolicyRule.objects.filter(key__startswith="territory.").delete()
    cached.forget_all()
    return before
