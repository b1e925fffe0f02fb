"""Every state × step of projects, payments and findings, taken by the services: the legal ones end where the table says, the others
change nothing. No cell is left out.
"""

from datetime import timedelta

import pytest
from django.db import transaction

from funding.ledger.models import Journal
from funding.ledger.services import account_for, journal_post, move
from funding.projects import services
from funding.projects.models import Acceptance, Finding, PaymentRequest, Project, PublicNotice
from funding.projects.states import FindingStatus, Notice, PaymentStatus, ProjectStatus, Step
from funding.projects.workflow import FINDING_FLOW, PAYMENT_FLOW, PROJECT_FLOW
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import Conflict, DomainError
from tests_support.triggers import triggers_off

from .conftest import balances

pytestmark = pytest.mark.django_db
NOTE = "按规定办理，理由如上。"


def cells(flow, states):
    """The full product."""
    return [(state.value, name) for state in states for name in flow.transitions]


def put(row, status: str, **more):
    """The row in a state, past the triggers."""
    with triggers_off(type(row)._meta.label):
        type(row).objects.filter(pk=row.pk).update(status=status, **more)
    row.refresh_from_db()
    return row


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One project that has all that any step asks for, and its people; taken back afterwards."""
    from governance.territory.models import Division
    from tests_support.cast import people_as_actors

    from .conftest import Stories

    with django_db_blocker.unblock(), transaction.atomic():
        actors = people_as_actors()
        place = Division.objects.select_related("unit", "street").get(pk=actors.community.posts[0].community_id)
        year = clock.today().year
        source = account_for(kind="source", fund="service_mass", year=year)
        purse = account_for(kind="available", fund="service_mass", year=year, community=place)
        journal_post(by=SYSTEM, kind="budget", memo="测试", legs=move(source, purse, 100_000_00), key="every-step")
        tell = Stories(actors, place)
        row = tell.project()
        for kind in Notice.values:
            PublicNotice.objects.create(
                project=row, round=1, kind=kind, from_on=clock.today() - timedelta(days=8), to_on=clock.today(),
                place="公告栏", by_label="某人", at=clock.now() - timedelta(days=8),
            )  # fmt: skip
        Acceptance.objects.create(
            project=row, held_on=clock.today() - timedelta(days=9), people="张某", asked=1, satisfied=1, passed=True, words="好",
            by_label="某人",
        )  # fmt: skip
        yield tell, row
        transaction.set_rollback(True)


def take(tell, row, action: str):
    """The step, by whom it belongs to, with whatever form it has."""
    a, today = tell.a, clock.today()
    week = today + timedelta(days=7)
    if action in Step.values:
        return tell.meeting(row, action)
    if action in ("publish", "announce"):
        return services.notice_open(project=row, by=a.community, from_on=today, to_on=week, place="公告栏")
    if action == "extend":
        return services.notice_extend(project=row, by=a.community, to_on=week)
    if action in ("accept", "rework"):
        return services.acceptance_record(
            project=row, by=a.community, held_on=today, people="张某", asked=1, satisfied=1, passed=action == "accept",
            words="看过了",
        )  # fmt: skip
    people = {"review": a.leader, "return": a.leader, "change": a.leader, "terminate": a.leader, "file": a.finance}
    return services.project_step(project=row, action=action, by=people.get(action, a.community), note=NOTE)


@pytest.mark.parametrize(("status", "action"), cells(PROJECT_FLOW, ProjectStatus))
def test_a_project(world, status, action):
    tell, row = world
    step = PROJECT_FLOW.transitions[action]
    had_money = {"filed_at": clock.now()} if action == "terminate" else {"filed_at": None}
    with transaction.atomic():
        put(row, status, **had_money)
        before = (balances(tell.place), Journal.objects.count())
        # 公示决算 is what the form of a publication does with an accepted project; elsewhere the same form publishes the decision.
        if status not in step.sources and not (
            action in ("publish", "announce") and status in ("resolved", "accepted")
        ):
            with pytest.raises(Conflict), transaction.atomic():
                take(tell, row, action)
            row.refresh_from_db()
            assert row.status == status
            assert (balances(tell.place), Journal.objects.count()) == before
        elif status in step.sources:
            done = take(tell, row, action)
            assert done.status == (step.target or status)
            assert done.version == row.version + 1
        transaction.set_rollback(True)


@pytest.mark.parametrize(("status", "action"), cells(PAYMENT_FLOW, PaymentStatus))
def test_a_payment(tell, place, status, action):
    step = PAYMENT_FLOW.transitions[action]
    large = status == "second" or action in ("first", "second")
    project = tell.project("implementing", lines=[("30227", "大修", 90_000_00)])
    fen = 60_000_00 if large else 8_000_00
    row = tell.payment("draft", project=project, fen=fen)
    if status == "second":
        row = tell.pay_step(tell.pay_step(row, "submit"), "first")
    elif large and status == "submitted":
        row = tell.pay_step(row, "submit")
    elif not large:
        row = tell.payment(status, project=project, fen=fen)
    elif status != "draft":
        back = row.amount_fen if status == "refunded" else 0
        row = put(row, status, approved_label="甲", second_label="乙", refunded_fen=back)
    before = balances(place)
    if status in step.sources:
        assert tell.pay_step(row, action).status == step.target
        moved = {"approve", "second", "pay", "bounce", "refund"} | ({"cancel"} if status == "approved" else set())
        assert (balances(place) != before) == (action in moved)
    else:
        with pytest.raises(Conflict), transaction.atomic():
            tell.pay_step(row, action)
        row.refresh_from_db()
        assert row.status == status
        assert balances(place) == before


@pytest.mark.parametrize(("status", "action"), cells(FINDING_FLOW, FindingStatus))
def test_a_finding(tell, actors, status, action):
    found = put(tell.project(purpose="给老年食堂买打印机打印菜单").findings.get(), status)
    step = FINDING_FLOW.transitions[action]

    def go():
        if action == "appeal":
            return services.finding_appeal(finding=found, by=actors.community, note=NOTE)
        if action == "clear":  # the portal itself, when the words are gone
            return FINDING_FLOW.fire(found, "clear", by=SYSTEM)
        return services.finding_rule(finding=found, by=actors.finance, allow=action == "allow", note=NOTE)

    if status in step.sources:
        assert go().status == step.target
    else:
        with pytest.raises(DomainError):
            go()
        found.refresh_from_db()
        assert found.status == status


@pytest.mark.parametrize("model", [Project, PaymentRequest, Finding])
def test_nothing_is_born_half_way(tell, model):
    project = tell.project()
    row = {
        Project: project, PaymentRequest: tell.payment(fund="office", economic_code="30201"),
        Finding: Finding.objects.create(project=project, community=tell.place, street_id=tell.place.street_id,
                                        unit_id=tell.place.unit_id, mark="x", reason="y"),
    }[model]  # fmt: skip
    first = row.status
    unique = "mark" if model is Finding else "number"
    for state in type(row)._meta.get_field("status").choices:
        row.pk, row.status = None, state[0]
        setattr(row, unique, f"T-{state[0]}")
        if state[0] == first:
            continue
        with pytest.raises(Exception, match=r"Cannot insert|payment_signed"), transaction.atomic():
            row.save(force_insert=True)
