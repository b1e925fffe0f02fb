"""Survey sheets as people upload them: one that is right at any size, and three hundred that are broken."""

import io
import random
import zipfile
from collections.abc import Iterator

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from communities.signboards.importing.columns import COLUMNS
from tests_support.bombs import bomb

HEAD = [column.label for column in COLUMNS]
NAMES = [column.name for column in COLUMNS]
REQUIRED = [column.label for column in COLUMNS if column.required]


def upload(content: bytes, name: str = "摸底表.xlsx") -> SimpleUploadedFile:
    """Bytes as an upload."""
    return SimpleUploadedFile(name, content)


def book(*rows, extra=None, formulas: bool = False) -> bytes:
    """A workbook of these rows; ``extra(sheet)`` may do more."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": formulas})
    sheet = made.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    if extra:
        extra(sheet)
    made.close()
    return buffer.getvalue()


def text(*rows) -> SimpleUploadedFile:
    """The same as CSV: read without the workbook's parser, which is faster."""
    lines = (",".join("" if cell is None else f'"{cell}"' for cell in row) for row in rows)
    return upload("\r\n".join(lines).encode("utf-8-sig"), "摸底表.csv")


def archive(**entries: bytes) -> bytes:
    """A zip of these entries (``xl/workbook.xml`` as ``xl__workbook_xml``)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def with_cell(row: list, name: str, value) -> list:
    """The row with one cell changed."""
    return [value if column == name else cell for column, cell in zip(NAMES, row, strict=True)]


WRONG = {
    "community_code": ["", "12", "21020200800A", "2.10202E+11", "９９９９９９９９９９９９", "999999999999", "=1", "2102020080011"],
    "name": ["", "x" * 61, "=HYPERLINK()", "@SUM", "+cmd", "-cmd", "甲\n乙", "甲\t乙"],
    "department_code": ["", "没有", "X" * 25, "=A1", "000000-ABC"],
    "entry_name": ["不存在的条目", "村集体经济组织", "=1+1", "图" * 61],
    "item_code": ["SQ-X-2026-001", "SQ-U-26-1", "abc", "SQ-U-2026-999", "=A1"],
    "length_cm": ["", "-1", "0", "1.5", "长", "1001", "1e3", "99999999999", "２００", "200cm", "1,000", " - "],
    "width_cm": ["", "-35", "0", "3.5", "宽", "1001", "1e2", "99999999999", "３５", "35cm", "2,000", "无"],
    "material": ["", "黄金", "=1", "wood!", "木", "金属 塑料"],
    "position": ["", "屋顶", "=1", "门", "大厅", "墙上"],
    "first_hung_on": ["昨天", "2021-13-01", "2021-02-30", "1.5.2021", "2099-01-01", "0001-01-01", "=TODAY()", "2021/5", "去年", "2021年5月"],
    "status": ["已摘除", "违规", "好", "=1", "registered!", "在用", "1"],
}  # fmt: skip


def wrong_cells(row: list) -> Iterator[tuple[str, SimpleUploadedFile, str]]:
    """(name, file, heading of the column that is blamed) for one wrong cell each."""
    labels = dict(zip(NAMES, HEAD, strict=True))
    for name, values in WRONG.items():
        for value in values:
            yield f"{name}={value[:14]!r}", text(HEAD, with_cell(row, name, value)), labels[name]


def broken_files(row: list) -> Iterator[tuple[str, SimpleUploadedFile, str]]:
    """(name, file, words of the refusal) for files that are refused whole."""
    good = book(HEAD, row)
    yield from _not_workbooks(good)
    yield from _wrong_shapes(row)
    for number in range(50):
        cut = len(good) * (number + 1) // 52
        yield f"cut at {cut}", upload(good[:cut]), "损坏|不是"
    for number in range(40):
        yield f"noise {number}", upload(random.Random(number).randbytes(400)), "不是|损坏|编码"
    for number in range(40):
        noise = random.Random(100 + number).randbytes(400)
        yield f"zip noise {number}", upload(b"PK\x03\x04" + noise), "损坏"
    for index in range(len(HEAD)):
        for name in ("=1+1", "=A1", "=NOW()", "=SUM(1,2)"):
            made = book(HEAD, row, extra=lambda sheet, index=index, name=name: sheet.write_formula(1, index, name))
            yield f"formula {name} in column {index}", upload(made), "公式"


def _not_workbooks(good: bytes) -> Iterator[tuple[str, SimpleUploadedFile, str]]:
    heads = {
        "xls": b"\xd0\xcf\x11\xe0" + b"\0" * 600, "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "pdf": b"%PDF-1.7\n\0\0",
        "gzip": b"\x1f\x8b\x08\0" * 30, "7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 30, "exe": b"MZ" + b"\0" * 60,
        "rar": b"Rar!\x1a\x07\x01\0", "nul": b"\0" * 300, "control": b"\x01\x02\x03" * 40,
    }  # fmt: skip
    for name, content in heads.items():
        yield name, upload(content), "xls|不是|编码|损坏"
    yield "docx", upload(archive(word__document_xml=b"<d/>")), "不是"
    yield "empty zip", upload(archive()), "不是|损坏"
    yield "macro", upload(archive(xl__workbook_xml=b"<w/>", xl__vbaProject=b"x")), "宏"
    for size in (65, 80, 128):
        yield f"bomb of {size} MB", upload(bomb(size)), "压缩炸弹"
    many = {f"xl__part{number}_xml": b"x" for number in range(320)}
    yield "300 parts", upload(archive(xl__workbook_xml=b"<w/>", **many)), "条目过多"
    entity = b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    yield "entities", upload(archive(xl__workbook_xml=b"<w/>", xl__worksheets__sheet1_xml=entity)), "文档类型"
    yield "torn sheet", upload(archive(xl__workbook_xml=b"<w/>", xl__worksheets__sheet1_xml=b"<a><b>")), "损坏"
    yield "no sheet", upload(archive(xl__workbook_xml=b"<workbook/>")), "损坏"
    yield "six megabytes", upload(good + b"\0" * (6 << 20)), "MB"


def _wrong_shapes(row: list) -> Iterator[tuple[str, SimpleUploadedFile, str]]:
    for label in REQUIRED:
        rest = [index for index, head in enumerate(HEAD) if head != label]
        yield f"without {label}", text([HEAD[index] for index in rest], [row[index] for index in rest]), "缺少列"
    for label in HEAD:
        yield f"{label} twice", text([*HEAD, label], [*row, "x"]), "列重复"
    yield "heads only", text(HEAD), "没有数据行"
    yield "blank rows", text(HEAD, [""] * len(HEAD), [" "] * len(HEAD)), "没有数据行"
    yield "nothing", text([""]), "缺少列"
    yield "another table", text(["姓名", "电话"], ["甲", "1"]), "缺少列"
    yield "70 columns", text([*HEAD, *map(str, range(60))], row), "列，请使用"
    yield "5001 rows", text(HEAD, *[row] * 5001), "5000 行|行数过多"
    yield "open quote", upload('社区代码,牌子名称\r\n"210202'.encode(), "a.csv"), "引号"
    yield "utf-16", upload("社区代码,牌子名称".encode("utf-16"), "a.csv"), "编码|不是"
