"""Every figure opens its definition."""

from governance.kernel.metrics import CARDS, MetricCard
from governance.kernel.policy import rule_for


def test_every_card_opens_with_its_rules(client, cast):
    client.force_login(cast.staff)
    for key, card in CARDS.items():
        page = client.get(f"/metrics/{key}/")
        assert page.status_code == 200
        text = page.content.decode()
        assert card.title in text
        for rule in card.rule_keys:
            assert rule_for(rule)
            assert f"/rules/{rule}/" in text


def test_a_card_says_what_it_counts(client, cast, monkeypatch):
    card = MetricCard(
        "test.rate",
        "试验率",
        "定义句",
        "分子句",
        "分母句",
        "每日",
        "工单",
        rule_keys=("whistle.accept.emergency", "no.such"),
    )
    monkeypatch.setitem(CARDS, card.key, card)
    client.force_login(cast.community)
    text = client.get("/metrics/test.rate/").content.decode()
    for words in ("定义句", "分子句", "分母句", "每日", "15 分钟"):
        assert words in text
    assert "试验率" in client.get("/metrics/").content.decode()


def test_an_unknown_card_is_not_found(client, cast):
    client.force_login(cast.staff)
    assert client.get("/metrics/no.such.card/").status_code == 404


def test_cards_are_not_public(client, db):
    assert client.get("/metrics/").status_code == 302
