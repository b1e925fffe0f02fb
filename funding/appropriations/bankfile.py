"""The bank's files: what goes out, and what comes back, judged row by row before anything is posted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from governance.kernel.sheets import SheetColumn, SheetRow, Table
from governance.kernel.ui.columns import Column
from governance.kernel.ui.exports import Sheet

from .models import DisbursementBatch, DisbursementLine
from .rules import yuan
from .states import LineStatus

TOTAL, AMOUNT = "合计", "金额（元）"
RESULTS = {"成功": "arrived", "失败": "bounced"}


@dataclass(frozen=True)
class Row:
    """One row of the outgoing file; the last one carries count and control sum."""

    batch: str
    line: str
    name: str
    bank: str
    number: str
    fen: int
    community: str = ""


OUT = [
    Column("batch", "批次号", width=24),
    Column("line", "行号", width=8),
    Column("name", "户名", width=32),
    Column("bank", "开户行", width=24),
    Column("number", "账号", width=26),
    Column("fen", AMOUNT, export=lambda row: Decimal(row.fen) / 100, kind="number"),
    Column("community", "社区（村）", width=24),
]


def sheet_of(batch: DisbursementBatch, lines: Sequence[DisbursementLine]) -> Sheet:
    """The sheet for the bank: a row a line, then the control row with number and sum."""
    rows = [
        Row(batch.number, str(line.number), line.payee.name, line.payee.bank, line.payee.number, line.amount_fen,
            str(line.community))
        for line in lines
    ]  # fmt: skip
    fen = sum(row.fen for row in rows)
    rows.append(Row(batch.number, TOTAL, f"{len(rows)} 笔", "", "", fen))
    head = [("批次", batch.number), ("笔数", str(len(lines))), ("控制合计", yuan(fen))]
    return Sheet(f"拨付文件 {batch.number}", OUT, rows, head, synthetic=batch.is_synthetic)


def _money(text: str) -> str:
    """What is wrong with an amount in yuan."""
    whole, _dot, part = text.replace(",", "").partition(".")
    fits = (
        whole.isascii() and whole.isdigit() and len(whole) <= 11 and (not part or (part.isascii() and part.isdigit()))
    )
    if not fits or len(part.rstrip("0")) > 2:
        return "应为金额（元），最多两位小数"
    return ""


def fen_of(text: str) -> int:
    """Yuan as text to fen; the text has been checked."""
    return int(Decimal(text.replace(",", "")) * 100)


BACK = (
    SheetColumn("batch", "批次号", "code", True, 32, sample="BF-210202-2026-001"),
    SheetColumn("line", "行号", "code", True, 8, help="最后一行填“合计”", sample="1"),
    SheetColumn("name", "户名", max_length=80, sample="某社区居民委员会"),
    SheetColumn("number", "账号", "code", False, 32, sample="000021020200800197"),
    SheetColumn("yuan", AMOUNT, "code", True, 20, check=_money, sample="50000.00"),
    SheetColumn("result", "结果", max_length=10, help="成功 或 失败", sample="成功"),
    SheetColumn("reason", "失败原因", max_length=150, sample=""),
    SheetColumn("ref", "银行流水号", "code", False, 40, sample="20260410000123"),
)  # fmt: skip


def examine(table: Table, batch: DisbursementBatch) -> None:
    """Add everything that is wrong with a returned file, row by row: it is posted whole or not at all."""
    lines = {str(line.number): line for line in batch.lines.select_related("payee")}
    controls = [row for row in table.rows if row.values.get("line") == TOTAL]
    rows = [row for row in table.rows if row.values.get("line") != TOTAL]
    seen: dict[str, SheetRow] = {}
    refs: Counter = Counter(row.values.get("ref") for row in rows if row.values.get("ref"))
    for row in table.rows:
        if row.values.get("batch") not in (None, batch.number):
            table.refuse(row, "batch", f"不是本批次（{batch.number}）的回盘")
    for row in rows:
        _twice(table, row, seen)
        _against(table, row, lines)
        _result(table, row)
        if refs[row.values.get("ref")] > 1:
            table.refuse(row, "ref", "银行流水号重复")
    _control(table, rows, controls)


def _twice(table: Table, row: SheetRow, seen: dict[str, SheetRow]) -> None:
    """A line may be reported once; success and failure together are called by their name."""
    key = row.values.get("line")
    if key is None:
        return
    first = seen.setdefault(key, row)
    if first is row:
        return
    if first.values.get("result") != row.values.get("result"):
        table.refuse(row, "result", f"同一行既有成功又有失败（见第 {first.number} 行）")
    else:
        table.refuse(row, "line", f"行号重复（与第 {first.number} 行相同）")


def _against(table: Table, row: SheetRow, lines: dict[str, DisbursementLine]) -> None:
    """Line, account and amount as they were sent."""
    values = row.values
    if values.get("line") is None:
        return
    line = lines.get(values["line"])
    if line is None or line.status in (LineStatus.HELD, LineStatus.DROPPED, LineStatus.PLANNED):
        table.refuse(row, "line", "本批次没有送出这一行")
        return
    if line.status in (LineStatus.ARRIVED, LineStatus.BOUNCED):
        table.refuse(row, "line", f"这一行已登记为“{line.get_status_display()}”，不能再次登记")
    if values.get("number") != line.payee.number:
        table.refuse(row, "number", "账号与送出的不符")
    if values.get("name") and values["name"] != line.payee.name:
        table.refuse(row, "name", f"户名与送出的“{line.payee.name}”不符")
    if values.get("yuan") is not None and fen_of(values["yuan"]) != line.amount_fen:
        table.refuse(row, "yuan", f"金额与送出的 {yuan(line.amount_fen)}不符")


def _result(table: Table, row: SheetRow) -> None:
    """Success, or failure with its reason."""
    result = row.values.get("result")
    if result not in RESULTS:
        table.refuse(row, "result", "应为“成功”或“失败”")
    elif result == "失败" and not row.values.get("reason"):
        table.refuse(row, "reason", "失败须写明原因")


def _control(table: Table, rows: Sequence[SheetRow], controls: Sequence[SheetRow]) -> None:
    """The control row says the sum of all rows, once."""
    if not rows:
        for row in controls[:1]:
            table.refuse(row, "line", "没有明细行")
        return
    if not controls:
        table.refuse(table.rows[-1], "line", "缺少“合计”行，不能核对控制合计")
        return
    for row in controls[1:]:
        table.refuse(row, "line", "“合计”行只能有一行")
    if any(row.values.get("yuan") is None for row in [*rows, controls[0]]):
        return
    found, said = sum(fen_of(row.values["yuan"]) for row in rows), fen_of(controls[0].values["yuan"])
    if found != said:
        table.refuse(controls[0], "yuan", f"控制合计 {yuan(said)} 与各行之和 {yuan(found)}不符")
