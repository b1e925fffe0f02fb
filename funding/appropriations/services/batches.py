"""Batches: who gets how much, who has to wait and why, four eyes, and DISBURSE when the file goes to the bank."""

from decimal import Decimal

from django.db import IntegrityError, transaction

from funding.ledger.services import JournalInput, journals_post, move
from funding.ledger.states import AccountKind, JournalKind
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.ui.exports import Sheet
from governance.territory.models import Division, ManagementUnit

from ..accounts import available, of_places
from ..bankfile import sheet_of
from ..holds import hold_reasons
from ..models import DisbursementBatch, DisbursementLine, PayeeAccount
from ..rules import share
from ..selectors import granted_by_place, paid_by_place
from ..states import AT_BANK, ENTITLED_FUNDS, PAYABLE, BatchStatus, LineStatus
from ..workflow import BATCH_FLOW

NO_ACCOUNT = "没有登记收款账户"


@transaction.atomic
def batch_draft(
    *, by: Actor, unit: ManagementUnit, fund: str, year: int, quarter: int | None = None, percent: Decimal | None = None,
    amount_fen: int | None = None, note: str = "", is_synthetic: bool = False,
) -> DisbursementBatch:  # fmt: skip
    """Draw a batch up: ``percent`` of each community's grant, or ``amount_fen`` each, never beyond what is left of the grant.

    Who must wait (``holds.register_hold``) or has no account is listed with the reason and left out. Raises Forbidden, Invalid.
    """
    if (percent is None) == (amount_fen is None):
        raise Invalid(percent="请填写比例或金额，二者选一。")
    if fund not in ENTITLED_FUNDS:
        raise Invalid(fund="随事经费随下行要求划转，不编制拨付批次。")
    number = next_number(f"disbursement:{unit.code}:{year}")
    batch = DisbursementBatch(
        number=f"BF-{unit.code}-{year}-{number:03d}", unit=unit, fund=fund, year=year, quarter=quarter, percent=percent,
        amount_fen=amount_fen, note=note.strip(), created_by_id=by.user_id, created_label=by.label[:120],
        created_at=clock.now(), is_synthetic=is_synthetic,
    )  # fmt: skip
    require(by, "disbursement.make", batch)
    batch.save()
    _fill(batch)
    audit.record(
        action="disbursementbatch.draft", label="编制", by=by, subject=batch, thread=batch.thread, to_status=batch.status,
        note=batch.note, data={"count": batch.count, "fen": batch.total_fen},
    )  # fmt: skip
    return batch


@transaction.atomic
def batch_redraft(*, batch: DisbursementBatch, by: Actor) -> DisbursementBatch:
    """Draw the lines up anew with today's grants, accounts and holds. Raises Forbidden, Conflict (no longer a draft)."""
    require(by, "disbursement.make", batch)
    row = DisbursementBatch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=batch.pk)
    if row.status != BatchStatus.DRAFT:
        raise Conflict("只有编制中的批次可以重新编制。")
    row.lines.all().delete()
    row.created_by_id, row.created_label = by.user_id, by.label[:120]
    _fill(row)
    audit.record(
        action="disbursementbatch.redraft", label="重新编制", by=by, subject=row, thread=row.thread,
        data={"count": row.count, "fen": row.total_fen},
    )  # fmt: skip
    return row


def _fill(batch: DisbursementBatch) -> None:
    """Lines in the order of codes; what is held is listed and not counted."""
    granted = granted_by_place(batch.year, batch.fund, statuses=PAYABLE)
    places = list(Division.objects.communities().filter(unit=batch.unit, pk__in=granted).order_by("code12"))
    already = paid_by_place(batch.year, batch.fund, batch.unit)
    payees = {row.community_id: row for row in PayeeAccount.objects.filter(unit=batch.unit, is_current=True)}
    held = hold_reasons(places, batch.fund, batch.year)
    lines = []
    for place in places:
        fen = share(granted[place.pk], percent=batch.percent, amount=batch.amount_fen, already=already.get(place.pk, 0))
        if fen <= 0:
            continue
        reason = held.get(place.pk) or ("" if place.pk in payees else NO_ACCOUNT)
        lines.append(DisbursementLine(
            batch=batch, number=len(lines) + 1, year=batch.year, fund=batch.fund, community=place, street_id=place.street_id,
            unit_id=place.unit_id, payee=payees.get(place.pk), amount_fen=fen, reason=reason,
            status=LineStatus.HELD if reason else LineStatus.PLANNED, is_synthetic=batch.is_synthetic,
        ))  # fmt: skip
    _store(lines)
    counted = [line for line in lines if line.status == LineStatus.PLANNED]
    batch.count, batch.total_fen, batch.version = (
        len(counted),
        sum(line.amount_fen for line in counted),
        batch.version + 1,
    )
    batch.save(update_fields=["count", "total_fen", "version", "created_by", "created_label"])


def _store(lines: list[DisbursementLine]) -> None:
    try:
        with transaction.atomic():
            DisbursementLine.objects.bulk_create(lines)
    except IntegrityError as error:
        if "disbursement_over" not in str(error):
            raise
        raise Conflict("另一批次刚刚占用了同一社区的额度，请重新编制。") from error


@transaction.atomic
def batch_step(
    *, batch: DisbursementBatch, action: str, by: Actor, note: str = "", version: int | None = None
) -> DisbursementBatch:
    """check, return, approve or cancel; ``export`` and ``settle`` have services of their own. Raises DomainError."""
    if action == "export":
        return batch_export(batch=batch, by=by, note=note, version=version)
    if action == "settle":
        raise Invalid("请上传银行回盘文件登记。")
    changes = {}
    if action == "approve":
        changes = {"approved_by_id": by.user_id, "approved_label": by.label[:120], "approved_at": clock.now()}
    try:
        with transaction.atomic():
            row = BATCH_FLOW.fire(batch, action, by=by, note=note, version=version, changes=changes)
    except IntegrityError as error:
        raise Conflict("须由另一人批准，或批次合计与明细不符，请退回重新编制。") from error
    if action == "cancel":
        row.lines.filter(status__in=[LineStatus.PLANNED, LineStatus.HELD]).update(status=LineStatus.DROPPED)
    return row


@transaction.atomic
def batch_export(
    *, batch: DisbursementBatch, by: Actor, note: str = "", version: int | None = None
) -> DisbursementBatch:
    """Send the batch to the bank: DISBURSE for every line, from the unit to the community's money in transit.

    Raises DomainError; Overdraft when the unit's money went elsewhere meanwhile. Nothing is posted then.
    """
    row = BATCH_FLOW.fire(batch, "export", by=by, note=note, version=version, changes={"exported_at": clock.now()})
    lines = list(row.lines.filter(status=LineStatus.PLANNED).select_related("community").order_by("number"))
    transit = of_places(AccountKind.TRANSIT, row.fund, row.year, [line.community for line in lines])
    purse = available(row.fund, row.year, row.unit)
    journals_post(by=by, rows=[
        JournalInput(
            JournalKind.DISBURSE, f"{row.number} 拨付 {line.community}", move(purse, transit[line.community_id], line.amount_fen),
            f"disbursement:{line.pk}:send", row, is_synthetic=row.is_synthetic,
        )
        for line in lines
    ])  # fmt: skip
    row.lines.filter(status=LineStatus.PLANNED).update(status=LineStatus.SENT)
    row.lines.filter(status=LineStatus.HELD).update(status=LineStatus.DROPPED)
    return row


def bank_file(*, batch: DisbursementBatch, by: Actor) -> Sheet:
    """The file for the bank with whole account numbers; every access is audited. Raises Forbidden, Conflict (not sent yet)."""
    require(by, "disbursement.make", batch)
    if batch.status not in (*AT_BANK, BatchStatus.SETTLED):
        raise Conflict("批次送银行后才能下载拨付文件。")
    lines = list(
        batch.lines.exclude(status__in=[LineStatus.HELD, LineStatus.DROPPED]).select_related("payee", "community").order_by("number")
    )  # fmt: skip
    audit.record(
        action="disbursementbatch.file", label="下载拨付文件（含完整账号）", by=by, subject=batch, thread=batch.thread,
        data={"lines": len(lines)},
    )  # fmt: skip
    return sheet_of(batch, lines)
