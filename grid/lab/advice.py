"""Which coarser cut would pass: the advice that comes with a refusal. It says what to widen, never which group is small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from governance.kernel.policy import policy

from .cuts import Cut, is_whole
from .privacy import Finding, examine


@dataclass(frozen=True)
class Advice:
    """A cut that passes and the steps that lead to it, in words."""

    cut: Cut
    steps: tuple[str, ...]

    def as_json(self) -> dict:
        """For keeping with the draft."""
        return {"cut": self.cut.as_json(), "steps": list(self.steps)}


def coarser(cut: Cut) -> Iterator[tuple[Cut, str]]:
    """The next coarser cuts, a step each: one level up, or a column less where there is none."""
    for dimension, level in cut.dimensions():
        if dimension.fixed:
            continue
        above = dimension.levels[dimension.levels.index(level) + 1 :]
        fitting = [one for one in above if is_whole(cut, one.months)]
        if fitting:
            yield cut.at(dimension.name, fitting[0].key), f"“{dimension.label}”放宽到“{fitting[0].label}”"
        elif len(cut.grouped()) > 2 or dimension.sensitive:
            yield cut.without(dimension.name), f"去掉“{dimension.label}”"


def advise(cut: Cut, published: Iterable) -> Advice | None:
    """The first coarser cut found that passes; None when none is found within ``lab.advice_most`` tries.

    Greedy: of the next coarser cuts the one with the fewest rows short is widened further. Every try is a check like any other.
    """
    published, left = list(published), policy("lab.advice_most")
    steps: tuple[str, ...] = ()
    while left > 0:
        tried = []
        for wider, words in coarser(cut):
            if left <= 0:
                break
            left -= 1
            finding = examine(wider, published)
            if finding.passed:
                return Advice(wider, (*steps, words))
            tried.append((_shortage(finding), len(tried), wider, words))
        if not tried or not tried[0][0][1]:
            return None
        _, _, cut, words = min(tried)
        steps = (*steps, words)
    return None


def _shortage(finding: Finding) -> tuple[int, int]:
    own, joint = finding.own, finding.joint
    return own.short_rows + own.uniform_rows or joint.short_rows + joint.uniform_rows, own.rows
