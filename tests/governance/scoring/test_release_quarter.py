"""Computing cards, drawing small samples to the city, ranking, and releasing a quarter once it is over."""

from datetime import timedelta

import pytest

from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.territory.models import Department
from governance.whistles.models import RatingRelease, Scorecard
from governance.whistles.selectors.score_terms import Counts
from governance.whistles.services import scores
from governance.whistles.services.scores import quarter_release, scorecards_refresh, scorecards_sweep

from .conftest import AFTER, BAD, FAIR, QUARTER, START

pytestmark = pytest.mark.django_db


def test_a_card_keeps_every_number_and_the_rules_it_used(settle, card_of):
    settle()
    settle(FAIR, thoroughly="partly")
    card = card_of(settle(BAD, thoroughly="no").department_id)
    assert (card.tickets, card.ratings) == (3, 3)
    assert card.response == 100
    assert card.resolution == card.satisfaction == 50  # (1 + 0.5×1) / 3
    assert card.total == pytest.approx(0.3 * 100 + 0.7 * 50)
    assert card.terms["counts"]["satisfied"] == card.terms["counts"]["partly"] == 1
    assert (card.terms["counts"]["due"], card.terms["counts"]["rated"]) == (3, 3)
    assert card.terms["rules"]["score.weights"]["value"] == [0.3, 0.35, 0.35]
    assert card.terms["rules"]["score.shrinkage"]["version"]
    assert card.terms["lists"]["rated"] == "term=satisfied&term=basic&term=dissatisfied"
    assert card.adjusted == pytest.approx(card.total)  # the only department is the city


def test_one_bad_ticket_does_not_put_a_department_last(db, monkeypatch):
    """10 tickets at 70 points rank below one ticket with one star: the one says too little (1.6)."""
    one, many, good = Department.objects.filter(level="unit", kind="urban").order_by("code")[:3]
    found = {
        one.pk: Counts({"accept_on_time": 1, "unsolved": 1, "dissatisfied": 1}, 1, False),
        many.pk: Counts(
            {"accept_on_time": 10, "solved": 4, "unsolved": 16, "satisfied": 8, "dissatisfied": 12}, 40, False
        ),
        good.pk: Counts({"accept_on_time": 40, "solved": 40, "satisfied": 40}, 40, False),
    }
    monkeypatch.setattr(scores, "count_terms", lambda period: found)
    scorecards_refresh(period=QUARTER)
    cards = {card.department_id: card for card in Scorecard.objects.filter(period=QUARTER)}
    assert cards[one.pk].total < cards[many.pk].total
    assert cards[one.pk].adjusted > cards[many.pk].adjusted
    assert cards[one.pk].rank is None  # and it is not ranked at all
    assert (cards[good.pk].rank, cards[many.pk].rank, cards[good.pk].ranked) == (1, 2, 2)


def test_departments_are_ranked_inside_trade_and_level_only(db, monkeypatch):
    city = Department.objects.filter(level="city", kind="urban").first()
    units = list(Department.objects.filter(level="unit", kind="urban").order_by("code")[:2])
    fire = Department.objects.filter(level="unit", kind="fire").first()
    found = {
        row.pk: Counts({"solved": 6, "satisfied": 6, "unsolved": row is units[1]}, 6, False)
        for row in (city, *units, fire)
    }
    monkeypatch.setattr(scores, "count_terms", lambda period: found)
    scorecards_refresh(period=QUARTER)
    places = {card.department_id: (card.rank, card.ranked) for card in Scorecard.objects.filter(period=QUARTER)}
    assert places == {city.pk: (1, 1), units[0].pk: (1, 2), units[1].pk: (2, 2), fire.pk: (1, 1)}


@pytest.mark.parametrize(("tickets", "rated", "ranked"), [(4, 4, False), (5, 5, True), (5, 2, False), (5, 0, True)])
def test_too_few_tickets_or_ratings_are_not_ranked(db, monkeypatch, tickets, rated, ranked):
    row = Department.objects.filter(level="unit").first()
    found = {row.pk: Counts({"solved": tickets, "satisfied": rated}, tickets, False)}
    monkeypatch.setattr(scores, "count_terms", lambda period: found)
    scorecards_refresh(period=QUARTER)
    assert (Scorecard.objects.get(period=QUARTER).rank == 1) == ranked


def test_a_lapsed_rating_neither_helps_nor_harms(settle, card_of):
    card = card_of(settle(stars=None).department_id)
    assert (card.ratings, card.satisfaction, card.lower_bound) == (0, None, None)
    assert card.total == pytest.approx(100)  # the weights of R and S share M's part


def test_a_quarter_is_not_released_before_it_is_over(actors, settle, at):
    settle()
    with pytest.raises(Invalid):
        quarter_release(quarter=QUARTER, by=actors.city)
    with at(AFTER):
        for wrong in ("2026", "2026Q7", "nonsense"):
            with pytest.raises(Invalid):
                quarter_release(quarter=wrong, by=actors.city)


@pytest.mark.parametrize("name", ["social", "adjudicator", "dept_head", "leader", "sysadmin", "auditor"])
def test_only_the_city_office_releases(actors, at, name):
    with at(AFTER), pytest.raises(Forbidden):
        quarter_release(quarter=QUARTER, by=getattr(actors, name))


def test_releasing_computes_the_cards_and_is_audited_once(actors, settle, at):
    ticket = settle()
    with at(AFTER):
        release = quarter_release(quarter=QUARTER, by=actors.city)
        with pytest.raises(Conflict):
            quarter_release(quarter=QUARTER, by=actors.city)
    assert release.released_at == AFTER
    assert Scorecard.objects.filter(department_id=ticket.department_id, period__in=[QUARTER, "2026"]).count() == 2
    assert AuditEvent.objects.filter(action="score.release", data__quarter=QUARTER).count() == 1


def test_the_sweep_keeps_running_periods_fresh_and_releases_past_ones(settle, at):
    ticket = settle()
    scorecards_sweep()
    assert set(Scorecard.objects.filter(department_id=ticket.department_id).values_list("period", flat=True)) == {
        "2026",
        QUARTER,
    }
    assert not RatingRelease.objects.exists()
    with at(AFTER):
        scorecards_sweep()
        assert [row.quarter for row in RatingRelease.objects.all()] == [QUARTER]
        scorecards_sweep()
        assert RatingRelease.objects.count() == 1


def test_the_sweep_looks_at_the_year_once_an_hour(settle, at):
    settle()
    scorecards_sweep()
    settle()
    with at(START + timedelta(minutes=10)):
        scorecards_sweep()
        assert Scorecard.objects.get(period=QUARTER).ratings == 2
        assert Scorecard.objects.get(period="2026").ratings == 1
    with at(START + timedelta(minutes=70)):
        scorecards_sweep()
        assert Scorecard.objects.get(period="2026").ratings == 2


def test_the_task_calls_the_sweep(settle):
    from governance.tasks import scorecards_refresh as task

    settle()
    assert task() >= 1
    assert Scorecard.objects.filter(period=QUARTER).exists()


def test_nobody_without_terms_has_a_card(settle, actors):
    settle()
    assert scorecards_refresh(period="2025Q1") == 0
    with pytest.raises(ValueError, match="no period"):
        scorecards_refresh(period="2026-11")
