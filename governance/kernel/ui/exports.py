"""Lists as Excel and CSV.

Text stays text (a formula in a title must not run), numbers stay numbers, a head block says what this is.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

from .columns import Column
from .formats import datetime_cn, local

EXPORT_ROWS = 10_000
CELL_CHARACTERS = 32_767  # Excel's own limit of a cell
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Sheet:
    """What is exported.

    Title, columns, any iterable of rows, the filters in force as (label, value), and whether the data is synthetic.
    """

    title: str
    columns: list[Column]
    rows: Iterable
    filters: list[tuple[str, str]] = field(default_factory=list)
    synthetic: bool = False
    limit: int = EXPORT_ROWS
    more: bool = False  # there are rows beyond the limit
    notes: Sequence[tuple[str, str]] = ()  # lines of their own: as of when, metric cards

    def head(self) -> list[tuple[str, str]]:
        """The block above the table."""
        lines = [("标题", self.title), ("导出时间", datetime_cn(timezone.now()))]
        lines += [("筛选", "；".join(f"{label}：{value}" for label, value in self.filters) or "全部")]
        lines += self.notes
        if self.more:
            lines.append(("范围", f"仅含前 {self.limit} 行，请缩小筛选范围后再导出其余部分"))
        if self.synthetic:
            lines.append(("说明", "演示数据，不代表真实情况"))
        return lines

    def records(self) -> Iterator[list]:
        """The rows as exported values, at most ``limit``."""
        for row in islice(self.rows, self.limit):
            yield [column.exported(row) for column in self.columns]


def _text(value) -> str:
    """Any value as the text of a cell."""
    if value is None:
        return ""
    return ("是" if value else "否") if isinstance(value, bool) else str(value)[:CELL_CHARACTERS]


def write_xlsx(sheet: Sheet, file) -> int:
    """Write a workbook into a binary file; return the number of rows. Memory stays constant however many there are."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, {**options, "default_date_format": "yyyy-mm-dd hh:mm"})
    page = book.add_worksheet("清单")
    bold, heading = book.add_format({"bold": True}), book.add_format({"bold": True, "bg_color": "#E6F1F3", "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width)
    line = 0
    for label, value in sheet.head():
        page.write_string(line, 0, label, bold)
        page.write_string(line, 1, value)
        line += 1
    top = line + 1
    for index, column in enumerate(sheet.columns):
        page.write_string(top, index, column.label, heading)
    count = 0
    for count, record in enumerate(sheet.records(), 1):
        for index, value in enumerate(record):
            _write_cell(page, top + count, index, value, day)
    page.freeze_panes(top + 1, 0)
    if count:
        page.autofilter(top, 0, top + count, len(sheet.columns) - 1)
    book.close()
    return count


def _write_cell(page, row: int, column: int, value, day) -> None:
    """One cell by the type of its value; whatever is not a number or a date is written as text."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        page.write_number(row, column, value)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, local(value).replace(tzinfo=None))
    elif isinstance(value, date):
        page.write_datetime(row, column, value, day)
    else:
        page.write_string(row, column, _text(value))


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """Yield CSV text with a byte-order mark for Excel.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    for record in _csv_records(sheet):
        writer.writerow(record)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _csv_records(sheet: Sheet) -> Iterator[list]:
    """Head block, an empty line, headings, rows."""
    yield from ([label, _harmless(value)] for label, value in sheet.head())
    yield []
    yield [column.label for column in sheet.columns]
    for record in sheet.records():
        yield [_harmless(value) for value in record]


def _harmless(value):
    """Numbers as they are, moments in our writing, text without a leading formula sign."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return value
    if isinstance(value, (datetime, date)):
        return datetime_cn(value)
    text = _text(value)
    return f"'{text}" if text.startswith(RISKY) else text


def _filename(sheet: Sheet, ending: str) -> str:
    """``attachment`` with the title and the minute in it."""
    name = f"{sheet.title}-{timezone.localtime():%Y%m%d-%H%M}.{ending}"
    return f"attachment; filename=\"export.{ending}\"; filename*=UTF-8''{quote(name)}"


def export_response(sheet: Sheet, ending: str):
    """Answer with the sheet as ``xlsx`` or ``csv``."""
    if ending == "csv":
        response = StreamingHttpResponse(csv_lines(sheet), content_type="text/csv; charset=utf-8")
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
        write_xlsx(sheet, file)
        file.seek(0)
        response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = _filename(sheet, ending)
    response["Cache-Control"] = "no-store"
    return response
