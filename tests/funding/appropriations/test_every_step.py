"""Every state × step, legal and illegal, of run, batch and line (domain-rules 10.2); what bypasses the services is refused."""

import pytest
from django.db import InternalError, ProgrammingError, transaction

from funding.appropriations import states
from funding.appropriations.models import (
    DisbursementBatch,
    DisbursementLine,
    EntitlementLine,
    EntitlementRun,
    PayeeAccount,
)
from funding.appropriations.workflow import BATCH_FLOW, LINE_FLOW, RUN_FLOW
from governance.kernel.actor import Actor, Post
from governance.kernel.errors import IllegalTransition, Invalid
from tests_support import entitlements as story

pytestmark = pytest.mark.django_db

# The rule book, written out a second time: a change of the workflow has to be made in both.
TABLES = {
    "run": {
        "draft": {"submit": "submitted", "void": "void"},
        "submitted": {"return": "draft", "approve": "approved"},
        "approved": {"appropriate": "appropriated"},
        "appropriated": {"close": "closed"},
        "closed": {},
        "void": {},
    },
    "batch": {
        "draft": {"check": "checked", "cancel": "cancelled"},
        "checked": {"return": "draft", "approve": "approved", "cancel": "cancelled"},
        "approved": {"return": "draft", "export": "exported", "cancel": "cancelled"},
        "exported": {"settle": "partly_returned"},
        "partly_returned": {"settle": "settled"},
        "settled": {},
        "cancelled": {},
    },
    "line": {
        "planned": {"send": "sent", "drop": "dropped"},
        "held": {"drop": "dropped"},
        "sent": {"arrive": "arrived", "bounce": "bounced"},
        "arrived": {},
        "bounced": {},
        "dropped": {},
    },
}
FLOWS = {"run": RUN_FLOW, "batch": BATCH_FLOW, "line": LINE_FLOW}
CELLS = [(kind, state, step) for kind, flow in FLOWS.items() for state in flow.states for step in flow.transitions]
PAIRS = [
    (kind, a.value, b.value)
    for kind, flow in FLOWS.items()
    for a in flow.states
    for b in flow.states
    if a != b and (a.value, b.value) not in flow.pairs()
]
MODELS = {"run": EntitlementRun, "batch": DisbursementBatch, "line": DisbursementLine}


@pytest.fixture
def anybody(unit):
    """A third person with every post, so that only state and guards decide."""
    posts = tuple(Post(role=role, unit_id=unit.pk) for role in ("city_office", "unit_finance"))
    return Actor(label="任何人", posts=posts)


@pytest.fixture
def bring(unit, places, year):
    """A row in a state, small: states are only guarded on their way."""
    signed = {"approved_label": "第二人"}

    def run(state):
        if state == "submitted":  # what is approved is compared with the rules: it has to be a real one
            row = story.run(unit, "submitted")
            EntitlementRun.objects.filter(pk=row.pk).update(**signed)
            return row
        row = EntitlementRun.objects.create(
            number=f"R-{state}", year=year - 1 if state == "appropriated" else year, fund="service_mass", unit=unit,
            status=state, calculated_label="测算人", **signed,
        )  # fmt: skip
        if state == "draft":
            EntitlementLine.objects.create(
                run=row, year=year, fund=row.fund, community=places[0], street=places[0].street, unit=unit, amount_fen=100,
                full_fen=100, months=12,
            )  # fmt: skip
            EntitlementRun.objects.filter(pk=row.pk).update(communities=1, total_fen=100)
            row.refresh_from_db()
        return row

    def batch(state):
        row = DisbursementBatch.objects.create(
            number=f"B-{state}", year=year, fund="service_mass", unit=unit, percent=25, status=state, created_label="编制人",
            **signed,
        )  # fmt: skip
        if state == "draft":
            DisbursementBatch.objects.filter(pk=row.pk).update(count=0)
            row.count = 0
        return row

    def line(state):
        grant = run("draft")
        for step in ("submitted", "approved", "appropriated"):
            EntitlementRun.objects.filter(pk=grant.pk).update(status=step)
        payee = PayeeAccount.objects.create(
            community=places[0], street=places[0].street, unit=unit, name="户名", bank="银行", number="000012345678"
        )
        return DisbursementLine.objects.create(
            batch=batch("draft"), number=1, year=year, fund="service_mass", community=places[0], street=places[0].street,
            unit=unit, payee=payee, amount_fen=100, status=state,
        )  # fmt: skip

    return lambda kind, state: {"run": run, "batch": batch, "line": line}[kind](state)


@pytest.mark.parametrize(("kind", "state", "step"), CELLS)
def test_every_cell(bring, anybody, kind, state, step):
    row, flow = bring(kind, state), FLOWS[kind]
    end = TABLES[kind][state].get(step)
    target = end if flow.transitions[step].targets else None
    if end is None:
        with pytest.raises(IllegalTransition, match="状态下不能"):
            flow.fire(row, step, by=anybody, note="理由")
        return
    if (kind, step) == ("batch", "check"):
        with pytest.raises(IllegalTransition, match="没有可以拨付"):
            flow.fire(row, step, by=anybody)
        return
    if kind == "line":  # lines move in bulk, by their batch's services
        assert DisbursementLine.objects.filter(pk=row.pk).update(status=end) == 1
        return
    assert flow.fire(row, step, by=anybody, note="理由", target=target).status == end


def test_every_state_and_step_is_in_the_book():
    for kind, flow in FLOWS.items():
        assert set(TABLES[kind]) == {state.value for state in flow.states}
        assert {name for steps in TABLES[kind].values() for name in steps} == set(flow.transitions)


@pytest.mark.parametrize(
    ("kind", "step"), [("run", "return"), ("run", "void"), ("batch", "return"), ("batch", "cancel")]
)
def test_a_step_back_wants_its_reason(bring, anybody, kind, step):
    state = {("run", "return"): "submitted", ("batch", "return"): "checked"}.get((kind, step), "draft")
    with pytest.raises(Invalid, match="理由"):
        FLOWS[kind].fire(bring(kind, state), step, by=anybody, note=" ")


@pytest.mark.parametrize(("kind", "a", "b"), PAIRS)
def test_the_database_knows_the_same_table(bring, kind, a, b):
    row = bring(kind, a)
    with pytest.raises((InternalError, ProgrammingError), match="Invalid transition"), transaction.atomic():
        MODELS[kind].objects.filter(pk=row.pk).update(status=b)


def test_states_are_those_of_the_rule_book():
    assert [state.value for state in states.RunStatus] == [
        "draft",
        "submitted",
        "approved",
        "appropriated",
        "closed",
        "void",
    ]
    assert states.BatchStatus.PARTLY_RETURNED.label == "部分回盘"
