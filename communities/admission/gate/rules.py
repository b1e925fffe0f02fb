"""Pure arithmetic of a demand: minutes, money, weights. No database; weights and wages come in as arguments."""

import math
from collections.abc import Mapping, Sequence
from statistics import median

CENT = 100


def minutes_of_form(fields: Mapping[str, int], *, base: float, weights: Mapping[str, float]) -> int:
    """Minutes to fill in a form once: reading plus every manual field by its kind, rounded up (domain-rules 18.4).

    ``fields`` counts the manual fields by kind (choice, number, short, long, attachment, row). Raises KeyError for an
    unknown kind and ValueError for a negative count.
    """
    if any(count < 0 for count in fields.values()):
        raise ValueError("a count of fields is not negative")
    return math.ceil(round(base + sum(weights[kind] * count for kind, count in fields.items()), 6))


def corrected(estimate: int, samples: Sequence[int], *, needed: int) -> int:
    """The estimate, or the median of what it really took once there are ``needed`` anonymous samples (18.4)."""
    return math.ceil(median(samples)) if len(samples) >= needed else estimate


def cost_fen(*, minutes: int, communities: int, times: int = 1, month_fen: int, month_hours: float) -> int:
    """What a demand costs in wages, in fen: times × communities × minutes / 60 × hourly wage (费随事转, domain-rules 2.4)."""
    return round(times * communities * minutes / 60 * month_fen / month_hours)


def gap_percent(needed_fen: int, funded_fen: int) -> float:
    """How much of the money that must come along is missing, in percent; 0 when nothing is needed."""
    return 100 * max(needed_fen - funded_fen, 0) / needed_fen if needed_fen else 0.0


def weighted(minutes: int, *, over_frequency: bool, weight: float) -> int:
    """The minutes as the burden index counts them: what exceeds the frequency cap weighs more."""
    return math.ceil(minutes * weight) if over_frequency else minutes


def level_of(index: float, levels: Sequence[float]) -> str:
    """green, yellow or red for a burden index in minutes per worker and week; ``levels`` = (target, yellow, red)."""
    _target, yellow, red = levels
    return "red" if index >= red else "yellow" if index >= yellow else "green"
