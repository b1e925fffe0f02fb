"""Fifty repeats at the same moment are one incident, whatever makes them the same: the API's key, the draft's number, both doors."""

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import Deadline
from governance.kernel.rollup import RollupDelta
from grid.incidents import services
from grid.incidents.models import Incident

REPEATS, WORKERS = 50, 16
BODY = {"words": "楼道电梯困人", "place": "3 号楼"}


@pytest.fixture
def worker(throwaway_db):
    services.routing_load()
    return throwaway_db.cast.grid_worker


def at_once(user, ask) -> list:
    start = threading.Barrier(WORKERS)

    def one(number: int):
        client = Client()
        client.force_login(user)
        if number < WORKERS:
            start.wait(30)
        try:
            return ask(client)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(REPEATS)))


def one_effect() -> Incident:
    row = Incident.objects.get()
    assert AuditEvent.objects.filter(action="incident.report").count() == 1
    assert Deadline.objects.filter(subject_type="incident").count() == 1
    assert RollupDelta.objects.filter(measure="incident_reported").count() == 2  # the unit and its street
    return row


def test_by_api_with_a_key(worker):
    url, body = reverse("api-incident-list"), json.dumps(BODY)
    send = lambda client: client.post(url, body, content_type="application/json", headers={"Idempotency-Key": "same"})  # noqa: E731
    answers = at_once(worker, send)
    assert {one.status_code for one in answers} <= {200, 201} and len({one.json()["number"] for one in answers}) == 1
    assert one_effect().number == answers[0].json()["number"]


def test_by_api_with_a_drafts_number(worker):
    url, body = reverse("api-incident-list"), json.dumps({**BODY, "client_key": str(uuid.uuid4())})
    answers = at_once(worker, lambda client: client.post(url, body, content_type="application/json"))
    assert {one.status_code for one in answers} <= {200, 201} and len({one.json()["number"] for one in answers}) == 1
    one_effect()


def test_by_telephone(worker):
    draft = {**BODY, "form_key": str(uuid.uuid4())}
    answers = at_once(worker, lambda client: client.post("/report/send/", draft))
    assert {one.status_code for one in answers} == {200} and len({one.json()["number"] for one in answers}) == 1
    one_effect()
