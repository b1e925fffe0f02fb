"""The command centre dispatches; the whistle page then shows whose clock runs, to each as far as he may know."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.whistles import services
from governance.whistles.models import Ticket
from tests_support.queries import BASELINE

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatched(client, cast, make_whistle):
    """A whistle dispatched by pressing the button."""
    whistle = make_whistle(status="pending_dispatch")
    client.force_login(cast.staff)
    sent = {"form_key": str(uuid.uuid4()), "version": whistle.version}
    assert client.post(f"/whistles/{whistle.pk}/dispatch/", sent).status_code == 302
    whistle.refresh_from_db()
    return whistle


def test_every_department_gets_its_ticket(dispatched):
    assert dispatched.status == "in_progress"
    assert sorted(dispatched.tickets.values_list("role", flat=True)) == ["assist", "lead"]


def test_the_page_shows_each_tickets_clock_and_next_step(client, dispatched):
    page = client.get(dispatched.get_absolute_url())
    parts = page.context["parts"]
    assert [part.role for part in parts] == ["lead", "assist"]
    assert all(part.clock.label == "签收时限 · 部门" and part.seen for part in parts)
    assert page.content.decode().count("等部门签收") == 2


def test_the_page_shows_the_cards_that_hold(client, cast, make_ticket, actors):
    ticket = make_ticket("pending_verify")
    services.ticket_rework(ticket=ticket, by=actors.staff, note="现场未动", is_false=True)
    client.force_login(cast.staff)
    page = client.get(ticket.whistle.get_absolute_url())
    assert [card.colour for part in page.context["parts"] for card in part.shown_cards] == ["red"]
    assert "红牌" in page.content.decode()


def test_a_tickets_clock_opens_its_rule(client, dispatched):
    page = client.get(dispatched.tickets.first().get_absolute_url())
    assert "/rules/whistle.accept.joint_enforce/" in page.content.decode()


def test_a_department_sees_the_others_part_but_not_into_it(client, cast, dispatched):
    client.force_login(cast.dept)
    page = client.get(dispatched.get_absolute_url())
    assert [part.seen for part in page.context["parts"]] == [True, False]
    other = dispatched.tickets.get(role="assist")
    assert other.get_absolute_url() not in page.content.decode()
    assert client.get(other.get_absolute_url()).status_code == 404


def test_a_department_does_not_see_how_the_street_made_up_its_mind(client, cast, dispatched):
    client.force_login(cast.dept)
    titles = {event["title"] for event in client.get(dispatched.get_absolute_url()).context["events"]}
    assert "审核通过" not in titles
    assert any(title.startswith("派发给") for title in titles)
    client.force_login(cast.staff)
    titles = {event["title"] for event in client.get(dispatched.get_absolute_url()).context["events"]}
    assert {"起草", "提交审核", "审核通过", "派发"} <= titles


def test_a_department_loses_the_whistle_with_its_ticket(client, cast, make_ticket):
    ticket = make_ticket("reassigned")
    client.force_login(cast.dept)
    assert client.get(ticket.get_absolute_url()).status_code == 404
    assert client.get(ticket.whistle.get_absolute_url()).status_code == 404


def test_nobody_outside_sees_it(client, cast, dispatched):
    for who in ("sibling_staff", "foreign_staff", "foreign_dept", "other_dept", "sibling_community", "outsider"):
        client.force_login(getattr(cast, who))
        assert client.get(dispatched.get_absolute_url()).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client, dispatched):
    client.logout()
    response = client.get(dispatched.get_absolute_url())
    assert response.status_code == 302
    assert Ticket.objects.count() == 2


def test_two_departments_take_few_statements(actors, make_whistle):
    """Pinned in tests/baselines/queries.json: tickets, clocks and events of all departments are written together."""
    make_whistle()
    whistle = make_whistle(status="pending_dispatch")
    with CaptureQueriesContext(connection) as seen:
        services.whistle_dispatch(whistle=whistle, by=actors.staff)
    sent = [row["sql"] for row in seen if not row["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert whistle.tickets.count() == 2
    assert len(sent) == BASELINE["dispatch to two departments"], sent
