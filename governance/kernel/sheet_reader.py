"""Reads one foreign table in a process of its own, which may be killed.

``python sheet_reader.py LIMITS`` takes the file on stdin and prints JSON: {"problem": text} or {"rows": [[cell, ...]]}.
A cell is null, text, number, true/false, {"d": ISO date} or {"e": error}. ``sheets.read_table`` starts it by path; it
imports nothing of the portal, so that it starts fast and stays small.
"""

import csv
import io
import json
import resource
import sys
import zipfile
import zlib
from datetime import date, datetime, time
from itertools import islice
from xml.parsers import expat

OLE_MAGIC = b"\xd0\xcf\x11\xe0"
ZIP_MAGIC = b"PK\x03\x04"
CHUNK = 1 << 16
# What spreadsheets write. One read of bzip2 or LZMA may unpack a hundred megabytes at once; a deflated one is bounded.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Problem(Exception):
    """The whole file is refused; the text is Chinese, for the person who uploaded it."""


class SheetScan:
    """Streams one worksheet's XML: refuses document types, notes the cells that hold formulas."""

    def __init__(self):
        self.cell, self.formulas = "", []
        self.parser = expat.ParserCreate(namespace_separator="|")
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, name, attributes):
        match name.rpartition("|")[2]:
            case "c":
                self.cell = attributes.get("r", "?")
            case "f":
                self.formulas.append(self.cell)

    def _doctype(self, *args):
        raise Problem("文件结构异常（含文档类型声明），已拒绝读取。")

    def feed(self, chunk: bytes, last: bool = False) -> None:
        """Take the next piece."""
        try:
            self.parser.Parse(chunk, last)
        except expat.ExpatError:
            raise Problem("工作表内容已损坏，请在表格软件中另存为 .xlsx 后重试。") from None


BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,  # a compression that zipfile does not know
    RuntimeError,  # a password
    EOFError,
    ValueError,
    OSError,
)


def open_book(content: bytes, max_entries: int) -> zipfile.ZipFile:
    """Open the container; refuse what is no plain workbook."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except BROKEN:
        raise Problem("文件已损坏，不是有效的 Excel 工作簿。") from None
    names = archive.namelist()
    if len(names) > max_entries:
        raise Problem("文件内部条目过多，已拒绝读取。")
    if "xl/workbook.xml" not in names:
        raise Problem("这不是 Excel 工作簿（.xlsx）。")
    if any("vba" in name.lower() for name in names):
        raise Problem("文件含宏，请另存为不含宏的 .xlsx。")
    if any(entry.compress_type not in METHODS for entry in archive.infolist()):
        raise Problem("文件的压缩方式不是 Excel 所用的，已拒绝读取（疑似压缩炸弹）。")
    return archive


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo):
    """Yield an entry's content piece by piece, as it really unpacks (the sizes it declares prove nothing)."""
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except BROKEN:
        raise Problem("文件已损坏或加了密码，无法读取。") from None


def scan_book(content: bytes, max_unpacked: int, max_entries: int) -> None:
    """Unpack everything, counting, before any parser sees it; then refuse formulas and document types."""
    archive = open_book(content, max_entries)
    total, formulas = 0, []
    for entry in archive.infolist():  # unpacking alone is quick: a bomb is refused before its elements are looked at
        for chunk in chunks(archive, entry):
            total += len(chunk)
            if total > max_unpacked:
                raise Problem("文件解压后过大，已拒绝读取（疑似压缩炸弹）。")
    for entry in archive.infolist():
        if entry.filename.startswith("xl/worksheets/sheet"):
            scan = SheetScan()
            for chunk in chunks(archive, entry):
                scan.feed(chunk)
            scan.feed(b"", last=True)
            formulas += scan.formulas
    if formulas:
        shown = "、".join(formulas[:5]) + ("等" if len(formulas) > 5 else "")
        raise Problem(f"单元格 {shown} 含公式，请复制后“选择性粘贴为数值”再上传。")


def excel_rows(content: bytes, max_rows: int, max_columns: int) -> list[list]:
    """Return the first sheet's rows."""
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        _check_size(sheet.total_height, sheet.total_width, max_rows, max_columns)
        return [[_plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False, nrows=max_rows)]
    except Problem:
        raise
    except Exception:
        raise Problem("文件已损坏，不是有效的 Excel 工作簿。") from None


def _check_size(rows: int, columns: int, max_rows: int, max_columns: int) -> None:
    if rows > max_rows:
        raise Problem("表格行数过多，请分批导入。")
    if columns > max_columns:
        raise Problem(f"表格超过 {max_columns} 列，请使用下载的模板。")


def _plain(value):
    """Turn a cell into something JSON can carry."""
    if isinstance(value, datetime):
        midnight = value.time() == time.min
        return {"d": value.date().isoformat() if midnight else value.isoformat(" ")}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return {"e": str(value)}


def csv_rows(content: bytes, max_rows: int, max_columns: int) -> list[list]:
    """Return the rows of a text table: UTF-8 or GB 18030, commas or tabs."""
    text = _decoded(content)
    csv.field_size_limit(CHUNK)
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(islice(reader, max_rows + 1))
    except csv.Error:
        raise Problem("CSV 的引号或换行不配对，无法分列。") from None
    _check_size(len(rows), max((len(row) for row in rows), default=0), max_rows, max_columns)
    return rows


def _decoded(content: bytes) -> str:
    """Decode text; refuse what is none."""
    if b"\x00" in content:
        raise Problem("这不是表格文件；请上传 .xlsx 或 .csv。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
            break
        return text
    raise Problem("文字编码无法识别；CSV 请存为 UTF-8。")


def read(content: bytes, limits: dict) -> list[list]:
    """Return the raw rows of a workbook or text table. Raises Problem."""
    if not content.strip():
        raise Problem("文件是空的。")
    if content.startswith(OLE_MAGIC):
        raise Problem("这是旧版 .xls 或加了密码的文件，请另存为不加密的 .xlsx。")
    size = limits["max_rows"], limits["max_columns"]
    if content.startswith(ZIP_MAGIC):
        scan_book(content, limits["max_unpacked"], limits["max_entries"])
        return excel_rows(content, *size)
    return csv_rows(content, *size)


def main() -> None:
    """Bind the process's own memory and time, then read."""
    limits = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = {"rows": read(sys.stdin.buffer.read(), limits)}
    except Problem as problem:
        answer = {"problem": str(problem)}
    except MemoryError:
        answer = {"problem": "文件过大，超出读取内存上限。"}
    print(json.dumps(answer, ensure_ascii=True))


if __name__ == "__main__":
    main()
