"""Every state × transition of an application, legal and illegal; who may take which step (domain-rules 2.3)."""

import pytest
from django.db import InternalError, ProgrammingError, transaction

from communities.admission.applications.states import ApplicationStatus
from communities.admission.applications.workflow import APPLICATION_FLOW
from communities.admission.models import AdmissionApplication
from governance.kernel.actor import SYSTEM, Actor, Post
from governance.kernel.errors import Forbidden, IllegalTransition, Invalid
from tests_support.applications import application

pytestmark = pytest.mark.django_db

# The table of the rule book, written out a second time: a change of the workflow has to be made in both.
TABLE = {
    "draft": {"submit": "checking", "declare": "emergency", "withdraw": "withdrawn"},
    "checking": {"pass_check": "consulting", "return": "correcting", "refuse": "refused", "withdraw": "withdrawn"},
    "correcting": {"submit": "checking", "withdraw": "withdrawn", "lapse": "lapsed"},
    "consulting": {"conclude": "reviewing", "withdraw": "withdrawn"},
    "reviewing": {"publish": "publicity", "refuse": "refused", "withdraw": "withdrawn"},
    "publicity": {"approve": "in_force", "refuse": "refused", "withdraw": "withdrawn"},
    "in_force": {},
    "refused": {"appeal": "appealing"},
    "appealing": {"refuse": "refused", "reopen": "reviewing"},
    "emergency": {"revoke": "lapsed", "lapse": "lapsed"},
    "lapsed": {},
    "withdrawn": {},
}
HOLDERS = {
    "submit": {"dept", "dept_head"}, "withdraw": {"dept", "dept_head"}, "appeal": {"dept", "dept_head"}, "declare": {"dept_head"},
    "pass_check": {"social"}, "return": {"social"}, "conclude": {"social"}, "publish": {"social"}, "approve": {"social"},
    "refuse": {"social"}, "reopen": {"social"}, "revoke": {"social"}, "lapse": set(),
}  # fmt: skip
NAMES = ("dept", "dept_head", "other_dept", "city_dept", "social", "foreign_social", "city", "adjudicator", "finance", "leader",
         "staff", "community", "auditor", "sysadmin", "outsider")  # fmt: skip
CELLS = [(state.value, name) for state in ApplicationStatus for name in APPLICATION_FLOW.transitions]


@pytest.fixture
def anybody(street, departments):
    """Posts that cover the story's unit and department, so that only state and guards decide."""
    place = {"unit_id": street.unit_id, "department_id": departments[0].pk}
    return Actor(label="任何人", posts=tuple(Post(role=role, **place) for role in ("dept_head", "unit_social")))


@pytest.mark.parametrize(("state", "name"), CELLS)
def test_cell(state, name, anybody, actors, monkeypatch):
    row = application(actors, state)
    step, expected = APPLICATION_FLOW.transitions[name], TABLE[state].get(name)
    bare = type(step)(**{**step.__dict__, "guards": ()})  # guards: test_apply.py
    monkeypatch.setitem(APPLICATION_FLOW.transitions, name, bare)
    by = SYSTEM if step.permission == "application.lapse" else anybody
    changes = {"item": application_item(row)} if expected in ("in_force", "emergency") else {}
    if expected is None:
        with pytest.raises(IllegalTransition):
            APPLICATION_FLOW.fire(row, name, by=by, note="理由")
        assert AdmissionApplication.objects.get(pk=row.pk).status == state
        return
    if expected == "publicity":
        changes = {"minutes_text": "纪要", "bodies": ["social"]}
    assert APPLICATION_FLOW.fire(row, name, by=by, note="理由", changes=changes).status == expected
    assert AdmissionApplication.objects.get(pk=row.pk).version == row.version + 1


def application_item(row):
    """Any item: the constraint wants one."""
    from communities.admission.models import AdmissionItem

    return AdmissionItem.objects.in_force().filter(place=row.place).first()


@pytest.mark.parametrize("name", list(APPLICATION_FLOW.transitions))
def test_who_may(name, actors):
    step = APPLICATION_FLOW.transitions[name]
    row = application(actors, step.sources[0])
    for who in NAMES:
        allowed = who in HOLDERS[name]
        refusal = APPLICATION_FLOW.refusal(row, type(step)(**{**step.__dict__, "guards": ()}), getattr(actors, who))
        assert (refusal is None) == allowed, (who, refusal)
        if not allowed:
            with pytest.raises(Forbidden):
                APPLICATION_FLOW.fire(row, name, by=getattr(actors, who), note="理由")


@pytest.mark.parametrize("name", [step.name for step in APPLICATION_FLOW.transitions.values() if step.needs_note])
def test_a_reason_is_needed(name, actors, anybody):
    row = application(actors, APPLICATION_FLOW.transitions[name].sources[0])
    with pytest.raises(Invalid):
        APPLICATION_FLOW.fire(row, name, by=anybody, note=" ")


SKIPPED = [
    (a.value, b.value) for a in ApplicationStatus for b in ApplicationStatus
    if a != b and (a.value, b.value) not in APPLICATION_FLOW.pairs()
]  # fmt: skip


@pytest.mark.parametrize("source", [state.value for state in ApplicationStatus])
def test_the_database_refuses_a_skipped_step(source, actors):
    row = application(actors, source)
    for target in [end for start, end in SKIPPED if start == source]:
        with pytest.raises((InternalError, ProgrammingError), match=r"[Tt]ransition"), transaction.atomic():
            AdmissionApplication.objects.filter(pk=row.pk).update(status=target)
