"""Every state × transition of demand, target and refusal (domain-rules 2.3), and what the services do at each step."""

from datetime import timedelta

import pytest
from django.db import InternalError, ProgrammingError, transaction

from communities.admission.gate import services as gate
from communities.admission.models import BurdenQuota, Demand, DemandTarget, Refusal
from communities.admission.refusals import services
from communities.admission.refusals.selectors import basis_for, reason_for
from communities.admission.states import DemandStatus, RefusalReason, RefusalStatus, TargetStatus
from communities.admission.workflow import DEMAND_FLOW, REFUSAL_FLOW, TARGET_FLOW
from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor, Post
from governance.kernel.deadlines import Deadline, deadlines_fire
from governance.kernel.errors import Conflict, Forbidden, IllegalTransition, Invalid
from governance.kernel.outbox import OutboxMail
from tests_support import demands, stories
from tests_support.demands import DAY, MARKS, MORNING

pytestmark = pytest.mark.django_db

# The tables of the rule book, written out a second time: a change of the workflow has to be made in both.
DEMAND_TABLE = {
    "pending_approval": {"approve": "sent", "decline": "declined", "withdraw": "withdrawn"},
    "sent": {"withdraw": "withdrawn", "close": "closed"},
    "withdrawn": {}, "declined": {}, "closed": {},
}  # fmt: skip
TARGET_TABLE = {
    "open": {"complete": "done", "refuse": "refused", "release": "released"},
    "refused": {"resume": "open", "release": "released"},
    "done": {}, "released": {},
}  # fmt: skip
REFUSAL_TABLE = {
    "filed": {"withdraw": "withdrawn", "amend": "amended", "contest": "in_ruling"},
    "in_ruling": {"withdraw": "withdrawn", "uphold": "upheld", "overrule": "overruled"},
    "withdrawn": {}, "amended": {}, "upheld": {}, "overruled": {},
}  # fmt: skip
FLOWS = {
    "demand": (DEMAND_FLOW, DEMAND_TABLE, DemandStatus), "target": (TARGET_FLOW, TARGET_TABLE, TargetStatus),
    "refusal": (REFUSAL_FLOW, REFUSAL_TABLE, RefusalStatus),
}  # fmt: skip
CELLS = [
    (kind, state, name) for kind, (flow, _t, states) in FLOWS.items() for state in states for name in flow.transitions
]
BY_SYSTEM = {"demand.close", "target.resume", "target.release"}


def bring(kind: str, state: str, actors):
    """A row in the state, as the services leave it."""
    return {"demand": _demand, "target": _target, "refusal": demands.refusal}[kind](actors, state)


def _demand(actors, state: str) -> Demand:
    if state in ("pending_approval", "declined"):
        demands.send(actors)
        BurdenQuota.objects.update(minutes=80)
        row = demands.send(actors, over_quota_reason="专项部署")
        return gate.demand_decline(demand=row, by=actors.social, note="不必") if state == "declined" else row
    row = demands.send(actors, places=demands.communities(1) if state == "closed" else None)
    if state == "withdrawn":
        return gate.demand_withdraw(demand=row, by=actors.dept, note="撤回")
    if state == "closed":
        gate.target_complete(target=row.targets.get(), by=actors.community)
    return Demand.objects.get(pk=row.pk)


def _target(actors, state: str) -> DemandTarget:
    part = demands.target(actors)
    if state == "done":
        gate.target_complete(target=part, by=actors.community)
    if state == "refused":
        demands.refusal(actors, part=part)
    if state == "released":
        gate.demand_withdraw(demand=part.demand, by=actors.dept, note="撤回")
    return DemandTarget.objects.get(pk=part.pk)


@pytest.fixture
def anybody():
    """An actor whose posts cover everything in the story, so that only the state decides."""
    street, community = stories.street(), demands.communities(1)[0]
    place = {
        "unit_id": street.unit_id, "street_id": street.pk, "community_id": community.pk,
        "department_id": stories.departments(street)[0].pk,
    }  # fmt: skip
    roles = ("unit_social", "city_office", "adjudicator", "dept_head", "community")
    return Actor(label="任何人", posts=tuple(Post(role=role, **place) for role in roles))


@pytest.mark.parametrize(("kind", "state", "name"), CELLS, ids=lambda part: str(part))
def test_cell(kind, state, name, actors, anybody):
    flow, table, _states = FLOWS[kind]
    row, expected = bring(kind, state, actors), table[state].get(name)
    assert row.status == state
    by = SYSTEM if flow.transitions[name].permission in BY_SYSTEM else anybody
    if expected is None:
        with pytest.raises(IllegalTransition):
            flow.fire(row, name, by=by, note="理由")
        assert type(row).objects.get(pk=row.pk).status == state
        return
    assert flow.fire(row, name, by=by, note="理由").status == expected


@pytest.mark.parametrize(
    ("kind", "source", "target"),
    [
        (kind, a, b)
        for kind, (flow, _t, states) in FLOWS.items()
        for a in states
        for b in states
        if a != b and (a.value, b.value) not in flow.pairs()
    ],
    ids=lambda part: str(part),
)
def test_the_database_refuses_a_skipped_step(kind, source, target, actors):
    row = bring(kind, source, actors)
    with pytest.raises((InternalError, ProgrammingError), match=r"[Tt]ransition"), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(status=target)


@pytest.mark.parametrize("kind", FLOWS)
def test_every_step_with_a_reason_refuses_without(kind, actors, anybody):
    flow = FLOWS[kind][0]
    for step in flow.transitions.values():
        if step.needs_note:
            with pytest.raises(Invalid):
                flow.fire(bring(kind, step.sources[0], actors), step.name, by=anybody, note=" ")
            return


def used() -> int:
    return BurdenQuota.objects.get().used


def part_of(refusal: Refusal) -> DemandTarget:
    return DemandTarget.objects.get(pk=refusal.target_id)


def test_filing_stops_the_part_and_starts_the_departments_clock(actors):
    refusal = demands.refusal(actors)
    assert part_of(refusal).status == "refused"
    assert refusal.basis.startswith("社区工作事务准入制度：准入清单规定了")
    assert Deadline.objects.filter(subject_type="refusal", subject_id=refusal.pk, stage="answer", state="open").exists()
    assert used() == 80


@pytest.mark.parametrize(("status", "part", "minutes"), [
    ("withdrawn", "released", 60), ("upheld", "released", 60), ("amended", "open", 80), ("overruled", "open", 80),
    ("in_ruling", "refused", 80),
])  # fmt: skip
def test_how_it_ends(actors, status, part, minutes):
    refusal = demands.refusal(actors, status)
    assert refusal.status == status
    assert part_of(refusal).status == part
    assert used() == minutes
    running = set(Deadline.objects.filter(subject_type="refusal", state="open").values_list("stage", flat=True))
    assert running == ({"ruling"} if status == "in_ruling" else set())


def test_nobody_is_late_for_having_refused(actors):
    part = demands.target(actors, due_on=DAY + timedelta(days=1))
    refusal = demands.refusal(actors, "in_ruling", part=part)
    with clock.travel(MORNING + timedelta(days=9)):
        services.refusal_overrule(refusal=refusal, by=actors.adjudicator, note="应当办理")
    assert part_of(refusal).due_on == DAY + timedelta(days=10)


def test_the_same_part_is_refused_once(actors):
    refusal = demands.refusal(actors, "amended")
    with pytest.raises(Conflict, match="拒收过一次"):
        services.refusal_file(target=part_of(refusal), by=actors.community, reason="overlap")


def test_withdrawing_the_demand_ends_its_refusals(actors):
    refusal = demands.refusal(actors, "in_ruling")
    gate.demand_withdraw(demand=refusal.demand, by=actors.dept, note="不再需要")
    refusal.refresh_from_db()
    assert refusal.status == "withdrawn"
    assert used() == 0


def test_the_last_one_let_off_closes_the_demand(actors):
    part = demands.target(actors, places=demands.communities(1))
    refusal = demands.refusal(actors, "withdrawn", part=part)
    assert Demand.objects.get(pk=refusal.demand_id).status == "closed"


@pytest.mark.parametrize("who", ["dept", "staff", "social", "city", "grid_worker", "sibling_community", "auditor"])
def test_only_the_community_refuses(actors, who):
    part = demands.target(actors)
    with pytest.raises(Forbidden):
        services.refusal_file(target=part, by=getattr(actors, who), reason="overlap")


def test_who_answers_and_who_rules(actors):
    refusal = demands.refusal(actors)
    for who in ("other_dept", "city_dept", "social", "community", "staff", "city"):
        with pytest.raises(Forbidden):
            services.refusal_amend(refusal=refusal, by=getattr(actors, who), note="改")
    refusal = services.refusal_contest(refusal=refusal, by=actors.dept, note="不认同")
    for who in ("dept", "foreign_adjudicator", "social", "city", "community"):
        with pytest.raises(Forbidden):
            services.refusal_uphold(refusal=refusal, by=getattr(actors, who), note="裁")


@pytest.mark.parametrize(
    ("words", "field"), [("上海社区居委会不办", "words"), ("我们上海社区不办", "words"), ("x" * 301, "words")]
)
def test_words_that_give_the_community_away(actors, words, field):
    part = demands.target(actors)
    words = words.replace("上海社区居委会", part.community.name).replace(
        "上海", part.community.name.removesuffix("社区居委会").removesuffix("居委会").removesuffix("社区")
    )
    with pytest.raises(Invalid) as caught:
        services.refusal_file(target=part, by=actors.community, reason="overlap", words=words)
    assert set(caught.value.fields) == {field}


def test_an_unknown_reason(actors):
    with pytest.raises(Invalid):
        services.refusal_file(target=demands.target(actors), by=actors.community, reason="lazy")


@pytest.mark.parametrize(("form", "cites"), [("survey", True), ("report", False)])
def test_the_statistics_law_is_cited_for_surveys_only(actors, form, cites):
    part = demands.target(actors, items=demands.item(form=form), marks=MARKS)
    words = basis_for(part, RefusalReason.MARKS_EXPIRED)
    assert ("《中华人民共和国统计法》第十七条：" in words) == cites
    assert ("不引用统计法" in words) != cites


@pytest.mark.parametrize("reason", RefusalReason.values)
def test_every_reason_has_its_basis(actors, reason):
    assert 20 < len(basis_for(demands.target(actors), reason)) <= 400


def test_the_reason_is_proposed(actors):
    item = demands.item(frequency_cap=1)
    first = demands.target(actors, items=item)
    assert reason_for(first) == RefusalReason.NOT_LISTED
    gate.target_complete(target=first, by=actors.community)
    assert reason_for(demands.target(actors, items=item)) == RefusalReason.OVER_FREQUENCY
    other = demands.item("SQ-U-2026-030", form="report")
    part = demands.target(actors, items=other, marks=MARKS)
    with clock.travel(MORNING + timedelta(days=800)):
        assert reason_for(part) == RefusalReason.MARKS_EXPIRED


def test_an_answer_that_does_not_come_goes_to_the_district(actors, cast):
    cast.social.email = "social@example.com"
    cast.social.save()
    refusal = demands.refusal(actors)
    with clock.travel(MORNING + timedelta(days=10)):
        deadlines_fire()
        deadlines_fire()
    refusal.refresh_from_db()
    assert refusal.escalated_at is not None
    assert OutboxMail.objects.filter(key__startswith=f"refusal.escalate:{refusal.pk}:").count() == 1
    assert demands.communities(1)[0].name not in OutboxMail.objects.get(subject__startswith="【逾期").text
    assert refusal.status == "filed"


def test_a_stale_page(actors):
    part = demands.target(actors)
    from governance.kernel.errors import StaleVersion

    with pytest.raises(StaleVersion):
        services.refusal_file(target=part, by=actors.community, reason="overlap", version=99)
