"""The rollup is counted event by event; counting everything anew must give the same."""

import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction

from governance.dashboards import measures as m
from governance.dashboards.rollups import rollup_rebuild
from governance.kernel import clock
from governance.kernel.errors import DomainError
from governance.kernel.rollup import RollupDay, RollupDelta
from governance.whistles import services
from governance.whistles.models import Rating, Ticket, Whistle
from governance.whistles.services.appeals import appeal_uphold, rating_appeal, ticket_excuse
from governance.whistles.services.scores import quarter_release
from tests_support import stories

from .conftest import MONDAY, fold

pytestmark = pytest.mark.django_db


def _kept() -> dict:
    keys = ("day", "measure", "unit_id", "street_id", "department_id", "category_id")
    return {tuple(row[:-1]): row[-1] for row in RollupDay.objects.filter(amount__gt=0).values_list(*keys, "amount")}


def _total(measure: str) -> int:
    rows = RollupDay.objects.filter(measure=measure, street_id=0, department_id=0, category_id=0)
    return sum(rows.values_list("amount", flat=True))


def _step(actors, ticket: Ticket, dice: random.Random):
    """One thing that may happen to a ticket in its state; nothing to one that has ended."""
    by = actors.dept if ticket.department_id == _lead(actors) else actors.assistant_dept
    return _STEPS.get(ticket.status, lambda *_: None)(actors, ticket, by, dice)


def _rule(actors, ticket, by, dice):
    ruling = dice.choice([services.objection_uphold, services.objection_not_whistle])
    return ruling(ticket=ticket, by=actors.adjudicator, note="裁决")


def _come(actors, ticket, by, dice):
    if dice.random() < 0.3 and not ticket.contacted_at:
        return services.ticket_contact(ticket=ticket, by=by)
    return services.ticket_arrive(ticket=ticket, by=by, person="值班员")


def _work(actors, ticket, by, dice):
    if dice.random() < 0.3 and not ticket.was_hung:
        stories.ask_hold(actors, ticket)
        return services.hold_grant(ticket=stories.fresh(ticket), by=actors.adjudicator)
    outcome = dice.choice(["solved", "partly", "policy_explained"])
    return services.ticket_report_done(ticket=ticket, by=by, **{**stories.REPORT, "outcome": outcome})


def _look(actors, ticket, by, dice):
    if dice.random() < 0.4:
        return services.ticket_rework(ticket=ticket, by=actors.staff, note="现场仍有堆物")
    return services.ticket_verify(ticket=ticket, by=actors.staff)


def _judge(actors, ticket, by, dice):
    if dice.random() < 0.3:
        return services.ticket_lapse(ticket=ticket)
    given = {
        "quality": dice.choice([1, 3, 5]),
        "low_reason": "late",
        "thoroughly": dice.choice(["yes", "partly", "no"]),
    }
    return services.ticket_rate(ticket=ticket, by=actors.staff, **{**stories.STARS, **given})


_STEPS = {
    "pending_sign": lambda actors, ticket, by, dice: dice.choice([stories._accept, stories._object])(actors, ticket),
    "disputed": _rule,
    "pending_arrive": _come,
    "handling": _work,
    "hung": lambda actors, ticket, by, dice: services.hold_resume(
        ticket=ticket, by=actors.adjudicator, note="条件具备"
    ),
    "pending_verify": _look,
    "pending_eval": _judge,
}


def _lead(actors) -> int:
    return actors.dept.posts[0].department_id


@pytest.mark.parametrize("seed", range(4))
def test_random_stories_fold_to_what_a_rebuild_counts(actors, seed):
    """Whatever happens in whatever order, late or in time: folded deltas equal the facts."""
    dice, moment = random.Random(seed), MONDAY - timedelta(days=60)
    for turn in range(40):
        moment += timedelta(hours=dice.choice([1, 5, 30]), minutes=turn)
        with clock.travel(moment):
            tickets = list(Ticket.objects.select_related("whistle", "department", "station").order_by("id"))
            if turn < 4 or not tickets:
                scene = dice.choice(["emergency", "joint_enforce", "hard_demand"])
                stories.whistle(actors, scene=scene, **({"assistants": ()} if dice.random() < 0.7 else {}))
            elif dice.random() < 0.1:
                _disturb(actors, dice)
            else:
                _try(lambda tickets=tickets: _step(actors, dice.choice(tickets), dice))
    fold()
    folded = _kept()
    assert rollup_rebuild() == 0
    assert _kept() == folded
    assert _total("dispatched") == Ticket.objects.count()
    assert RollupDelta.objects.count() == 0


def _try(step) -> None:
    """An assistant still at work keeps the lead from reporting: then nothing happens."""
    with suppress(DomainError), transaction.atomic():
        step()


def _disturb(actors, dice) -> None:
    """Merge or unmerge a whistle, or excuse a ticket."""
    running = list(Whistle.objects.filter(status="in_progress").order_by("id"))
    merged = Whistle.objects.filter(status="merged").first()
    if merged:
        services.whistle_unmerge(whistle=merged, by=actors.staff)
    elif len(running) > 1:
        services.whistle_merge(whistle=running[0], into=running[1], by=actors.staff, note="同一事项")
    ticket = dice.choice(list(Ticket.objects.order_by("id")))
    _try(lambda: ticket_excuse(ticket=ticket, by=actors.adjudicator, ground="no_fault", note="不可抗力"))


def test_a_ticket_counts_at_the_place_and_department_where_it_happened(story, street, category):
    whistles = RollupDay.objects.filter(measure="whistle", street_id=street.pk)
    assert sum(whistles.values_list("amount", flat=True)) == 10
    lead = Ticket.objects.order_by("id").first().department_id
    signed = RollupDay.objects.filter(measure="accept_on_time", department_id=lead)
    assert sum(signed.values_list("amount", flat=True)) == _total("accept_on_time") > 0
    assert {row.street_id for row in signed} == {0}


def test_a_second_rework_is_not_counted_again(actors, make_ticket, monday):
    ticket = make_ticket("pending_verify")
    for hour in (1, 2):
        with clock.travel(monday + timedelta(hours=hour)):
            ticket = services.ticket_rework(ticket=stories.fresh(ticket), by=actors.staff, note="现场仍有堆物")
        with clock.travel(monday + timedelta(hours=hour, minutes=30)):
            services.ticket_report_done(ticket=stories.fresh(ticket), by=actors.dept, **stories.REPORT)
    fold()
    assert (_total("reworked"), _total("done"), _total("finish_on_time")) == (1, 1, 1)


def test_a_ticket_without_fault_leaves_the_rates_and_stays_in_the_flow(actors, make_ticket, monday):
    ticket = make_ticket("closed")
    fold()
    before = Counter({name: _total(name) for name in m.MEASURES})
    assert before["satisfied"] == before["solved"] == before["accept_on_time"] == 1
    ticket_excuse(ticket=ticket, by=actors.adjudicator, ground="no_fault", note="不可抗力")
    fold()
    assert {name: _total(name) for name in m.IN_RATES if _total(name)} == {}
    assert _total("dispatched") == _total("closed") == 1
    assert rollup_rebuild() == 0


def test_an_upheld_appeal_strikes_the_rating_out(actors, make_ticket, monday):
    ticket = make_ticket("pending_eval")
    services.ticket_rate(ticket=ticket, by=actors.staff, **{**stories.STARS, "speed": 1, "attitude": 1, "quality": 1,
                         "lawfulness": 1, "low_reason": "late", "thoroughly": "no"})  # fmt: skip
    for _ in range(2):
        make_ticket("closed")
    fold()
    assert (_total("dissatisfied"), _total("unsolved")) == (1, 1)
    with clock.travel(MONDAY + timedelta(days=45)):
        quarter_release(quarter="2026Q4", by=actors.city)
        appeal = rating_appeal(rating=Rating.objects.get(ticket=ticket), by=actors.dept, grounds="已按时到场处置")
        appeal_uphold(appeal=appeal, by=actors.adjudicator, note="成立")
    fold()
    assert (_total("dissatisfied"), _total("unsolved"), _total("solved")) == (0, 0, 3)
    assert rollup_rebuild() == 0


def test_a_rebuild_repairs_what_is_wrong(story):
    before = _kept()
    RollupDay.objects.filter(measure="accept_on_time").update(amount=77)
    RollupDay.objects.filter(measure="whistle").delete()
    assert rollup_rebuild() > 0
    assert _kept() == before
    assert rollup_rebuild() == 0


def test_other_measures_are_left_alone(story, monday):
    RollupDay.objects.create(day=monday.date(), measure="somebody_elses", amount=5)
    rollup_rebuild()
    assert RollupDay.objects.get(measure="somebody_elses").amount == 5
