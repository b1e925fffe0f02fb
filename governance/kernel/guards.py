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


_SEAL = r"""
DO $$
DECLARE row record; body text;
BEGIN
    FOR row IN
        SELECT c.oid::regclass AS tab, t.tgname, p.oid::regprocedure AS fun FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s) AND starts_with(t.tgname::text, 'pgtrigger_')
    LOOP
        body := regexp_replace(pg_get_functiondef(row.fun), 'IF \("public"\._pgtrigger_should_ignore.*?END IF;\s+END IF;', '');
        IF body LIKE '%%should_ignore%%' THEN
            RAISE EXCEPTION 'trigger %% can still be ignored', row.tgname;
        END IF;
        EXECUTE body;
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %%s FROM PUBLIC', row.fun);
        IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'portal_app') THEN
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %%s FROM portal_app', row.fun);
        END IF;
        EXECUTE format('ALTER TABLE %%s ENABLE ALWAYS TRIGGER %%I', row.tab, row.tgname);
    END LOOP;
END $$;
"""


def sealed(*tables: str) -> RunSQL:
    """A migration's operation: no session talks its way past the triggers of these tables.

    They stop asking the setting ``pgtrigger.ignore``, which any role may set; their functions cannot be hung on a table of
    one's own; they fire under every ``session_replication_role``. Say it again after each change of these triggers.
    """
    return RunSQL([(_SEAL, [list(tables)])], RunSQL.noop)
