"""The books cannot be talked round: no setting, temporary table, borrowed function or old snapshot goes past their triggers."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from governance.kernel.guards import sealed

# Defining a function anew takes these away: entries move balances with the owner's rights.
OWNERS_RIGHTS = """
DO $$
DECLARE posts regprocedure;
BEGIN
    SELECT tgfoid::regprocedure INTO STRICT posts FROM pg_trigger WHERE tgname LIKE 'pgtrigger_entry_posts%%';
    EXECUTE format('ALTER FUNCTION %%s SECURITY DEFINER SET search_path = public, pg_temp', posts);
END $$;
"""
# Locks accounts in one order and gives the first moment that follows everything that was posted to them.
MOMENT = """
CREATE FUNCTION funding_moment(ids bigint[], wanted timestamptz) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE latest timestamptz;
BEGIN
    SELECT max(last_at) INTO latest FROM (
        SELECT last_at FROM funding_account WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE) locked;
    RETURN greatest(wanted, latest);
END $$;
DROP FUNCTION funding_lock;
"""
RIGHTS = """
DO $$
DECLARE name text;
BEGIN
    REVOKE EXECUTE ON FUNCTION funding_moment FROM PUBLIC;
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'portal_app') THEN
        GRANT EXECUTE ON FUNCTION funding_moment TO portal_app;
        FOREACH name IN ARRAY %s LOOP
            EXECUTE format('REVOKE UPDATE ON SEQUENCE %%s FROM portal_app', pg_get_serial_sequence(name, 'id'));
        END LOOP;
    END IF;
END $$;
"""
BOOKS = ["funding_account", "funding_journal", "funding_entry", "funding_period"]
GRANTS = [
    "funding_entitlementrun", "funding_entitlementline", "funding_disbursementbatch", "funding_disbursementline",
    "funding_payeeaccount", "funding_bankreturn", "funding_yearclosing",
]  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ('funding', '0007_projects_change_and_extend'),
        ('governance', '0013_grids_end'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='disbursementbatch',
            name='batch_adds_up',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='disbursementline',
            name='payment_within_grant',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='disbursementline',
            name='payment_in_its_batch',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='entitlementline',
            name='line_in_a_draft',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='entitlementrun',
            name='run_adds_up',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='entry',
            name='entry_posts',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='journal',
            name='journal_opens',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='journal',
            name='journal_is_whole',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disbursementbatch',
            trigger=pgtrigger.compiler.Trigger(name='batch_adds_up', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE n int; fen bigint;', func="\n        IF OLD.status <> 'draft' AND (NEW.total_fen <> OLD.total_fen OR NEW.count <> OLD.count) THEN\n            RAISE EXCEPTION 'disbursement_fixed: batch % is no longer a draft', NEW.number USING ERRCODE = 'check_violation';\n        END IF;\n        IF OLD.status = 'draft' AND NEW.status = 'checked' THEN\n            SELECT count(*), coalesce(sum(amount_fen), 0) INTO n, fen FROM public.funding_disbursementline\n            WHERE batch_id = NEW.id AND status = 'planned';\n            IF n <> NEW.count OR fen <> NEW.total_fen THEN\n                RAISE EXCEPTION 'disbursement_sum: batch % says %, its lines %', NEW.number, NEW.total_fen, fen USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        IF NEW.status = 'settled' AND EXISTS (\n            SELECT FROM public.funding_disbursementline WHERE batch_id = NEW.id AND status IN ('planned', 'sent')) THEN\n            RAISE EXCEPTION 'disbursement_open: batch % has lines under way', NEW.number USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='533ebd82f72dd8e09920748d53e19bcc51ab295d', operation='UPDATE', pgid='pgtrigger_batch_adds_up_f6472', table='funding_disbursementbatch', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disbursementline',
            trigger=pgtrigger.compiler.Trigger(name='payment_within_grant', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."status" IN (\'planned\', \'sent\', \'arrived\'))', declare='DECLARE granted bigint; used bigint;', func="\n        IF TG_OP = 'UPDATE' THEN\n            IF OLD.status IN ('planned', 'sent') AND OLD.amount_fen = NEW.amount_fen\n               AND OLD.community_id = NEW.community_id AND OLD.fund = NEW.fund AND OLD.year = NEW.year THEN\n                RETURN NULL;  -- it counted before\n            END IF;\n        END IF;\n        PERFORM pg_advisory_xact_lock(4207, NEW.community_id::int);\n        SELECT coalesce(sum(l.amount_fen), 0) INTO granted FROM public.funding_entitlementline l\n        JOIN public.funding_entitlementrun r ON r.id = l.run_id AND r.status IN ('appropriated', 'closed')\n        WHERE l.community_id = NEW.community_id AND l.year = NEW.year AND l.fund = NEW.fund;\n        SELECT coalesce(sum(amount_fen), 0) INTO used FROM public.funding_disbursementline\n        WHERE community_id = NEW.community_id AND year = NEW.year AND fund = NEW.fund AND status IN ('planned', 'sent', 'arrived');\n        IF used > granted THEN\n            RAISE EXCEPTION 'disbursement_over: community % was granted %, not %', NEW.community_id, granted, used USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NULL;\n    ", hash='3b299335b3f63760d036567cec5872f0f78c56cb', operation='INSERT OR UPDATE OF "status", "amount_fen", "community_id", "fund", "year"', pgid='pgtrigger_payment_within_grant_f2d1b', table='funding_disbursementline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disbursementline',
            trigger=pgtrigger.compiler.Trigger(name='payment_in_its_batch', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE b public.funding_disbursementbatch%ROWTYPE;', func="\n        SELECT * INTO b FROM public.funding_disbursementbatch WHERE id = coalesce(NEW.batch_id, OLD.batch_id);\n        IF b.status <> 'draft' AND (TG_OP <> 'UPDATE' OR NEW.amount_fen <> OLD.amount_fen OR NEW.number <> OLD.number\n            OR NEW.community_id <> OLD.community_id OR NEW.payee_id IS DISTINCT FROM OLD.payee_id) THEN\n            RAISE EXCEPTION 'disbursement_fixed: batch % is no longer a draft', b.number USING ERRCODE = 'check_violation';\n        END IF;\n        IF TG_OP = 'DELETE' THEN\n            RETURN OLD;\n        END IF;\n        IF NEW.year <> b.year OR NEW.fund <> b.fund OR NEW.unit_id <> b.unit_id THEN\n            RAISE EXCEPTION 'disbursement_line: a line of another year, fund or unit in batch %', b.number USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='608290459d8d20e55505268f544e43851de8da13', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_payment_in_its_batch_38240', table='funding_disbursementline', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entitlementline',
            trigger=pgtrigger.compiler.Trigger(name='line_in_a_draft', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE r public.funding_entitlementrun%ROWTYPE;', func="\n        SELECT * INTO r FROM public.funding_entitlementrun WHERE id = coalesce(NEW.run_id, OLD.run_id);\n        IF r.status <> 'draft' THEN\n            RAISE EXCEPTION 'entitlement_fixed: run % is no longer a draft', r.number USING ERRCODE = 'check_violation';\n        END IF;\n        IF TG_OP = 'DELETE' THEN\n            RETURN OLD;\n        END IF;\n        IF NEW.year <> r.year OR NEW.fund <> r.fund OR NEW.kind <> r.kind\n           OR (r.unit_id IS NOT NULL AND NEW.unit_id <> r.unit_id) THEN\n            RAISE EXCEPTION 'entitlement_line: a line of another year, fund, kind or unit in run %', r.number USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='39818b84a9b283fadb4c8de1d2eb51ce9c5c9218', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_line_in_a_draft_3a1d1', table='funding_entitlementline', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entitlementrun',
            trigger=pgtrigger.compiler.Trigger(name='run_adds_up', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE n int; fen bigint;', func="\n        IF OLD.status <> 'draft' AND (NEW.total_fen <> OLD.total_fen OR NEW.communities <> OLD.communities) THEN\n            RAISE EXCEPTION 'entitlement_fixed: run % is no longer a draft', NEW.number USING ERRCODE = 'check_violation';\n        END IF;\n        IF OLD.status = 'draft' AND NEW.status = 'submitted' THEN\n            SELECT count(*), coalesce(sum(amount_fen), 0) INTO n, fen FROM public.funding_entitlementline WHERE run_id = NEW.id;\n            IF n <> NEW.communities OR fen <> NEW.total_fen THEN\n                RAISE EXCEPTION 'entitlement_sum: run % says %, its lines %', NEW.number, NEW.total_fen, fen USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        IF OLD.status = 'submitted' AND NEW.status = 'approved' THEN\n            PERFORM pg_advisory_xact_lock(4206, NEW.year);\n            IF EXISTS (\n                SELECT FROM public.funding_entitlementline l WHERE l.run_id = NEW.id AND l.given_fen <> (\n                    SELECT coalesce(sum(o.amount_fen), 0) FROM public.funding_entitlementline o\n                    JOIN public.funding_entitlementrun r ON r.id = o.run_id AND r.status IN ('approved', 'appropriated', 'closed')\n                    WHERE o.community_id = l.community_id AND o.year = l.year AND o.fund = l.fund)\n            ) THEN\n                RAISE EXCEPTION 'entitlement_stale: something was granted since run % was calculated', NEW.number USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        RETURN NEW;\n    ", hash='52a6d495e28d3b01ca7e536b44c11a26086c8124', operation='UPDATE', pgid='pgtrigger_run_adds_up_6ccb6', table='funding_entitlementrun', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entry_posts', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE j public.funding_journal%ROWTYPE; a public.funding_account%ROWTYPE;', func="\n        IF TG_RELID <> 'public.funding_entry'::regclass THEN\n            RAISE EXCEPTION 'ledger_entry: only entries move balances' USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT * INTO j FROM public.funding_journal WHERE id = NEW.journal_id;\n        IF NOT FOUND OR j.tx <> pg_current_xact_id()::text::bigint OR NEW.line < 1 OR NEW.line > j.legs THEN\n            RAISE EXCEPTION 'ledger_late_leg: journal % takes no further leg', NEW.journal_id USING ERRCODE = 'check_violation';\n        END IF;\n        UPDATE public.funding_account SET balance_fen = balance_fen + NEW.fen, entries = entries + 1,\n               last_at = greatest(last_at, j.at)\n        WHERE id = NEW.account_id RETURNING * INTO a;\n        IF a.fund IS DISTINCT FROM j.fund THEN\n            RAISE EXCEPTION 'ledger_funds_mixed: account % is of %, the journal of %', a.id, a.fund, j.fund USING ERRCODE = 'check_violation';\n        END IF;\n        IF a.year <> extract(year FROM j.day)\n           AND NOT (a.year = extract(year FROM j.day) + 1 AND j.kind IN ('carry', 'reversal')) THEN\n            RAISE EXCEPTION 'ledger_year: account % is of %, the journal of %', a.id, a.year, j.day USING ERRCODE = 'check_violation';\n        END IF;\n        IF a.last_at <> j.at THEN\n            RAISE EXCEPTION 'ledger_moment: account % has moved since %, post again', a.id, j.at USING ERRCODE = 'serialization_failure';\n        END IF;\n        NEW.balance_after := a.balance_fen;\n        NEW.seq := a.entries;\n        NEW.at := j.at;\n        RETURN NEW;\n    ", hash='a45683a1b26425eb6c25f361740d1a94271c5d45', operation='INSERT', pgid='pgtrigger_entry_posts_bdabf', table='funding_entry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journal',
            trigger=pgtrigger.compiler.Trigger(name='journal_opens', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF current_setting('transaction_isolation') <> 'read committed' THEN\n            RAISE EXCEPTION 'ledger_isolation: an old snapshot does not see which months are closed' USING ERRCODE = 'check_violation';\n        END IF;\n        PERFORM pg_advisory_xact_lock_shared(4205, extract(year FROM NEW.day)::int * 12 + extract(month FROM NEW.day)::int);\n        IF EXISTS (SELECT FROM public.funding_period WHERE year = extract(year FROM NEW.day)\n                   AND month = extract(month FROM NEW.day) AND status = 'closed') THEN\n            RAISE EXCEPTION 'ledger_period_closed: % is closed', to_char(NEW.day, 'YYYY-MM') USING ERRCODE = 'check_violation';\n        END IF;\n        NEW.tx := pg_current_xact_id()::text::bigint;\n        RETURN NEW;\n    ", hash='bfc4ce95aa9d68a7fea914172ebfa65262d6c4e2', operation='INSERT', pgid='pgtrigger_journal_opens_9e56c', table='funding_journal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journal',
            trigger=pgtrigger.compiler.Trigger(name='journal_is_whole', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', declare='DECLARE n int; total bigint; gain bigint; legal boolean; other int;', func="\n        SELECT count(*), coalesce(sum(e.fen), 0), coalesce(sum(e.fen) FILTER (WHERE e.fen > 0), 0), bool_and((CASE NEW.kind WHEN 'budget' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('source') ELSE a.kind IN ('available') END) WHEN 'appropriate' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('available') ELSE a.kind IN ('available') END) WHEN 'disburse' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('available') ELSE a.kind IN ('transit') END) WHEN 'arrive' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('transit') ELSE a.kind IN ('available') END) WHEN 'bounce' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('transit') ELSE a.kind IN ('available') END) WHEN 'allot' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('available') ELSE a.kind IN ('project') END) WHEN 'release' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('project') ELSE a.kind IN ('available') END) WHEN 'reserve' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('project', 'available') ELSE a.kind IN ('reserved') END) WHEN 'unreserve' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('reserved') ELSE a.kind IN ('project', 'available') END) WHEN 'pay' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('reserved') ELSE a.kind IN ('paid') END) WHEN 'unpay' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('paid') ELSE a.kind IN ('project', 'available') END) WHEN 'transfer' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('source') ELSE a.kind IN ('available') END) WHEN 'carry' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('available') ELSE a.kind IN ('available') END) WHEN 'lapse' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ('available') ELSE a.kind IN ('source') END) ELSE NEW.kind = 'reversal' END))\n        INTO n, total, gain, legal FROM public.funding_entry e JOIN public.funding_account a ON a.id = e.account_id WHERE e.journal_id = NEW.id;\n        IF n < 2 OR n <> NEW.legs THEN\n            RAISE EXCEPTION 'ledger_legs: journal % has % of % legs', NEW.id, n, NEW.legs USING ERRCODE = 'check_violation';\n        END IF;\n        IF total <> 0 THEN\n            RAISE EXCEPTION 'ledger_unbalanced: journal % is off by %', NEW.id, total USING ERRCODE = 'check_violation';\n        END IF;\n        IF gain <> NEW.amount_fen THEN\n            RAISE EXCEPTION 'ledger_amount: journal % says %, its legs %', NEW.id, NEW.amount_fen, gain USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT legal THEN\n            RAISE EXCEPTION 'ledger_way: a journal of kind % may not move this money', NEW.kind USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.reverses_id IS NOT NULL THEN\n            SELECT count(*) INTO other FROM public.funding_entry o JOIN public.funding_entry e\n            ON e.account_id = o.account_id AND e.fen = -o.fen AND e.journal_id = NEW.id WHERE o.journal_id = NEW.reverses_id;\n            IF other <> n OR n <> (SELECT legs FROM public.funding_journal WHERE id = NEW.reverses_id)\n               OR 'reversal' = (SELECT kind FROM public.funding_journal WHERE id = NEW.reverses_id) THEN\n                RAISE EXCEPTION 'ledger_reversal: journal % is not the mirror of %', NEW.id, NEW.reverses_id USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        RETURN NULL;\n    ", hash='a9125f0691e562c3f7eacb65508db642263eb1b0', operation='INSERT', pgid='pgtrigger_journal_is_whole_dabe9', table='funding_journal', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['source', 'available', 'transit', 'project', 'reserved', 'paid']), ('fund__in', ['service_mass', 'village_service', 'office', 'errand'])), name='account_known'),
        ),
        migrations.RunSQL([(OWNERS_RIGHTS, [])], migrations.RunSQL.noop),
        migrations.RunSQL(MOMENT, migrations.RunSQL.noop),
        sealed(*BOOKS, *GRANTS),
        migrations.RunSQL([(RIGHTS, [BOOKS])], migrations.RunSQL.noop),
    ]
