"""Database guards shared by the slices: what the tables refuse whoever asks (reliability.md 6)."""

import pgtrigger
from django.db.migrations import RunSQL


def append_only(name: str = "append_only") -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE. Migration 0002 makes them ENABLE ALWAYS."""
    return [
        pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_truncate",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func="RAISE EXCEPTION 'append-only: % cannot be truncated', TG_TABLE_NAME;",
        ),
    ]


_ALWAYS = """
DO $$
DECLARE row record;
BEGIN
    FOR row IN
        SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relname = ANY (%s) AND t.tgname LIKE 'pgtrigger_append_only%%'
    LOOP
        EXECUTE format('ALTER TABLE %%I ENABLE ALWAYS TRIGGER %%I', row.relname, row.tgname);
    END LOOP;
END $$;
"""
# The role exists where ops/engines.py or the deployment made it; a developer's own database has nothing to take from.
_REVOKE = """
DO $$
DECLARE name text;
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'portal_app') THEN
        FOREACH name IN ARRAY %s LOOP
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %%I FROM portal_app', name);
        END LOOP;
    END IF;
END $$;
"""


def append_only_for_good(*tables: str) -> RunSQL:
    """A migration's operation: the triggers of these tables always fire, and the portal's own role may only insert and read."""
    return RunSQL([(_ALWAYS, [list(tables)]), (_REVOKE, [list(tables)])], RunSQL.noop)
