"""Workbooks that unpack to far more than they weigh."""

import io
import struct
import zipfile
from functools import cache

MEGABYTE = 1 << 20
SHEET = "xl/worksheets/sheet1.xml"


@cache
def bomb(megabytes: int, method: int = zipfile.ZIP_DEFLATED, filler: bytes = b" ") -> bytes:
    """A workbook whose first sheet unpacks to that size: 1 KB for each MB deflated, 1 byte with bzip2.

    ``filler`` is what the sheet repeats: blanks cost nobody anything to parse, ``<row/>`` an element each.
    """
    buffer = io.BytesIO()
    block = filler * (MEGABYTE // len(filler))
    with zipfile.ZipFile(buffer, "w", method) as book:
        book.writestr("xl/workbook.xml", b"<workbook/>")
        with book.open(SHEET, "w") as sheet:
            sheet.write(b"<sheetData>")
            for _ in range(megabytes):
                sheet.write(block)
            sheet.write(b"</sheetData>")
    return buffer.getvalue()


def doubled(book: bytes) -> bytes:
    """The same file with a second sheet that lies upon the first: twice the content for some ninety bytes more."""
    end = book.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HII", book, end + 10)
    entry = book.rindex(b"PK\x01\x02", 0, end)
    copy = book[entry:end].replace(b"sheet1", b"sheet2")
    tail = struct.pack("<4s4HIIH", b"PK\x05\x06", 0, 0, count + 1, count + 1, size + len(copy), start, 0)
    return book[:end] + copy + tail


def lying(book: bytes) -> bytes:
    """The same file whose directory says that every part is ten bytes long."""
    changed, at = bytearray(book), 0
    while (at := changed.find(b"PK\x01\x02", at)) >= 0:
        changed[at + 24 : at + 28] = struct.pack("<I", 10)
        at += 4
    return bytes(changed)
