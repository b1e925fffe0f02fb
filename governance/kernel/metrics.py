"""Metric cards (口径卡): what stands behind every figure on a screen (domain-rules A.6)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MetricCard:
    """Definition, numerator, denominator, moment and source of one figure; ``rule_keys`` are the policy rules in its formula."""

    key: str
    title: str
    definition: str
    numerator: str
    denominator: str
    as_of: str
    source: str
    unit: str = "件"
    rule_keys: tuple[str, ...] = ()
    version: str = "2026.1"
    note: str = ""

    def lines(self) -> list[tuple[str, str]]:
        """The card as the head of an export."""
        return [
            ("口径", f"{self.title}（{self.version}）：{self.definition}"), ("分子", self.numerator), ("分母", self.denominator),
            ("时点", self.as_of), ("来源", self.source),
        ]  # fmt: skip


CARDS: dict[str, MetricCard] = {}


def register(*cards: MetricCard) -> None:
    """Add cards; a key stands for one definition only."""
    for card in cards:
        if CARDS.get(card.key, card) != card:
            raise ValueError(f"metric {card.key} is registered twice")
        CARDS[card.key] = card


@dataclass(frozen=True)
class Figure:
    """One value with its card and the list behind it. ``value`` None means: no basis (a rate without cases)."""

    card: MetricCard
    value: float | int | None
    numerator: float | int | None = None
    denominator: float | int | None = None
    href: str = ""


def rate(key: str, numerator: float, denominator: float, href: str = "") -> Figure:
    """A percentage with its terms; without cases it has no value rather than 0 or 100."""
    value = round(100 * numerator / denominator, 1) if denominator else None
    return Figure(CARDS[key], value, numerator, denominator, href)
