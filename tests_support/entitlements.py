"""Short stories of public money: a run in every state, a batch in every state, files as the bank sends them back."""

import io
from decimal import Decimal

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from funding.appropriations import services
from funding.appropriations.models import BankReturn, DisbursementBatch, EntitlementRun
from funding.ledger.states import Fund
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor, Post

HEADINGS = ("批次号", "行号", "户名", "账号", "金额（元）", "结果", "失败原因", "银行流水号")
RUN_WAY = ("submit", "approve", "appropriate")
BATCH_WAY = ("check", "approve", "export")


def finance(unit, name: str = "第二人") -> Actor:
    """Another person of a unit's finance."""
    return Actor(label=name, posts=(Post(role=Role.UNIT_FINANCE, unit_id=unit.pk),))


def city(name: str = "市级第二人") -> Actor:
    """Another person of the city's office."""
    return Actor(label=name, posts=(Post(role=Role.CITY_OFFICE),))


def run(
    unit=None, status: str = "appropriated", *, fund: str = Fund.SERVICE_MASS, year: int = 0, **more
) -> EntitlementRun:
    """A run of a unit (None: the whole city), brought to a state by two people."""
    row = services.run_calculate(
        by=more.pop("by", None) or (finance(unit, "测算人") if unit else city("测算人")), unit=unit, fund=fund,
        year=year or clock.today().year, **more,
    )  # fmt: skip
    for step, reached in zip(RUN_WAY, ("submitted", "approved", "appropriated"), strict=True):
        if row.status == status:
            break
        row = services.run_step(run=row, action=step, by=city() if step != "submit" else city("测算人"))
        if reached == status:
            break
    return row


def batch(
    unit, status: str = "exported", *, fund: str = Fund.SERVICE_MASS, year: int = 0, percent=25, **more
) -> DisbursementBatch:
    """A batch of a unit, brought to a state by two people."""
    if "amount_fen" not in more:
        more["percent"] = Decimal(percent)
    year = year or clock.today().year
    row = services.batch_draft(
        by=more.pop("by", None) or finance(unit, "编制人"), unit=unit, fund=fund, year=year, **more
    )
    for step, reached in zip(BATCH_WAY, ("checked", "approved", "exported"), strict=True):
        if row.status == status:
            break
        row = services.batch_step(batch=row, action=step, by=finance(unit))
        if reached == status:
            break
    return row


def rows_of(row: DisbursementBatch, bounce: tuple[int, ...] = (), only: tuple[int, ...] = ()) -> list[list]:
    """What an honest bank answers: every line sent arrived, but for those numbered in ``bounce``."""
    lines = row.lines.filter(status__in=["sent", "arrived", "bounced"]).select_related("payee").order_by("number")
    return [
        [row.number, str(line.number), line.payee.name, line.payee.number, line.amount_fen / 100,
         "失败" if line.number in bounce else "成功", "账户已销户" if line.number in bounce else "", f"YH{row.pk:04d}{line.number:04d}"]
        for line in lines
        if not only or line.number in only
    ]  # fmt: skip


def control(row: DisbursementBatch, rows: list[list]) -> list:
    """The last row with the sum."""
    return [row.number, "合计", f"{len(rows)} 笔", "", sum(line[4] for line in rows), "", "", ""]


def bank_file(rows: list[list], name: str = "回盘.xlsx", headings=HEADINGS) -> SimpleUploadedFile:
    """A workbook of these rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, line in enumerate([headings, *rows]):
        for column, cell in enumerate(line):
            sheet.write_number(at, column, cell) if isinstance(cell, (int, float)) else sheet.write_string(
                at, column, str(cell)
            )
    book.close()
    return SimpleUploadedFile(name, buffer.getvalue())


def answer(row: DisbursementBatch, bounce: tuple[int, ...] = (), only: tuple[int, ...] = ()) -> SimpleUploadedFile:
    """The whole honest file."""
    rows = rows_of(row, bounce, only)
    return bank_file([*rows, control(row, rows)])


def returned(row: DisbursementBatch, bounce: tuple[int, ...] = (), only: tuple[int, ...] = ()) -> BankReturn:
    """The honest file, read and posted."""
    found = services.return_preview(by=finance(row.unit), batch=row, upload=answer(row, bounce, only))
    return services.return_apply(by=finance(row.unit), bank_return=found)
