"""Figures and tables that upper slices add to the white paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

SHOWN_ROWS = 30  # on the page; the export has all


@dataclass(frozen=True)
class Table:
    """A table of the paper: rows as texts and numbers, the newest first. ``key`` is its metric card's, after ``paper.``."""

    key: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    empty: str
    synthetic: bool = False

    @property
    def shown(self) -> list[list[tuple[str, str | int]]]:
        """The newest rows, each cell with its heading."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows[:SHOWN_ROWS]]

    @property
    def more(self) -> int:
        """How many only the export has."""
        return max(len(self.rows) - SHOWN_ROWS, 0)


_providers: list[Callable[[int], list[tuple[str, int, str]]]] = []
_tables: list[Callable[[int], Table]] = []


def register(provider: Callable[[int], list[tuple[str, int, str]]]) -> None:
    """``provider(year)`` answers (key of the metric card, value, unit) for each of its figures."""
    if provider not in _providers:
        _providers.append(provider)


def register_table(provider: Callable[[int], Table]) -> None:
    """``provider(year)`` answers a table that names departments only, never a community or a person."""
    if provider not in _tables:
        _tables.append(provider)


def provided(year: int) -> list[tuple[str, int, str]]:
    """What all of them say of a year."""
    return [line for provider in _providers for line in provider(year)]


def tables(year: int) -> list[Table]:
    """All tables of a year."""
    return [provider(year) for provider in _tables]
