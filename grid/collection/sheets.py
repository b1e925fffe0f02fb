"""The answers of a form as a file: the same for who is signed in and for the holder of a mailed link."""

from governance.kernel import clock
from governance.kernel.metrics import CARDS
from governance.kernel.ui.columns import Column
from governance.kernel.ui.exports import Sheet
from governance.kernel.ui.formats import datetime_cn

from .models import Form
from .selectors import Row, fixed


def prefill_of(row: Form) -> float:
    """Share of the cells that nobody had to type in."""
    return round(100 * (1 - row.asked_cells / row.cells), 1)


def marks_line(row: Form) -> str:
    """The four marks and the admission number, 缺 where one is missing."""
    pairs = [
        ("表号", row.form_code), ("制定机关", row.issuer), ("文号", row.approval_no), ("有效期至", row.valid_to),
        ("准入号", row.item and row.item.code),
    ]  # fmt: skip
    return "；".join(f"{label} {value or '缺'}" for label, value in pairs)


def answers_sheet(form: Form, rows: list[Row]) -> Sheet:
    """A community a row; where one was corrected since, the value before stands beside it. The head says when and what."""
    columns = [
        Column("community.code12", "社区代码"),
        Column("community.name", "社区（村）"),
        *(
            Column(str(at), cell.element.name, export=lambda row, at=at: row.cells[at].value)
            for at, cell in enumerate(rows[0].cells if rows else [])
        ),
        Column("fixed", "更正", export=fixed),
    ]
    notes = [
        ("截至", datetime_cn(clock.now())), ("四要素", marks_line(form)), ("用途", form.purpose),
        ("预填率", f"{prefill_of(form)}%" if form.cells else "—"), *CARDS["collection.prefill"].lines(),
    ]  # fmt: skip
    return Sheet(f"{form.number} {form.title}", columns, rows, synthetic=form.is_synthetic, notes=notes)
