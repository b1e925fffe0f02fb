"""What the database refuses: a payment changed after it was asked for, a large one with one signature, history rewritten."""

import pgtrigger

from governance.kernel.guards import CHECK, Protect, ReadOnly, Trigger


def begins_as(name: str, status: str) -> Protect:
    """A row is born in its first state: an INSERT does not jump over the steps."""
    return Protect(name=name, operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__status=status))


payment_is_fixed = Trigger(
    name="payment_is_fixed",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func=f"""
        IF OLD.status <> 'draft' AND NOT (OLD.status IN ('submitted', 'second') AND NEW.status = 'draft') AND
           (NEW.amount_fen, NEW.supplier_id, NEW.economic_code, NEW.fund, NEW.year, NEW.project_id, NEW.community_id, NEW.needs_second,
            NEW.created_by_id) IS DISTINCT FROM (OLD.amount_fen, OLD.supplier_id, OLD.economic_code, OLD.fund, OLD.year,
            OLD.project_id, OLD.community_id, OLD.needs_second, OLD.created_by_id) THEN
            RAISE EXCEPTION 'payment_fixed: payment % is no longer a draft', NEW.number {CHECK};
        END IF;
        RETURN NEW;
    """,
)
payment_of_its_project = Trigger(
    name="payment_of_its_project",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("project_id", "fund", "community_id", "year"),
    when=pgtrigger.Before,
    declare=[("p", "funding_project%ROWTYPE")],
    func=f"""
        IF NEW.project_id IS NOT NULL THEN
            SELECT * INTO p FROM funding_project WHERE id = NEW.project_id;
            IF (p.fund, p.community_id, p.year) IS DISTINCT FROM (NEW.fund, NEW.community_id, NEW.year) THEN
                RAISE EXCEPTION 'payment_mixed: payment % and its project differ in fund, community or year', NEW.number {CHECK};
            END IF;
        END IF;
        RETURN NEW;
    """,
)
refund_is_fixed = ReadOnly(
    name="refund_is_fixed",
    fields=[
        "payment",
        "amount_fen",
        "received_on",
        "reason",
        "needs_second",
        "created_by",
        "created_label",
        "created_at",
    ],
)
refund_is_never_deleted = Protect(name="refund_is_never_deleted", operation=pgtrigger.Delete)
payment_is_never_deleted = Protect(name="payment_is_never_deleted", operation=pgtrigger.Delete)
project_is_fixed = ReadOnly(name="project_is_fixed", fields=["number", "community", "street", "unit", "fund", "year"])
project_is_never_deleted = Protect(name="project_is_never_deleted", operation=pgtrigger.Delete)
project_keeps_budget = Trigger(
    name="project_keeps_budget",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func=f"""
        IF OLD.status <> 'idea' AND NEW.budget_fen <> OLD.budget_fen THEN
            RAISE EXCEPTION 'project_fixed: the budget of % was decided', NEW.number {CHECK};
        END IF;
        RETURN NEW;
    """,
)
