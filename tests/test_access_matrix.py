"""Every address × GET, POST × every role × {own, child, sibling, parent, foreign}: nothing unlisted, nothing changed, no leak.

UPDATE_ACCESS=1 writes tests/baselines/access.json anew; read its diff before you commit it.
"""

import os

import pytest

from governance.kernel import cached
from tests_support import access, access_world
from tests_support.databases import cloned_database

pytestmark = [pytest.mark.slow]
ADDRESSES = dict(access.addresses())
UPDATE = os.environ.get("UPDATE_ACCESS") == "1"

# Open to whoever comes: no person's data behind them, or the token in the address is the right to it.
OPEN = {"sign-in", "sign-in-demo", "set-up", "home", "healthz", "livez", "answer", "answer-renew", "answer-action",
        "answer-file", "incident-answer", "incident-answer-renew", "incident-answer-action", "incident-answer-file", "form-answers",
        "catalogues", "catalogue", "catalogue-compare", "admission-items", "admission-item", "mailbox",
        "certificates", "certificate-notice", "white-paper", "money-find", "money", "money-ask", "money-disclosure", "money-way",
        "money-project",
        "api-disclosure-list", "api-disclosure-detail", "my-grid",
        "open-data", "open-data-dictionary", "open-data-set", "open-data-file", "api-open-dataset-list", "api-open-dataset-detail",
        "api-open-data-dictionary-list", "api-open-data-dictionary-detail",
        "open311-discovery", "open311-services", "open311-service", "open311-requests", "open311-request", "open311-token",
        "open311-discovery-xml", "open311-services-xml", "open311-service-xml", "open311-requests-xml", "open311-request-xml",
        "open311-token-xml", "open311-nothing",
        "mailbox-message", "mailbox-release"}  # fmt: skip
STRANGERS = ("outsider", "foreign_staff", "foreign_adjudicator", "foreign_social", "foreign_dept")
NEXT_DOOR = ("sibling_leader", "sibling_staff")
HOME = ("own", "child", "parent", "sibling")
READ_ONLY = ("auditor", "liaison", "building_head", "grid_worker", "outsider")
# What a read-only role may do all the same: its own session, its own password, its own display.
ONES_OWN = {"sign-out", "password", "sign-in", "sign-in-demo"}


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world, built once in a database of its own, and a browser per role."""
    from django.test import override_settings

    with django_db_blocker.unblock(), cloned_database() as database:
        folder = str(tmp_path_factory.mktemp("files"))
        no_rates = {"user": None, "anon": None}
        cookie = "django.contrib.sessions.backends.signed_cookies"
        with (
            override_settings(MEDIA_ROOT=folder, API_RATES=no_rates, SESSION_ENGINE=cookie),
            access.appointments_read_once(),
        ):
            cached.forget_all()
            world = access_world.build(database.cast)
            walker = access.Walker(database.cast)
            yield lambda name: access.observe(name, ADDRESSES[name], world, walker)


@pytest.mark.parametrize("name", ADDRESSES)
def test_who_gets_what(walk, name):
    cells = walk(name)
    if UPDATE:
        access.keep(name, cells)
    problems = [
        *leaks(name, cells),
        *strangers_without_sign_in(name, cells),
        *writes_by_readers(name, cells),
        *crashes(cells),
    ]
    assert not problems, "\n".join(problems)
    assert access.packed(cells) == access.baseline().get(name), f"{name}: read the change, then UPDATE_ACCESS=1"


def test_the_baseline_lists_exactly_what_there_is():
    assert set(access.baseline()) == set(ADDRESSES)


def leaks(name: str, cells: dict) -> list[str]:
    """An object of another's scope never opens, whatever the method; it answers as if it were not there."""
    if not ADDRESSES[name] or not access.sample_of(name).scoped:
        return []
    found = []
    for cell, answers in cells.items():
        relation = cell.split()[1]
        outside = STRANGERS if relation in HOME else ("outsider",)
        outside += NEXT_DOOR if relation in ("own", "child", "parent") else ()
        found += [f"{name} {cell}: {who} {answers[who]}" for who in outside if _opened(answers[who])]
    return found


def _opened(status: str) -> bool:
    return status.rstrip("+") not in ("404", "403", "405") or status.endswith("+")


def strangers_without_sign_in(name: str, cells: dict) -> list[str]:
    """Nobody who is not signed in gets a page or changes anything."""
    if name in OPEN:
        return []
    allowed = ("sign-in", "401", "405", "302" if name == "sign-out" else "401")
    return [f"{name} {cell}: nobody {answers[access.ANYBODY]}" for cell, answers in cells.items()
            if answers[access.ANYBODY] not in allowed]  # fmt: skip


def writes_by_readers(name: str, cells: dict) -> list[str]:
    """Roles that only read leave no trace of a change; nor does any GET."""
    if name in OPEN | ONES_OWN:
        return []
    return [f"{name} {cell}: {who} {status}" for cell, answers in cells.items() for who, status in answers.items()
            if status.endswith("+") and (who in READ_ONLY or cell.startswith("GET"))]  # fmt: skip


def crashes(cells: dict) -> list[str]:
    """No cell answers 5xx."""
    return [
        f"{cell}: {who} {status}"
        for cell, answers in cells.items()
        for who, status in answers.items()
        if status[0] == "5"
    ]
