"""Rates out of the counters; None without cases (domain-rules 1.6: no basis is neither 0 nor 100 percent)."""

from collections import Counter
from dataclasses import dataclass

from governance.kernel.metrics import CARDS, Figure
from governance.kernel.policy import policy
from governance.whistles import rules

from . import measures as m
from .links import Links

STAGE_TITLES = {"accept": "签收", "contact": "联系街道", "arrive": "报到", "finish": "报办结"}


@dataclass(frozen=True)
class Small:
    """Marks a figure that is not shown because it would tell what single ratings say."""

    least: int


def on_time(count: Counter, stage: str) -> tuple[int, int]:
    """(in time, in all) of a stage."""
    good = count[f"{stage}_on_time"]
    return good, good + count[f"{stage}_late"]


def response(count: Counter, links: Links) -> Figure:
    """响应率 R of 1.6."""
    value = rules.response_rate([on_time(count, stage) for stage in m.STAGES], policy("score.response_weights"))
    pairs = [on_time(count, stage) for stage in m.STAGES]
    return Figure(CARDS["dashboard.response"], _shown(value), sum(a for a, _ in pairs), sum(b for _, b in pairs))


def stage(count: Counter, name: str, links: Links) -> Figure:
    """How much of one stage was in time."""
    good, all_ = on_time(count, name)
    value = rules.percentage(good, all_)
    return Figure(CARDS[f"dashboard.{name}"], _shown(value), good, all_, links.tickets(name))


def resolution(count: Counter, links: Links) -> Figure:
    """解决率 of what was closed."""
    return _sealed("resolution", count["solved"], count["partly"], count["solved"] + count["partly"] + count["unsolved"],
                   links.tickets("settled"))  # fmt: skip


def satisfaction(count: Counter, links: Links) -> Figure:
    """满意率 of what was rated."""
    return _sealed("satisfaction", count["satisfied"], count["basic"], sum(count[name] for name in m.RATED),
                   links.tickets("rated"))  # fmt: skip


def _sealed(key: str, full: int, half: int, all_: int, href: str) -> Figure:
    """A rate that single ratings decide: not shown below the least sample."""
    part = full + policy("score.partly") * half
    value = rules.percentage(part, all_) if all_ >= policy("rating.min_sample") else None
    return Figure(CARDS[f"dashboard.{key}"], _shown(value), part if value is not None else None, all_, href)


def plain(key: str, part: int, whole: int, href: str) -> Figure:
    """A percentage of counts."""
    return Figure(CARDS[f"dashboard.{key}"], _shown(rules.percentage(part, whole)), part, whole, href)


def _shown(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
