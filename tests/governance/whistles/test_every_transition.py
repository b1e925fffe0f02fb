"""Every state × transition, legal and illegal, of whistle and ticket (domain-rules 1.3)."""

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from governance.kernel.actor import SYSTEM, Actor, Post
from governance.kernel.errors import IllegalTransition, Invalid
from governance.whistles.models import Ticket, Whistle
from governance.whistles.states import TicketStatus, WhistleStatus
from governance.whistles.workflow import TICKET_FLOW, WHISTLE_FLOW

pytestmark = pytest.mark.django_db

# The table of the rule book, written out a second time: a change of the workflow has to be made in both.
TICKET_TABLE = {
    "pending_sign": {"accept": "pending_arrive", "object": "disputed", "end": "terminated", "merge": "merged"},
    "disputed": {"uphold": "pending_arrive", "reassign": "reassigned", "not_whistle": "terminated", "end": "terminated", "merge": "merged"},
    "pending_arrive": {"contact": "pending_arrive", "arrive": "handling", "end": "terminated", "merge": "merged"},
    "handling": {
        "contact": "handling", "consult": "consulting", "ask_extension": "handling", "grant_extension": "handling",
        "refuse_extension": "handling", "ask_hold": "handling", "grant_hold": "hung", "refuse_hold": "handling",
        "report_done": "pending_verify", "end": "terminated", "merge": "merged",
    },
    "consulting": {"minute": "handling", "end": "terminated", "merge": "merged"},
    "hung": {"continue_hold": "hung", "resume": "handling", "write_off": "pending_verify", "end": "terminated", "merge": "merged"},
    "pending_verify": {"verify": "pending_eval", "rework": "handling", "end": "terminated", "merge": "merged"},
    "pending_eval": {"rate": "closed", "lapse": "closed", "end": "terminated", "merge": "merged"},
    "closed": {},
    "reassigned": {},
    "terminated": {},
    "merged": {"unmerge": "handling"},
}  # fmt: skip
WHISTLE_TABLE = {
    "draft": {"submit": "pending_review"},
    "pending_review": {
        "return": "draft", "decline": "terminated", "approve": "pending_dispatch", "withdraw": "terminated", "merge": "merged",
    },
    "pending_dispatch": {"dispatch": "in_progress", "withdraw": "terminated", "merge": "merged"},
    "in_progress": {"settle": "closed", "end": "terminated", "merge": "merged"},
    "closed": {"archive": "archived"},
    "archived": {},
    "terminated": {},
    "merged": {"unmerge": "in_progress"},
}  # fmt: skip

CELLS = [("ticket", state, name) for state in TicketStatus for name in TICKET_FLOW.transitions]
CELLS += [("whistle", state, name) for state in WhistleStatus for name in WHISTLE_FLOW.transitions]


@pytest.fixture
def anybody(street, departments):
    """An actor whose posts cover the story's street and department, so that only state and guards decide."""
    roles = ("street_leader", "street_staff", "adjudicator", "unit_social", "city_office", "dept_handler")
    place = {"unit_id": street.unit_id, "street_id": street.pk, "department_id": departments[0].pk}
    return Actor(label="任何人", posts=tuple(Post(role=role, **place) for role in roles))


def bring(model, state, actors, make_whistle, make_ticket):
    """A row in the state, as the services leave it."""
    return make_ticket(state) if model == "ticket" else make_whistle(status=state)


@pytest.mark.parametrize(("model", "state", "name"), CELLS, ids=lambda part: str(part))
def test_cell(model, state, name, anybody, actors, make_whistle, make_ticket, monkeypatch):
    flow, table = (TICKET_FLOW, TICKET_TABLE) if model == "ticket" else (WHISTLE_FLOW, WHISTLE_TABLE)
    row = bring(model, state, actors, make_whistle, make_ticket)
    step, expected = flow.transitions[name], table[state].get(name)
    monkeypatch.setitem(flow.transitions, name, type(step)(**{**step.__dict__, "guards": ()}))  # guards: test_guards.py
    by = SYSTEM if step.permission in {"whistle.close", "whistle.archive", "ticket.lapse"} else anybody
    if expected is None:
        with pytest.raises(IllegalTransition):
            flow.fire(row, name, by=by, note="理由", target=step.targets[0] if step.targets else None)
        assert type(row).objects.get(pk=row.pk).status == state
        return
    fired = flow.fire(row, name, by=by, note="理由", target=expected if step.targets else None)
    assert fired.status == expected
    assert type(row).objects.get(pk=row.pk).status == expected
    assert fired.version == row.version + 1


@pytest.mark.parametrize("flow", [WHISTLE_FLOW, TICKET_FLOW])
def test_every_step_with_a_reason_refuses_without(flow, actors, make_whistle, make_ticket, anybody):
    model = "ticket" if flow is TICKET_FLOW else "whistle"
    for step in flow.transitions.values():
        if not step.needs_note:
            continue
        row = bring(model, step.sources[0], actors, make_whistle, make_ticket)
        with pytest.raises(Invalid):
            flow.fire(row, step.name, by=anybody, note="  ")


def every_pair(states, flow):
    return [(a, b) for a in states for b in states if a != b and (a.value, b.value) not in flow.pairs()]


@pytest.mark.parametrize(("source", "target"), every_pair(TicketStatus, TICKET_FLOW), ids=lambda state: state.value)
def test_the_database_refuses_a_skipped_step(source, target, make_ticket):
    row = make_ticket(source)
    with pytest.raises((InternalError, ProgrammingError), match=r"[Tt]ransition"), transaction.atomic():
        Ticket.objects.filter(pk=row.pk).update(status=target)


def test_the_database_refuses_raw_sql_too(make_whistle):
    row = make_whistle(status="draft")
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE governance_whistle SET status = 'closed' WHERE id = %s", [row.pk])
    assert Whistle.objects.get(pk=row.pk).status == "draft"
