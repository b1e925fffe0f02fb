"""Scope: who sees which whistle and ticket (domain-rules A.2)."""

import pytest
from django.http import Http404

from governance.whistles.models import Rating, Ticket, Whistle

pytestmark = pytest.mark.django_db
SEE = {
    "leader", "staff", "social", "adjudicator", "finance", "city", "community", "grid_worker", "auditor", "dept",
    "dept_head", "city_dept", "station",
}  # fmt: skip
ALL = SEE | {
    "building_head", "liaison", "sysadmin", "secadmin", "sibling_leader", "sibling_staff", "foreign_staff",
    "foreign_adjudicator", "foreign_social", "assistant_dept", "other_dept", "foreign_dept", "sibling_community", "outsider",
}  # fmt: skip


def test_the_cast_is_complete(cast):
    assert set(vars(cast)) == ALL


@pytest.mark.parametrize("who", sorted(ALL))
def test_a_running_whistle_and_its_ticket(who, make_ticket, actors):
    ticket = make_ticket("handling")
    seen = Ticket.objects.visible_to(getattr(actors, who)).filter(pk=ticket.pk).exists()
    assert seen == (who in SEE)
    assert Whistle.objects.visible_to(getattr(actors, who)).filter(pk=ticket.whistle_id).exists() == seen


@pytest.mark.parametrize("who", sorted(ALL))
def test_a_draft_is_the_streets_own(who, make_whistle, actors):
    draft = make_whistle(status="draft")
    assert Whistle.objects.visible_to(getattr(actors, who)).filter(pk=draft.pk).exists() == (who in {"leader", "staff"})


@pytest.mark.parametrize("who", sorted(ALL))
def test_a_confidential_whistle_is_not_for_the_community(who, make_ticket, actors):
    ticket = make_ticket("handling", is_confidential=True)
    expected = who in SEE - {"community", "grid_worker"}
    assert Ticket.objects.visible_to(getattr(actors, who)).filter(pk=ticket.pk).exists() == expected


@pytest.mark.parametrize("who", sorted(ALL))
def test_a_single_rating_is_sealed_for_all_but_the_street(who, make_ticket, actors):
    ticket = make_ticket("closed")
    seen = Rating.objects.visible_to(getattr(actors, who)).filter(ticket=ticket).exists()
    assert seen == (who in {"leader", "staff"})


def test_signalen_defect_a_ticket_seen_for_two_reasons_is_listed_and_counted_once(make_ticket, actors):
    from dataclasses import replace

    ticket = make_ticket("handling")
    both = replace(
        actors.staff, posts=actors.staff.posts + actors.dept.posts + actors.social.posts + actors.station.posts
    )
    found = Ticket.objects.visible_to(both)
    assert list(found.values_list("pk", flat=True)) == [ticket.pk]
    assert found.count() == 1


def test_an_invisible_object_does_not_exist(make_ticket, actors):
    ticket = make_ticket()
    for key in (ticket.pk, 0, 10**30, "x"):
        with pytest.raises(Http404):
            Ticket.objects.get_visible(actors.sibling_staff, pk=key)
