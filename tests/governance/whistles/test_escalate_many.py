"""Many overdue limits at once mean the same as each by itself."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from governance.kernel import deadlines
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import Deadline, DeadlineStep, deadlines_fire
from governance.kernel.links import AnswerLink
from governance.kernel.outbox import OutboxMail
from governance.kernel.rollup import RollupDelta
from governance.whistles.models import Card, Ticket
from governance.whistles.services import escalate

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
STATES = ("pending_sign", "pending_arrive", "handling", "disputed", "pending_eval")


@pytest.fixture(autouse=True)
def monday(at):
    with at(MONDAY):
        yield


def plain(value, ticket) -> str:
    """Without what differs between two tickets that had the same life."""
    text = str(value).replace(ticket.whistle.number, "NUMBER").replace("督〔2026〕", "")
    return re.sub(r"%%(\w+):\d+%%", r"%%\1%%", text)


def world(ticket) -> dict:
    """All that an escalation writes about one ticket, without keys."""
    row = Ticket.objects.values("status", "stage", "due_at", "version", "closed_at").get(pk=ticket.pk)
    cards = list(ticket.cards.order_by("id"))
    events = AuditEvent.objects.filter(subject_type="ticket", subject_id=ticket.pk).order_by("id")
    limits = Deadline.objects.filter(subject_type="ticket", subject_id=ticket.pk).order_by("id")
    steps = DeadlineStep.objects.filter(deadline__in=limits).order_by("deadline_id", "level")
    mails = OutboxMail.objects.filter(thread=ticket.thread).order_by("id")
    order = {card.pk: place for place, card in enumerate(cards)}
    return {
        "ticket": row,
        "cards": [
            (c.colour, c.reason, c.stage, c.round, bool(c.number), c.department_id, c.unit_id, c.created_at) for c in cards
        ],
        "events": [
            (e.action, e.label, e.actor_id, e.actor_label, e.via, e.from_status, e.to_status, e.note, e.at,
             {**e.data, "card": order.get(e.data.get("card"))}, e.thread == ticket.thread)
            for e in events
        ],
        "limits": list(limits.values_list("stage", "round", "amount", "unit", "rule_key", "starts_at", "due_at", "state",
                                          "closed_at", "provisional")),
        "steps": list(steps.values_list("deadline__stage", "deadline__round", "level", "fire_at", "fired_at", "failures")),
        "mails": sorted(
            (m.to_address, m.to_name, re.sub(r"\d+号", "号", plain(m.subject, ticket)),
             re.sub(r"\d+号", "号", plain(m.text, ticket)), re.sub(r"\d+号", "号", plain(m.html, ticket)),
             plain(m.reply_to, ticket), m.urgent, m.state, m.not_before, len(m.key.split(":")))
            for m in mails
        ),
        "links": sorted(AnswerLink.objects.filter(subject_type="ticket", subject_id=ticket.pk)
                        .values_list("recipient", "expires_at")),
    }  # fmt: skip


@pytest.mark.parametrize("scene", ["emergency", "joint_enforce"])
@pytest.mark.parametrize("state", STATES)
def test_one_by_one_and_all_at_once_agree(make_ticket, at, monkeypatch, state, scene):
    each, together = make_ticket(state, scene=scene), make_ticket(state, scene=scene)
    for wait in (timedelta(minutes=14), timedelta(minutes=40), timedelta(days=2), timedelta(days=30)):
        with at(MONDAY + wait):
            with monkeypatch.context() as patch:
                others = Deadline.objects.exclude(subject_id=each.pk).filter(state="open")
                kept = list(others.values_list("pk", flat=True))
                Deadline.objects.filter(pk__in=kept).update(state="void")
                patch.setattr(deadlines, "_batch_handlers", {})
                deadlines_fire()
                Deadline.objects.filter(pk__in=kept).update(state="open")
            deltas = RollupDelta.objects.count()
            deadlines_fire()
            assert RollupDelta.objects.count() == deltas or state == "pending_eval"
        assert world(each) == world(together)
    assert DeadlineStep.objects.filter(failures__gt=0).count() == 0


def test_a_batch_asks_little_whatever_its_size(make_ticket, at, django_assert_max_num_queries):
    tickets = [make_ticket(scene="emergency") for _ in range(6)]
    with at(MONDAY + timedelta(minutes=16)), django_assert_max_num_queries(40):
        assert deadlines_fire() >= len(tickets)
    assert Card.objects.filter(ticket__in=tickets, colour="yellow").count() == len(tickets)


def test_the_same_card_twice_takes_no_number(make_ticket, at):
    ticket = make_ticket(scene="emergency")
    with at(ticket.due_at + timedelta(days=1)):
        deadlines_fire()
        first = ticket.cards.get(colour="red")
        DeadlineStep.objects.filter(deadline__subject_id=ticket.pk, level="red").update(fired_at=None)
        deadlines_fire()
        other = make_ticket(scene="emergency")
    with at(other.due_at + timedelta(days=1)):
        deadlines_fire()
    assert ticket.cards.filter(colour="red").count() == 1
    numbers = [int(re.search(r"(\d+)号", card.number)[1]) for card in (first, other.cards.get(colour="red"))]
    assert numbers[1] == numbers[0] + 1


def test_a_batch_that_fails_goes_on_one_by_one(make_ticket, at, monkeypatch):
    tickets = [make_ticket(scene="emergency") for _ in range(2)]

    def broken(steps):
        escalate.deadline_steps(steps)
        raise RuntimeError("in the middle")

    monkeypatch.setitem(deadlines._batch_handlers, "ticket", broken)
    with at(max(ticket.due_at for ticket in tickets) + timedelta(seconds=1)):
        deadlines_fire()
    assert [ticket.cards.count() for ticket in tickets] == [1, 1]
