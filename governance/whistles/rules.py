"""Pure rules of the loop: periods and the formulas of domain-rules 1.6. Nothing here reads or writes a table.

Every rate is a percentage (0–100), every score a number of points (0–100); None means that there is no basis, which
is neither 0 nor 100. Weights, points and bounds are parameters: callers read them from ``policy()``.
"""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from math import fsum, sqrt

SATISFIED, BASIC, DISSATISFIED = "satisfied", "basic", "dissatisfied"


def quarter_of(day: date) -> str:
    """2026Q4 for any day of October to December 2026."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def quarters_of(period: str) -> list[str]:
    """The quarters of a period: itself for "2026Q4", all four for "2026". Raises ValueError for anything else."""
    year, mark, number = period.partition("Q")
    if len(year) != 4 or not year.isdecimal() or not 1900 <= int(year) < 9999:
        raise ValueError(f"no period: {period!r}")
    if not mark:
        return [f"{year}Q{quarter}" for quarter in range(1, 5)]
    if number not in ("1", "2", "3", "4"):
        raise ValueError(f"no period: {period!r}")
    return [period]


def period_days(period: str) -> tuple[date, date]:
    """The first day of a period and the first day after it. Raises ValueError."""
    quarters = quarters_of(period)
    year, first, last = int(period[:4]), int(quarters[0][-1]), int(quarters[-1][-1])
    end = date(year + 1, 1, 1) if last == 4 else date(year, last * 3 + 1, 1)
    return date(year, first * 3 - 2, 1), end


def previous_quarter(quarter: str) -> str:
    """2025Q4 for 2026Q1."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year}Q{number - 1}" if number > 1 else f"{year - 1}Q4"


def period_label(period: str) -> str:
    """2026 年第 4 季度, 2026 年."""
    return f"{period[:4]} 年第 {period[-1]} 季度" if "Q" in period else f"{period} 年"


def rating_points(stars: Sequence[int], points: Sequence[float]) -> float:
    """星→分, the mean of a rating's stars: 5→100, 4→85, 3→60, 2→30, 1→0 (1.6; ``points`` = rating.star_points)."""
    return fsum(points[star - 1] for star in stars) / len(stars)


def satisfaction_class(stars: Sequence[int], points: Sequence[float], bounds: Sequence[float]) -> str:
    """满意, 基本满意 or 不满意 by the mean points; ``bounds`` = rating.satisfied_points, both inclusive (1.6)."""
    mean = rating_points(stars, points)
    return SATISFIED if mean >= bounds[0] else BASIC if mean >= bounds[1] else DISSATISFIED


def percentage(part: float, whole: float) -> float | None:
    """``part`` of ``whole`` in percent; None without cases."""
    return 100 * part / whole if whole else None


def weighted(parts: Iterable[tuple[float | None, float]]) -> float | None:
    """The weighted mean of (value, weight) pairs. A missing value drops out and the other weights share its part.

    Without a value, or with all weights zero, there is no basis: None.
    """
    known = [(value, weight) for value, weight in parts if value is not None and weight > 0]
    weights = fsum(weight for _, weight in known)
    if not weights:
        return None
    mean = fsum(value * weight for value, weight in known) / weights
    # A mean lies between its values; the last bit of a float need not.
    return min(max(mean, min(value for value, _ in known)), max(value for value, _ in known))


def response_rate(stages: Iterable[tuple[int, int]], weights: Sequence[float]) -> float | None:
    """响应率 R = 签收及时×0.4 + 联系及时×0.2 + 报到及时×0.4 (1.6).

    Each stage is (on time, due); ``weights`` = score.response_weights.
    """
    rates = [percentage(on_time, due) for on_time, due in stages]
    return weighted(zip(rates, weights, strict=True))


def resolution_rate(solved: int, partly: int, due: int, held: int, credit: float) -> float | None:
    """解决率 S = (已解决 + 0.5×部分解决) / (应解决 - 挂账) (1.6). ``due`` includes holds; ``credit`` = score.partly."""
    return percentage(solved + credit * partly, due - held)


def hold_rate(held: int, due: int) -> float | None:
    """挂账率: what was taken out of the denominator of S is shown here instead (1.5)."""
    return percentage(held, due)


def satisfaction_rate(satisfied: int, basic: int, rated: int, credit: float) -> float | None:
    """满意率 M = (满意 + 0.5×基本满意) / 有效评价; lapsed ratings are not among ``rated`` (1.6)."""
    return percentage(satisfied + credit * basic, rated)


def total_score(
    response: float | None, resolution: float | None, satisfaction: float | None, weights: Sequence[float]
) -> float | None:
    """三率综合 T = wR·R + wS·S + wM·M; a rate without cases drops out (1.6; ``weights`` = score.weights)."""
    return weighted(zip((response, resolution, satisfaction), weights, strict=True))


def city_mean(scores: Iterable[tuple[int, float | None]]) -> float | None:
    """T_city of the correction: the mean of all departments' T, each as heavy as its tickets n (1.6)."""
    return weighted((score, tickets) for tickets, score in scores)


def shrunk_score(total: float | None, tickets: int, city: float | None, k: float) -> float | None:
    """小样本修正 T_adj = (n·T + k·T_city)/(n + k): few tickets move little (1.6; ``k`` = score.shrinkage)."""
    if total is None or city is None:
        return None
    return weighted([(total, tickets), (city, k)])


def card_penalty(red_cards: int, each: float) -> float:
    """红牌: ``each`` points once per red card that was not revoked (18.3; score.red_card_penalty)."""
    return each * red_cards


def final_score(adjusted: float | None, penalty: float) -> float | None:
    """T_adj after the red cards (18.3: 计入 T_adj), never below 0.

    The penalty comes after the correction, which would else dilute it for small samples.
    """
    return None if adjusted is None else max(adjusted - penalty, 0.0)


def wilson_lower(rate: float | None, n: int, z: float) -> float | None:
    """Wilson 下界 of the satisfaction rate, in percent (1.6; ``z`` = score.z, 1.96 for 95 %).

    It is taken of M and not of T: only M is a share of n alike cases. A half credit (基本满意) counts as half a
    success, which makes the bound too low rather than too high.
    """
    if rate is None or not n:
        return None
    p, square = rate / 100, z * z
    middle = p + square / (2 * n)
    spread = z * sqrt(p * (1 - p) / n + square / (4 * n * n))
    return min(100 * max((middle - spread) / (1 + square / n), 0.0), rate)


def annual_score(own: float | None, streets: float | None, weight: float) -> float | None:
    """部门年度分 = 本级业务分×(1-w) + 街道评价分×w (1.6; w = score.assessment_weight). None while either is missing."""
    return None if own is None or streets is None else own * (1 - weight) + streets * weight


def is_small_sample(rated: int, least: int) -> bool:
    """Whether a score would give single ratings away: some, but fewer than rating.min_sample (评价保护 1.6)."""
    return 0 < rated < least


def rank_groups(rows: Iterable[tuple[Hashable, Hashable, float]]) -> dict[Hashable, tuple[int, int]]:
    """Rank (key, group, score) rows inside their groups, best first: key → (rank, how many); equals share a rank."""
    groups: dict[Hashable, list[tuple[Hashable, float]]] = {}
    for key, group, score in rows:
        groups.setdefault(group, []).append((key, score))
    found = {}
    for members in groups.values():
        scores = [score for _, score in members]
        for key, score in members:
            found[key] = (1 + sum(other > score for other in scores), len(scores))
    return found
