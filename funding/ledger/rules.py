"""What a journal must be before it reaches the database, in words; the database says the same in triggers.py."""

from collections.abc import Sequence
from datetime import date

from .states import MOVES, AccountKind, JournalKind


def problems_of(kind: str, day: date, legs: Sequence[tuple]) -> str:
    """Why (account, fen) legs cannot be one journal of this kind on this day; "" when they can."""
    if len(legs) < 2:
        return "一张凭证至少有两行分录。"
    if any(not isinstance(fen, int) or fen == 0 for _, fen in legs):
        return "每行分录须有金额，以分为单位，不能为零。"
    if sum(fen for _, fen in legs):
        return "借贷不平衡，请核对各行金额。"
    if len({account.pk for account, _ in legs}) < len(legs):
        return "同一账户在一张凭证中只能出现一次。"
    if len({account.fund for account, _ in legs}) > 1:
        return "不同经费须分账核算，不能记在同一张凭证里。"
    return _years(kind, day, legs) or _ways(kind, legs)


def _years(kind: str, day: date, legs: Sequence[tuple]) -> str:
    allowed = {day.year, day.year + 1} if kind in (JournalKind.CARRY, JournalKind.REVERSAL) else {day.year}
    if {account.year for account, _ in legs} - allowed:
        return f"账户年度与记账日期（{day:%Y-%m-%d}）不符。"
    return ""


def _ways(kind: str, legs: Sequence[tuple]) -> str:
    if kind not in MOVES:
        return ""
    leaves, enters = MOVES[kind]
    for account, fen in legs:
        if account.kind not in (leaves if fen < 0 else enters):
            side = "转出" if fen < 0 else "转入"
            return f"“{JournalKind(kind).label}”不能从“{AccountKind(account.kind).label}”账户{side}。"
    return ""
