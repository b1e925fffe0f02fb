"""What the ledger should hold after any sequence of operations, kept in a dictionary and written independently of the ledger."""

from funding.ledger.models import Account
from funding.ledger.states import MOVES, AccountKind, JournalKind

PAIRS = [JournalKind.BUDGET, JournalKind.APPROPRIATE, JournalKind.ALLOT, JournalKind.RESERVE, JournalKind.PAY,
         JournalKind.RELEASE, JournalKind.UNPAY, JournalKind.LAPSE, JournalKind.TRANSFER]  # fmt: skip
START = 1_500


class Books:
    """Balances of the accounts, and what was posted."""

    def __init__(self, places: list[Account]):
        self.places, self.balances, self.posted = places, dict.fromkeys((row.pk for row in places), 0), []

    def allows(self, kind: str, legs: list[tuple[Account, int]]) -> bool:
        """Whether these legs are a journal."""
        accounts = [account for account, _ in legs]
        if len(legs) < 2 or len({row.pk for row in accounts}) < len(legs) or any(fen == 0 for _, fen in legs):
            return False
        if sum(fen for _, fen in legs) or len({row.fund for row in accounts}) > 1:
            return False
        if kind in MOVES and any(row.kind not in MOVES[kind][fen > 0] for row, fen in legs):
            return False
        for row, fen in legs:
            after = self.balances[row.pk] + fen
            if (after > 0) if row.kind == AccountKind.SOURCE else (after < 0):
                return False
        return True

    def book(self, legs: list[tuple[Account, int]]) -> None:
        """Remember them."""
        for row, fen in legs:
            self.balances[row.pk] += fen

    def way(self, kind: str, frm: int, to: int, fen: int) -> list[tuple[Account, int]]:
        """Legs of a movement that may be gone, if the money is there."""
        leaves, enters = ([row for row in self.places if row.kind in kinds] for kinds in MOVES[kind])
        giver = leaves[frm % len(leaves)]
        takers = [row for row in enters if row.fund == giver.fund and row != giver] or enters
        return [(giver, -fen), (takers[to % len(takers)], fen)]

    def start(self) -> list[tuple[str, list[tuple[Account, int]]]]:
        """Some money everywhere that money may lie: kinds and legs, in order."""
        source, city, unit, community, project, reserved = self.places[:6]
        return [
            (JournalKind.BUDGET, [(source, -START), (city, 500), (unit, 500), (community, 500)]),
            (JournalKind.ALLOT, [(community, -250), (project, 250)]),
            (JournalKind.RESERVE, [(project, -100), (reserved, 100)]),
        ]
