"""Twins of one draft at the same moment are one incident, numbers have no gaps, and a report costs a pinned number of statements."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grid.incidents.models import Incident
from grid.incidents.services import IncidentInput, incident_report
from tests_support.databases import at_once
from tests_support.queries import BASELINE

AT_ONCE, DRAFTS = 12, 4


@pytest.mark.slow
def test_twins_of_drafts_are_one_incident_each(throwaway_db):
    by = throwaway_db.actors.grid_worker

    def send(number: int) -> Incident:
        key = f"draft-{number % DRAFTS}"
        return incident_report(by=by, content=IncidentInput(words="楼道电梯困人", client_key=key))

    found = at_once(AT_ONCE, send)
    assert {one.number for one in found} == set(Incident.objects.values_list("number", flat=True))
    numbers = sorted(int(number[-4:]) for number in Incident.objects.values_list("number", flat=True))
    assert numbers == list(range(1, DRAFTS + 1))


@pytest.mark.django_db
def test_a_report_through_the_form_costs_what_is_pinned(client, cast):
    client.force_login(cast.grid_worker)

    def send():
        return client.post("/incidents/new/", {"words": "楼道电梯困人", "form_key": str(uuid.uuid4())})

    send()  # statements are prepared, rules and choices read
    with CaptureQueriesContext(connection) as queries:
        assert send().status_code == 302
    sent = [row["sql"] for row in queries if not row["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(sent) == BASELINE["report an incident"], sent
