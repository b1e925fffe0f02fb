"""Database guards shared by the slices: what the tables refuse whoever asks (reliability.md 6, ADR 25).

The triggers of every slice are made of the classes here, not of the library's own: those ask a setting that any session may set.
"""

import pgtrigger
from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation, OperationCategory
from pgtrigger import compiler

CHECK = (
    "USING ERRCODE = 'check_violation'"  # SQLSTATE 23514 makes Django raise IntegrityError, like any other constraint
)


class SealedSql(compiler.UpsertTriggerSql):
    """The library's trigger without its doors. Migrations refer to it: what it makes of the same words must not change.

    It does not ask ``pgtrigger.ignore``; reads no temporary table in the place of a real one; cannot be hung on a table of one's
    own; fires under every ``session_replication_role``.
    """

    rights = "INVOKER"

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER LANGUAGE plpgsql
            SECURITY {rights} SET search_path = public, pg_temp AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$;
            REVOKE EXECUTE ON FUNCTION {pgid}() FROM PUBLIC;
            DO $$ BEGIN
                IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_app') THEN
                    REVOKE EXECUTE ON FUNCTION {pgid}() FROM portal_app;
                END IF;
            END $$;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE FUNCTION {execute};
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {pgid};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """

    def get_defaults(self, pgid: str) -> dict[str, str]:
        return super().get_defaults(pgid) | {"rights": self.rights}


class OwnersSealedSql(SealedSql):
    """Runs with the rights of the tables' owner: may change what the portal's own role may not."""

    rights = "DEFINER"


class _Sealed:
    """Compiles a trigger of the library to one that nobody talks his way past."""

    sql = SealedSql

    def compile(self, model) -> compiler.Trigger:
        return compiler.Trigger(name=self.name, sql=self.sql(**super().compile(model).sql.kwargs))


class Trigger(_Sealed, pgtrigger.Trigger):
    """A rule in PL/pgSQL."""


class OwnersTrigger(Trigger):
    """A rule that works with the owner's rights; its function checks ``TG_RELID``."""

    sql = OwnersSealedSql


class Protect(_Sealed, pgtrigger.Protect):
    """Refuses an operation."""


class ReadOnly(_Sealed, pgtrigger.ReadOnly):
    """Refuses a change of some columns."""


class FSM(_Sealed, pgtrigger.FSM):
    """Refuses a change of state that no step allows."""


class SealTriggers(Operation):
    """A migration's operation: all triggers that the app has so far, written before ``SealedSql``, are compiled with it.

    ``owners`` names those that keep the owner's rights. Backwards the tables keep their sealed triggers: the rules are the same,
    and no way back opens a door.
    """

    category = OperationCategory.ALTERATION

    def __init__(self, owners: list[str] | None = None):
        self.owners = owners or []

    def _of(self, app_label: str, state) -> list:
        return [
            model for (label, _), model in state.models.items() if label == app_label and model.options.get("triggers")
        ]

    def state_forwards(self, app_label, state) -> None:
        models = self._of(app_label, state)
        for model in models:
            model.options["triggers"] = [
                compiler.Trigger(
                    name=one.name, sql=(OwnersSealedSql if one.name in self.owners else SealedSql)(**one.sql.kwargs)
                )
                for one in model.options["triggers"]
            ]
        state.reload_models([(app_label, model.name_lower) for model in models], delay=True)

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        for model in self._of(app_label, to_state):
            for trigger in model.options["triggers"]:
                schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        pass

    def describe(self) -> str:
        return "Seal the triggers"


def append_only(name: str = "append_only") -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE."""
    return [
        Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete),
        Trigger(
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
    """What migration funding/0008 did to these tables before there was ``SealTriggers``; for that migration only."""
    return RunSQL([(_SEAL, [list(tables)])], RunSQL.noop)
