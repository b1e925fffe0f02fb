"""Whatever the schema allows, and what it does not, is answered without a 5xx (schemathesis, generated from the schema)."""

import os
import time
from contextlib import contextmanager

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from governance.accounts.tokens import token_issue
from governance.kernel.actor import SYSTEM
from tests_support.databases import cloned_database

pytestmark = pytest.mark.slow
EXAMPLES = int(
    os.environ.get("FUZZ_EXAMPLES", "10")
)  # 50 per operation take minutes: FUZZ_EXAMPLES=50 before a release
# Who may do the most with each kind, so that requests get past the permissions.
WHO = {"whistles": "leader", "tickets": "dept", "ratings": "staff"}
RULED = ("uphold", "reassign", "not_whistle", "grant_hold", "refuse_hold", "continue_hold", "resume")
STREETS = ("verify", "rework", "rate", "grant_extension", "refuse_extension")


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker, tmp_path_factory):
    """The WSGI application over a database of its own, with tickets in every state, and a token per person."""
    from django.test import override_settings

    for signal in (request_started, request_finished):  # as the test client does: the rollback needs the connection
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), cloned_database() as database:
        folder = str(tmp_path_factory.mktemp("files"))
        with override_settings(MEDIA_ROOT=folder, API_RATES={"user": None, "anon": None}, ALLOWED_HOSTS=["*"]):
            for status in ("draft", "pending_review"):
                database.make_whistle(status=status)
            rows = {status: database.make_ticket(status) for status in ("pending_sign", "disputed", "handling", "hung",
                                                                        "pending_verify", "pending_eval")}  # fmt: skip
            names = {"leader", "dept", "staff", "adjudicator"}
            tokens = {name: token_issue(user=getattr(database.cast, name), by=SYSTEM) for name in names}
            schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())
            yield schema, tokens, rows
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def person(path: str) -> str:
    """Who asks for a path."""
    kind, step = path.split("/")[3], path.rstrip("/").rsplit("/", 1)[-1]
    if step in RULED:
        return "adjudicator"
    return "staff" if step in STREETS else WHO.get(kind, "leader")


def ticket_for(path: str, rows: dict) -> int:
    """A ticket on which the step of a path is the next, or nearly."""
    step = path.rstrip("/").rsplit("/", 1)[-1]
    states = {"accept": "pending_sign", "object": "pending_sign", "uphold": "disputed", "reassign": "disputed", "rate": "pending_eval",
              "not_whistle": "disputed", "verify": "pending_verify", "rework": "pending_verify", "continue_hold": "hung",
              "resume": "hung", "write_off": "hung"}  # fmt: skip
    return rows[states.get(step, "handling")].pk


@contextmanager
def undone():
    """Roll back what a request did, so that the next one finds the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def operations() -> list[str]:
    """Every operation of the schema as "METHOD path"."""
    from drf_spectacular.generators import SchemaGenerator

    found = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return [f"{method.upper()} {path}" for path, methods in found.items() for method in methods]


@pytest.mark.parametrize("operation", operations())
def test_no_input_brings_it_down(portal, operation):
    schema, tokens, rows = portal
    method, path = operation.split()
    target = schema[path][method]
    headers = {"Authorization": f"Token {tokens[person(path)]}"}
    asked, began = [], time.monotonic()

    @seed(20261123)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], print_blob=False,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(
        case=target.as_strategy(generation_mode=GenerationMode.POSITIVE)
        | target.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    )
    def every(case):
        if "{id}" in path and len(asked) % 2 and "tickets" in path:
            case.path_parameters = {"id": ticket_for(path, rows)}
        with undone():
            answer = case.call(headers=headers)
        asked.append(answer.status_code)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text[:300])

    every()
    assert len(asked) >= min(EXAMPLES, 5), (len(asked), time.monotonic() - began)
