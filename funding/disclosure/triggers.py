"""What the database itself refuses: another period in place of the first, a change of what was published."""

import pgtrigger

from governance.kernel.guards import Protect, ReadOnly

disclosure_is_fixed = ReadOnly(
    name="disclosure_is_fixed", fields=["community", "street", "unit", "kind", "start", "end", "due_on"]
)
# Append-only once published: what residents have read stays as they read it.
published_stays = Protect(
    name="disclosure_published_stays", operation=pgtrigger.Update, condition=pgtrigger.Q(old__status="published")
)
disclosure_is_never_deleted = Protect(name="disclosure_is_never_deleted", operation=pgtrigger.Delete)
question_stays = Protect(
    name="money_question_stays", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__status="asked")
)
question_is_fixed = ReadOnly(name="money_question_is_fixed", fields=["community", "street", "unit", "text", "asked_at"])
question_is_never_deleted = Protect(name="money_question_is_never_deleted", operation=pgtrigger.Delete)
