"""The pages: ranking, one card with every term, the lists behind the figures, ratings, appeals; who may open which."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from governance.kernel.metrics import CARDS
from governance.kernel.policy import rule_for
from governance.territory.models import Category
from governance.whistles import services as loop
from governance.whistles.models import Rating, RatingAppeal, Scorecard
from governance.whistles.scoring.lines import Explained
from governance.whistles.services.scores import scorecards_refresh
from tests_support import stories

from .conftest import AFTER, BAD, FAIR, GOOD, QUARTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(settle, make_ticket, monday, at):
    """A department with something of everything, looked at three weeks later."""
    other = Category.objects.exclude(parent=None).order_by("code").last()  # else the first would have come back
    rows = [
        settle(),
        settle(FAIR, thoroughly="partly"),
        settle(BAD, thoroughly="no"),
        make_ticket("hung", category=other),
        make_ticket("handling", category=other),
    ]
    with at(monday + timedelta(days=21)):
        scorecards_refresh(period=QUARTER)
        yield rows[0].department


def text(response) -> str:
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_the_ranking_shows_every_rate_and_links_to_the_card(client, cast, filled):
    client.force_login(cast.city)
    page = text(client.get(reverse("scorecards")))
    for words in ("响应率 R", "解决率 S", "满意率 M", "三率综合 T", "修正后 T_adj", "满意率下界", "挂账率", "只排部门"):
        assert words in page
    assert reverse("scorecard", args=[filled.code, QUARTER]) in page
    assert "超过警戒线" in page  # 1 of 5 on hold is more than 10 %


def test_the_ranking_filters_sorts_and_exports(client, cast, filled):
    client.force_login(cast.city)
    for query in ("?kind=urban", "?level=unit", f"?period={QUARTER}", "?sort=-seen_adjusted", "?sort=hold_rate"):
        assert filled.short_name in text(client.get(reverse("scorecards") + query))
    assert filled.short_name not in text(client.get(reverse("scorecards") + "?kind=fire"))
    assert client.get(reverse("scorecards") + "?period=2019Q1").status_code == 200
    exported = b"".join(client.get(reverse("scorecards") + "?export=csv").streaming_content).decode()
    assert filled.short_name in exported
    assert client.get(reverse("scorecards") + "?export=xlsx").status_code == 200


def test_every_line_of_the_card_has_its_formula_its_card_and_its_rules(client, cast, actors, filled):
    card = Scorecard.objects.select_related("department").visible_to(actors.city).get(department=filled, period=QUARTER)
    lines = {line.metric: line for line in Explained(card).lines()}
    assert lines["score.resolution"].formula == "（已解决 1 ＋ 0.5 × 部分解决 1）÷（应解决 5 － 挂账 1）"
    assert lines["score.resolution"].value == "37.5"
    assert lines["score.satisfaction"].formula == "（满意 1 ＋ 0.5 × 基本满意 1）÷ 有效评价 3"
    assert lines["score.response"].formula == "签收 5/5 × 0.4 ＋ 联系 5/5 × 0.2 ＋ 报到 5/5 × 0.4"
    assert lines["score.hold_rate"].formula == "挂账 1 ÷ 应解决 5"
    for line in lines.values():
        assert line.metric in CARDS
        assert set(line.rules) <= set(CARDS[line.metric].rule_keys)
        for key in CARDS[line.metric].rule_keys:
            assert rule_for(key)
    client.force_login(cast.city)
    page = text(client.get(card.get_absolute_url()))
    for line in lines.values():
        assert line.formula in page
    assert rule_for("score.shrinkage").title in page


def test_every_number_opens_a_list_with_as_many_tickets(client, cast, actors, filled):
    card = Scorecard.objects.select_related("department").visible_to(actors.city).get(department=filled, period=QUARTER)
    client.force_login(cast.staff)
    Rating.objects.visible_to(actors.staff)
    opened = 0
    for line in Explained(card).lines():
        for part in line.parts:
            if not part.url:
                continue
            opened += 1
            assert client.get(part.url).status_code == 404  # the street has no card of a running quarter
    assert opened > 8
    client.force_login(cast.city)
    for line in Explained(card).lines():
        for part in line.parts:
            if part.url and line.metric in ("score.response", "score.hold_rate"):
                assert text(client.get(part.url)).count('class="row-link"') == part.value, part.label


def test_after_release_the_rated_lists_open_too(client, cast, actors, filled, release):
    release()
    card = Scorecard.objects.select_related("department").visible_to(actors.city).get(department=filled, period=QUARTER)
    client.force_login(cast.city)
    for line in Explained(card).lines():
        for part in line.parts:
            if part.url:
                assert text(client.get(part.url)).count('class="row-link"') == part.value, part.label
    exported = client.get(reverse("scorecard-tickets", args=[filled.code, QUARTER]) + "?term=solved&export=csv")
    assert b"".join(exported.streaming_content).decode().count("DLS-") == card.terms["counts"]["solved"]


def test_unknown_cards_periods_and_terms_find_nothing(client, cast, filled):
    client.force_login(cast.city)
    for code, period in ((filled.code, "2019Q1"), ("nobody", QUARTER), (filled.code, "nonsense")):
        assert client.get(reverse("scorecard", args=[code, period])).status_code == 404
    page = text(client.get(reverse("scorecard-tickets", args=[filled.code, QUARTER]) + "?term=%27%3B--&term=drop"))
    assert "row-link" not in page


def test_a_small_sample_is_explained_not_shown(client, cast, settle, release, at):
    department = settle(BAD, thoroughly="no").department
    release()
    address = reverse("scorecard", args=[department.code, QUARTER])
    with at(AFTER):
        client.force_login(cast.dept_head)
        page = text(client.get(address))
        assert "评价样本不足" in page
        assert "满意率 M" not in page
        client.force_login(cast.city)
        assert "满意率 M" in text(client.get(address))


@pytest.mark.parametrize("name", ["community", "grid_worker", "sysadmin", "secadmin", "outsider"])
def test_who_has_nothing_to_do_with_scores_is_kept_out(client, cast, filled, name):
    client.force_login(getattr(cast, name))
    for address in (
        reverse("scorecards"), reverse("ratings"), reverse("rating-appeals"), reverse("assessments"),
        reverse("scorecard", args=[filled.code, QUARTER]), reverse("scorecard-tickets", args=[filled.code, QUARTER]),
    ):  # fmt: skip
        assert client.get(address).status_code == 403


def test_nobody_gets_in_without_signing_in(client, filled):
    for name in ("scorecards", "ratings", "rating-appeals", "assessments"):
        assert client.get(reverse(name)).status_code == 302


def test_the_city_releases_on_the_page_once(client, cast, settle, at):
    settle()
    address = reverse("score-release", args=[QUARTER])
    with at(AFTER):
        client.force_login(cast.social)
        assert client.post(address).status_code == 403
        client.force_login(cast.city)
        assert client.get(address).status_code == 405
        assert f"聚合并开启 {QUARTER}" in text(client.get(reverse("scorecards")))
        assert client.post(address).status_code == 302
        page = text(client.get(reverse("scorecards") + f"?period={QUARTER}"))
        assert f"聚合并开启 {QUARTER}" not in page
        assert client.post(address, follow=True).status_code == 200
        assert "已经开启" in client.post(address, follow=True).content.decode()


def test_appeal_and_ruling_on_the_pages(client, cast, settle, rating_of, release, at):
    rating = rating_of(settle(BAD, thoroughly="no"))
    settle(GOOD)
    settle(GOOD)
    release()
    with at(AFTER):
        client.force_login(cast.dept_head)
        assert reverse("rating-appeal", args=[rating.pk]) in text(client.get(rating.get_absolute_url()))
        address = reverse("rating-appeal", args=[rating.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"grounds": ""}).status_code == 422
        assert client.post(address, {"grounds": "当日台风红色预警"}).status_code == 302
        appeal = RatingAppeal.objects.get(rating=rating)
        ruling = reverse("rating-appeal-rule", args=[appeal.pk])
        assert client.get(ruling).status_code == 403
        client.force_login(cast.other_dept)
        assert client.get(address).status_code == 404
        client.force_login(cast.foreign_adjudicator)
        assert client.get(ruling).status_code == 404
        client.force_login(cast.adjudicator)
        assert "当日台风红色预警" in text(client.get(ruling))
        assert rating.ticket.whistle.number in text(client.get(reverse("rating-appeals") + "?state=requested"))
        assert client.post(ruling, {"decision": "uphold", "note": "情况属实"}).status_code == 302
        assert "不计分" in text(client.get(rating.get_absolute_url()))
    appeal.refresh_from_db()
    assert appeal.state == "granted"


def test_no_fault_and_revoked_cards_on_the_pages(client, cast, make_ticket, actors):
    ticket = loop.ticket_rework(ticket=make_ticket("pending_verify"), by=actors.staff, note="没有清理", is_false=True)
    card = ticket.cards.get(colour="red")
    revoke, excuse = reverse("card-revoke", args=[card.pk]), reverse("ticket-excuse", args=[ticket.pk])
    for name, status in (("dept_head", 403), ("staff", 403), ("foreign_adjudicator", 404), ("sibling_staff", 403)):
        client.force_login(getattr(cast, name))
        assert client.post(revoke, {"note": "误判"}).status_code == status, name
        assert client.post(excuse, {"ground": "no_fault", "note": "误判"}).status_code == status, name
    client.force_login(cast.adjudicator)
    assert client.post(revoke, {"note": "街道核实地点有误"}).status_code == 302
    assert client.post(excuse, {"ground": "nonsense", "note": "x"}).status_code == 422
    assert client.post(excuse, {"ground": "force_majeure", "note": "台风"}).status_code == 302
    card.refresh_from_db()
    ticket = stories.fresh(ticket)
    assert (card.is_revoked, ticket.is_excluded) == (True, True)


def test_pages_take_a_constant_number_of_statements(client, cast, settle, release, at, django_assert_max_num_queries):
    for _ in range(3):
        settle()
    release()
    with at(AFTER):
        client.force_login(cast.city)
        for address in (reverse("scorecards"), reverse("ratings"), reverse("rating-appeals"), reverse("assessments")):
            client.get(address)
            with django_assert_max_num_queries(14):
                client.get(address)
