"""A department appeals against a rating it may read, once, in time; the ruling group decides; the score follows."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import deadlines_fire
from governance.kernel.errors import Conflict, Forbidden, IllegalTransition, Invalid
from governance.kernel.outbox import OutboxMail
from governance.whistles import services as loop
from governance.whistles.models import RatingAppeal, Scorecard
from governance.whistles.selectors.ratings import appeals_waiting, may_appeal
from governance.whistles.services import appeals
from governance.whistles.services.scores import scorecards_sweep

from .conftest import AFTER, BAD, GOOD, QUARTER

pytestmark = pytest.mark.django_db
WHY = "当日台风红色预警，已书面告知街道。"


@pytest.fixture
def rated(settle, rating_of, release):
    """A bad rating among three of a released quarter."""
    rating = rating_of(settle(BAD, thoroughly="no"))
    settle(GOOD)
    settle(GOOD)
    release()
    return rating


@pytest.fixture
def appealed(rated, actors, at):
    with at(AFTER):
        return appeals.rating_appeal(rating=rated, by=actors.dept_head, grounds=WHY)


def test_a_sealed_rating_cannot_be_appealed(settle, rating_of, actors):
    with pytest.raises(Conflict):
        appeals.rating_appeal(rating=rating_of(settle(BAD)), by=actors.dept_head, grounds=WHY)


def test_nor_one_that_the_department_may_not_read(settle, rating_of, actors, release, at):
    rating = rating_of(settle(BAD))
    release()
    with at(AFTER):
        assert not may_appeal(rating, actors.city_dept)
        with pytest.raises(Conflict):
            appeals.rating_appeal(rating=rating, by=actors.dept_head, grounds=WHY)


def test_appealing_takes_grounds_and_is_possible_once(rated, actors, at):
    with at(AFTER):
        assert may_appeal(rated, actors.dept)
        with pytest.raises(Invalid):
            appeals.rating_appeal(rating=rated, by=actors.dept, grounds="  ")
        appeals.rating_appeal(rating=rated, by=actors.dept, grounds=WHY)
        assert not may_appeal(rated, actors.dept)
        with pytest.raises(Conflict):
            appeals.rating_appeal(rating=rated, by=actors.dept_head, grounds=WHY)
    assert RatingAppeal.objects.count() == 1


def test_five_workdays_after_the_release_it_is_too_late(rated, actors, at):
    with at(AFTER + timedelta(days=7)):  # 12 January 2027, the fifth workday
        assert may_appeal(rated, actors.dept)
    with at(AFTER + timedelta(days=8)):
        assert not may_appeal(rated, actors.dept)
        with pytest.raises(Conflict, match="届满"):
            appeals.rating_appeal(rating=rated, by=actors.dept, grounds=WHY)


@pytest.mark.parametrize("name", ["other_dept", "foreign_dept", "staff", "adjudicator", "city", "community"])
def test_only_the_rated_department_appeals(rated, actors, at, name):
    with at(AFTER), pytest.raises(Forbidden):
        appeals.rating_appeal(rating=rated, by=getattr(actors, name), grounds=WHY)


@pytest.mark.parametrize("name", ["foreign_adjudicator", "social", "staff", "dept_head", "city"])
def test_only_the_districts_ruling_group_rules(appealed, actors, name):
    with pytest.raises(Forbidden):
        appeals.appeal_uphold(appeal=appealed, by=getattr(actors, name), note="理由充分")


def test_upheld_the_rating_leaves_the_score_and_stays_written(appealed, rated, actors, at):
    with at(AFTER):
        before = Scorecard.objects.get(department_id=rated.department_id, period=QUARTER)
        assert list(appeals_waiting(actors.adjudicator)) == [appealed]
        assert not appeals_waiting(actors.foreign_adjudicator)
        appeals.appeal_uphold(appeal=appealed, by=actors.adjudicator, note="情况属实")
        assert not appeals_waiting(actors.adjudicator)
        scorecards_sweep()
    after = Scorecard.objects.get(pk=before.pk)
    assert (before.ratings, after.ratings) == (3, 2)
    assert (round(before.satisfaction, 1), after.satisfaction) == (66.7, 100)
    assert (round(before.resolution, 1), after.resolution) == (
        66.7,
        100,
    )  # the department's verified report counts again
    assert not after.is_stale
    rated.refresh_from_db()
    assert rated.speed == 1


def test_refused_nothing_changes(appealed, rated, actors, at):
    with at(AFTER):
        appeals.appeal_refuse(appeal=appealed, by=actors.adjudicator, note="预警在办结之后")
        scorecards_sweep()
    card = Scorecard.objects.get(department_id=rated.department_id, period=QUARTER)
    assert (card.ratings, round(card.satisfaction, 1)) == (3, 66.7)


@pytest.mark.parametrize("first", [appeals.appeal_uphold, appeals.appeal_refuse])
@pytest.mark.parametrize("second", [appeals.appeal_uphold, appeals.appeal_refuse])
def test_a_ruling_is_final(appealed, actors, first, second):
    first(appeal=appealed, by=actors.adjudicator, note="一")
    with pytest.raises(IllegalTransition):
        second(appeal=appealed, by=actors.adjudicator, note="二")
    appealed.refresh_from_db()
    assert appealed.ruling_note == "一"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("granted", "refused"),
        ("refused", "granted"),
        ("granted", "requested"),
        ("refused", "requested"),
        ("requested", "ended"),
    ],
)
def test_the_database_refuses_other_steps(appealed, before, after):
    if before != "requested":
        RatingAppeal.objects.filter(pk=appealed.pk).update(state=before)
    with pytest.raises(DatabaseError), transaction.atomic():
        RatingAppeal.objects.filter(pk=appealed.pk).update(state=after)


def test_a_ruling_needs_a_reason(appealed, actors):
    with pytest.raises(Invalid):
        appeals.appeal_uphold(appeal=appealed, by=actors.adjudicator, note=" ")


def test_the_timeline_says_that_there_was_an_appeal_but_not_what_it_says(appealed, rated, actors):
    appeals.appeal_uphold(appeal=appealed, by=actors.adjudicator, note="情况属实，一星评价不当")
    events = AuditEvent.objects.filter(thread=rated.ticket.thread, action__startswith="rating.appeal").order_by("id")
    assert [(row.label, row.note) for row in events] == [("申诉评价", ""), ("评价申诉成立", "")]


@pytest.mark.parametrize(
    "name", ["community", "grid_worker", "other_dept", "sibling_staff", "foreign_adjudicator", "outsider"]
)
def test_who_may_not_read_the_rating_does_not_read_the_appeal(appealed, actors, name):
    assert not RatingAppeal.objects.visible_to(getattr(actors, name)).exists()


def test_those_concerned_read_the_appeal(appealed, actors):
    for name in ("dept", "staff", "adjudicator", "city"):
        assert RatingAppeal.objects.visible_to(getattr(actors, name)).exists()


@pytest.fixture
def red_card(make_ticket, actors):
    ticket = loop.ticket_rework(ticket=make_ticket("pending_verify"), by=actors.staff, note="没有清理", is_false=True)
    return ticket.cards.get(colour="red")


def test_a_red_card_is_revoked_by_the_ruling_group_once_with_a_reason(red_card, actors):
    for name in ("dept_head", "staff", "social", "city", "foreign_adjudicator"):
        with pytest.raises(Forbidden):
            appeals.card_revoke(card=red_card, by=getattr(actors, name), note="误判")
    with pytest.raises(Invalid):
        appeals.card_revoke(card=red_card, by=actors.adjudicator, note="")
    appeals.card_revoke(card=red_card, by=actors.adjudicator, note="街道核实地点有误")
    with pytest.raises(IllegalTransition):
        appeals.card_revoke(card=red_card, by=actors.adjudicator, note="再来一次")
    red_card.refresh_from_db()
    assert red_card.is_revoked
    event = AuditEvent.objects.get(action="card.revoke", data__card=red_card.pk)
    assert event.note == "街道核实地点有误"


def test_a_revoked_card_asks_for_no_explanation(red_card, actors):
    from governance.kernel.deadlines import Deadline

    explain = Deadline.objects.filter(subject_type="ticket", subject_id=red_card.ticket_id, stage="explain")
    assert explain.get().state == "open"
    appeals.card_revoke(card=red_card, by=actors.adjudicator, note="街道核实地点有误")
    assert explain.get().state == "void"


def test_no_fault_is_ruled_once_on_a_known_ground(settle, make_ticket, actors):
    ticket = settle(BAD)
    with pytest.raises(Forbidden):
        appeals.ticket_excuse(ticket=ticket, by=actors.dept_head, ground="no_fault", note="不是我们")
    with pytest.raises(Invalid):
        appeals.ticket_excuse(ticket=ticket, by=actors.adjudicator, ground="friendship", note="熟人")
    appeals.ticket_excuse(ticket=ticket, by=actors.adjudicator, ground="no_fault", note="管线产权不在该部门")
    with pytest.raises(Conflict):
        appeals.ticket_excuse(ticket=ticket, by=actors.adjudicator, ground="no_fault", note="再认定")
    with pytest.raises(Conflict):
        appeals.ticket_excuse(ticket=make_ticket("reassigned"), by=actors.adjudicator, ground="no_fault", note="x")


def mails(event: str) -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(key__startswith=f"{event}:").order_by("id"))


def test_the_department_is_mailed_the_ruling_but_neither_rating_nor_reasons(appealed, actors):
    assert not [mail for mail in mails("rating.appeal") if mail.to_address == appealed.ticket.department.email]
    appeals.appeal_uphold(appeal=appealed, by=actors.adjudicator, note="台风属不可抗力")
    told = mails("rating.appeal_uphold")
    assert appealed.ticket.department.email in {mail.to_address for mail in told}
    for mail in told:
        assert "申诉成立" in mail.subject
        assert "不可抗力" not in mail.text + mail.html and WHY not in mail.text + mail.html


def test_a_refused_appeal_is_mailed_once(appealed, actors):
    appeals.appeal_refuse(appeal=appealed, by=actors.adjudicator, note="街道当日仍有值守")
    addresses = [mail.to_address for mail in mails("rating.appeal_refuse")]
    assert appealed.ticket.department.email in addresses and len(set(addresses)) == len(addresses)


def test_a_revoked_red_card_is_mailed_to_whom_it_was_mailed(make_ticket, actors, at):
    ticket = make_ticket(scene="emergency")
    with at(ticket.due_at + timedelta(days=1)):
        deadlines_fire()
        card = ticket.cards.get(colour="red")
        appeals.card_revoke(card=card, by=actors.adjudicator, note="时限计算有误")
    shown = {mail.to_address for mail in mails("ticket.card") if card.number in mail.subject}
    told = mails("card.revoke")
    assert {mail.to_address for mail in told} == shown != set()
    assert all("时限计算有误" in mail.text and card.number in mail.text for mail in told)
