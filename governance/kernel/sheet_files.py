"""Workbooks that go out with an import: the template with its data dictionary, and the list of errors."""

from __future__ import annotations

import io

import xlsxwriter

from .sheets import SheetColumn

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {
    "text": "文字",
    "code": "数字代码（文本）",
    "whole": "非负整数",
    "date": "日期（YYYY-MM-DD）",
    "flag": "是/否",
    "choice": "选项",
    "email": "邮箱",
    "emails": "邮箱，多个用分号隔开",
}
_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def template_workbook(title: str, columns: tuple[SheetColumn, ...]) -> bytes:
    """Return a workbook: instruction, field codes, headings (required ones starred), and a data dictionary sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _SAFE)
    bold, code = book.add_format({"bold": True}), book.add_format({"font_color": "#666666"})
    text = book.add_format({"num_format": "@"})  # codes keep their zeros and do not turn into 2.1E+11
    sheet = book.add_worksheet("填写")
    sheet.write_string(0, 0, f"{title}：带 * 的列必填；从第 4 行起填写，勿改前 3 行；不要使用公式。", bold)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, 20, text)
        sheet.write_string(1, index, column.name, code)
        sheet.write_string(2, index, f"{column.label}{'*' if column.required else ''}", bold)
        if column.kind == "choice":
            sheet.data_validation(3, index, 2000, index, {"validate": "list", "source": list(column.choices)})
    sheet.freeze_panes(3, 0)
    _dictionary(book.add_worksheet("数据字典"), columns, bold)
    book.close()
    return buffer.getvalue()


def _dictionary(sheet, columns: tuple[SheetColumn, ...], bold) -> None:
    """Write one line per column: code, heading, kind, required, bounds, values, sample."""
    for index, heading in enumerate(("字段码", "名称", "类型", "必填", "长度", "可填内容", "说明", "示例")):
        sheet.write_string(0, index, heading, bold)
    for line, column in enumerate(columns, 1):
        cells = (
            column.name,
            column.label,
            _KINDS[column.kind],
            "是" if column.required else "否",
            str(column.max_length) if column.kind in ("text", "code", "email") else "",
            "、".join(column.choices),
            column.help,
            column.sample,
        )
        for index, cell in enumerate(cells):
            sheet.write_string(line, index, cell)
    sheet.set_column(0, 7, 20)


def errors_workbook(title: str, errors: list[dict]) -> bytes:
    """Return a workbook that lists errors (row, column, value, message) as ``Table.errors_as_dicts`` gives them."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _SAFE)
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("错误")
    sheet.write_string(0, 0, f"{title}：共 {len(errors)} 处错误", bold)
    for index, heading in enumerate(("行", "列", "填写内容", "错误")):
        sheet.write_string(1, index, heading, bold)
    for line, error in enumerate(errors, 2):
        sheet.write_number(line, 0, error["row"])
        for index, name in enumerate(("column", "value", "message"), 1):
            sheet.write_string(line, index, error[name])
    sheet.set_column(1, 3, 30)
    book.close()
    return buffer.getvalue()
