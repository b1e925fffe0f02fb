"""Several workers share the tests out: what needs one process stays in one, and nothing is left behind."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from ops import check
from tests_support.groups import LIVE, TESTS, group_of, share_out


@pytest.mark.parametrize(
    ("path", "fixtures"),
    [("browser/test_whistle_loop.py", []), ("faults/test_kill.py", ["doomed"]), ("ops/test_run.py", []),
     ("governance/demo/test_make_the_city.py", ["portal"])],
)  # fmt: skip
def test_whatever_starts_a_portal_stays_in_one_worker(path, fixtures):
    assert group_of(path, fixtures, 0, 1) == LIVE


def test_the_matrix_is_cut_in_two_and_other_files_stay_whole():
    halves = [group_of("test_access_matrix.py", [], number, 5) for number in range(5)]
    assert halves == sorted(halves) and len(set(halves)) == 2
    assert {group_of("governance/ui/test_x.py", [], number, 5) for number in range(5)} == {"governance/ui/test_x.py"}


def test_the_groups_reach_the_scheduler(request):
    """xdist shares out by the end of the node's id; a pytest that drops it would run whole portals side by side."""
    assert ("PYTEST_XDIST_WORKER" in os.environ) == request.node.nodeid.endswith(f"@{LIVE}")


class Item(SimpleNamespace):
    """As much of a test as is asked for."""

    def add_marker(self, mark) -> None:
        self.group = mark.args[0]


def test_the_longest_begin_and_all_are_kept():
    paths = [
        "governance/a/test_a.py",
        *["governance/b/test_b.py"] * 2,
        *["test_access_matrix.py"] * 4,
        "faults/test_kill.py",
    ]
    items = [Item(path=Path(TESTS, path), fixturenames=[]) for path in paths]
    before = list(items)
    share_out(items)
    groups = [item.group for item in items]
    assert groups[0] == LIVE and groups[-1] == "governance/a/test_a.py"
    assert groups == [name for name in dict.fromkeys(groups) for _ in range(groups.count(name))]  # each in one piece
    assert sorted(map(id, items)) == sorted(map(id, before))


def test_a_chosen_part_runs_in_one_process(monkeypatch):
    monkeypatch.setattr(check.os, "sched_getaffinity", lambda _: {0, 1})
    assert check.shared(["-k", "name"]) == ["-k", "name"]
    assert check.shared([])[:2] == ["-n", "2"]
    monkeypatch.setattr(check.os, "sched_getaffinity", lambda _: {0})
    assert check.shared([]) == []
