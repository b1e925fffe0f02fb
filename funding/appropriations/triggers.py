"""What the database itself refuses: lines outside a draft, grants counted twice, more money out than was granted."""

import pgtrigger

from governance.kernel.guards import CHECK, Protect, ReadOnly, Trigger

GRANTED = "('approved', 'appropriated', 'closed')"
PAYABLE = "('appropriated', 'closed')"

run_is_fixed = ReadOnly(name="run_is_fixed", fields=["year", "fund", "unit", "kind", "number"])
run_is_never_deleted = Protect(name="run_is_never_deleted", operation=pgtrigger.Delete)
# Approvals of one year and fund come one after the other, so that two runs cannot both count the same grant as missing.
run_adds_up = Trigger(
    name="run_adds_up",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    declare=[("n", "int"), ("fen", "bigint")],
    func=f"""
        IF OLD.status <> 'draft' AND (NEW.total_fen <> OLD.total_fen OR NEW.communities <> OLD.communities) THEN
            RAISE EXCEPTION 'entitlement_fixed: run % is no longer a draft', NEW.number {CHECK};
        END IF;
        IF OLD.status = 'draft' AND NEW.status = 'submitted' THEN
            SELECT count(*), coalesce(sum(amount_fen), 0) INTO n, fen FROM public.funding_entitlementline WHERE run_id = NEW.id;
            IF n <> NEW.communities OR fen <> NEW.total_fen THEN
                RAISE EXCEPTION 'entitlement_sum: run % says %, its lines %', NEW.number, NEW.total_fen, fen {CHECK};
            END IF;
        END IF;
        IF OLD.status = 'submitted' AND NEW.status = 'approved' THEN
            PERFORM pg_advisory_xact_lock(4206, NEW.year);
            IF EXISTS (
                SELECT FROM public.funding_entitlementline l WHERE l.run_id = NEW.id AND l.given_fen <> (
                    SELECT coalesce(sum(o.amount_fen), 0) FROM public.funding_entitlementline o
                    JOIN public.funding_entitlementrun r ON r.id = o.run_id AND r.status IN {GRANTED}
                    WHERE o.community_id = l.community_id AND o.year = l.year AND o.fund = l.fund)
            ) THEN
                RAISE EXCEPTION 'entitlement_stale: something was granted since run % was calculated', NEW.number {CHECK};
            END IF;
        END IF;
        RETURN NEW;
    """,
)
line_in_a_draft = Trigger(
    name="line_in_a_draft",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    declare=[("r", "public.funding_entitlementrun%ROWTYPE")],
    func=f"""
        SELECT * INTO r FROM public.funding_entitlementrun WHERE id = coalesce(NEW.run_id, OLD.run_id);
        IF r.status <> 'draft' THEN
            RAISE EXCEPTION 'entitlement_fixed: run % is no longer a draft', r.number {CHECK};
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF NEW.year <> r.year OR NEW.fund <> r.fund OR NEW.kind <> r.kind
           OR (r.unit_id IS NOT NULL AND NEW.unit_id <> r.unit_id) THEN
            RAISE EXCEPTION 'entitlement_line: a line of another year, fund, kind or unit in run %', r.number {CHECK};
        END IF;
        RETURN NEW;
    """,
)

batch_is_fixed = ReadOnly(name="batch_is_fixed", fields=["number", "unit", "fund", "year"])
batch_is_never_deleted = Protect(name="batch_is_never_deleted", operation=pgtrigger.Delete)
batch_adds_up = Trigger(
    name="batch_adds_up",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    declare=[("n", "int"), ("fen", "bigint")],
    func=f"""
        IF OLD.status <> 'draft' AND (NEW.total_fen <> OLD.total_fen OR NEW.count <> OLD.count) THEN
            RAISE EXCEPTION 'disbursement_fixed: batch % is no longer a draft', NEW.number {CHECK};
        END IF;
        IF OLD.status = 'draft' AND NEW.status = 'checked' THEN
            SELECT count(*), coalesce(sum(amount_fen), 0) INTO n, fen FROM public.funding_disbursementline
            WHERE batch_id = NEW.id AND status = 'planned';
            IF n <> NEW.count OR fen <> NEW.total_fen THEN
                RAISE EXCEPTION 'disbursement_sum: batch % says %, its lines %', NEW.number, NEW.total_fen, fen {CHECK};
            END IF;
        END IF;
        IF NEW.status = 'settled' AND EXISTS (
            SELECT FROM public.funding_disbursementline WHERE batch_id = NEW.id AND status IN ('planned', 'sent')) THEN
            RAISE EXCEPTION 'disbursement_open: batch % has lines under way', NEW.number {CHECK};
        END IF;
        RETURN NEW;
    """,
)
# One community's lines are judged one after the other (advisory lock), so that two batches cannot share the same grant.
payment_within_grant = Trigger(
    name="payment_within_grant",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("status", "amount_fen", "community_id", "fund", "year"),
    when=pgtrigger.After,
    declare=[("granted", "bigint"), ("used", "bigint")],
    condition=pgtrigger.Q(new__status__in=["planned", "sent", "arrived"]),
    func=f"""
        IF TG_OP = 'UPDATE' THEN
            IF OLD.status IN ('planned', 'sent') AND OLD.amount_fen = NEW.amount_fen
               AND OLD.community_id = NEW.community_id AND OLD.fund = NEW.fund AND OLD.year = NEW.year THEN
                RETURN NULL;  -- it counted before
            END IF;
        END IF;
        PERFORM pg_advisory_xact_lock(4207, NEW.community_id::int);
        SELECT coalesce(sum(l.amount_fen), 0) INTO granted FROM public.funding_entitlementline l
        JOIN public.funding_entitlementrun r ON r.id = l.run_id AND r.status IN {PAYABLE}
        WHERE l.community_id = NEW.community_id AND l.year = NEW.year AND l.fund = NEW.fund;
        SELECT coalesce(sum(amount_fen), 0) INTO used FROM public.funding_disbursementline
        WHERE community_id = NEW.community_id AND year = NEW.year AND fund = NEW.fund AND status IN ('planned', 'sent', 'arrived');
        IF used > granted THEN
            RAISE EXCEPTION 'disbursement_over: community % was granted %, not %', NEW.community_id, granted, used {CHECK};
        END IF;
        RETURN NULL;
    """,
)
payment_in_its_batch = Trigger(
    name="payment_in_its_batch",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    declare=[("b", "public.funding_disbursementbatch%ROWTYPE")],
    func=f"""
        SELECT * INTO b FROM public.funding_disbursementbatch WHERE id = coalesce(NEW.batch_id, OLD.batch_id);
        IF b.status <> 'draft' AND (TG_OP <> 'UPDATE' OR NEW.amount_fen <> OLD.amount_fen OR NEW.number <> OLD.number
            OR NEW.community_id <> OLD.community_id OR NEW.payee_id IS DISTINCT FROM OLD.payee_id) THEN
            RAISE EXCEPTION 'disbursement_fixed: batch % is no longer a draft', b.number {CHECK};
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF NEW.year <> b.year OR NEW.fund <> b.fund OR NEW.unit_id <> b.unit_id THEN
            RAISE EXCEPTION 'disbursement_line: a line of another year, fund or unit in batch %', b.number {CHECK};
        END IF;
        RETURN NEW;
    """,
)
payee_is_fixed = ReadOnly(name="payee_is_fixed", fields=["community", "unit", "street", "name", "bank", "number"])
payee_is_never_deleted = Protect(name="payee_is_never_deleted", operation=pgtrigger.Delete)
return_is_fixed = Trigger(
    name="return_is_fixed",
    operation=pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    func=f"""
        IF OLD.status = 'applied' THEN
            RAISE EXCEPTION 'bank_return_fixed: file % has been posted', OLD.id {CHECK};
        END IF;
        RETURN coalesce(NEW, OLD);
    """,
)
