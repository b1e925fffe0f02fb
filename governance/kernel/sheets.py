"""Tables that people upload: read in a bounded process, checked cell by cell, every error with its row and column.

``read_table`` knows nothing of what the rows mean: a slice declares its columns, then checks the values against its own
tables and adds what it finds with ``Table.refuse``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from .errors import Invalid

READER = Path(__file__).with_name("sheet_reader.py")
MEGABYTE = 1024 * 1024
MAX_COLUMNS = 60
MAX_ENTRIES = 300  # parts of a workbook; Excel itself writes about a dozen
UNPACKED_BYTES = 64 * MEGABYTE
READER_MEMORY = 768 * MEGABYTE
READER_SECONDS = 20
HEADER_DEPTH = 6  # an instruction, field codes and headings may stand above the rows
LONGEST_SHOWN = 60
_RISKY = re.compile(r"^(=|@|[+\-](?![0-9.]))")
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")


@dataclass(frozen=True)
class SheetColumn:
    """One column of an upload. ``kind``: text, code (digits kept as text), whole, date, flag, choice, email, emails.

    ``choices`` maps what people write to the value meant. ``check(value)`` returns what is wrong, in Chinese, or "".
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    max_length: int = 200
    choices: dict[str, str] = field(default_factory=dict)
    check: Callable[[Any], str] | None = None
    help: str = ""
    sample: str = ""


@dataclass(frozen=True)
class CellError:
    """What is wrong in one cell; ``row`` counts as the spreadsheet does, ``column`` is the heading ("": the row)."""

    row: int
    column: str
    value: str
    message: str


@dataclass(frozen=True)
class SheetRow:
    """One row with its number in the file and its values by column name."""

    number: int
    values: dict[str, Any]


@dataclass
class Table:
    """What was read: every row that is not blank, every error, and headings that no column wanted."""

    columns: tuple[SheetColumn, ...]
    rows: list[SheetRow]
    errors: list[CellError]
    ignored: list[str]

    def refuse(self, row: SheetRow, name: str, message: str) -> None:
        """Add an error that only the slice could find; ``name`` is the column's, "" for the whole row."""
        label = next((column.label for column in self.columns if column.name == name), "")
        self.errors.append(CellError(row.number, label, shown(row.values.get(name)), message))

    @property
    def good(self) -> list[SheetRow]:
        """The rows without any error."""
        bad = {error.row for error in self.errors}
        return [row for row in self.rows if row.number not in bad]

    def errors_as_dicts(self) -> list[dict]:
        """The errors in reading order, ready for JSON."""
        return [asdict(error) for error in sorted(self.errors, key=lambda error: error.row)]


class CellProblem(ValueError):
    """One cell cannot be what its column wants; the text is Chinese."""


def shown(value: Any) -> str:
    """Return a value as an error list shows it: short and on one line."""
    text = " ".join(str("" if value is None else value).split())
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def read_table(upload, columns: tuple[SheetColumn, ...], max_rows: int, max_bytes: int) -> Table:
    """Read an uploaded .xlsx or .csv. Raises Invalid (field ``file``) when the file as a whole is refused.

    ``max_rows`` counts data rows; the header block may stand above them. The first sheet of a workbook is read.
    """
    if upload.size > max_bytes:
        raise Invalid(file=f"文件超过 {max_bytes / MEGABYTE:.0f} MB，请分批导入。")
    upload.seek(0)
    raw = _run_reader(upload.read(max_bytes + 1), max_rows + HEADER_DEPTH)
    start, places, ignored = _find_header(raw, columns)
    if len(raw) - start > max_rows:
        raise Invalid(file=f"表格超过 {max_rows} 行，请分批导入。")
    table = Table(columns, [], [], ignored)
    for number, cells in enumerate(raw[start:], start + 1):
        if any(_is_filled(cell) for cell in cells):
            _read_row(table, number, cells, places)
    if not table.rows:
        raise Invalid(file="表格里没有数据行。")
    return table


def reader_command(max_rows: int) -> list[str]:
    """The bounded process that reads one file on its standard input (see sheet_reader.py)."""
    limits = {
        "max_rows": max_rows,
        "max_columns": MAX_COLUMNS,
        "max_entries": MAX_ENTRIES,
        "max_unpacked": UNPACKED_BYTES,
        "memory": READER_MEMORY,
        "seconds": READER_SECONDS,
    }
    return [sys.executable, "-I", str(READER), json.dumps(limits)]


def _run_reader(content: bytes, max_rows: int) -> list[list]:
    """Let the bounded process read the file; its death is an answer too."""
    command = reader_command(max_rows)
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=READER_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Invalid(file="读取超时：文件过大或结构异常。") from None
    if done.returncode != 0:
        raise Invalid(file="文件过大或结构异常，无法读取。")
    answer = json.loads(done.stdout)
    if "problem" in answer:
        raise Invalid(file=answer["problem"])
    return answer["rows"]


def _heading(cell: Any) -> str:
    """Return a heading without star, blanks and units in brackets."""
    return re.sub(r"[*\uff0a\s]|（.*?）|\(.*?\)", "", str(cell or ""))


def _places(cells: list, columns: tuple[SheetColumn, ...]) -> dict[int, SheetColumn]:
    """Return which cell of a header row names which column."""
    known = {name: column for column in columns for name in (column.name, _heading(column.label))}
    return {index: known[_heading(cell)] for index, cell in enumerate(cells) if _heading(cell) in known}


def _find_header(raw: list[list], columns: tuple[SheetColumn, ...]) -> tuple[int, dict[int, SheetColumn], list[str]]:
    """Return (index of the first data row, columns by position, headings not wanted). Raises Invalid."""
    candidates = [(index, _places(cells, columns)) for index, cells in enumerate(raw[:HEADER_DEPTH])]
    index, places = max(candidates, key=lambda pair: len(pair[1]), default=(0, {}))
    missing = [column.label for column in columns if column.required and column not in places.values()]
    if not places or missing:
        raise Invalid(file=f"缺少列：{'、'.join(missing or [column.label for column in columns])}。请使用下载的模板。")
    names = [column.name for column in places.values()]
    if twice := {column.label for column in places.values() if names.count(column.name) > 1}:
        raise Invalid(file=f"列重复：{'、'.join(sorted(twice))}。")
    ignored = [shown(cell) for at, cell in enumerate(raw[index]) if at not in places and _is_filled(cell)]
    start = index + 1
    # Field codes and headings may both be there: the second of them is no data.
    while start < len(raw) and len(_places(raw[start], columns)) == len(places):
        start += 1
    return start, places, ignored


def _is_filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _read_row(table: Table, number: int, cells: list, places: dict[int, SheetColumn]) -> None:
    """Add one row; what cannot be read becomes an error and a None."""
    values = {}
    for index, column in places.items():
        cell = cells[index] if index < len(cells) else None
        try:
            values[column.name] = _value(cell, column)
        except CellProblem as problem:
            values[column.name] = None
            table.errors.append(CellError(number, column.label, shown(_printed(cell)), str(problem)))
    table.rows.append(SheetRow(number, values))


def _printed(cell: Any) -> Any:
    """Return a cell's content as a person knows it."""
    if isinstance(cell, dict):
        return cell.get("d") or cell.get("e")
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _value(cell: Any, column: SheetColumn) -> Any:
    """Convert and check one cell. Raises CellProblem."""
    if isinstance(cell, dict) and "e" in cell:
        raise CellProblem("单元格是错误值，请改为实际内容")
    if not _is_filled(cell):
        if column.required:
            raise CellProblem("必填")
        return [] if column.kind == "emails" else None
    value = _CONVERTERS[column.kind](cell, column)
    problem = column.check(value) if column.check else ""
    if problem:
        raise CellProblem(problem)
    return value


def _to_text(cell: Any, column: SheetColumn) -> str:
    if isinstance(cell, (bool, dict)):
        raise CellProblem("应为文字")
    text = str(_printed(cell)).strip()
    if _RISKY.match(text):
        raise CellProblem("不能以 = + - @ 开头（疑似公式）")
    if any(ord(letter) < 32 for letter in text):
        raise CellProblem("不能含换行或控制字符")
    if len(text) > column.max_length:
        raise CellProblem(f"最多 {column.max_length} 个字，现有 {len(text)} 个")
    return text


def _to_code(cell: Any, column: SheetColumn) -> str:
    text = _to_text(cell, column)
    if re.fullmatch(r"[0-9.]+[eE]\+?[0-9]+", text):
        raise CellProblem("代码被表格软件改成了科学计数，请把该列设为文本后重填")
    return text


def _to_whole(cell: Any, column: SheetColumn) -> int:
    text = "" if isinstance(cell, (bool, dict)) else str(_printed(cell)).strip()
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        raise CellProblem("应为不带小数的非负整数")
    return int(text)


def _to_date(cell: Any, column: SheetColumn) -> str:
    """Return an ISO date; it stays text because an upload waits as JSON."""
    text = str(_printed(cell)).strip()
    match = _DATE.match(text)
    try:
        found = date(*map(int, match.groups())) if match else datetime.fromisoformat(text).date()
    except ValueError:
        raise CellProblem("应为日期，如 2027-01-01") from None
    if isinstance(cell, (bool, int, float)) or not 1900 <= found.year <= 2200:
        raise CellProblem("应为日期，如 2027-01-01")
    return found.isoformat()


def _to_flag(cell: Any, column: SheetColumn) -> bool:
    known = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False}
    text = str(_printed(cell)).strip().lower()
    if text not in known:
        raise CellProblem("应为“是”或“否”")
    return known[text]


def _to_choice(cell: Any, column: SheetColumn) -> str:
    text = _to_text(cell, column)
    found = column.choices.get(text, text if text in column.choices.values() else None)
    if found is None:
        raise CellProblem(f"应为：{'、'.join(column.choices)}")
    return found


def _to_email(cell: Any, column: SheetColumn) -> str:
    text = _to_text(cell, column)
    try:
        validate_email(text)
    except ValidationError:
        raise CellProblem(f"“{shown(text)}”不是有效的邮箱地址") from None
    return text.lower()


def _to_emails(cell: Any, column: SheetColumn) -> list[str]:
    parts = re.split(r"[;；,，、\s]+", _to_text(cell, column))
    return [_to_email(part, column) for part in parts if part]


_CONVERTERS = {
    "text": _to_text,
    "code": _to_code,
    "whole": _to_whole,
    "date": _to_date,
    "flag": _to_flag,
    "choice": _to_choice,
    "email": _to_email,
    "emails": _to_emails,
}
