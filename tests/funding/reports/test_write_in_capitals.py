"""Amounts in Chinese capitals, as a bank reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.reports.capitals import DIGITS, MOST_FEN, capitals

SAMPLES = {
    0: "零元整", 1: "壹分", 10: "壹角整", 100: "壹元整", 105: "壹元零伍分", 110: "壹元壹角整", 1234500: "壹万贰仟叁佰肆拾伍元整",
    1001: "壹拾元零壹分", 100005: "壹仟元零伍分", 10000000: "壹拾万元整", 20000000: "贰拾万元整", 10020030: "壹拾万零贰佰元叁角整",
    178400000000: "壹拾柒亿捌仟肆佰万元整", 10000000100: "壹亿零壹元整", 100010001000: "壹拾亿零壹拾万零壹拾元整", -5: "负伍分",
    600_000_000_000_00: "陆仟亿元整", 1_000_010_000_000_00: "壹万亿零壹仟万元整",
}  # fmt: skip


@pytest.mark.parametrize(("fen", "text"), SAMPLES.items())
def test_known_amounts(fen, text):
    assert capitals(fen) == text


def _read(text: str) -> int:
    """Capitals back to fen, by the rules of reading and not of writing."""
    yuan, _, rest = text.partition("元") if "元" in text else ("", "", text)
    fen = sum(DIGITS.index(rest[rest.index(unit) - 1]) * size for unit, size in (("角", 10), ("分", 1)) if unit in rest)
    whole = group = digit = 0
    for char in yuan:
        if char in DIGITS:
            digit = DIGITS.index(char)
        elif char in "拾佰仟":
            group += digit * 10 ** ("拾佰仟".index(char) + 1)
            digit = 0
        else:
            group += digit
            digit = 0
            whole = (
                (whole + group) * 10**8
                if char == "亿" and group + whole < 10**5 and whole % 10**4 == 0 and whole
                else whole
            )
            whole, group = (
                (whole, 0)
                if char == "亿" and whole >= 10**8 and not group
                else (whole + group * {"万": 10**4, "亿": 10**8}[char], 0)
            )
    return (whole + group + digit) * 100 + fen


@given(st.integers(0, 10**13))
def test_reads_back(fen):
    assert _read(capitals(fen)) == fen


def test_more_than_can_be_written():
    with pytest.raises(ValueError, match="more money"):
        capitals(MOST_FEN)
