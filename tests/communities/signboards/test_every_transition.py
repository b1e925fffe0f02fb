"""Every state × transition, legal and illegal, of board, campaign, rectification and re-check (domain-rules 3.2)."""

import pytest
from django.db import InternalError, ProgrammingError, transaction

from communities.signboards import states
from communities.signboards.workflow import AUDIT_FLOW, RECHECK_FLOW, RECTIFICATION_FLOW, SIGNBOARD_FLOW
from governance.kernel.actor import Actor, Post
from governance.kernel.errors import IllegalTransition, Invalid
from governance.kernel.files import file_store
from tests_support import photos

pytestmark = pytest.mark.django_db

# The rule book, written out a second time: a change of the workflow has to be made in both.
TABLES = {
    "board": {
        "registered": {"doubt": "doubtful", "unadmit": "unadmitted", "clear": "to_clear"},
        "unadmitted": {"keep": "registered", "doubt": "doubtful", "clear": "to_clear", "remove": "removed"},
        "doubtful": {"keep": "registered", "unadmit": "unadmitted", "clear": "to_clear"},
        "to_clear": {"keep": "registered", "remove": "removed"},
        "removed": {"reappear": "unadmitted"},
    },
    "audit": {
        "registering": {"compare": "comparing", "cancel": "cancelled"},
        "comparing": {"publish": "publicity", "cancel": "cancelled"},
        "publicity": {"amend": "comparing", "rectify": "rectifying"},
        "rectifying": {"submit": "accepting"},
        "accepting": {"return": "rectifying", "accept": "maintained"},
        "maintained": {"close": "closed"},
        "closed": {},
        "cancelled": {},
    },
    "rectification": {
        "open": {"press": "pressed", "finish": "done", "withdraw": "withdrawn"},
        "pressed": {"notify": "notified", "finish": "done", "withdraw": "withdrawn"},
        "notified": {"finish": "done"},
        "done": {},
        "withdrawn": {},
    },
    "recheck": {"waiting": {"clean": "clean", "reappeared": "reappeared"}, "clean": {}, "reappeared": {}},
}
FLOWS = {"board": SIGNBOARD_FLOW, "audit": AUDIT_FLOW, "rectification": RECTIFICATION_FLOW, "recheck": RECHECK_FLOW}
CELLS = [(kind, state, step) for kind, flow in FLOWS.items() for state in flow.states for step in flow.transitions]
PAIRS = [
    (kind, a.value, b.value)
    for kind, flow in FLOWS.items()
    for a in flow.states
    for b in flow.states
    if a != b and (a.value, b.value) not in flow.pairs()
]


@pytest.fixture
def anybody(street, department):
    """An actor whose posts cover the street and the department, so that only the state decides."""
    place = {"unit_id": street.unit_id, "street_id": street.pk, "department_id": department.pk}
    return Actor(
        label="任何人",
        posts=tuple(Post(role=role, **place) for role in ("street_staff", "unit_social", "dept_handler")),
    )


@pytest.fixture
def bring(make_board, make_audit, make_rectification, make_recheck):
    """``bring("board", "removed")``: a row as the services leave it."""
    makers = {"board": make_board, "audit": make_audit, "rectification": make_rectification, "recheck": make_recheck}
    return lambda kind, state: makers[kind](state)


def _needs(kind, step, row, anybody, lists) -> dict:
    """What the database wants with a step, beyond the state."""
    if (kind, step) == ("board", "keep"):
        return {"entry": lists.entry(row.community, "图书室")}
    if (kind, step) == ("board", "remove"):
        photo = file_store(subject=row, thread=row.thread, name="a.jpg", content=photos.jpeg(), by=anybody)
        return {"before_photo": photo, "after_photo": photo, "removed_on": row.registered_on}
    return {}


@pytest.mark.parametrize(("kind", "state", "name"), CELLS, ids=str)
def test_cell(kind, state, name, bring, anybody, lists, monkeypatch):
    flow, row = FLOWS[kind], bring(kind, state)
    assert row.status == state
    step, expected = flow.transitions[name], TABLES[kind][state].get(name)
    monkeypatch.setitem(flow.transitions, name, type(step)(**{**step.__dict__, "guards": ()}))
    changes = _needs(kind, name, row, anybody, lists)
    if expected is None:
        with pytest.raises(IllegalTransition):
            flow.fire(row, name, by=anybody, note="理由", changes=changes)
        assert type(row).objects.get(pk=row.pk).status == state
        return
    fired = flow.fire(row, name, by=anybody, note="理由", changes=changes)
    assert fired.status == type(row).objects.get(pk=row.pk).status == expected
    assert fired.version == row.version + 1


@pytest.mark.parametrize(("kind", "source", "target"), PAIRS, ids=str)
def test_the_database_refuses_a_skipped_step(kind, source, target, bring):
    row = bring(kind, source)
    with pytest.raises((InternalError, ProgrammingError), match=r"[Tt]ransition"), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(status=target)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, flow in FLOWS.items() for name, step in flow.transitions.items() if step.needs_note],
)
def test_a_step_with_a_reason_refuses_without(kind, name, bring, anybody):
    flow = FLOWS[kind]
    row = bring(kind, flow.transitions[name].sources[0])
    with pytest.raises(Invalid):
        flow.fire(row, name, by=anybody, note="  ")


def test_every_state_has_its_line():
    assert {kind: {state.value for state in flow.states} for kind, flow in FLOWS.items()} == {
        kind: set(table) for kind, table in TABLES.items()
    }
    assert set(states.HANGING) == {"registered", "to_clear", "unadmitted", "doubtful"}
