"""Every state × transition of projects, findings and payments: the legal ones go on, the others are refused and change nothing."""

import pytest
from django.db import IntegrityError, transaction

from funding.projects.models import Finding, PaymentRequest, Project
from funding.projects.states import FindingStatus, PaymentStatus, ProjectStatus
from funding.projects.workflow import FINDING_FLOW, PAYMENT_FLOW, PROJECT_FLOW
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import DomainError, IllegalTransition
from governance.kernel.permission import MATRIX
from tests_support.triggers import triggers_off

pytestmark = pytest.mark.django_db


def cells(flow, states):
    """All pairs."""
    return [(state.value, name) for state in states for name in flow.transitions]


def put(row, status: str):
    """The row in a state, past the flow's trigger."""
    signed = {"approved_label": "甲", "second_label": "乙"} if isinstance(row, PaymentRequest) else {}
    if isinstance(row, PaymentRequest):
        signed["refunded_fen"] = row.amount_fen if status == "refunded" else 0
    with triggers_off(type(row)._meta.label):
        type(row).objects.filter(pk=row.pk).update(status=status, **signed)
    row.refresh_from_db()
    return row


@pytest.fixture(scope="module")
def rows(django_db_setup, django_db_blocker):
    """One project, payment and finding for all cells, taken back afterwards."""
    from governance.territory.models import Division
    from tests.funding.projects.conftest import LINES, Stories
    from tests_support.cast import people_as_actors

    with django_db_blocker.unblock(), transaction.atomic():
        actors = people_as_actors()
        place = Division.objects.get(pk=actors.community.posts[0].community_id)
        tell = Stories(actors, place)
        project = tell.project(lines=[*LINES, ("30201", "打印纸", 100)])
        payment = PaymentRequest.objects.create(
            number="ZF-T", community=place, street_id=place.street_id, unit_id=place.unit_id, fund="office", year=project.year,
            supplier=tell.supplier(), economic_code="30201", amount_fen=100, purpose="纸", created_label="某人",
        )  # fmt: skip
        yield {Project: project, PaymentRequest: payment, Finding: Finding.objects.filter(project=project).first()}
        transaction.set_rollback(True)


FLOWS = {Project: (PROJECT_FLOW, ProjectStatus), PaymentRequest: (PAYMENT_FLOW, PaymentStatus),
         Finding: (FINDING_FLOW, FindingStatus)}  # fmt: skip
CELLS = [(model, *cell) for model, (flow, states) in FLOWS.items() for cell in cells(flow, states)]


@pytest.mark.parametrize(("model", "status", "action"), CELLS, ids=lambda part: getattr(part, "__name__", part))
def test_a_cell(rows, django_db_blocker, model, status, action):
    flow = FLOWS[model][0]
    step = flow.transitions[action]
    row = rows[model]
    row.status = status
    reason = flow.refusal(row, step, SYSTEM)
    if status not in step.sources:
        assert reason == "当前状态不能进行此操作。"
    else:
        assert reason != "当前状态不能进行此操作。"
    assert step.permission in MATRIX


@pytest.mark.parametrize("model", list(FLOWS), ids=lambda model: model.__name__)
def test_the_database_refuses_every_jump_that_no_step_makes(tell, model):
    flow, states = FLOWS[model]
    legal = flow.pairs()
    row = {Project: lambda: tell.project(), PaymentRequest: lambda: tell.payment(),
           Finding: lambda: Finding.objects.create(project=tell.project(), community=tell.place, street_id=tell.place.street_id,
                                                   unit_id=tell.place.unit_id, mark="x", reason="y")}[model]()  # fmt: skip
    for source in states:
        put(row, source.value)
        for target in states:
            if source == target or (source, target) in legal:
                continue
            with pytest.raises(Exception, match=r"Invalid transition|payment_|refus") as caught, transaction.atomic():
                model.objects.filter(pk=row.pk).update(status=target.value)
            assert "Invalid transition" in str(caught.value) or isinstance(caught.value, IntegrityError)


@pytest.mark.parametrize("status", [state.value for state in PaymentStatus])
def test_an_illegal_step_of_a_payment_moves_no_money(tell, status):
    from tests.funding.projects.conftest import balances

    row = tell.payment() if status != "second" else tell.payment(fen=60_000_00, project=tell.project("implementing", lines=[
        ("30227", "大修", 90_000_00)]), status="second")  # fmt: skip
    if status not in ("draft", "second"):
        put(row, status)
    before = balances(tell.place)
    for name, step in PAYMENT_FLOW.transitions.items():
        if status in step.sources:
            continue
        with pytest.raises((IllegalTransition, DomainError)):
            tell.pay_step(row, name)
    assert balances(tell.place) == before
