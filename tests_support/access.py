"""The access matrix: every address × method × role × relation, as it is answered by the running views."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from governance.accounts import middleware
from governance.kernel.audit import AuditEvent
from governance.kernel.metrics import CARDS

from . import access_applications, signboards
from .access_parts import PARTS
from .access_world import (
    PERIOD,
    RELATIONS,
    appointment_of,
    department_of,
    division_of,
    scorecard_of,
    user_of,
)
from .cast import NEIGHBOURS, ROLES

BASELINE = Path(__file__).parent.parent / "tests" / "baselines" / "access.json"
ANYBODY = "anonymous"
EVERYBODY = (*ROLES, *NEIGHBOURS, "dept", "dept_head", "assistant_dept", "other_dept", "city_dept", "station", "foreign_dept",
             "sibling_community", "outsider", ANYBODY)  # fmt: skip
# Not pages of the portal: no person's data, no state.
SKIPPED = {
    "api-docs",  # Swagger's own page; tests/governance/api/test_read_the_schema.py looks at it
    "api-schema",  # the same for everybody, a second each time; the same tests read it
    "healthz",  # 200 or 503 by the state of the workers, the same for everybody
}


@dataclass(frozen=True)
class Sample:
    """How to address an object: ``make(world, relation)`` gives the URL's arguments; ``scoped`` means 404 outside one's scope."""

    make: Callable
    relations: tuple[str, ...] = RELATIONS
    scoped: bool = True


def _of(attribute: str, **more) -> Sample:
    """An object of the world in each relation, by pk."""
    return Sample(lambda world, relation: {"pk": getattr(world, attribute)[relation].pk, **more})


def _one(make: Callable) -> Sample:
    """One object for all; who may see it depends on the role alone."""
    return Sample(lambda world, relation: make(world), ("own",), scoped=False)


def _link(**more) -> Sample:
    return Sample(lambda world, relation: {"token": world.links[relation], **more}, scoped=False)


def _user() -> Sample:
    return Sample(lambda world, relation: {"pk": user_of(world, relation).pk}, scoped=False)


def _whistle_pk(world, relation) -> dict:
    return {"pk": world.tickets[relation].whistle_id}


def _card(world, relation) -> dict:
    card = scorecard_of(relation)
    return {"code": department_of(relation).code, "period": card.period if card else PERIOD}


WHISTLE = Sample(_whistle_pk)
TICKET = _of("tickets")
SAMPLES: dict[str, Sample] = {
    "whistle": WHISTLE,
    "whistle-edit": _of("drafts"),
    "whistle-action": Sample(lambda world, relation: _whistle_pk(world, relation) | {"action": "merge"}),
    "ticket": TICKET,
    "ticket-action": _of("tickets", action="accept"),
    "ticket-excuse": TICKET,
    "file": _of("files"),
    "rating": _of("ratings"),
    "rating-appeal": _of("ratings"),
    "rating-appeal-rule": _of("appeals"),
    "card-revoke": _of("cards"),
    "scorecard": Sample(_card),
    "scorecard-tickets": Sample(_card),
    "score-release": _one(lambda world: {"quarter": PERIOD}),
    "assessments-year": _one(lambda world: {"year": 2026}),
    "assessment": Sample(lambda world, relation: {"year": 2026, "code": department_of(relation).code}, scoped=False),
    "answer": _link(),
    "answer-renew": _link(),
    "answer-action": _link(action="accept"),
    "answer-file": Sample(
        lambda world, relation: {"token": world.links[relation], "pk": world.files["own"].pk}, scoped=False
    ),
    "certificate-notice": _one(lambda world: {"slug": "kinship"}),
    "user": _user(),
    "appoint": _user(),
    "user-password": _user(),
    "user-enable": _user(),
    "user-disable": _user(),
    "user-unlock": _user(),
    "appointment-end": Sample(lambda world, relation: {"pk": appointment_of(world, relation).pk}, scoped=False),
    "outbox-retry": _one(lambda world: {"pk": world.outbox.pk}),
    "quarantine-mail": _one(lambda world: {"pk": world.inbound.pk}),
    "quarantine-release": _one(lambda world: {"pk": world.inbound.pk}),
    "quarantine-discard": _one(lambda world: {"pk": world.inbound.pk}),
    "mailbox-message": _one(lambda world: {"pk": world.mailbox.pk}),
    "territory-unit": Sample(lambda world, relation: {"code": division_of(relation).unit.code}, scoped=False),
    "territory-division": Sample(lambda world, relation: {"code12": division_of(relation).code12}, scoped=False),
    "dashboard-unit": Sample(lambda world, relation: {"code": division_of(relation).unit.code}),
    "department": Sample(lambda world, relation: {"code": department_of(relation).code}, scoped=False),
    "import-new": _one(lambda world: {"kind": "departments"}),
    "import-template": _one(lambda world: {"kind": "departments"}),
    "import": _one(lambda world: {"pk": world.batch.pk}),
    "import-errors": _one(lambda world: {"pk": world.batch.pk}),
    "import-confirm": _one(lambda world: {"pk": world.batch.pk}),
    "policy-rule": _one(lambda world: {"key": "whistle.done_already_min"}),
    "policy-rule-change": _one(lambda world: {"key": "whistle.done_already_min"}),
    "metric-card": _one(lambda world: {"key": min(CARDS)}),
    "audit-event": _one(lambda world: {"pk": world.event.pk}),
    "api-rating-detail": _of("ratings"),
    "api-file-detail": _of("files"),
    "api-file-content": _of("files"),
    "api-scorecard-detail": Sample(lambda world, relation: {"pk": getattr(scorecard_of(relation), "pk", 10**9)}),
    "api-unit-detail": Sample(lambda world, relation: {"code": division_of(relation).unit.code}, scoped=False),
    "api-division-detail": Sample(lambda world, relation: {"code12": division_of(relation).code12}, scoped=False),
    "api-department-detail": Sample(lambda world, relation: {"code": department_of(relation).code}, scoped=False),
    "api-category-detail": _one(lambda world: {"code": "0101"}),
    "api-grid-detail": _one(lambda world: {"code15": "210204010001001"}),
    "demand": _of("demands"),
    "demand-action": _of("demands", action="withdraw"),
    "demand-target": _of("targets"),
    "target-complete": _of("targets"),
    "target-refuse": _of("targets"),
    "refusal": _of("refusals"),
    "refusal-action": _of("refusals", action="withdraw"),
    "api-demand-detail": _of("demands"),
    "api-target-detail": _of("targets"),
    "api-refusal-detail": _of("refusals"),
    **access_applications.samples(_of, _one),
    **signboards.samples(_of, _one),
    **{name: sample for part in PARTS for name, sample in part.samples(_of, _one).items()},
    "api-whistle-edit": _of("drafts"),
    "api-whistle-submit": _of("drafts"),
}
PREFIXES = {"api-whistle-": WHISTLE, "api-ticket-": TICKET, "api-signboard-": _of("boards"), "api-form-": _of("forms")}


def addresses() -> Iterator[tuple[str, bool]]:
    """Every named address of the portal and whether it takes arguments."""
    for name, pattern in sorted(_walk(get_resolver().url_patterns, "")):
        if name not in SKIPPED:
            yield name, "<" in pattern


def _walk(patterns, before: str) -> Iterator[tuple[str, str]]:
    for entry in patterns:
        pattern = f"{before}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, pattern)
        elif isinstance(entry, URLPattern):
            yield entry.name or pattern, pattern


def sample_of(name: str) -> Sample:
    """How to address an object of this address; KeyError says that a new address needs a line in SAMPLES."""
    if name in SAMPLES:
        return SAMPLES[name]
    for prefix, sample in PREFIXES.items():
        if name.startswith(prefix):
            return sample
    raise KeyError(f"{name}: a new address; say in tests_support/access.py how to reach its object")


def paths(name: str, takes_arguments: bool, world) -> dict[str, str]:
    """The paths of an address by relation; "" where there is no object."""
    if not takes_arguments:
        return {"": reverse(name)}
    sample = sample_of(name)
    return {relation: reverse(name, kwargs=sample.make(world, relation)) for relation in sample.relations}


def is_step(name: str) -> bool:
    """Whether an address of the API only takes POST."""
    return name.startswith(tuple(PREFIXES)) and not name.endswith(("-detail", "-list"))


class Walker:
    """One signed-in browser per role; every request is rolled back.

    The requests pass the whole middleware and the views draw their pages. What never differs between two requests of one
    role is read once: his session (in a signed cookie, where a roll-back cannot change it) and his appointments.
    """

    def __init__(self, cast):
        self.handler, self.factory = ClientHandler(enforce_csrf_checks=False), RequestFactory()
        self.cookies = {name: self._signed_in(getattr(cast, name)) for name in EVERYBODY if name != ANYBODY}
        self.last = AuditEvent.objects.latest("id").pk  # stays the last one: nothing is kept

    @staticmethod
    def _signed_in(user) -> SimpleCookie:
        client = Client()
        client.force_login(user)
        client.get("/livez")  # the session has its age now, as after the page that a sign-in leads to
        return client.cookies

    def ask(self, who: str, method: str, path: str) -> str:
        """The status, with + where the request left something in the audit trail."""
        self.factory.cookies = self.cookies.get(who, SimpleCookie())
        with transaction.atomic():
            answer = self._answer(method, path)
            if answer.streaming:
                b"".join(answer.streaming_content)
            changed = self._has_changed()
            transaction.set_rollback(True)
        to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
        return f"{'sign-in' if to_sign_in else answer.status_code}{'+' if changed else ''}"

    def _has_changed(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM governance_auditevent WHERE id > %s)", [self.last])
            return cursor.fetchone()[0]

    def _answer(self, method: str, path: str) -> HttpResponseBase:
        """Past the test client, which keeps a copy of every template's context."""
        if method == "GET":
            request = self.factory.get(path)
        elif path.startswith("/api/"):
            request = self.factory.post(path, "{}", content_type="application/json")
        else:
            request = self.factory.post(path)
        return self.handler(request.environ)


@contextmanager
def appointments_read_once() -> Iterator[None]:
    """A role's appointments do not change from one request to the next: all are rolled back."""
    known: dict = {}
    real = middleware.actor_of

    def actor_of(user, *, via: str = "web"):
        key = (user.pk, via)
        if key not in known:
            known[key] = real(user, via=via)
        return known[key]

    middleware.actor_of = actor_of
    try:
        yield
    finally:
        middleware.actor_of = real


def observe(name: str, takes_arguments: bool, world, walker: Walker) -> dict[str, dict[str, str]]:
    """What an address answers: {"GET own": {role: status}}."""
    found = {}
    for relation, path in paths(name, takes_arguments, world).items():
        for method in ("GET", "POST"):
            if method == "GET" and relation not in ("", "own") and is_step(name):
                continue  # a step has no GET: 405 whatever the object
            cell = f"{method} {relation}".strip()
            found[cell] = {who: walker.ask(who, method, path) for who in EVERYBODY}
    return found


def packed(cells: dict[str, dict[str, str]]) -> dict[str, str]:
    """The compact form that is reviewed: "404; 200: leader staff" — the commonest answer first, without names."""
    lines = {}
    for cell, answers in cells.items():
        groups = defaultdict(list)
        for who, status in answers.items():
            groups[status].append(who)
        common = max(groups, key=lambda status: (len(groups[status]), status))
        rest = [f"{status}: {' '.join(groups[status])}" for status in sorted(groups) if status != common]
        lines[cell] = "; ".join([common, *rest])
    return lines


def baseline() -> dict[str, dict[str, str]]:
    """The reviewed answers."""
    return json.loads(BASELINE.read_text()) if BASELINE.exists() else {}


def keep(name: str, cells: dict[str, dict[str, str]]) -> None:
    """Write one address anew (with UPDATE_ACCESS=1); the diff is then read by a person."""
    there = dict(addresses())
    known = {other: lines for other, lines in baseline().items() if other in there}
    known[name] = packed(cells)
    BASELINE.write_text(json.dumps(dict(sorted(known.items())), ensure_ascii=False, indent=1) + "\n")
