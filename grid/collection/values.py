"""Reads a typed or sent value by the element's kind. Pure; refuses what looks like a person's number."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from .states import Kind

LONGEST = {Kind.SHORT: 100, Kind.FILE: 100, Kind.LONG: 1000}
MOST = 10**9
# Facts are about communities: a telephone or identity number in a text is a mistake, and is not kept.
PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")


def read_value(*, kind: str, choices: list[str], raw: object) -> object:
    """The value as it is stored: int or float, text, or a date as YYYY-MM-DD. Raises ValueError with the reason in Chinese."""
    if raw is None or str(raw).strip() == "":
        raise ValueError("请填写。")
    text = str(raw).strip()
    if kind == Kind.NUMBER:
        return _number(text)
    if kind == Kind.DATE:
        return _day(text)
    if kind == Kind.CHOICE:
        if text not in choices:
            raise ValueError(f"请选择：{'、'.join(choices)}。")
        return text
    return _words(text, LONGEST[kind])


def _words(text: str, most: int) -> str:
    if len(text) > most:
        raise ValueError(f"请写在 {most} 字以内。")
    if PERSONAL.search(text):
        raise ValueError("这里只写社区的整体情况，不要写个人的电话或证件号码。")
    return text


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("日期请写成 2026-01-31 的样子。") from None


def _number(text: str) -> int | float:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise ValueError("请填写数字。") from None
    if not number.is_finite() or not 0 <= number <= MOST:
        raise ValueError("请填写 0 至 10 亿之间的数字。")
    return int(number) if number == number.to_integral_value() else round(float(number), 2)
