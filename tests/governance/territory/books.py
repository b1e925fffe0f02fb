"""Workbooks as people upload them."""

import io

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile


def workbook(*rows, formulas: bool = False, extra=None) -> bytes:
    """Write rows into the first sheet; ``extra(sheet, book)`` may do more."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": formulas, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    if extra:
        extra(sheet, book)
    book.close()
    return buffer.getvalue()


def upload(content: bytes, name: str = "表格.xlsx") -> SimpleUploadedFile:
    """Wrap bytes as an uploaded file."""
    return SimpleUploadedFile(name, content)


def csv_upload(*rows, encoding: str = "utf-8-sig") -> SimpleUploadedFile:
    """A text table."""
    return upload("\r\n".join(",".join(map(str, row)) for row in rows).encode(encoding), "表格.csv")
