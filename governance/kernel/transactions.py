"""One transaction for a whole service, however many services it calls."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from .prepared import waiting


@contextmanager
def together() -> Iterator[None]:
    """Like ``transaction.atomic``, without a savepoint where such a block already runs: inner ones stand and fall with it.

    Who wants to go on after a refusal inside such a block puts ``transaction.atomic()`` around the call.
    """
    inner = connection.in_atomic_block and getattr(connection, "is_together", False)
    with transaction.atomic(savepoint=not inner):
        if inner:
            yield
            return
        connection.is_together = True
        try:
            with waiting():
                yield
        finally:
            connection.is_together = False
