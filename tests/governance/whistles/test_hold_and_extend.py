"""挂账 and 延期: asked for with what the rule wants, decided by whom the rule names."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.deadlines import Deadline
from governance.kernel.errors import Forbidden, IllegalTransition, Invalid
from governance.whistles import services
from tests_support import stories

pytestmark = pytest.mark.django_db


def hold_fields(**changes) -> dict:
    fields = {"reason": "season", "explanation": "冬季不能施工", "leader": "张局", "milestones": "四月开工",
              "told_residents": "已说明", "review_on": clock.today() + timedelta(days=30)}  # fmt: skip
    return {**fields, **changes}


@pytest.mark.parametrize("missing", ["explanation", "leader", "milestones", "told_residents"])
def test_a_hold_without_its_parts_is_refused(missing, make_ticket, actors):
    with pytest.raises(Invalid) as error:
        services.ticket_ask_hold(ticket=make_ticket("handling"), by=actors.dept, **hold_fields(**{missing: ""}))
    assert missing in error.value.fields


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_review_date_out_of_bounds_is_refused(days, make_ticket, actors):
    with pytest.raises(Invalid) as error:
        services.ticket_ask_hold(
            ticket=make_ticket("handling"),
            by=actors.dept,
            **hold_fields(review_on=clock.today() + timedelta(days=days)),
        )
    assert "90" in error.value.fields["review_on"]


def test_granted_by_the_district_and_written_off_through_verification(make_ticket, actors):
    ticket = stories.ask_hold(actors, make_ticket("handling"))
    assert ticket.status == "handling"
    ticket = services.hold_grant(ticket=ticket, by=actors.social)
    assert (ticket.status, ticket.was_hung) == ("hung", True)
    ticket = services.ticket_write_off(ticket=ticket, by=actors.dept, how="done", note="已竣工")
    assert ticket.status == "pending_verify"
    assert ticket.holds.get().ended_as == "done"
    assert services.ticket_verify(ticket=ticket, by=actors.staff).status == "pending_eval"


def test_refused_work_goes_on_and_may_be_asked_again(make_ticket, actors):
    ticket = services.hold_refuse(
        ticket=stories.ask_hold(actors, make_ticket("handling")), by=actors.adjudicator, note="可办"
    )
    assert ticket.holds.get().state == "refused"
    stories.ask_hold(actors, ticket)


def test_one_request_at_a_time_and_no_report_meanwhile(make_ticket, actors):
    ticket = stories.ask_hold(actors, make_ticket("handling"))
    with pytest.raises(IllegalTransition, match="待审批"):
        stories.ask_hold(actors, ticket)
    with pytest.raises(IllegalTransition, match="挂账申请尚未批复"):
        services.ticket_report_done(ticket=ticket, by=actors.dept, **stories.REPORT)


def test_continued_to_another_date(make_ticket, actors):
    ticket = make_ticket("hung")
    services.hold_continue(
        ticket=ticket, by=actors.adjudicator, note="仍在施工", review_on=clock.today() + timedelta(days=80)
    )
    assert ticket.holds.get().review_on == clock.today() + timedelta(days=80)
    with pytest.raises(Invalid):
        services.hold_continue(
            ticket=ticket, by=actors.adjudicator, note="再续", review_on=clock.today() + timedelta(days=100)
        )


@pytest.mark.parametrize("who", ["dept", "staff", "leader", "foreign_adjudicator", "community"])
def test_only_the_district_grants_a_hold(who, make_ticket, actors):
    with pytest.raises(Forbidden):
        services.hold_grant(ticket=stories.ask_hold(actors, make_ticket("handling")), by=getattr(actors, who))


def finish_of(ticket):
    return Deadline.objects.get(subject_type="ticket", subject_id=ticket.pk, stage="finish")


def test_an_extension_moves_the_limit_once(make_ticket, actors):
    ticket = make_ticket("handling")
    until = finish_of(ticket).due_at + timedelta(days=3)
    ticket = services.ticket_ask_extension(ticket=ticket, by=actors.dept, reason="等待材料", until=until)
    ticket = services.extension_grant(ticket=stories.fresh(ticket), by=actors.leader)
    assert ticket.due_at == finish_of(ticket).due_at == until
    with pytest.raises(IllegalTransition, match="一次延期"):
        services.ticket_ask_extension(
            ticket=stories.fresh(ticket), by=actors.dept, reason="再延", until=until + timedelta(days=1)
        )


def test_no_longer_than_as_long_again(make_ticket, actors):
    ticket = make_ticket("handling")
    limit = finish_of(ticket)
    latest = clock.add(limit.due_at, limit.amount, limit.unit)
    for wrong in (limit.due_at, latest + timedelta(minutes=1)):
        with pytest.raises(Invalid) as error:
            services.ticket_ask_extension(ticket=ticket, by=actors.dept, reason="等待材料", until=wrong)
        assert "until" in error.value.fields


def test_refused_the_limit_stays(make_ticket, actors):
    ticket = make_ticket("handling")
    before = finish_of(ticket).due_at
    ticket = services.ticket_ask_extension(ticket=ticket, by=actors.dept, reason="等", until=before + timedelta(days=2))
    services.extension_refuse(ticket=stories.fresh(ticket), by=actors.leader, note="应按期")
    assert finish_of(ticket).due_at == before


def test_the_command_centre_does_not_grant_extensions(make_ticket, actors):
    ticket = make_ticket("handling")
    ticket = services.ticket_ask_extension(
        ticket=ticket, by=actors.dept, reason="等", until=finish_of(ticket).due_at + timedelta(days=2)
    )
    with pytest.raises(Forbidden):
        services.extension_grant(ticket=stories.fresh(ticket), by=actors.staff)
