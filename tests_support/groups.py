"""Which tests stay together in one worker of `make test`, and in which order they are begun.

A group runs in one worker from its first test to its last, so that what its tests share is built once.
"""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent / "tests"
LIVE = "live"  # whole portals, one after another: each has half a dozen processes of its own
MATRIX, HALVES = "test_access_matrix.py", 2
FIRST = (LIVE, f"{MATRIX}-0", f"{MATRIX}-1")  # the longest


def group_of(path: str, fixtures: list[str], number: int, count: int) -> str:
    """The group of the test ``number`` of ``count`` in the file ``path`` (below tests/)."""
    if path.startswith(("browser/", "faults/", "ops/")) or {"portal", "doomed"} & set(fixtures):
        return LIVE
    if path == MATRIX:
        return f"{MATRIX}-{number * HALVES // count}"
    return path


def share_out(items: list[pytest.Item]) -> None:
    """Mark every test with its group; begin with the longest groups, then those with the most tests."""
    by_file: dict[str, list[pytest.Item]] = {}
    for item in items:
        by_file.setdefault(item.path.relative_to(TESTS).as_posix(), []).append(item)
    groups: dict[str, list[pytest.Item]] = {}
    for path, inside in by_file.items():
        for number, item in enumerate(inside):
            name = group_of(path, getattr(item, "fixturenames", []), number, len(inside))
            item.add_marker(pytest.mark.xdist_group(name))
            groups.setdefault(name, []).append(item)
    rank = {name: place for place, name in enumerate(FIRST)}
    order = sorted(groups, key=lambda name: (rank.get(name, len(FIRST)), -len(groups[name]), name))
    items[:] = [item for name in order for item in groups[name]]
