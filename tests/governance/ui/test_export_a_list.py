"""Exports: what looks like a formula stays text, numbers stay numbers, the head says what it is."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from governance.kernel.ui.columns import Column
from governance.kernel.ui.exports import Sheet, csv_lines, export_response, write_xlsx

EVIL = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "http://example.org", "\t=1+1", "{=1}"]
COLUMNS = [Column("title", "事项"), Column("cost", "费用", kind="number"), Column("at", "时间", kind="datetime")]


def sheet(**changes) -> Sheet:
    """Rows with every dangerous beginning."""
    data = [
        {"title": text, "cost": 1200 + n, "at": datetime(2026, 11, 23, 1, 5, tzinfo=UTC)} for n, text in enumerate(EVIL)
    ]
    return Sheet(**{"title": "哨单", "columns": COLUMNS, "rows": data, "filters": [("状态", "办理中")], **changes})


def workbook(wanted: Sheet) -> tuple[list[list], bytes]:
    """Write it and read it back as another program would."""
    file = io.BytesIO()
    write_xlsx(wanted, file)
    content = file.getvalue()
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(), content


def body(lines: list[list]) -> list[list]:
    """The rows under the headings."""
    return lines[next(n for n, line in enumerate(lines) if line[0] == "事项") + 1 :]


def test_formulas_stay_text_in_excel():
    lines, content = workbook(sheet())
    assert [line[0] for line in body(lines)] == EVIL
    markup = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in markup and "<hyperlink" not in markup


def test_numbers_and_moments_keep_their_type():
    line = body(workbook(sheet())[0])[0]
    assert line[1] == 1200 and isinstance(line[1], (int, float))
    assert line[2] == datetime(2026, 11, 23, 9, 5)  # 01:05 UTC is 09:05 in Dalian


def test_the_head_says_what_it_is():
    head = dict(line[:2] for line in workbook(sheet(synthetic=True))[0][:4])
    assert head["标题"] == "哨单" and head["筛选"] == "状态：办理中"
    assert head["说明"] == "演示数据，不代表真实情况" and head["导出时间"]


def test_rows_beyond_the_limit_are_announced():
    lines = workbook(sheet(limit=3, more=True))[0]
    assert len(body(lines)) == 3 and any("仅含前 3 行" in str(line[1]) for line in lines)


def test_csv_gets_an_apostrophe_before_a_formula():
    text = "".join(csv_lines(sheet()))
    assert text.startswith("\ufeff")
    cells = [line[0] for line in body(_parsed(text))]
    assert cells[:4] == [f"'{value}" for value in EVIL[:4]] and cells[4] == EVIL[4]


def _parsed(text: str) -> list[list[str]]:
    """CSV without its empty line."""
    return [line for line in csv.reader(io.StringIO(text[1:])) if line]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "是"),
        (Decimal("1.5"), 1.5),
        (date(2026, 1, 2), date(2026, 1, 2)),
        ("长" * 40000, "长" * 32767),
    ],
)
def test_every_kind_of_value_is_written(value, written):
    lines, _ = workbook(Sheet("表", [Column("x", "事项")], [{"x": value}]))
    assert (body(lines) or [[""]])[0][0] == written


def test_an_export_is_a_download_with_its_title():
    response = export_response(sheet(), "xlsx")
    assert b"".join(response)[:2] == b"PK"
    assert "%E5%93%A8%E5%8D%95" in response["Content-Disposition"] and response["Cache-Control"] == "no-store"


def test_a_library_default_would_have_run_the_formula():
    """The same text through the library's defaults becomes a formula: our options are what prevents it."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    book.add_worksheet().write(0, 0, EVIL[1].replace("+", "=", 1))
    book.close()
    assert "<f>" in zipfile.ZipFile(io.BytesIO(file.getvalue())).read("xl/worksheets/sheet1.xml").decode()
