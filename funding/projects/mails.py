"""Mails of projects and payments: the finance office gets what waits for it, the community one word about what came back.

The street sees its own on the desk and gets a mail only as its limit runs out. A community is never reminded (减负 B08).
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from funding.ledger.money import yuan
from governance.accounts.models import Appointment
from governance.accounts.roles import Role
from governance.kernel import audit
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.deadlines import Deadline, Level
from governance.kernel.outbox import mail_enqueue
from governance.territory.models import Department

from .limits import STAGES
from .models import Finding, PaymentRequest, Project, Refund

FINANCE = "财政"


@dataclass(frozen=True)
class Reader:
    """Who gets a mail."""

    email: str
    name: str


def people_with(**post) -> list[Reader]:
    rows = Appointment.objects.in_force().filter(**post).exclude(user__email="").select_related("user")
    return [Reader(row.user.email, row.user.name) for row in rows]


def finance_of(unit_id: int) -> list[Reader]:
    """The unit's finance office; without an address of its own those who work there."""
    rows = Department.objects.active().filter(
        Q(level="unit", unit_id=unit_id), short_name__contains=FINANCE
    ).exclude(email="")  # fmt: skip
    own = [Reader(row.email, row.short_name) for row in rows]
    return own or people_with(role=Role.UNIT_FINANCE, unit_id=unit_id)


def _send(row, key: str, readers: list[Reader], subject: str, words: str) -> None:
    """One mail to each, in the caller's transaction, joined with others where there are many."""
    url = f"{settings.BASE_URL}{row.get_absolute_url()}"
    for reader in {one.email.lower(): one for one in readers}.values():
        mail_enqueue(
            key=f"{row._meta.model_name}:{row.pk}:{key}:{reader.email.lower()}"[:120], thread=row.thread,
            to_address=reader.email, to_name=reader.name, subject=f"【{subject}】{row.number}",
            text=f"{words}\n\n{_about(row)}\n\n办理：{url}", digestible=True,
        )  # fmt: skip


def _about(row) -> str:
    """What it is and how much."""
    if isinstance(row, Project):
        return f"{row.number} {row.title}\n{row.community}，预算 {row.budget}"
    return f"{row.number} {row.purpose}\n{row.community}，付给 {row.supplier}，{row.amount}"


def _community(row) -> list[Reader]:
    return people_with(role=Role.COMMUNITY, community_id=row.community_id)


def on_reviewed(*, project: Project, by: Actor, note: str = "") -> None:
    """The street said yes: the finance office files."""
    _send(project, f"review:{project.version}", finance_of(project.unit_id), "待备案", "街道审核通过一个项目，请备案。")


def on_first(*, payment: PaymentRequest, by: Actor, note: str = "") -> None:
    """A large payment waits for the second person."""
    words = "一笔大额支付已由街道初审，请复审。"
    _send(payment, f"first:{payment.version}", finance_of(payment.unit_id), "待复审", words)


def on_approved(*, payment: PaymentRequest, by: Actor, note: str = "") -> None:
    """It is to be paid."""
    words = "一笔支付已获批准，请支付后在门户确认。"
    _send(payment, f"pay:{payment.version}", finance_of(payment.unit_id), "待支付", words)


def on_project_back(*, project: Project, by: Actor, note: str = "") -> None:
    """It came back to the community, with the reason."""
    _send(project, f"back:{project.version}", _community(project), "项目退回", f"{by.label} 退回了项目：{note}")


def on_changed(*, project: Project, by: Actor, note: str = "") -> None:
    """The street agreed to a change."""
    words = f"{by.label} 同意变更项目，请修改后重新议事：{note}"
    _send(project, f"change:{project.version}", _community(project), "同意变更", words)


def on_filed(*, project: Project, by: Actor, note: str = "") -> None:
    """There is money: the community may begin."""
    _send(project, f"file:{project.version}", _community(project), "已备案", "项目已备案，额度已下达，可以实施。")


def on_payment_back(*, payment: PaymentRequest, by: Actor, note: str = "") -> None:
    """Sent back by the street, by the bank or by the payee."""
    words = f"{by.label} {payment.get_status_display()}：{note}"
    _send(payment, f"back:{payment.version}", _community(payment), "支付退回", words)


def on_refund_waits(*, refund: Refund, by: Actor) -> None:
    """A large refund waits for the second person: the street, which asked for the payment to be made."""
    words = f"{by.label} 登记了一笔大额退款 {yuan(refund.amount_fen)} 元，请核对凭证后确认：{refund.reason}"
    people = people_with(role=Role.STREET_LEADER, street_id=refund.street_id)
    _send(refund.payment, f"refund:{refund.pk}", people, "退款待确认", words)


def on_refund(*, refund: Refund, payment: PaymentRequest, by: Actor) -> None:
    """The community reads how much came back."""
    words = f"收款人退回 {yuan(refund.amount_fen)} 元，已入账：{refund.reason}"
    _send(payment, f"refunded:{refund.pk}", _community(payment), "收到退款", words)


def on_appealed(*, finding: Finding, by: Actor, note: str = "") -> None:
    """The finance office rules on it."""
    row = finding.project or finding.payment
    words = f"社区就“七不用”提示申诉，请裁定。\n提示：{finding.reason}\n申诉：{note}"
    _send(row, f"appeal:{finding.pk}:{finding.version}", finance_of(row.unit_id), "待裁定", words)


def on_ruled(*, finding: Finding, by: Actor, note: str = "") -> None:
    """The community reads what was said."""
    row = finding.project or finding.payment
    words = f"申诉裁定：{finding.get_status_display()}。{note}"
    _send(row, f"ruled:{finding.pk}:{finding.version}", _community(row), "申诉裁定", words)


def on_step(deadline: Deadline, level: str) -> None:
    """Time runs out on the street or the finance office: a mail to it, and to the one above it once it is late."""
    model = {"project": Project, "paymentrequest": PaymentRequest}[deadline.subject_type]
    row = model.objects.select_related("community", "unit").filter(pk=deadline.subject_id).first()
    stage = STAGES[deadline.subject_type].get(row.status) if row else None
    if stage is None or stage[0] != deadline.stage or level == Level.RED:
        return
    own, above = _responsible(row, deadline.stage)
    late = level == Level.YELLOW
    words = f"{stage[2]}{'已逾期' if late else '即将到期'}：{deadline.due_at:%m-%d %H:%M}。"
    _send(row, f"{level}:{deadline.pk}", own + (above if late else []), "已逾期" if late else "即将到期", words)
    if late:
        kind = row._meta.model_name
        audit.record(action=f"{kind}.overdue", label=f"{stage[2]}逾期", by=SYSTEM, subject=row, thread=row.thread)


def _responsible(row, stage: str) -> tuple[list[Reader], list[Reader]]:
    """Whose limit it is, and who stands above them."""
    finance = finance_of(row.unit_id)
    if stage in ("review", "approve"):
        return people_with(role=Role.STREET_LEADER, street_id=row.street_id), finance
    return finance, people_with(role=Role.CITY_OFFICE)


HANDLERS = {
    "project.review": on_reviewed, "project.return": on_project_back, "project.change": on_changed, "project.file": on_filed,
    "paymentrequest.first": on_first, "paymentrequest.approve": on_approved, "paymentrequest.second": on_approved,
    "paymentrequest.return": on_payment_back, "paymentrequest.bounce": on_payment_back,
    "refund.register": on_refund_waits, "refund.posted": on_refund, "finding.appeal": on_appealed, "finding.allow": on_ruled,
    "finding.uphold": on_ruled,
}  # fmt: skip
