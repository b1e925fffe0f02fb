"""Reading foreign tables: what is right, what is wrong in a cell, what is refused whole."""

import io
import json
import random
import subprocess
import sys
import zipfile
from datetime import date, datetime

import pytest

from governance.kernel.errors import Invalid
from governance.kernel.sheet_files import errors_workbook, template_workbook
from governance.kernel.sheets import MEGABYTE, SheetColumn, read_table, reader_command
from tests_support.bombs import bomb, doubled, lying

from .books import csv_upload, upload, workbook

COLUMNS = (
    SheetColumn("code", "代码", "code", True, 12),
    SheetColumn("name", "名称", required=True, max_length=10),
    SheetColumn("count", "户数", "whole"),
    SheetColumn("day", "日期", "date"),
    SheetColumn("open", "启用", "flag"),
    SheetColumn("kind", "类别", "choice", choices={"街道": "street", "镇": "town"}),
    SheetColumn("mail", "邮箱", "email"),
    SheetColumn("mails", "备用邮箱", "emails"),
)
HEAD = [column.label for column in COLUMNS]


def read(content, max_rows=100, max_bytes=5 * MEGABYTE):
    return read_table(content if hasattr(content, "read") else upload(content), COLUMNS, max_rows, max_bytes)


def one(cell, name="count"):
    """Read one row in which one column holds the cell."""
    row = ["1", "甲", *[None] * 6]
    row[[column.name for column in COLUMNS].index(name)] = cell
    return read(workbook(HEAD, row))


def refusal(content, **limits) -> str:
    with pytest.raises(Invalid) as caught:
        read(content, **limits)
    assert list(caught.value.fields) == ["file"]
    return str(caught.value)


def test_a_workbook_reads_with_types():
    def typed(sheet, book):
        sheet.write_datetime(1, 3, datetime(2027, 1, 1), book.add_format({"num_format": "yyyy-mm-dd"}))

    content = workbook(
        HEAD, [210204010001, "甲", 12, None, "是", "镇", "A@b.example", "c@d.example；e@f.example"], extra=typed
    )
    table = read(content)
    assert table.errors == [] and table.rows[0].number == 2
    assert table.rows[0].values == {
        "code": "210204010001", "name": "甲", "count": 12, "day": "2027-01-01", "open": True, "kind": "town",
        "mail": "a@b.example", "mails": ["c@d.example", "e@f.example"],
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_tables_read_in_the_usual_encodings(encoding):
    table = read(csv_upload(HEAD[:3], ["001", "甲", "3"], encoding=encoding))
    assert table.rows[0].values == {"code": "001", "name": "甲", "count": 3}


def test_a_filled_template_reads_back_and_its_header_block_is_no_data():
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(template_workbook("试验", COLUMNS)))
    assert book.sheet_names == ["填写", "数据字典"]
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][0] == "code" and rows[2][0] == "代码*"
    table = read(workbook(*rows, ["9", "乙"]))
    assert [row.number for row in table.rows] == [4] and table.rows[0].values["name"] == "乙"


def test_columns_may_stand_in_any_order_and_unknown_ones_are_named():
    table = read(workbook(["名称*", "备注", "代码 *"], ["甲", "x", "7"]))
    assert table.rows[0].values == {"name": "甲", "code": "7"} and table.ignored == ["备注"]


def test_blank_rows_are_skipped_and_numbers_stay_those_of_the_file():
    table = read(workbook(HEAD, ["1", "甲"], [None, " "], ["2", "乙"]))
    assert [row.number for row in table.rows] == [2, 4]


@pytest.mark.parametrize(
    ("name", "cell", "message"),
    [
        ("count", "三", "非负整数"),
        ("count", -1, "非负整数"),
        ("count", 1.5, "非负整数"),
        ("count", True, "非负整数"),
        ("count", "\uff11\uff12", "非负整数"),
        ("count", "9" * 12, "非负整数"),
        ("day", "昨天", "日期"),
        ("day", 45000, "日期"),
        ("day", "2027-02-30", "日期"),
        ("open", "也许", "是"),
        ("kind", "村", "街道、镇"),
        ("mail", "not-an-address", "邮箱"),
        ("mails", "a@b.example；x", "邮箱"),
        ("name", "甲" * 11, "最多 10 个字"),
        ("name", "=1+1", "公式"),
        ("name", "@SUM(A1)", "公式"),
        ("name", "甲\n乙", "换行"),
        ("name", True, "文字"),
        ("code", "2.10E+11", "科学计数"),
        ("name", None, "必填"),
        ("code", None, "必填"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(name, cell, message):
    table = one(cell, name)
    (error,) = table.errors
    label = next(column.label for column in COLUMNS if column.name == name)
    assert (error.row, error.column) == (2, label) and message in error.message
    assert table.good == []


def test_dates_are_understood_as_people_write_them():
    for text in ("2027-1-1", "2027/01/01", "2027年1月1日", "2027.1.1"):
        table = one(text, "day")
        assert table.errors == [] and date.fromisoformat(table.rows[0].values["day"]) == date(2027, 1, 1)


def test_a_negative_or_plus_number_in_text_is_no_formula():
    assert one("+86 411", "name").errors == [] and one("-3℃", "name").errors == []


def test_formulas_are_refused_with_their_cells():
    assert "B2" in refusal(workbook(HEAD, ["1", "=1+1"], formulas=True))


def test_a_formula_on_another_sheet_is_refused_too():
    def other(sheet, book):
        book.add_worksheet().write_formula("C9", "=1+1")

    assert "C9" in refusal(workbook(HEAD, ["1", "甲"], extra=other))


def test_missing_and_doubled_columns_are_named():
    assert "名称" in refusal(workbook(["代码", "别的"], ["1", "2"]))
    assert "代码" in refusal(workbook(["代码", "代码", "名称"], ["1", "2", "3"]))


def test_no_data_is_said():
    assert "没有数据行" in refusal(workbook(HEAD))


def test_too_many_rows_columns_and_bytes():
    rows = [[str(number), "甲"] for number in range(101)]
    assert "100 行" in refusal(workbook(HEAD, *rows), max_rows=100)
    assert len(read(workbook(HEAD, *rows[:100]), max_rows=100).rows) == 100
    assert "过多" in refusal(workbook(HEAD, *rows, *rows), max_rows=100)
    assert "列" in refusal(workbook([*HEAD, *range(80)], ["1", "甲"]))
    assert "MB" in refusal(b"x" * (MEGABYTE + 1), max_bytes=MEGABYTE)


def test_a_cell_in_the_farthest_corner_does_not_eat_the_memory():
    assert "过大" in refusal(workbook(HEAD, ["1", "甲"], extra=lambda sheet, book: sheet.write(1_048_575, 16_383, "x")))


def zipped(**entries) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def test_a_zip_bomb_is_refused_before_any_parser_sees_it():
    content = zipped(**{"xl/workbook.xml": "<workbook/>", "xl/media/x.xml": b"0" * (200 * MEGABYTE)})
    assert len(content) < MEGABYTE
    assert "炸弹" in refusal(content)


BOMBS = {  # name → (content, largest file in bytes)
    "316 MB twice in 320 KB": (lambda: doubled(bomb(316)), 330_000),
    "632 MB of blanks": (lambda: bomb(632), 660_000),
    "316 MB of elements": (lambda: bomb(316, filler=b"<row/>"), 1_000_000),
    "632 MB that say ten bytes": (lambda: lying(bomb(632)), 660_000),
    "632 MB by bzip2": (lambda: bomb(632, method=zipfile.ZIP_BZIP2), 5_000),
}


# A small parent: a process that is forked from a large one is counted as large.
MEASURED = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss]), file=sys.stderr)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_the_reader_neither_time_nor_memory(name):
    """The process that reads is measured by itself: under 2 s of CPU and 160 MB, and it says what is wrong."""
    made, most = BOMBS[name]
    content = made()
    assert len(content) < most
    done = subprocess.run([sys.executable, "-c", MEASURED, *reader_command(100)], input=content, capture_output=True)
    seconds, kilobytes = json.loads(done.stderr)
    assert seconds < 2
    assert kilobytes < 160 * 1024
    assert ("损坏" if "say ten bytes" in name else "压缩炸弹") in json.loads(done.stdout)["problem"]


def test_entities_are_refused():
    laughs = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert "文档类型" in refusal(zipped(**{"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": laughs}))


def broken_files():
    """Thirty files that are none: cut, flipped, mislabelled, empty, foreign."""
    good = workbook(HEAD, ["1", "甲", 3])
    dice = random.Random(2)
    yield "empty", b""
    yield "blanks", b"  \n\n "
    yield "old xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    yield "png", b"\x89PNG\r\n\x1a\n" + bytes(50)
    yield "pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
    yield "zip without workbook", zipped(a="b")
    yield "docx", zipped(**{"word/document.xml": "<a/>"})
    yield "macro", zipped(**{"xl/workbook.xml": "<a/>", "xl/vbaProject.bin": "x"})
    yield "bad workbook part", zipped(**{"xl/workbook.xml": "not xml"})
    yield "bad sheet part", zipped(**{"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": "<a><b></a>"})
    yield "many parts", zipped(**{"xl/workbook.xml": "<a/>", **{f"p{number}": "" for number in range(400)}})
    yield "html", b"<html><table><tr><td>1</td></tr></table></html>"
    yield "lone quote", '代码,名称\n"1,甲\n'.encode()
    yield "utf-16", "代码,名称\n1,甲\n".encode("utf-16")
    yield "latin-1", "代码".encode() + b"\xff\xfe\x81"
    yield "bell", "代码,名称\n\x07,甲\n".encode()
    for part in range(8):
        yield f"cut {part}", good[: len(good) * (part + 1) // 10]
    for turn in range(8):
        spoilt = bytearray(good)
        start = good.find(b"PK\x01\x02")  # the directory: without it nothing can be found
        for _flip in range(40):
            spoilt[dice.randrange(start, len(good))] ^= 0xFF
        yield f"flipped {turn}", bytes(spoilt)


@pytest.mark.parametrize(("kind", "content"), [pytest.param(*case, id=case[0]) for case in broken_files()])
def test_a_broken_file_is_refused_in_words(kind, content):
    message = refusal(content)
    assert message.endswith(("。", "）。")) and "Error" not in message


def test_there_are_thirty_broken_files():
    assert len(list(broken_files())) >= 30


def test_errors_come_back_as_a_workbook():
    from python_calamine import CalamineWorkbook

    content = errors_workbook("表.xlsx", one("三").errors_as_dicts())
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[2][:3] == [2, "户数", "三"]
