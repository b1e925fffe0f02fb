"""A scorecard as lines: each formula with its numbers, each number with the list behind it, each weight with its rule."""

from dataclasses import dataclass, field

from ..metric_cards import link
from ..models import Scorecard
from ..rules import percentage
from ..selectors.score_terms import STAGES

STAGE_LABELS = {"accept": "签收", "contact": "联系", "arrive": "报到"}


@dataclass(frozen=True)
class Part:
    """One number of a formula with its list ("" for none)."""

    label: str
    value: int
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One figure: value ("—" without a basis), the formula with its numbers, its parts, its card and the rules used."""

    metric: str
    title: str
    value: str
    unit: str
    formula: str
    parts: list[Part] = field(default_factory=list)
    rules: tuple[str, ...] = ()
    note: str = ""

    @property
    def card_url(self) -> str:
        return link("metric-card", self.metric)


def shown(value: float | None) -> str:
    """A rate or score with one decimal; — without a basis."""
    return "—" if value is None else f"{value:.1f}"


class Explained:
    """The lines of one card, read with ``visible_to`` (the ``seen_…`` values are what its reader may know)."""

    def __init__(self, card: Scorecard):
        self.card, self.counts = card, card.terms["counts"]
        self.rules = {key: rule["value"] for key, rule in card.terms["rules"].items()}

    @property
    def is_sealed(self) -> bool:
        """Whether what depends on ratings is kept from this reader: too few ratings."""
        return self.card.is_small and self.card.seen_total is None

    def lines(self) -> list[Line]:
        """All lines that the reader may see, in the order of the formula."""
        if self.is_sealed:
            return [self.response(), self.holds()]
        return [
            self.response(), self.resolution(), self.satisfaction(), self.total(), self.adjusted(), self.lower_bound(),
            self.holds(),
        ]  # fmt: skip

    def _part(self, label: str, term: str) -> Part:
        query = self.card.terms["lists"].get(term, "")
        url = link("scorecard-tickets", self.card.department.code, self.card.period)
        count = self._count(term)
        return Part(label, count, f"{url}?{query}" if query and url and count else "")

    def _count(self, term: str) -> int:
        if term.endswith("_due"):
            stage = term.removesuffix("_due")
            return self.counts[f"{stage}_on_time"] + self.counts[f"{stage}_late"]
        return self.counts[term]

    def response(self) -> Line:
        """R with on time and due of each stage."""
        weights = self.rules["score.response_weights"]
        pieces, parts, missing = [], [], []
        for stage, weight in zip(STAGES, weights, strict=True):
            label, on_time, due = STAGE_LABELS[stage], self.counts[f"{stage}_on_time"], self._count(f"{stage}_due")
            if due:
                pieces.append(f"{label} {on_time}/{due} × {weight}")
            else:
                missing.append(label)
            parts += [self._part(f"{label}按时", f"{stage}_on_time"), self._part(f"{label}超时", f"{stage}_late")]
        formula = " ＋ ".join(pieces) or "没有到期的环节"
        if missing and pieces:
            used = sum(weight for stage, weight in zip(STAGES, weights, strict=True) if self._count(f"{stage}_due"))
            formula = f"（{formula}）÷ {used:g}"
        note = f"{'、'.join(missing)}没有到期的件，权重由其余环节分担。" if missing and pieces else ""
        rules = ("score.response_weights",)
        return Line("score.response", "响应率 R", shown(self.card.response), "%", formula, parts, rules, note)

    def resolution(self) -> Line:
        """S with its classes; holds are taken out of the denominator."""
        c, credit = self.counts, self.rules["score.partly"]
        formula = (
            f"（已解决 {c['solved']} ＋ {credit} × 部分解决 {c['partly']}）÷（应解决 {c['due']} － 挂账 {c['held']}）"
        )
        labels = {
            "solved": "已解决", "partly": "部分解决", "unsolved": "没有解决", "recurred": "回潮", "overdue": "逾期未办结",
            "held": "挂账", "explained": "不计入应解决", "due": "应解决",
        }  # fmt: skip
        parts = [self._part(label, term) for term, label in labels.items()]
        note = "没有应解决的件，不计此率。" if self.card.seen_resolution is None else ""
        return Line("score.resolution", "解决率 S", shown(self.card.seen_resolution), "%", formula, parts,
                    ("score.partly",), note)  # fmt: skip

    def satisfaction(self) -> Line:
        """M with its classes."""
        c, credit = self.counts, self.rules["score.partly"]
        formula = f"（满意 {c['satisfied']} ＋ {credit} × 基本满意 {c['basic']}）÷ 有效评价 {c['rated']}"
        labels = {"satisfied": "满意", "basic": "基本满意", "dissatisfied": "不满意", "rated": "有效评价"}
        parts = [self._part(label, term) for term, label in labels.items()]
        note = "没有有效评价，不计此率；到期未评的不算好评也不算差评。" if not c["rated"] else ""
        return Line("score.satisfaction", "满意率 M", shown(self.card.seen_satisfaction), "%", formula, parts,
                    ("rating.star_points", "rating.satisfied_points", "score.partly"), note)  # fmt: skip

    def total(self) -> Line:
        """T of the rates that have a basis."""
        rates = (self.card.response, self.card.seen_resolution, self.card.seen_satisfaction)
        named = list(zip(("响应", "解决", "满意"), rates, self.rules["score.weights"], strict=True))
        known = [(name, rate, weight) for name, rate, weight in named if rate is not None]
        formula = " ＋ ".join(f"{name} {rate:.1f} × {weight}" for name, rate, weight in known) or "三率都没有件数"
        if known and len(known) < len(named):
            formula = f"（{formula}）÷ {sum(weight for _, _, weight in known):g}"
        missing = "、".join(name for name, rate, _ in named if rate is None)
        note = f"{missing}率没有件数，权重由其余各率分担。" if missing and known else ""
        return Line(
            "score.total", "三率综合 T", shown(self.card.seen_total), "分", formula, [], ("score.weights",), note
        )

    def adjusted(self) -> Line:
        """T_adj: drawn to the city's mean, less the red cards."""
        card, terms, k = self.card, self.card.terms, self.rules["score.shrinkage"]
        formula = "没有得分，不修正"
        if card.seen_adjusted is not None:
            n, city = card.tickets, shown(terms["city"])
            formula = (
                f"（n {n} × T {shown(card.seen_total)} ＋ k {k} × 全市 {city}）÷（{n} ＋ {k}）= {shown(terms['drawn'])}"
            )
            formula += f" － 红牌 {self.counts['red_card']} 张 × {self.rules['score.red_card_penalty']} 分"
        return Line("score.adjusted", "修正后得分 T_adj", shown(card.seen_adjusted), "分", formula,
                    [Part("计分工单 n", card.tickets), self._part("红牌", "red_card")],
                    ("score.shrinkage", "score.red_card_penalty", "score.ranking_min"))  # fmt: skip

    def lower_bound(self) -> Line:
        """The Wilson bound of M."""
        rate, z = self.card.seen_satisfaction, self.rules["score.z"]
        formula = f"Wilson 下界：满意率 {shown(rate)}%，n = {self.counts['rated']}，z = {z}"
        return Line("score.lower_bound", "满意率 95% 下界", shown(self.card.seen_lower_bound), "%", formula, [],
                    ("score.z",))  # fmt: skip

    def holds(self) -> Line:
        """The hold rate; the count of what is due would give sealed outcomes away only by its sum, so it may be shown."""
        held, due, alarm = self.counts["held"], self.counts["due"], self.rules["whistle.hold_rate_alarm"]
        note = f"超过 {alarm}%，触发专项调度。" if self.card.holds_too_much else ""
        return Line("score.hold_rate", "挂账率", shown(percentage(held, due)), "%", f"挂账 {held} ÷ 应解决 {due}",
                    [self._part("挂账", "held")], ("whistle.hold_rate_alarm",), note)  # fmt: skip
