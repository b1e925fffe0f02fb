"""What each kind of import declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from governance.kernel.actor import Actor
from governance.kernel.policy import policy
from governance.kernel.sheets import MEGABYTE, SheetColumn, SheetRow, Table, read_table

from ..permissions import IMPORT

ADD, CHANGE, SAME = "add", "change", "same"


@dataclass(frozen=True)
class Importer:
    """``examine`` adds the errors that need the database; ``plan`` says what each row does; ``write`` does it.

    ``plan`` returns one of add, change, same for each row, in order. ``write`` runs inside the caller's transaction.
    """

    title: str
    columns: tuple[SheetColumn, ...]
    examine: Callable[[Table], None]
    plan: Callable[[list[SheetRow]], list[str]]
    write: Callable[[list[SheetRow]], None]
    permission: str = IMPORT
    max_rows: str = "territory.import.max_rows"

    def read(self, upload) -> Table:
        """The rows of an upload; one that takes no spreadsheet reads its own format. Raises Invalid for a refused file."""
        max_bytes = policy("territory.import.max_megabytes") * MEGABYTE
        return read_table(upload, self.columns, policy(self.max_rows), max_bytes)

    def bound(self, by: Actor, batch=None) -> Importer:
        """The importer for this person (and, when writing, this batch); one whose rows lie within a reach narrows it here."""
        return self


def refuse_twins(table: Table, name: str, message: str) -> None:
    """Refuse every row but the first that carries the same value in a column."""
    seen: dict[object, int] = {}
    for row in table.rows:
        value = row.values.get(name)
        if value is None:
            continue
        if value in seen:
            table.refuse(row, name, f"{message}（与第 {seen[value]} 行相同）")
        else:
            seen[value] = row.number


def differs(obj, values: dict) -> bool:
    """Whether an object's attributes would change."""
    return any(getattr(obj, name) != value for name, value in values.items())


def action(obj, values: dict) -> str:
    """Return what writing ``values`` onto an existing object (or None) means."""
    if obj is None:
        return ADD
    return CHANGE if differs(obj, values) else SAME
