"""Why a community's next money waits. Upper slices register reasons, such as an overdue disclosure; nothing is held in secret."""

from collections.abc import Callable, Sequence

from governance.territory.models import Division

Hold = Callable[[Division, str, int], str | None]
HoldMany = Callable[[Sequence[Division], str, int], dict[int, str]]
_holds: dict[Hold, HoldMany | None] = {}


def register_hold(hold: Hold, *, many: HoldMany | None = None) -> None:
    """Ask ``hold(community, fund, year)`` before money goes out; its text (Chinese) is shown and the line left out.

    ``many(communities, fund, year)`` gives {community's pk: reason} for all of them with few statements.
    """
    _holds[hold] = many


def forget_hold(hold: Hold) -> None:
    """Take a hook out again."""
    _holds.pop(hold, None)


def hold_reasons(communities: Sequence[Division], fund: str, year: int) -> dict[int, str]:
    """{community's pk: why it waits}, several reasons joined."""
    found: dict[int, list[str]] = {}
    for hold, many in _holds.items():
        answers = many(communities, fund, year) if many else {row.pk: hold(row, fund, year) for row in communities}
        for key, reason in answers.items():
            if reason:
                found.setdefault(key, []).append(reason)
    return {key: "；".join(reasons)[:200] for key, reasons in found.items()}
