"""Merging whistles on the same matter, and undoing it."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.deadlines import deadlines_fire
from governance.kernel.errors import Forbidden, Invalid
from governance.whistles import services
from tests_support import stories

pytestmark = pytest.mark.django_db


def merge(whistle, into, actors):
    return services.whistle_merge(whistle=whistle, into=into, by=actors.staff, note="同一处占道")


def test_merged_tickets_stop_and_undo_restores_them(make_whistle, actors, at):
    main, twin = make_whistle(), make_whistle()
    lead = twin.tickets.get(role="lead")
    services.ticket_accept(ticket=lead, by=actors.dept)
    twin = merge(twin, main, actors)
    assert (twin.status, twin.merged_into) == ("merged", main)
    assert set(twin.tickets.values_list("status", flat=True)) == {"merged"}
    with at(clock.now() + timedelta(days=60)):
        deadlines_fire()
    assert not lead.cards.exists()
    twin = services.whistle_unmerge(whistle=twin, by=actors.staff)
    assert (twin.status, twin.merged_into) == ("in_progress", None)
    assert stories.fresh(lead).status == "pending_arrive"
    assert stories.fresh(lead).due_at is not None


def test_a_hold_and_a_dispute_stay_paused_after_an_undo(make_ticket, make_whistle, actors):
    for status in ("disputed", "hung"):
        ticket = make_ticket(status)
        merged = merge(ticket.whistle, make_whistle(), actors)
        services.whistle_unmerge(whistle=merged, by=actors.staff)
        assert stories.fresh(ticket).status == status


def test_not_into_itself_a_closed_one_or_another_street(make_whistle, actors):
    whistle = make_whistle()
    for wrong in (whistle, make_whistle(status="closed"), make_whistle(status="draft")):
        with pytest.raises(Invalid) as error:
            merge(whistle, wrong, actors)
        assert "into" in error.value.fields


def test_only_the_street_merges(make_whistle, actors):
    main, twin = make_whistle(), make_whistle()
    for who in ("sibling_staff", "dept", "city"):
        with pytest.raises(Forbidden):
            services.whistle_merge(whistle=twin, into=main, by=getattr(actors, who), note="同一处")
