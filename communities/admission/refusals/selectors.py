"""Reading for refusals: the reason that the portal proposes, the basis that the rule words, lists."""

from datetime import timedelta

from django.db.models import QuerySet

from governance.kernel import clock
from governance.kernel.policy import policy

from ..models import DemandTarget, Refusal
from ..states import ItemClass, ItemForm, RefusalReason, TargetStatus


def reason_for(target: DemandTarget) -> RefusalReason:
    """The reason that fits what the portal knows; the community may choose another."""
    demand, item, today = target.demand, target.item, clock.today()
    if item.klass == ItemClass.FORBIDDEN:
        return RefusalReason.FORBIDDEN
    if target.over_frequency:
        return RefusalReason.OVER_FREQUENCY
    if demand.form_valid_to and demand.form_valid_to < today:
        return RefusalReason.MARKS_EXPIRED
    if item.fund_per_time_fen and demand.funded_fen < item.fund_per_time_fen * demand.communities:
        return RefusalReason.UNFUNDED
    return RefusalReason.OVERLAP if _asked_before(target) else RefusalReason.NOT_LISTED


def _asked_before(target: DemandTarget) -> bool:
    """Whether the same item was done by the same community shortly before."""
    since = target.day - timedelta(days=policy("admission.overlap_days"))
    return DemandTarget.objects.filter(
        item__code=target.item.code, community_id=target.community_id, status=TargetStatus.DONE, day__gte=since,
        day__lte=target.day,
    ).exclude(pk=target.pk).exists()  # fmt: skip


def basis_for(target: DemandTarget, reason: str) -> str:
    """The legal basis as the rule words it today. 统计法 17 is cited for statistical surveys only (domain-rules 18.2)."""
    survey = reason == RefusalReason.MARKS_EXPIRED and target.demand.form == ItemForm.SURVEY
    return policy(f"admission.refusal_basis.{reason}{'_survey' if survey else ''}")


def refusal_rows() -> QuerySet[Refusal]:
    """Refusals with what a line shows."""
    return Refusal.objects.select_related("demand", "street", "unit", "department", "target__community")
