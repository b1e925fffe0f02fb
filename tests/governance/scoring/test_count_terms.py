"""What counts for a department, for which rate, in which period; and that it is counted in one go."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.whistles import rules, services
from governance.whistles.models import Rating, Ticket, Whistle
from governance.whistles.selectors.score_terms import count_terms, tickets_of_terms
from governance.whistles.services.appeals import card_revoke, ticket_excuse
from governance.whistles.services.scores import scorecards_refresh
from tests_support import stories

from .conftest import AFTER, BAD, FAIR, GOOD, QUARTER

pytestmark = pytest.mark.django_db


def of(ticket, period=QUARTER):
    found = count_terms(period).get(ticket.department_id)
    return {term: count for term, count in found.terms.items() if count} if found else {}


def test_a_ticket_without_fault(settle):
    assert of(settle()) == {
        "accept_on_time": 1, "contact_on_time": 1, "arrive_on_time": 1, "solved": 1, "satisfied": 1
    }  # fmt: skip


@pytest.mark.parametrize(("stars", "term"), [(GOOD, "satisfied"), (FAIR, "basic"), (BAD, "dissatisfied")])
def test_stars_fall_into_three_classes(settle, stars, term):
    assert of(settle(stars))[term] == 1


@pytest.mark.parametrize(
    ("outcome", "thoroughly", "term"),
    [
        ("solved", "yes", "solved"),
        ("solved", "partly", "partly"),
        ("solved", "no", "unsolved"),
        ("partly", "yes", "solved"),
        ("policy_explained", "no", "unsolved"),
        ("not_supported", "yes", "solved"),
    ],
)
def test_what_the_street_saw_overrides_what_the_department_reported(settle, outcome, thoroughly, term):
    found = of(settle(outcome=outcome, thoroughly=thoroughly))
    assert found[term] == 1
    assert sum(found.get(name, 0) for name in ("solved", "partly", "unsolved", "explained")) == 1


@pytest.mark.parametrize(
    ("outcome", "term"),
    [("solved", "solved"), ("partly", "partly"), ("policy_explained", "explained"), ("not_supported", "explained")],
)
def test_without_a_rating_the_verified_report_counts_and_satisfaction_has_no_case(settle, outcome, term):
    ticket = settle(stars=None, outcome=outcome)
    found = count_terms(QUARTER)[ticket.department_id]
    assert found[term] == 1
    assert found.rated == 0
    assert found.due == (0 if term == "explained" else 1)


def test_what_comes_back_was_not_solved(settle, actors, make_whistle):
    ticket = settle(category=stories.category())
    again = make_whistle(status="in_progress", title="又来占道")
    assert again.recurrence_of_id == ticket.whistle_id
    assert of(ticket)["recurred"] == 1
    assert "solved" not in of(ticket)


def test_a_repeat_that_is_not_dispatched_or_was_turned_down_is_no_recurrence(settle, make_whistle):
    ticket = settle(category=stories.category())
    make_whistle(status="pending_review")
    make_whistle(status="terminated")
    assert Whistle.objects.filter(recurrence_of=ticket.whistle_id).count() == 2
    assert of(ticket)["solved"] == 1


def test_late_answers_count_as_late(make_ticket, actors, monday, at):
    ticket = make_ticket("pending_sign")
    with at(monday + timedelta(days=3)):
        assert of(ticket) == {"accept_late": 1, "contact_late": 1}  # nobody has answered: late already
        ticket = services.ticket_accept(ticket=ticket, by=actors.dept)
    with at(monday + timedelta(days=14)):
        services.ticket_arrive(ticket=ticket, by=actors.dept)
        assert of(ticket) == {"accept_late": 1, "contact_late": 1, "arrive_late": 1}


def test_a_limit_that_runs_is_not_due_yet(make_ticket, monday):
    assert of(make_ticket("pending_sign")) == {}
    assert of(make_ticket("pending_arrive")) == {"accept_on_time": 1}


def test_a_limit_counts_in_the_period_in_which_it_fell_due(make_ticket, at):
    with at(AFTER - timedelta(days=6)):  # 30 December: accepted late, on 11 January
        ticket = make_ticket("pending_sign", scene="hard_demand")
    with at(AFTER + timedelta(days=6)):
        ticket = services.ticket_accept(ticket=ticket, by=_dept(ticket))
        services.ticket_arrive(ticket=ticket, by=_dept(ticket))
        assert of(ticket) == {"accept_late": 1, "contact_late": 1}
        assert of(ticket, "2027Q1") == {"arrive_on_time": 1}


def _dept(ticket):
    from governance.accounts.models import User
    from governance.accounts.selectors import actor_of

    return actor_of(User.objects.get(username="dept"))


def test_an_unfinished_ticket_is_unsolved_until_it_is_done(make_ticket, monday, actors, at):
    ticket = make_ticket("handling")
    with at(monday + timedelta(days=20)):
        found = count_terms(QUARTER)[ticket.department_id]
        assert (found["overdue"], found.due) == (1, 1)
        ticket = services.ticket_report_done(ticket=ticket, by=actors.dept, **stories.REPORT)
        assert "overdue" not in of(ticket)  # now it is the street's turn
        services.ticket_rate(
            ticket=services.ticket_verify(ticket=ticket, by=actors.staff), by=actors.staff, **stories.STARS
        )
        assert of(ticket)["solved"] == 1
    with at(AFTER):
        assert "overdue" not in of(ticket)


def test_what_dragged_over_the_end_of_a_quarter_stays_unsolved_in_it(make_ticket, monday, actors, at):
    ticket = make_ticket("handling")
    with at(AFTER):
        assert of(ticket)["overdue"] == 1
        ticket = services.ticket_report_done(ticket=ticket, by=actors.dept, **stories.REPORT)
        services.ticket_rate(
            ticket=services.ticket_verify(ticket=ticket, by=actors.staff), by=actors.staff, **stories.STARS
        )
        assert of(ticket)["overdue"] == 1
        assert of(ticket, "2027Q1")["solved"] == 1


def test_a_hold_leaves_the_denominator_and_enters_the_hold_rate(make_ticket, monday, at, actors, card_of):
    ticket = make_ticket("hung")
    assert of(ticket)["held"] == 1
    with at(monday + timedelta(days=30)):
        assert "overdue" not in of(ticket)
        card = card_of(ticket.department_id)
        assert (card.resolution, card.hold_rate) == (None, 100)
        services.hold_resume(ticket=ticket, by=actors.adjudicator, note="资金已到位")
        assert "held" not in of(ticket)


@pytest.mark.parametrize("status", ["reassigned", "terminated", "merged"])
def test_tickets_that_ended_elsewhere_count_nowhere(make_ticket, monday, at, status):
    ticket = make_ticket(status)
    with at(monday + timedelta(days=30)):
        assert not tickets_of_terms(
            department_id=ticket.department_id, period=QUARTER, terms=["accept_late", "accept_on_time", "overdue"]
        ).filter(pk=ticket.pk)


def test_ruled_no_fault_counts_nowhere_and_marks_the_card(settle, actors, card_of):
    ticket = settle(BAD)
    card = card_of(ticket.department_id)
    assert card.satisfaction == 0
    ticket_excuse(ticket=ticket, by=actors.adjudicator, ground="force_majeure", note="台风红色预警期间")
    card.refresh_from_db()
    assert card.is_stale
    assert of(ticket) == {}
    assert card_of(ticket.department_id) is None


def test_a_red_card_costs_points_until_it_is_revoked(make_ticket, actors, monday, at, card_of):
    ticket = make_ticket("pending_verify")
    ticket = services.ticket_rework(ticket=ticket, by=actors.staff, note="现场没有清理", is_false=True)
    red = ticket.cards.get(colour="red")
    before = card_of(ticket.department_id)
    assert (before.penalty, of(ticket)["red_card"]) == (2, 1)
    assert before.adjusted == before.terms["drawn"] - 2
    card_revoke(card=red, by=actors.adjudicator, note="街道核实地点有误")
    after = card_of(ticket.department_id)
    assert (after.penalty, after.adjusted) == (0, after.terms["drawn"])


def test_the_year_is_the_sum_of_its_quarters(settle, at):
    first = settle()
    with at(AFTER):
        second = settle(BAD)
    assert of(first, "2026")["satisfied"] == 1
    assert "dissatisfied" not in of(first, "2026")
    assert of(second, "2027")["dissatisfied"] == 1


def test_the_list_behind_a_figure_has_as_many_tickets(settle, make_ticket, monday, at):
    rows = [settle(), settle(FAIR), settle(BAD, thoroughly="no"), make_ticket("handling"), make_ticket("hung")]
    with at(monday + timedelta(days=25)):
        counts = count_terms(QUARTER)[rows[0].department_id]
        for term, count in counts.terms.items():
            listed = tickets_of_terms(department_id=rows[0].department_id, period=QUARTER, terms=[term])
            assert listed.count() == count, term
        everything = tickets_of_terms(department_id=rows[0].department_id, period=QUARTER, terms=list(counts.terms))
        assert everything.count() == counts.tickets


def test_stars_are_classed_in_the_database_as_the_rule_says(settle, card_of):
    points, bounds = [0, 30, 60, 85, 100], [85, 60]
    cases = [(5, 5, 5, 2), (4, 4, 4, 4), (5, 4, 3, 2), (3, 3, 3, 2), (1, 5, 5, 5), (2, 2, 2, 5)]
    expected = {"satisfied": 0, "basic": 0, "dissatisfied": 0}
    for case in cases:
        expected[rules.satisfaction_class(case, points, bounds)] += 1
        names = dict(zip(("speed", "attitude", "quality", "lawfulness"), case, strict=True))
        ticket = settle({**names, "low_reason": "late"})
    assert {name: count for name, count in of(ticket).items() if name in expected} == {
        name: count for name, count in expected.items() if count
    }
    assert Rating.objects.count() == len(cases)


def test_the_number_of_statements_does_not_depend_on_departments_or_tickets(
    settle, make_whistle, django_assert_max_num_queries, django_assert_num_queries, monday, at
):
    settle()
    scorecards_refresh(period=QUARTER)  # rules and calendar are read
    with django_assert_max_num_queries(10) as one:
        scorecards_refresh(period=QUARTER)
    for _ in range(3):
        settle(FAIR)
        make_whistle(status="closed")
    with at(monday + timedelta(days=30)):
        scorecards_refresh(period=QUARTER)
        with django_assert_num_queries(len(one)):
            assert scorecards_refresh(period=QUARTER) == 2
    assert Ticket.objects.values("department").distinct().count() == 2


def test_refreshing_twice_changes_nothing(settle, card_of):
    first = card_of(settle().department_id)
    second = card_of(first.department_id)
    assert (first.pk, first.adjusted, first.terms) == (second.pk, second.adjusted, second.terms)
    assert clock.now() == second.computed_at
