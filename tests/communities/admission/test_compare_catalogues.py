"""The diff of two versions is pure: its counts add up whatever the versions are, and merges are followed to their end."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from communities.admission.catalogues.compare import WORDING, compare, follow

SAME = {name: "" for name, _ in WORDING}


def item(code, name="事项"):
    return SimpleNamespace(code=code, **{**SAME, "name": name})


codes = st.text("ABCDEF", min_size=1, max_size=2)
lists = st.dictionaries(codes, st.sampled_from(["甲", "乙"]), max_size=12).map(
    lambda rows: [item(code, name) for code, name in rows.items()]
)
ties = st.dictionaries(codes, codes, max_size=8)


@given(lists, lists, ties)
def test_the_counts_add_up(old, new, tied):
    diff = compare(old, new, tied)
    assert diff.before == len(old)
    assert diff.after == len(new)
    told = [row.code for row in (*diff.kept, *diff.dropped)] + [
        pair.old.code for pair in (*diff.reworded, *diff.merged)
    ]
    assert sorted(told) == sorted(row.code for row in old)
    assert all(pair.into.code in {row.code for row in new} for pair in diff.merged)


@given(lists, ties)
def test_a_version_differs_not_from_itself(rows, tied):
    diff = compare(rows, rows, tied)
    assert len(diff.kept) == len(rows)
    assert not (diff.added or diff.dropped or diff.merged or diff.reworded)
    assert diff.reduction == 0


@given(codes, ties)
def test_following_a_merge_always_ends(code, tied):
    end = follow(code, tied)
    assert end == "" or end in tied.values()


def test_a_merge_of_a_merge_is_found_at_its_end():
    diff = compare([item("A"), item("B"), item("C")], [item("C")], {"A": "B", "B": "C"})
    assert [(pair.old.code, pair.into.code) for pair in diff.merged] == [("A", "C"), ("B", "C")]
    assert diff.reduction == 66.67


def test_rewording_says_what():
    diff = compare([item("A", "旧名")], [item("A", "新名")])
    assert diff.reworded[0].changes == ("事项",)


def test_merged_into_what_is_gone_is_dropped():
    diff = compare([item("A"), item("B")], [item("C")], {"A": "B"})
    assert [row.code for row in diff.dropped] == ["A", "B"]
    assert [row.code for row in diff.added] == ["C"]
