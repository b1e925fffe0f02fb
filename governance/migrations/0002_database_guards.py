"""Guards that no model option expresses: append-only triggers that always fire, and what the portal's own role may not do."""

from django.db import migrations

APPEND_ONLY = [
    "governance_auditevent",
    "governance_auditseal",
    "governance_auditanchor",
    "governance_rating",
    "governance_ticketreport",
    "governance_comment",
]

ALWAYS = """
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

# The role exists where ops/engines.py or the deployment made it; elsewhere (a developer's own database) there is nothing to take.
REVOKE = """
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


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_whistle_loop")]

    operations = [
        migrations.RunSQL([(ALWAYS, [APPEND_ONLY]), (REVOKE, [APPEND_ONLY])], migrations.RunSQL.noop),
    ]
