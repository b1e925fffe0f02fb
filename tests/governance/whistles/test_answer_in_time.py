"""The limits of a ticket: when they start, stop and pause, and whom they address (domain-rules 1.4, 18.3)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from governance.kernel import clock
from governance.kernel.deadlines import Deadline, deadlines_fire
from governance.kernel.policy import rule_for
from governance.whistles import services
from governance.whistles.models import Card, Ticket
from governance.whistles.services import cards
from governance.whistles.states import Scene, Stage
from tests_support import stories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def limits(ticket) -> dict:
    return {
        row.stage: row for row in Deadline.objects.filter(subject_type="ticket", subject_id=ticket.pk).order_by("id")
    }


@pytest.fixture(autouse=True)
def monday(at):
    with at(MONDAY):
        yield


@pytest.mark.parametrize("scene", Scene.values)
def test_every_scene_has_its_own_limits(scene, make_ticket):
    rows = limits(make_ticket("handling", scene=scene))
    assert set(rows) == {Stage.ACCEPT, Stage.CONTACT, Stage.ARRIVE, Stage.REPLY, Stage.FINISH}
    for stage, row in rows.items():
        rule = rule_for(f"whistle.{stage}.{scene}")
        assert (row.amount, row.unit) == (rule.value, rule.unit)
        assert row.due_at == clock.add(row.starts_at, rule.value, rule.unit)


def test_an_emergency_is_accepted_within_minutes_day_and_night(make_ticket, at):
    with at(MONDAY.replace(hour=23)):
        ticket = make_ticket(scene="emergency")
    assert ticket.due_at == MONDAY.replace(hour=23, minute=15)


def test_other_whistles_wait_for_the_office_to_open(make_ticket, at):
    with at(MONDAY.replace(hour=20)):
        ticket = make_ticket(scene="hard_demand")
    assert ticket.due_at == MONDAY.replace(day=24, hour=9, minute=30)


def test_the_ticket_shows_the_limit_that_ends_first(make_ticket):
    assert make_ticket().stage == Stage.ACCEPT
    assert make_ticket("pending_arrive").stage == Stage.ARRIVE
    assert make_ticket("handling").stage == Stage.FINISH
    assert make_ticket("pending_verify").due_at is None


def test_done_in_time_is_met_and_late_is_missed(make_ticket, actors, at):
    early, late = make_ticket(), make_ticket()
    services.ticket_accept(ticket=early, by=actors.dept)
    with at(MONDAY + timedelta(hours=2)):
        services.ticket_accept(ticket=late, by=actors.dept)
    assert limits(early)[Stage.ACCEPT].state == "met"
    assert limits(late)[Stage.ACCEPT].state == "missed"


def test_waiting_for_a_ruling_stops_the_departments_clock(make_ticket, actors, at):
    ticket = make_ticket("disputed")
    assert ticket.stage == Stage.RULING
    with at(MONDAY + timedelta(days=60)):
        deadlines_fire()
    assert not Card.objects.filter(ticket=ticket).exists()


def test_upheld_limits_start_anew_on_the_day_of_the_ruling(make_ticket, actors, at):
    ticket = make_ticket("disputed")
    later = MONDAY + timedelta(days=2)
    with at(later):
        ticket = services.objection_uphold(ticket=ticket, by=actors.adjudicator, note="属本部门法定职责")
    assert ticket.stage == Stage.ARRIVE
    assert ticket.due_at == clock.add(later, 3, "workday")


def test_a_hold_stops_the_clock_and_gives_the_rest_back(make_ticket, actors, at):
    ticket = make_ticket("hung")
    assert ticket.due_at is None
    left = limits(ticket)[Stage.FINISH]
    with at(MONDAY + timedelta(days=30)):
        ticket = services.hold_resume(ticket=ticket, by=actors.adjudicator, note="资金已落实")
        now = limits(ticket)[Stage.FINISH]
        assert clock.work_minutes_between(clock.now(), now.due_at) == pytest.approx(
            clock.work_minutes_between(left.paused_at, left.due_at)
        )


def test_overdue_shows_yellow_then_red_once_and_red_asks_for_an_explanation(make_ticket, actors, at):
    ticket = make_ticket(scene="emergency")
    with at(MONDAY + timedelta(minutes=16)):
        deadlines_fire()
        deadlines_fire()
    assert list(ticket.cards.values_list("colour", "stage")) == [("yellow", "accept")]
    with at(MONDAY + timedelta(minutes=31)):
        deadlines_fire()
        deadlines_fire()
    red = ticket.cards.get(colour="red")
    assert red.number.startswith("督〔2026〕")
    assert limits(ticket)[Stage.EXPLAIN].due_at == clock.add(MONDAY + timedelta(minutes=31), 5, "workday")
    with at(MONDAY + timedelta(days=1)):
        services.card_explain(card=red, by=actors.dept, explanation="值班人员外勤，已整改。")
    assert limits(ticket)[Stage.EXPLAIN].state == "met"


def test_a_sweep_leaves_a_ticket_alone_that_somebody_is_working_on(make_ticket, at, monkeypatch):
    from governance.kernel.errors import Busy
    from governance.whistles.services import cards

    ticket = make_ticket(scene="emergency")
    step = limits(ticket)[Stage.ACCEPT].steps.get(level="yellow")
    monkeypatch.setattr(cards.Whistle.objects, "select_for_update", lambda **kw: cards.Whistle.objects.none())
    with pytest.raises(Busy):
        services.deadline_step(step.deadline, step.level)


def test_an_unrated_ticket_lapses_and_counts_for_nobody(make_ticket, at):
    ticket = make_ticket("pending_eval")
    with at(MONDAY + timedelta(days=14)):
        deadlines_fire()
    ticket = stories.fresh(ticket)
    assert (ticket.status, hasattr(ticket, "rating")) == ("closed", False)
    assert ticket.whistle.status == "closed"
    assert not ticket.cards.exists()


def test_the_street_is_never_shown_a_card(make_ticket, at):
    ticket = make_ticket("pending_eval")
    with at(MONDAY + timedelta(days=100)):
        deadlines_fire()
    assert not Card.objects.filter(ticket=ticket).exists()


def test_a_closed_ticket_that_owes_an_explanation_is_not_late_but_stays_on_the_desk(make_ticket, actors, at):
    """Its work is done: lists and dashboard agree that nothing is overdue; the red card waits on the department's desk."""
    from governance.dashboards.periods import period_of
    from governance.dashboards.selectors import numbers_of
    from governance.whistles.desk import to_explain
    from tests_support.stories import STARS

    ticket = make_ticket("pending_eval", scene="emergency")
    cards.card_show(ticket=ticket, colour="red", reason="false_done")
    services.ticket_rate(ticket=stories.fresh(ticket), by=actors.staff, **STARS)
    ticket = stories.fresh(ticket)
    assert (ticket.status, ticket.stage) == ("closed", Stage.EXPLAIN)
    with at(ticket.due_at + timedelta(days=1)):
        assert ticket.is_late
        assert ticket not in Ticket.objects.late(clock.db_now())
        numbers = numbers_of(ticket.unit, period_of({"period": "month"}, clock.today()))
        assert numbers.stocked("overdue") == numbers.stocked("late") == 0
        assert to_explain(actors.dept).count == 1
