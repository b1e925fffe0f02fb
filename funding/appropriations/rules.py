"""What a community is entitled to, line by line, from dated rules (domain-rules 10; ADR 0019). Pure: no database.

Money is integer fen. A month is the smallest span: who exists in a month gets a twelfth of the year's amount for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from funding.ledger.states import Fund

MONTHS = 12
COMMUNITY, VILLAGE = "community", "village"
SMALL, LARGE = "small", "large"
SIZES = {SMALL: "小村", LARGE: "大村", "": "城市社区"}
JANUARY, MONTHLY = "january", "monthly"
# Which rules say how much, by fund: (of a community, of a small village, of a large one); "" entitles to nothing.
AMOUNTS = {
    Fund.SERVICE_MASS: ("funding.service.community_yuan", "", ""),
    Fund.VILLAGE: ("", "funding.village.small_yuan", "funding.village.large_yuan"),
    Fund.OFFICE: ("funding.office.community_yuan", "", ""),
}


class RuleProblem(ValueError):
    """The rules contradict themselves or do not reach that far back; the text is Chinese."""


@dataclass(frozen=True)
class Version:
    """One version of one rule, as the calculation cites it."""

    key: str
    title: str
    value: object
    begins: date
    ends: date | None = None
    source: str = ""


@dataclass(frozen=True)
class RuleBook:
    """All versions of the rules that a calculation reads."""

    versions: Mapping[str, Sequence[Version]]

    def at(self, key: str, day: date) -> Version:
        """The version in force on ``day``. Raises RuleProblem where there is none."""
        for version in self.versions.get(key, ()):
            if version.begins <= day and (version.ends is None or day < version.ends):
                return version
        raise RuleProblem(f"规则 {key} 在 {day} 没有生效的版本，不能测算。")


@dataclass(frozen=True)
class Place:
    """A community or village as the rules see it; it exists from ``founded`` up to but excluding ``closed``."""

    kind: str = COMMUNITY
    households: int | None = None
    population: int | None = None
    founded: date | None = None
    closed: date | None = None


@dataclass(frozen=True)
class Reason:
    """One line of the explanation: what is stated, by which version of which rule."""

    text: str
    rule: str = ""
    begins: str = ""

    def as_dict(self) -> dict:
        """Ready for JSON."""
        return {"text": self.text, "rule": self.rule, "from": self.begins}


@dataclass(frozen=True)
class Entitlement:
    """The result for one place, fund and year, with its explanation."""

    fen: int
    months: int
    size: str
    reasons: tuple[Reason, ...]


def yuan(fen: int) -> str:
    """Fen as officials write money: 200,000.00 元."""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d} 元"


def _cited(text: str, version: Version) -> Reason:
    return Reason(text, version.key, version.begins.isoformat())


def size_of(place: Place, day: date, rules: RuleBook) -> tuple[str, tuple[Reason, ...]]:
    """Whether a village is large (households or population reach the threshold), and why; a community has no size."""
    if place.kind != VILLAGE:
        return "", (Reason("城市社区"),)
    homes, people = (rules.at(f"funding.village.large_{name}", day) for name in ("households", "population"))
    if place.households is not None and place.households >= homes.value:
        return LARGE, (_cited(f"户数 {place.households:,} ≥ {homes.value:,}，为大村", homes),)
    if place.population is not None and place.population >= people.value:
        return LARGE, (_cited(f"人口 {place.population:,} ≥ {people.value:,}，为大村", people),)
    if place.households is None and place.population is None:
        return SMALL, (_cited("户数、人口未登记，暂按小村", homes),)
    known = f"户数 {place.households:,} < {homes.value:,}" if place.households is not None else "户数未登记"
    people_known = f"人口 {place.population:,} < {people.value:,}" if place.population is not None else "人口未登记"
    return SMALL, (_cited(f"{known}，{people_known}，为小村", homes),)


def months_of(place: Place, year: int, month_goes_to: str = "new") -> tuple[int, ...]:
    """The months of ``year`` that count for a place. The month of a change counts once: for the new side or the old one.

    A change on the first of a month splits cleanly either way.
    """

    def first_after(day: date) -> int:
        """Months since year 0 of the first month that belongs to the new side."""
        index = day.year * MONTHS + day.month - 1
        return index if month_goes_to == "new" or day.day == 1 else index + 1

    begin, end = year * MONTHS, year * MONTHS + MONTHS
    if place.founded:
        begin = max(begin, first_after(place.founded))
    if place.closed:
        end = min(end, first_after(place.closed))
    return tuple(index % MONTHS + 1 for index in range(begin, end))


def standard_key(fund: str, kind: str, size: str) -> str:
    """The rule that says the year's amount; "" where this fund is not for this kind of place."""
    community, small, large = AMOUNTS.get(fund, ("", "", ""))
    if kind != VILLAGE:
        return community
    return large if size == LARGE else small


def entitlement(place: Place, fund: str, year: int, rules: RuleBook) -> Entitlement:
    """What ``place`` gets of ``fund`` in ``year``. Raises RuleProblem when a rule is missing or breaks its own bounds.

    A new version in mid-year counts from the next January on, or month by month: rule ``funding.mid_year_versions``.
    """
    january = date(year, 1, 1)
    size, reasons = size_of(place, january, rules)
    key = standard_key(fund, place.kind, size)
    if not key:
        return Entitlement(0, 0, size, (*reasons, Reason(f"{Fund(fund).label}不适用于{SIZES[size]}")))
    side = rules.at("funding.month_of_change", january)
    months = months_of(place, year, side.value)
    mode = rules.at("funding.mid_year_versions", january)
    versions = [rules.at(key, date(year, month, 1) if mode.value == MONTHLY else january) for month in months]
    _within_bounds(fund, versions, january, rules)
    fen = _rounded(sum(int(version.value) * 100 for version in versions), MONTHS)
    return Entitlement(
        fen, len(months), size, (*reasons, *_standards(versions), *_span(place, year, months, side, mode))
    )


def _within_bounds(fund: str, versions: list[Version], day: date, rules: RuleBook) -> None:
    """Office money has a floor and a ceiling of its own."""
    if fund != Fund.OFFICE or not versions:
        return
    low, high = rules.at("funding.office.min_yuan", day).value, rules.at("funding.office.max_yuan", day).value
    for version in versions:
        if not low <= version.value <= high:
            raise RuleProblem(f"社区办公经费标准 {version.value:,} 元不在 {low:,} 至 {high:,} 元之间，请先调整规则。")


def _standards(versions: list[Version]) -> list[Reason]:
    """One line per version that was in force, with its months."""
    lines, seen = [], []
    for version in versions:
        if version not in seen:
            seen.append(version)
            count = versions.count(version)
            span = f"，适用 {count} 个月" if count < len(versions) else ""
            lines.append(_cited(f"{version.title}：{int(version.value):,} 元{span}", version))
    return lines


def _span(place: Place, year: int, months: tuple[int, ...], side: Version, mode: Version) -> list[Reason]:
    """Why fewer than twelve months."""
    if len(months) == MONTHS:
        return [Reason("全年存续，计 12 个月")]
    words = []
    if place.founded and place.founded.year >= year:
        words.append(f"{place.founded} 设立")
    if place.closed and place.closed.year <= year:
        words.append(f"{place.closed} 撤并")
    return [_cited(f"{'、'.join(words)}，计 {len(months)} 个月（÷12）", side), _cited("年中标准的适用方式", mode)]


def _rounded(numerator: int, denominator: int) -> int:
    """Half a fen counts as one."""
    return (2 * numerator + denominator) // (2 * denominator)


def total(places: Iterable[Place], fund: str, year: int, rules: RuleBook) -> int:
    """The sum over places in fen."""
    return sum(entitlement(place, fund, year, rules).fen for place in places)


def office_bounds(count: int, year: int, rules: RuleBook) -> tuple[int, int]:
    """The least and the most that ``count`` communities' office money may come to in a year, in fen."""
    low, high = (rules.at(f"funding.office.{name}_yuan", date(year, 1, 1)).value for name in ("min", "max"))
    return count * low * 100, count * high * 100


def carry(*, balance: int, granted: int, carried: int, percent: float) -> tuple[int, int]:
    """(what goes over into the next year, what goes back to the treasury) of what is left; all in fen.

    At most ``percent`` of the year's grant is carried, what was carried before included.
    """
    room = max(int(granted * Decimal(str(percent)) / 100) - carried, 0)
    over = min(balance, room)
    return over, balance - over


def carried_left(*, carried: int, spent: int) -> int:
    """What is left of last year's money, which is used first."""
    return max(carried - spent, 0)


def payment_limit(day: date, rules: RuleBook) -> int | None:
    """The most that one payment may be on ``day`` in fen; None before the year-end limit begins."""
    month, number = (int(part) for part in str(rules.at("funding.year_end.limit_from", day).value).split("-"))
    if (day.month, day.day) < (month, number):
        return None
    return int(rules.at("funding.year_end.limit_yuan", day).value) * 100


def split(fen: int, weights: Sequence[int]) -> list[int]:
    """``fen`` in proportion to ``weights``, to the fen (largest remainder; the earlier one wins a tie)."""
    whole = sum(weights)
    shares = [fen * weight // whole for weight in weights]
    rest = fen - sum(shares)
    order = sorted(range(len(weights)), key=lambda at: (-(fen * weights[at] % whole), at))
    for at in order[:rest]:
        shares[at] += 1
    return shares


def share(granted: int, *, percent: Decimal | None, amount: int | None, already: int) -> int:
    """What a batch pays to one community: a percentage of the grant or an amount, never beyond what is left; in fen."""
    wanted = amount if amount is not None else int(granted * Decimal(percent or 0) / 100)
    return max(min(wanted, granted - already), 0)
