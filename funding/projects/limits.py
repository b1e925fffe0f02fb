"""Limits of those whom a community waits for: the street reviews and approves, the unit's finance files and pays.

Communities have no limit and are reminded of nothing (domain-rules A.3); the demo's old history reminds nobody.
"""

from django.db.models import Model

from governance.kernel.deadlines import deadline_close, deadline_of, deadline_open

from .states import PaymentStatus as P
from .states import ProjectStatus as S

# kind of row → state → (stage, rule, how the clock is called)
STAGES = {
    "project": {S.REVIEWING: ("review", "funding.review_days", "街道审核"), S.FILING: ("file", "funding.file_days", "区县备案")},
    "paymentrequest": {
        P.SUBMITTED: ("approve", "funding.approve_days", "街道审批"), P.SECOND: ("second", "funding.approve_days", "第二人审批"),
        P.APPROVED: ("pay", "funding.pay_days", "区县支付"),
    },
}  # fmt: skip


def limits_follow(row: Model) -> None:
    """After a step: the limit of the state that was left ends, that of the new one begins."""
    kind = row._meta.model_name
    deadline_close(subject_type=kind, subject_id=row.pk)
    if stage := STAGES[kind].get(row.status):
        deadline_open(subject_type=kind, subject_id=row.pk, stage=stage[0], rule_key=stage[1], silent=row.is_synthetic)


def clock_of(kind: str, pk: int) -> dict | None:
    """The running limit as a page draws it."""
    row = deadline_of(kind, pk)
    if row is None:
        return None
    words = {stage: label for stage, _, label in STAGES[kind].values()}
    return {"due_at": row.due_at, "started_at": row.starts_at, "state": "running", "provisional": row.provisional,
            "label": words.get(row.stage, "")}  # fmt: skip
