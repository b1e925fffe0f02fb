"""Every state × step of a form, legal and illegal; and the database refuses what goes round the table."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from communities.admission.models import BurdenQuota
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Forbidden, IllegalTransition
from grid.collection import services
from grid.collection.models import Form
from grid.collection.states import FormStatus as S
from grid.collection.workflow import FORM_FLOW
from tests_support import collection
from tests_support.triggers import triggers_off

pytestmark = pytest.mark.django_db
CELLS = [(state, step) for state in S.values for step in FORM_FLOW.transitions]
WHO = {"approve": "social", "decline": "social"}
SYSTEMS = ("release", "reopen", "retire")


@pytest.fixture
def bring(actors):
    """A form in any state, past the trigger: its own paths are told in test_dispatch_a_form."""

    def make(state: str) -> Form:
        collection.feed("RK-001")
        form = collection.send(actors, "RK-001") if state == S.ANSWERED else collection.draft(actors, "ZZ-005")
        if state in (S.WAITING, S.COLLECTING, S.SUMMARISED):
            form = collection.send(actors, form=form)
        more = {"joined_into": collection.draft(actors, "ZZ-012")} if state == S.JOINED else {}
        with triggers_off("grid.Form:form_flow"):
            Form.objects.filter(pk=form.pk).update(status=state, **more)
        return Form.objects.get(pk=form.pk)

    return make


@pytest.mark.parametrize("state", S.values)
def test_every_cell(actors, bring, state):
    """One form a state: the illegal steps first, none of which moves it; then each legal one in a transaction of its own."""
    form = bring(state)
    for name, step in FORM_FLOW.transitions.items():
        by = SYSTEM if name in SYSTEMS else getattr(actors, WHO.get(name, "dept"))
        target = step.targets[0] if step.targets else None
        changes = {"joined_into": collection.draft(actors, "SS-014")} if name == "join" else {}
        if state not in step.sources:
            with pytest.raises(IllegalTransition):
                FORM_FLOW.fire(form, name, by=by, note="理由", target=target, changes=changes)
        elif not step.targets:  # dispatch needs what the service brings
            with transaction.atomic():
                moved = FORM_FLOW.fire(form, name, by=by, note="理由", changes=changes)
                assert moved.status == step.target
                transaction.set_rollback(True)
        form.refresh_from_db()
        assert form.status == state


def test_the_table_is_whole():
    assert len(CELLS) == len(S.values) * 10
    assert {step.permission for step in FORM_FLOW.transitions.values()} == {
        "form.submit", "form.approve", "form.dispatch", "form.release", "form.join", "form.reopen", "form.summarise", "form.withdraw", "form.retire",
    }  # fmt: skip


@pytest.mark.parametrize(("state", "step"), [(S.WAITING, "release"), (S.JOINED, "reopen"), (S.WAITING, "retire")])
def test_people_do_not_do_what_is_the_systems(actors, bring, state, step):
    form = bring(state)
    for who in (actors.dept, actors.social, actors.city):
        with pytest.raises(Forbidden):
            FORM_FLOW.fire(form, step, by=who)


@pytest.mark.parametrize("step", [name for name, step in FORM_FLOW.transitions.items() if name not in SYSTEMS])
def test_strangers_take_no_step(actors, bring, step):
    form = bring(sorted(FORM_FLOW.transitions[step].sources)[0])
    target = (FORM_FLOW.transitions[step].targets or (None,))[0]
    for who in (actors.community, actors.other_dept, actors.foreign_staff, actors.outsider, actors.auditor):
        with pytest.raises(Forbidden):
            FORM_FLOW.fire(form, step, by=who, note="理由", target=target)
    form.refresh_from_db()
    assert form.status in FORM_FLOW.transitions[step].sources


@pytest.mark.parametrize("before", [S.DRAFT, S.APPROVED])
@pytest.mark.parametrize("after", [S.COLLECTING, S.WAITING, S.ANSWERED])
def test_every_way_out_of_dispatch(actors, before, after):
    """The one step with three ends, from both of its beginnings, by its own service."""
    code = "ZZ-013" if before == S.APPROVED else "ZZ-005"
    form = collection.draft(actors, code, required=frozenset({code}))
    if before == S.APPROVED:
        form = services.form_approve(
            form=services.form_submit(form=form, by=actors.dept), by=actors.social, note="同意"
        )
    if after == S.WAITING:
        BurdenQuota.objects.create(department=form.department, year=2026, minutes=1)
    if after == S.ANSWERED:
        collection.feed(code)
    assert form.status == before
    assert collection.send(actors, form=form, over_quota_reason="年度普查").status == after


@pytest.mark.parametrize(("before", "after"), [("draft", "summarised"), ("retired", "draft"), ("joined", "collecting")])
def test_the_database_keeps_the_table(bring, before, after):
    form = bring(before)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Form.objects.filter(pk=form.pk).update(status=after)


@pytest.mark.parametrize("changes", [
    {"manual_count": 0}, {"form_code": ""}, {"issuer": ""}, {"approval_no": ""}, {"valid_to": None}, {"item": None},
    {"manual_count": 16}, {"cap": None}, {"demand": None}, {"asked_cells": 10_000},
])  # fmt: skip
def test_the_database_keeps_what_a_dispatched_form_has(actors, changes):
    form = collection.send(actors, "ZZ-005")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Form.objects.filter(pk=form.pk).update(**changes)


def test_a_form_that_answered_itself_has_asked_nobody(actors):
    collection.feed("RK-001")
    form = collection.send(actors, "RK-001")
    with pytest.raises(IntegrityError), transaction.atomic():
        Form.objects.filter(pk=form.pk).update(minutes=1)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        form.delete()
