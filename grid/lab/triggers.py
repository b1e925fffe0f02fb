"""What the database itself keeps of open data: what was published stays as it was, nothing is deleted."""

import pgtrigger

from governance.kernel.guards import CHECK, Protect, Trigger

_ENDING = "ARRAY['status', 'version', 'withdrawn_at', 'withdrawn_label', 'withdrawn_reason']"

dataset_is_frozen = Trigger(
    name="dataset_is_frozen",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status__in=["published", "withdrawn"]),
    func=f"""
        IF OLD.status = 'withdrawn' OR (to_jsonb(NEW) - {_ENDING}) IS DISTINCT FROM (to_jsonb(OLD) - {_ENDING}) THEN
            RAISE EXCEPTION 'open data set %: what was published is not changed', OLD.id {CHECK};
        END IF;
        RETURN NEW;
    """,
)
dataset_is_never_deleted = Protect(name="dataset_is_never_deleted", operation=pgtrigger.Delete)
