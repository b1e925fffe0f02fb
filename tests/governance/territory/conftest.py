"""The whole territory, loaded once per module inside a transaction that is rolled back when the module ends."""

import pytest
from django.db import transaction

from governance.territory import services


@pytest.fixture(scope="module")
def territory(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            yield services.territory_load()
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)
