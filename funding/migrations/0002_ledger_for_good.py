"""What migration options cannot say: the guards always fire, the portal's own role only adds, balances move by entries alone."""

from django.db import migrations

from governance.kernel.guards import append_only_for_good

# Entries move balances with the owner's rights, so that the portal's role needs no UPDATE on accounts.
OWNERS_RIGHTS = """
DO $$
DECLARE posts regprocedure;
BEGIN
    SELECT tgfoid::regprocedure INTO STRICT posts FROM pg_trigger WHERE tgname LIKE 'pgtrigger_entry_posts%%';
    EXECUTE format('ALTER FUNCTION %%s SECURITY DEFINER SET search_path = public, pg_temp', posts);
END $$;
"""
# Batches take their accounts in one order before they post; locking needs a right that the portal's role does not have.
LOCK = """
CREATE FUNCTION funding_lock(ids bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM funding_account WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
END $$;
"""
NAMES = [
    "pgtrigger_entry_posts", "pgtrigger_journal_opens", "pgtrigger_journal_is_whole", "pgtrigger_account_is_posted_only",
    "pgtrigger_period_only_closes",
]  # fmt: skip
ALWAYS = """
DO $$
DECLARE row record;
BEGIN
    FOR row IN SELECT tgname, tgrelid::regclass AS tab FROM pg_trigger
               WHERE EXISTS (SELECT FROM unnest(%s) n WHERE starts_with(tgname::text, n)) LOOP
        EXECUTE format('ALTER TABLE %%s ENABLE ALWAYS TRIGGER %%I', row.tab, row.tgname);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_ledger")]

    operations = [
        migrations.RunSQL([(OWNERS_RIGHTS, [])], migrations.RunSQL.noop),
        migrations.RunSQL(LOCK, "DROP FUNCTION funding_lock"),
        append_only_for_good("funding_account", "funding_journal", "funding_entry", "funding_period"),
        migrations.RunSQL([(ALWAYS, [NAMES])], migrations.RunSQL.noop),
        migrations.RunSQL(
            "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'portal_app') THEN "
            "GRANT UPDATE ON funding_period TO portal_app; END IF; END $$;",
            migrations.RunSQL.noop,
        ),
    ]
