"""Metric cards (口径卡): every figure on a screen opens its definition."""

from django.http import Http404
from django.urls import reverse

from ..metrics import CARDS, MetricCard
from ..policy import rule_for
from ..ui.views import Page
from .values import value_cn


def card_facts(card: MetricCard) -> list[tuple[str, str]]:
    """What a card says, as label and value."""
    return [
        ("定义", card.definition), ("分子", card.numerator), ("分母", card.denominator), ("单位", card.unit),
        ("时点", card.as_of), ("数据来源", card.source), ("版本", card.version), ("与公开数的差异", card.note or "无"),
    ]  # fmt: skip


class CardList(Page):
    """All cards."""

    title = "口径卡"
    subtitle = "每个上屏数字的定义、分子、分母、时点和来源。"
    icon = "info"
    template_name = "governance/kernel/cards.html"

    def get(self, request):
        """Draw them by title."""
        return self.draw({"cards": sorted(CARDS.values(), key=lambda card: card.key)})


class CardPage(Page):
    """One card with the rules in its formula."""

    icon = "info"
    template_name = "governance/kernel/card.html"

    def get(self, request, key):
        """Draw it; 404 for an unknown key."""
        card = CARDS.get(key)
        if card is None:
            raise Http404("没有这张口径卡。")
        self.title = card.title
        rules = [(rule, value_cn(rule.value, rule.unit)) for rule in map(self.rule, card.rule_keys) if rule]
        crumbs = [("口径卡", reverse("metric-cards")), (card.title, "")]
        return self.draw({"card": card, "facts": card_facts(card), "rules": rules, "crumbs": crumbs})

    @staticmethod
    def rule(key: str):
        """The version in force; None where there is none yet."""
        try:
            return rule_for(key)
        except LookupError:
            return None
