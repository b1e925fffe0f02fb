"""What a campaign suggests for the boards of one community (domain-rules 3.2). Pure: no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import ceil

from .states import SignboardClass, Verdict

RANK = {SignboardClass.STATUTORY: 0, SignboardClass.WORK: 1, SignboardClass.HONOUR: 2}
NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Seen:
    """One hanging board as the comparison sees it; ``klass`` is "" outside the list, ``admitted`` says whether it may hang."""

    pk: int
    department: int
    klass: str
    admitted: bool
    hung: date | None = None


@dataclass(frozen=True)
class Advice:
    """What is suggested and why; ``into`` is the board that a merged one goes into."""

    verdict: Verdict
    reason: str
    into: int | None = None


def order_of(board: Seen) -> tuple:
    """Statutory boards first, then those for work, then honours; older ones before younger."""
    return RANK.get(board.klass, 1), board.hung or NEVER, board.pk


def advise(boards: Iterable[Seen], cap: int) -> dict[int, Advice]:
    """Return the advice by board: not admitted goes, one department's several merge, what is beyond ``cap`` goes.

    Statutory boards are never merged: each stands for an organisation of its own.
    """
    advice, kept, first = {}, 0, {}
    for board in sorted(boards, key=order_of):
        if not board.admitted:
            advice[board.pk] = Advice(Verdict.REMOVE, "不在名录内，也没有有效的挂牌准入号")
        elif board.klass != SignboardClass.STATUTORY and board.department in first:
            advice[board.pk] = Advice(Verdict.MERGE, "同一责任部门有多块牌子，建议合并", first[board.department])
        elif kept >= cap:
            advice[board.pk] = Advice(Verdict.REMOVE, f"超过上限 {cap} 块")
        else:
            advice[board.pk] = Advice(Verdict.KEEP, "在名录内或有有效准入号")
            kept += 1
            if board.klass != SignboardClass.STATUTORY:
                first[board.department] = board.pk
    return advice


def sample_size(count: int, percent: float) -> int:
    """How many are drawn: the percentage rounded up, at least one where there is any."""
    return ceil(count * percent / 100)
