"""The bank's file: preview row by row, then post it whole: ARRIVE for what arrived, BOUNCE with the reason for what did not."""

import hashlib

from django.db import transaction

from funding.ledger.services import JournalInput, journals_post, move
from funding.ledger.states import AccountKind, JournalKind
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.sheets import MEGABYTE, SheetRow, Table, read_table

from ..accounts import available, of_places
from ..bankfile import BACK, RESULTS, TOTAL, examine
from ..models import BankReturn, DisbursementBatch
from ..states import AT_BANK, BatchStatus, LineStatus, ReturnStatus
from ..workflow import BATCH_FLOW


def return_preview(*, by: Actor, batch: DisbursementBatch, upload) -> BankReturn:
    """Read and judge a returned file; nothing is posted yet. The same file again is the same row.

    Raises Forbidden, Invalid (field ``file``: not a readable table), Conflict (the batch is not at the bank).
    """
    require(by, "disbursement.settle", batch)
    upload.seek(0)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()
    known = BankReturn.objects.filter(batch=batch, digest=digest, status=ReturnStatus.APPLIED).first()
    if known is not None:
        return known
    if batch.status not in AT_BANK:
        raise Conflict("批次不在银行，不能登记回盘。")
    table = read_table(
        upload, BACK, policy("funding.return.max_rows"), policy("funding.return.max_megabytes") * MEGABYTE
    )
    examine(table, batch)
    return _keep(by, batch, upload.name[:200], digest, table)


@transaction.atomic
def _keep(by: Actor, batch: DisbursementBatch, name: str, digest: str, table: Table) -> BankReturn:
    DisbursementBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    row = BankReturn.objects.filter(batch=batch, digest=digest).first() or BankReturn(batch=batch, digest=digest)
    if row.status == ReturnStatus.APPLIED:
        return row
    results = [line.values.get("result") for line in table.rows]
    row.filename, row.is_synthetic = name, batch.is_synthetic
    row.rows = [{"number": line.number, "values": line.values} for line in table.rows]
    row.errors = table.errors_as_dicts()
    row.status = ReturnStatus.REFUSED if table.errors else ReturnStatus.PREVIEW
    row.arrived, row.bounced = results.count("成功"), results.count("失败")
    row.created_by_id, row.created_label, row.created_at = by.user_id, by.label[:120], clock.now()
    row.save()
    audit.record(
        action="bankreturn.preview", label="上传回盘", by=by, subject=row, thread=row.thread, note=name,
        data={"rows": len(row.rows), "errors": len(row.errors), "sha256": digest},
    )  # fmt: skip
    return row


@transaction.atomic
def return_apply(*, by: Actor, bank_return: BankReturn) -> BankReturn:
    """Post a previewed file whole, once; a second call changes nothing. Raises Forbidden, Conflict (errors, or changed since)."""
    batch = bank_return.batch
    require(by, "disbursement.settle", batch)
    batch = DisbursementBatch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=batch.pk)
    row = BankReturn.objects.select_for_update(of=("self",)).get(pk=bank_return.pk)
    if row.status == ReturnStatus.APPLIED:
        return row
    table = Table(BACK, [SheetRow(one["number"], one["values"]) for one in row.rows], [], [])
    examine(table, batch)
    if row.errors or table.errors or not table.rows:
        raise Conflict("回盘文件有错误，或预览之后批次已变化：没有登记任何一笔。请核对后重新上传。")
    _post(by, batch, table)
    row.status, row.applied_at = ReturnStatus.APPLIED, clock.now()
    row.save(update_fields=["status", "applied_at"])
    left = batch.lines.filter(status=LineStatus.SENT).count()
    BATCH_FLOW.fire(
        batch, "settle", by=by, note=f"到账 {row.arrived} 笔，退回 {row.bounced} 笔，尚余 {left} 笔",
        target=BatchStatus.PARTLY_RETURNED if left else BatchStatus.SETTLED,
        changes={} if left else {"settled_at": clock.now()}, data={"sha256": row.digest},
    )  # fmt: skip
    return row


def _post(by: Actor, batch: DisbursementBatch, table: Table) -> None:
    """ARRIVE or BOUNCE for every row, and the line's own end."""
    lines = {str(line.number): line for line in batch.lines.filter(status=LineStatus.SENT).select_related("community")}
    rows = [(lines[row.values["line"]], row.values) for row in table.rows if row.values["line"] != TOTAL]
    places = [line.community for line, _ in rows]
    transit = of_places(AccountKind.TRANSIT, batch.fund, batch.year, places)
    purses = of_places(AccountKind.AVAILABLE, batch.fund, batch.year, places)
    unit = available(batch.fund, batch.year, batch.unit)
    journals, now = [], clock.now()
    for line, values in rows:
        status = LineStatus(RESULTS[values["result"]])
        good = status == LineStatus.ARRIVED
        target = purses[line.community_id] if good else unit
        kind, words = (JournalKind.ARRIVE, "到账") if good else (JournalKind.BOUNCE, f"退回：{values['reason']}")
        journals.append(JournalInput(
            kind, f"{batch.number} {line.community} {words}", move(transit[line.community_id], target, line.amount_fen),
            f"disbursement:{line.pk}:back", batch, is_synthetic=batch.is_synthetic,
        ))  # fmt: skip
        line.status, line.reason, line.settled_at = status, "" if good else values["reason"], now
        line.bank_ref = values.get("ref") or ""
    journals_post(by=by, rows=journals)
    type(rows[0][0]).objects.bulk_update([line for line, _ in rows], ["status", "reason", "settled_at", "bank_ref"])
