"""The end of a ticket: verification on site, rework and its cards, one rating, closing, archiving."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.kernel import clock
from governance.kernel.errors import Forbidden, IllegalTransition, Invalid, StaleVersion
from governance.whistles import services
from governance.whistles.models import Rating, Whistle
from tests_support import stories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("missing", ["taken_up", "talked_with", "measures", "settled_by"])
def test_a_report_needs_the_four_elements(missing, make_ticket, actors):
    with pytest.raises(Invalid) as error:
        services.ticket_report_done(ticket=make_ticket("handling"), by=actors.dept, **{**stories.REPORT, missing: " "})
    assert list(error.value.fields) == [missing]


def test_no_support_needs_its_basis(make_ticket, actors):
    with pytest.raises(Invalid) as error:
        services.ticket_report_done(
            ticket=make_ticket("handling"), by=actors.dept, **{**stories.REPORT, "outcome": "not_supported"}
        )
    assert "basis" in error.value.fields


def test_the_lead_answers_for_the_whole(make_whistle, actors):
    whistle = make_whistle()
    lead, assistant = whistle.tickets.get(role="lead"), whistle.tickets.get(role="assist")
    lead = services.ticket_arrive(ticket=services.ticket_accept(ticket=lead, by=actors.dept), by=actors.dept)
    with pytest.raises(IllegalTransition, match="协办部门"):
        services.ticket_report_done(ticket=lead, by=actors.dept, **stories.REPORT)
    assistant = services.ticket_accept(ticket=assistant, by=actors.assistant_dept)
    assistant = services.ticket_arrive(ticket=assistant, by=actors.assistant_dept)
    services.ticket_report_done(ticket=assistant, by=actors.assistant_dept, **stories.REPORT)
    assert services.ticket_report_done(ticket=lead, by=actors.dept, **stories.REPORT).status == "pending_verify"


def again(ticket, actors):
    return services.ticket_report_done(ticket=stories.fresh(ticket), by=actors.dept, **stories.REPORT)


def test_rework_once_is_yellow_twice_is_red(make_ticket, actors):
    ticket = services.ticket_rework(ticket=make_ticket("pending_verify"), by=actors.staff, note="摊位仍在")
    assert (ticket.status, ticket.rework_count, ticket.stage) == ("handling", 1, "finish")
    assert list(ticket.cards.values_list("colour", flat=True)) == ["yellow"]
    services.ticket_rework(ticket=again(ticket, actors), by=actors.staff, note="仍未解决")
    assert sorted(ticket.cards.values_list("colour", "reason")) == [("red", "repeated_rework"), ("yellow", "rework")]


def test_a_false_report_is_red_at_once(make_ticket, actors):
    ticket = services.ticket_rework(
        ticket=make_ticket("pending_verify"), by=actors.staff, note="照片是去年的", is_false=True
    )
    assert ticket.cards.get().reason == "false_done"


@pytest.mark.parametrize("who", ["sibling_staff", "foreign_staff", "dept", "community", "city", "outsider"])
def test_only_the_street_that_blew_verifies_and_rates(who, make_ticket, actors):
    with pytest.raises(Forbidden):
        services.ticket_verify(ticket=make_ticket("pending_verify"), by=getattr(actors, who))
    with pytest.raises(Forbidden):
        services.ticket_rate(ticket=make_ticket("pending_eval"), by=getattr(actors, who), **stories.STARS)


def test_one_ticket_one_rating(make_ticket, actors):
    ticket = make_ticket("pending_eval")
    rating = services.ticket_rate(ticket=ticket, by=actors.staff, **stories.STARS)
    with pytest.raises(IllegalTransition):
        services.ticket_rate(ticket=ticket, by=actors.staff, **stories.STARS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(**{f.attname: getattr(rating, f.attname) for f in Rating._meta.fields if f.name != "id"})


@pytest.mark.parametrize("stars", [0, 6, None])
def test_stars_are_one_to_five(stars, make_ticket, actors):
    with pytest.raises(Invalid) as error:
        services.ticket_rate(ticket=make_ticket("pending_eval"), by=actors.staff, **{**stories.STARS, "speed": stars})
    assert "speed" in error.value.fields


def test_two_stars_need_a_reason(make_ticket, actors):
    low = {**stories.STARS, "quality": 2}
    with pytest.raises(Invalid) as error:
        services.ticket_rate(ticket=make_ticket("pending_eval"), by=actors.staff, **low)
    assert "low_reason" in error.value.fields
    services.ticket_rate(ticket=make_ticket("pending_eval"), by=actors.staff, **low, low_reason="unsolved")


def test_the_whistle_closes_with_its_last_ticket(make_whistle, actors):
    whistle = make_whistle(status="closed")
    assert whistle.closed_at
    assert set(whistle.tickets.values_list("status", flat=True)) == {"closed"}


def test_archived_after_the_rules_days_and_not_before(make_whistle, at):
    whistle = make_whistle(status="closed")
    with at(clock.now() + timedelta(days=89)):
        assert services.whistles_archive() == 0
    with at(clock.now() + timedelta(days=91)):
        assert services.whistles_archive() == 1
    whistle.refresh_from_db()
    assert whistle.status == "archived"


def test_the_same_matter_within_ninety_days_is_a_recurrence(make_whistle, at):
    first = make_whistle(status="closed")
    assert make_whistle(status="pending_review").recurrence_of == first
    with at(clock.now() + timedelta(days=91)):
        assert make_whistle(status="pending_review").recurrence_of is None


def test_another_place_or_category_is_none(make_whistle, street):
    from governance.territory.models import Category, Division

    make_whistle(status="closed")
    other = Division.objects.filter(street=street).order_by("code12")[2]
    assert make_whistle(status="pending_review", community=other).recurrence_of is None
    category = Category.objects.exclude(parent=None).order_by("-code").first()
    assert make_whistle(status="pending_review", category=category).recurrence_of is None


def test_a_stale_page_is_told_what_changed(make_ticket, actors):
    ticket = make_ticket("handling")
    services.ticket_consult(ticket=ticket, by=actors.dept, topic="会商")
    with pytest.raises(StaleVersion) as error:
        services.ticket_minute(ticket=ticket, by=actors.dept, minutes="纪要", version=ticket.version)
    assert any("申请会商" in line for line in error.value.changed)


def test_a_number_names_district_day_and_place_in_line(make_whistle, at, street):
    first, second = make_whistle(status="pending_review"), make_whistle(status="pending_review")
    prefix = f"DLS-{street.code12[:6]}-{clock.today():%Y%m%d}-"
    assert first.number.startswith(prefix)
    assert int(second.number[-4:]) == int(first.number[-4:]) + 1
    assert Whistle.objects.filter(number=first.number).count() == 1
