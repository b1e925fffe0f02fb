"""Past the database's own triggers, to build states that no service reaches: as the tables' owner, inside the test's transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from pgtrigger import registered


@contextmanager
def triggers_off(*names: str) -> Iterator[None]:
    """Without the triggers of these names (``"grid.Form"`` for all of a model, ``"grid.Form:form_flow"`` for one).

    The tables stay locked for others until the transaction ends. What was deferred is judged before and after.
    """
    found = [
        (model._meta.db_table, trigger.get_pgid(model))
        for model, trigger in registered()
        if {model._meta.label, trigger.get_uri(model)} & set(names)
    ]
    assert found, names

    def turn(how: str) -> None:  # ALTER TABLE refuses while deferred checks wait
        statements = [f"ALTER TABLE {table} {how} TRIGGER {name}" for table, name in found]
        cursor.execute("; ".join(["SET CONSTRAINTS ALL IMMEDIATE", *statements, "SET CONSTRAINTS ALL DEFERRED"]))

    with transaction.atomic(), connection.cursor() as cursor:
        turn("DISABLE")
        yield
        turn("ENABLE ALWAYS")


def forge_audit(sql: str, *values) -> None:
    """One statement against the audit trail, as somebody with the owner's rights could."""
    with triggers_off("governance.AuditEvent", "governance.AuditSeal"), connection.cursor() as cursor:
        cursor.execute(sql, values)
