"""退哨异议: filed once, in time, with its clause; ruled on by the ruling group of the unit."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.errors import Forbidden, IllegalTransition, Invalid
from governance.kernel.links import link_for
from governance.whistles import services
from governance.whistles.models import Ticket, Whistle
from tests_support import stories

pytestmark = pytest.mark.django_db
OBJECTION = {"grounds": "不属本部门职责", "clause": "三定方案第三条", "suggested_text": "交通运输局"}


@pytest.mark.parametrize("missing", ["grounds", "clause", "suggested_text"])
def test_an_objection_without_its_parts_is_refused(missing, make_ticket, actors):
    with pytest.raises(Invalid) as error:
        services.ticket_object(ticket=make_ticket(), by=actors.dept, **{**OBJECTION, missing: " "})
    assert missing in error.value.fields


def test_too_late_to_object(make_ticket, actors, at):
    ticket = make_ticket()
    with at(ticket.due_at + timedelta(minutes=1)), pytest.raises(IllegalTransition, match="时限已过"):
        services.ticket_object(ticket=ticket, by=actors.dept, **OBJECTION)


def test_reassigned_goes_to_another_department_with_fresh_limits(make_ticket, actors, departments):
    ticket = make_ticket("disputed")
    link = link_for(subject_type="ticket", subject_id=ticket.pk, recipient="cg@dept.example")
    fresh = services.objection_reassign(ticket=ticket, by=actors.adjudicator, department=departments[2], note="归消防")
    assert (fresh.department, fresh.status, fresh.role) == (departments[2], "pending_sign", "lead")
    assert stories.fresh(ticket).status == "reassigned"
    assert stories.fresh(ticket).objection.new_ticket == fresh
    link.refresh_from_db()
    assert not link.is_live
    assert fresh.due_at > clock.now()


def test_signalen_defect_the_old_department_no_longer_sees_the_ticket(make_ticket, actors):
    ticket = make_ticket("reassigned")
    assert not Ticket.objects.visible_to(actors.dept).filter(pk=ticket.pk).exists()
    assert not Whistle.objects.visible_to(actors.dept).filter(pk=ticket.whistle_id).exists()
    assert Ticket.objects.visible_to(actors.other_dept).filter(whistle=ticket.whistle_id).exists()
    assert Ticket.objects.visible_to(actors.staff).filter(pk=ticket.pk).exists()


def test_once_per_department_and_whistle(make_ticket, actors, departments):
    ticket = make_ticket("disputed")
    fresh = services.objection_reassign(ticket=ticket, by=actors.adjudicator, department=departments[2], note="归消防")
    services.ticket_object(ticket=fresh, by=actors.other_dept, **OBJECTION)
    back = services.objection_reassign(
        ticket=stories.fresh(fresh), by=actors.adjudicator, department=departments[0], note="仍归城管"
    )
    with pytest.raises(IllegalTransition, match="一次异议"):
        services.ticket_object(ticket=back, by=actors.dept, **OBJECTION)


def test_not_to_itself_nor_to_one_already_at_work(make_whistle, actors, departments, foreign_street):
    whistle = make_whistle()
    ticket = whistle.tickets.get(role="lead")
    services.ticket_object(ticket=ticket, by=actors.dept, **OBJECTION)
    for wrong in (departments[0], departments[1], stories.departments(foreign_street)[0]):
        with pytest.raises(Invalid) as error:
            services.objection_reassign(
                ticket=stories.fresh(ticket), by=actors.adjudicator, department=wrong, note="改派"
            )
        assert "department" in error.value.fields


def test_not_a_whistle_ends_it_when_nobody_else_is_at_work(make_ticket, actors):
    ticket = services.objection_not_whistle(ticket=make_ticket("disputed"), by=actors.adjudicator, note="宜协商")
    assert (stories.fresh(ticket).status, stories.fresh(ticket).is_excluded) == ("terminated", True)
    assert stories.fresh(ticket).whistle.status == "terminated"


def test_not_a_whistle_for_one_leaves_the_other_at_work(make_whistle, actors):
    whistle = make_whistle()
    ticket = whistle.tickets.get(role="lead")
    services.ticket_object(ticket=ticket, by=actors.dept, **OBJECTION)
    services.objection_not_whistle(ticket=stories.fresh(ticket), by=actors.adjudicator, note="宜协商")
    whistle.refresh_from_db()
    assert whistle.status == "in_progress"


@pytest.mark.parametrize("who", ["staff", "leader", "dept", "foreign_adjudicator", "city", "outsider", "social"])
def test_only_the_ruling_group_of_the_unit_rules(who, make_ticket, actors):
    with pytest.raises(Forbidden):
        services.objection_uphold(ticket=make_ticket("disputed"), by=getattr(actors, who), note="维持")
