"""What differs between two versions of a list. Pure: rows in, a Diff out; the counts always add up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

WORDING = (
    ("name", "事项"), ("klass", "类别"), ("form", "形态"), ("department_id", "主责部门"), ("frequency_cap", "频次上限"),
    ("minutes", "单次耗时"), ("basis_document", "依据文件"), ("basis_article", "条款"), ("handling", "办理方式"),
)  # fmt: skip


@dataclass(frozen=True)
class Reworded:
    """One item under the same number with other words; ``changes`` names what."""

    old: Any
    new: Any
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Merged:
    """An item that went into another one."""

    old: Any
    into: Any


@dataclass(frozen=True)
class Diff:
    """old = kept + reworded + merged + dropped; new = kept + reworded + added."""

    added: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    reworded: list[Reworded] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    dropped: list = field(default_factory=list)

    @property
    def before(self) -> int:
        """Items of the older version."""
        return len(self.kept) + len(self.reworded) + len(self.merged) + len(self.dropped)

    @property
    def after(self) -> int:
        """Items of the newer version."""
        return len(self.kept) + len(self.reworded) + len(self.added)

    @property
    def reduction(self) -> float:
        """减幅 in per cent, two decimals; negative when the list has grown, 0 for an empty older version."""
        return round((self.before - self.after) / self.before * 100, 2) if self.before else 0.0


def compare(old: Iterable, new: Iterable, ties: Mapping[str, str] | None = None) -> Diff:
    """Compare by number (``code``). ``ties`` says into which number an old one went, through all versions between."""
    before, after = {row.code: row for row in old}, {row.code: row for row in new}
    ties = dict(ties or {})
    diff = Diff(added=[row for code, row in after.items() if code not in before])
    for code, row in before.items():
        if code in after:
            changes = tuple(label for name, label in WORDING if getattr(row, name) != getattr(after[code], name))
            (diff.reworded if changes else diff.kept).append(
                Reworded(row, after[code], changes) if changes else after[code]
            )
        elif into := after.get(follow(code, ties)):
            diff.merged.append(Merged(row, into))
        else:
            diff.dropped.append(row)
    return diff


def follow(code: str, ties: Mapping[str, str]) -> str:
    """Where a number ended up at last; a circle ends where it was entered."""
    seen = {code}
    while (code := ties.get(code, "")) and code in ties and code not in seen:
        seen.add(code)
    return code
