"""Money that a payee gives back: a part or the whole, with its receipt, by two people above the limit, back through the ledger."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from funding.ledger.models import Account, Period
from funding.ledger.money import yuan
from funding.ledger.services import account_for, day_in, journal_post, move
from funding.ledger.states import AccountKind, JournalKind, PeriodStatus
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid, StaleVersion
from governance.kernel.events import emit
from governance.kernel.files import StoredFile, file_store
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.workflow import changed_since, lock

from ..models import PaymentRequest, Refund
from ..states import PaymentStatus, ProjectStatus, RefundStatus
from ..workflow import PAYMENT_FLOW, REFUND_FLOW
from .payments import Files, paid
from .projects import allotment

# While works go on the project spends it; before, between and after them its money lies with the community.
KEEPS_MONEY = (ProjectStatus.IMPLEMENTING, ProjectStatus.ACCEPTED)


def refundable(payment: PaymentRequest) -> int:
    """Fen that may still be registered: what was paid without what came back or is said to have come back."""
    if payment.status != PaymentStatus.PAID:
        return 0
    waiting = payment.refunds.filter(status=RefundStatus.WAITING).aggregate(fen=Sum("amount_fen", default=0))["fen"]
    return payment.amount_fen - payment.refunded_fen - waiting


@transaction.atomic
def refund_register(
    *, payment: PaymentRequest, by: Actor, amount_fen: int, received_on: date, reason: str, files: Files = (),
    version: int | None = None, is_synthetic: bool = False,
) -> Refund:  # fmt: skip
    """Write down what a payee gave back; below the limit it is posted at once. Raises Forbidden, Invalid, Conflict."""
    payment = lock(payment)
    require(by, "payment.refund", payment)
    if version is not None and payment.version != version:
        raise StaleVersion("页面打开后，这笔支付已有新的进展，请核对后再提交。", changed_since(payment, version))
    if payment.status != PaymentStatus.PAID:
        raise Conflict(f"“{payment.get_status_display()}”的支付不能登记退款。")
    _shape(payment, amount_fen, received_on, reason, files)
    earlier = payment.refunds.exclude(status=RefundStatus.REFUSED).aggregate(fen=Sum("amount_fen", default=0))["fen"]
    row = Refund.objects.create(
        payment=payment, amount_fen=amount_fen, received_on=received_on, reason=reason.strip(),
        needs_second=earlier + amount_fen >= policy("funding.second_from_fen"), created_by_id=by.user_id,
        created_label=by.label[:120], created_at=clock.now(), is_synthetic=is_synthetic,
    )  # fmt: skip
    for name, content in files:
        _receipt(row, by, name, content)
    PaymentRequest.objects.filter(pk=payment.pk).update(version=F("version") + 1)  # an open page has become old
    audit.record(
        action="refund.register", label="登记退款", by=by, subject=row, thread=row.thread, to_status=row.status, note=row.reason,
        data={"fen": amount_fen, "received_on": str(received_on)},
    )  # fmt: skip
    if not row.needs_second:
        return refund_step(refund=row, action="post", by=by)
    emit("refund.register", refund=row, by=by)
    return row


def _shape(payment: PaymentRequest, fen: int, received_on: date, reason: str, files: Files) -> None:
    """Field by field, before anything is stored."""
    found, most = {}, refundable(payment)
    if not isinstance(fen, int) or fen <= 0:
        found["amount_fen"] = "金额须大于零。"
    elif fen > most:
        found["amount_fen"] = f"最多可退 {yuan(most)} 元：已付 {payment.amount}，减去已登记的退款。"
    if payment.settled_at and received_on < timezone.localdate(payment.settled_at):
        found["received_on"] = f"不能早于支付日期（{timezone.localdate(payment.settled_at):%Y-%m-%d}）。"
    elif received_on > clock.today():
        found["received_on"] = "到账后再登记，日期不能晚于今天。"
    if not reason.strip():
        found["reason"] = "请写明退款原因。"
    if not files:
        found["files"] = "请上传退款凭证（银行回单或收据）。"
    if found:
        raise Invalid(**found)


def _receipt(row: Refund, by: Actor, name: str, content: bytes) -> None:
    """Keep one receipt; it proves one refund only."""
    file = file_store(subject=row, thread=row.thread, name=name, content=content, by=by)
    twins = StoredFile.objects.filter(subject_type="refund", sha256=file.sha256).exclude(subject_id=row.pk)
    living = Refund.objects.filter(pk__in=twins.values("subject_id")).exclude(status=RefundStatus.REFUSED)
    if twin := living.select_related("payment").order_by("id").first():
        raise Invalid(files=f"这张凭证已用于 {twin.payment.number} 的退款，同一张凭证不能登记两次。")


@transaction.atomic
def refund_step(*, refund: Refund, action: str, by: Actor, note: str = "", version: int | None = None) -> Refund:
    """post (small ones, by who registers), confirm (by another), refuse. What is posted goes back through the books.

    Raises DomainError; also Conflict when the books of the payment's year are closed.
    """
    payment = lock(refund.payment)  # always the payment first: its refunds follow each other
    changes = {"settled_at": clock.now()}
    if action == "confirm":
        changes |= {"second_by_id": by.user_id, "second_label": by.label[:120]}
    row = REFUND_FLOW.fire(refund, action, by=by, note=note, version=version, changes=changes)
    row.payment = payment
    if row.status == RefundStatus.POSTED:
        _post(row, payment, by)
    return row


def _post(row: Refund, payment: PaymentRequest, by: Actor) -> None:
    """The journal first: it says which money came back; then the payment remembers how much."""
    day = day_in(payment.year)  # the books of a payment are those of its year
    if Period.objects.filter(year=day.year, month=day.month, status=PeriodStatus.CLOSED).exists():
        raise Conflict(f"{day.year} 年 {day.month} 月已经结账，这笔退款不能再记入当年的账，请按以前年度退款缴回财政。")
    journal_post(
        by=by, kind=JournalKind.UNPAY, memo=f"{payment.supplier} 退款：{row.reason}", day=day, document=payment,
        legs=move(paid(payment), _back_to(payment), row.amount_fen), key=f"payment:{payment.pk}:unpay:{row.pk}",
        is_synthetic=row.is_synthetic,
    )  # fmt: skip
    whole = payment.refunded_fen + row.amount_fen
    if whole == payment.amount_fen:
        payment = PAYMENT_FLOW.fire(payment, "refund", by=by, note=row.reason, changes={"refunded_fen": whole})
    else:
        PaymentRequest.objects.filter(pk=payment.pk).update(refunded_fen=whole, version=F("version") + 1)
        payment.refresh_from_db()
    emit("refund.posted", refund=row, payment=payment, by=by)


def _back_to(payment: PaymentRequest) -> Account:
    """The project while it can spend it, else the community: a final account that was drawn up stays one."""
    if payment.project_id:
        project = lock(payment.project)
        if project.status in KEEPS_MONEY:
            return allotment(project)
    return account_for(kind=AccountKind.AVAILABLE, fund=payment.fund, year=payment.year, community=payment.community)


def receipts_of(refunds: Sequence[Refund]) -> dict[int, list[StoredFile]]:
    """{refund's pk: its receipts}."""
    found: dict[int, list[StoredFile]] = {row.pk: [] for row in refunds}
    for file in StoredFile.objects.filter(subject_type="refund", subject_id__in=list(found)).order_by("id"):
        found[file.subject_id].append(file)
    return found
