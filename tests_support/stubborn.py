"""People who do not give up: each step of a whistle is repeated, with the same key, until it is known to be done."""

import http.cookiejar
import re
import smtplib
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlencode

from django.db import InterfaceError, OperationalError, connections

from governance.accounts.models import User
from governance.accounts.selectors import actor_of
from governance.kernel.errors import Busy
from governance.kernel.idempotency import run_once
from governance.kernel.policy import PolicyRule
from governance.whistles import services
from governance.whistles.mailbox.services import answer_path
from governance.whistles.models import MailboxMessage, Ticket, Whistle

from . import stories

PATIENCE = 120.0  # seconds that a step is repeated before the person gives up and the test fails
FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*>')
DROPPED = (OperationalError, InterfaceError, Busy, OSError, smtplib.SMTPException)


def insist(work: Callable[[], object]) -> object:
    """Repeat until it works; a lost connection is made anew."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except DROPPED:
            connections.close_all()
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def attribute(tag: str, name: str) -> str:
    """The value of an attribute in an HTML tag."""
    found = re.search(rf'{name}="([^"]*)"', tag)
    return found[1] if found else ""


class Unfinished(OSError):
    """The server did not say that it was done."""


class Visitor:
    """A browser without a head: cookies, the hidden fields of a form, CSRF as it is."""

    def __init__(self, url: str):
        self.url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def fetch(self, path: str, data: dict | None = None) -> tuple[int, str, str]:
        """(status, text, final address); Unfinished for what a person would try again."""
        body = urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(self.url + path, body, {"Referer": self.url + path})
        try:
            with self.opener.open(request, timeout=10) as answer:
                return answer.status, answer.read().decode(), answer.url
        except urllib.error.HTTPError as error:
            if error.code >= 500 or error.code == 429:
                raise Unfinished(f"{path}: {error.code}") from error
            return error.code, error.read().decode(errors="replace"), path
        except (OSError, ValueError) as error:
            raise Unfinished(f"{path}: {error}") from error
        except Exception as error:  # http.client has its own family
            raise Unfinished(f"{path}: {type(error).__name__}") from error

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of the form at ``path``: CSRF token, form key, version."""
        _, text, _ = self.fetch(path)
        return {attribute(tag, "name"): attribute(tag, "value") for tag in FIELD.findall(text)}


class Story:
    """One urgent whistle: blown, approved, dispatched by services, accepted by link, arrived by mail, settled."""

    def __init__(self, office: "Writer", number: int):
        self.office, self.number, self.stage = office, number, 0
        self.whistle_id = self.ticket_id = 0
        self.message: MailboxMessage | None = None
        self.fields: dict[str, str] = {}

    def once(self, name: str, effect: Callable[[], object]) -> object:
        """Run a service under this story's key for the step."""
        key = f"{self.office.name}-{self.number}-{name}"
        return run_once(owner="drill", endpoint=name, key=key, body={"n": self.number}, effect=effect)[0]

    def advance(self) -> bool:
        """Take the next step; False when it has to wait for a mail or is at its end."""
        step = self.STEPS[self.stage] if self.stage < len(self.STEPS) else None
        if step is None or insist(lambda: step(self)) is False:
            return False
        self.stage += 1
        return True

    @property
    def is_over(self) -> bool:
        return self.stage >= len(self.STEPS)

    def blow(self) -> None:
        by, place = self.office.actor("jd.zhihui"), stories.street()
        content = stories.content(
            place, scene="emergency", assistants=(), title=f"{self.office.name}-{self.number}", is_synthetic=True
        )
        blown = self.once("blow", lambda: services.whistle_blow(by=by, street=place, content=content).pk)
        self.whistle_id = blown
        self.office.did("whistle", blown, "whistle.submit")

    def _whistle(self) -> Whistle:
        return Whistle.objects.get(pk=self.whistle_id)

    def _ticket(self) -> Ticket:
        return stories.fresh(Ticket(pk=self.ticket_id))

    def approve(self) -> None:
        by = self.office.actor("jd.shuji")
        self.once("approve", lambda: services.whistle_approve(whistle=self._whistle(), by=by).pk)
        self.office.did("whistle", self.whistle_id, "whistle.approve")

    def dispatch(self) -> None:
        by = self.office.actor("jd.zhihui")
        self.once("dispatch", lambda: services.whistle_dispatch(whistle=self._whistle(), by=by).pk)
        self.ticket_id = self._whistle().tickets.get().pk
        self.office.did("whistle", self.whistle_id, "whistle.dispatch")
        self.office.did("ticket", self.ticket_id, "ticket.dispatch")

    def find_mail(self) -> bool:
        """The dispatch mail to the department itself, with the link and the reply address."""
        ticket = self._ticket()
        rows = MailboxMessage.objects.filter(address=ticket.department.email, subject__contains=ticket.whistle.number)
        self.message = next((row for row in rows.order_by("id") if answer_path(row)), None)
        return self.message is not None

    def accept(self) -> None:
        """The form behind the link: posted again as it is until the portal says that it is done."""
        path = answer_path(self.message) + "accept/"
        self.fields = self.fields or self.office.visitor.hidden(path)
        status, text, address = self.office.visitor.fetch(path, self.fields)
        if self._ticket().accepted_at is None:
            self.fields = {}  # a person would load the page again
            raise Unfinished(f"{status} {address}: {' '.join(re.sub('<[^>]*>', '', text).split())[:400]}")
        self.office.did("ticket", self.ticket_id, "ticket.accept")

    def arrive(self) -> None:
        """A plain reply over SMTP; the same message again until it was taken."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = self.message.address, self.message.reply_to
        mail["Subject"], mail["In-Reply-To"] = f"Re: {self.message.subject}", self.message.message_id
        mail["Message-ID"] = f"<{self.office.name}.{self.number}@drill.example>"
        mail["References"] = f"{self.message.headers.get('References', '')} {self.message.message_id}".strip()
        mail.set_content("报到\n已到现场。\n")
        with smtplib.SMTP("127.0.0.1", self.office.mail_port, timeout=10) as server:
            server.send_message(mail)
        self.office.did("ticket", self.ticket_id, "ticket.arrive")

    def arrived(self) -> bool:
        return self._ticket().arrived_at is not None

    def report(self) -> None:
        by = self.office.actor("bm.chengguan")
        self.once("report", lambda: services.ticket_report_done(ticket=self._ticket(), by=by, **stories.REPORT).pk)
        self.office.did("ticket", self.ticket_id, "ticket.report_done")

    def verify(self) -> None:
        by = self.office.actor("jd.zhihui")
        self.once("verify", lambda: services.ticket_verify(ticket=self._ticket(), by=by).pk)
        self.office.did("ticket", self.ticket_id, "ticket.verify")

    def rate(self) -> None:
        by = self.office.actor("jd.zhihui")
        self.once("rate", lambda: bool(services.ticket_rate(ticket=self._ticket(), by=by, **stories.STARS)))
        self.office.did("ticket", self.ticket_id, "ticket.rate")

    STEPS = (blow, approve, dispatch, find_mail, accept, arrive, arrived, report, verify, rate)


def busy_office() -> None:
    """Let one office reply more often in an hour than the loop stop allows: in a drill it answers for everybody."""
    PolicyRule.objects.filter(key="mail.inbound_per_hour").update(value=100_000)
    connections.close_all()  # this thread only watches from here on; its connection would not outlive PostgreSQL


class Writer:
    """One person at work: several stories at once, each a step at a time. ``effects`` is what must have happened once."""

    def __init__(self, name: str, portal, *, open_stories: int = 4, rest: float = 0.05):
        self.name, self.portal, self.open_stories, self.rest = name, portal, open_stories, rest
        self.visitor, self.mail_port = Visitor(portal.url), int(portal.run.env["INBOUND_SMTP_PORT"])
        self.stories: list[Story] = []
        self.effects: list[tuple[str, int, str]] = []
        self.actors: dict = {}

    def actor(self, username: str):
        """One of the demo's people."""
        if username not in self.actors:
            self.actors[username] = actor_of(User.objects.get(username=username))
        return self.actors[username]

    def did(self, kind: str, pk: int, action: str) -> None:
        """Note what must be in the trail exactly once."""
        self.effects.append((kind, pk, action))

    def work(self, enough: threading.Event) -> None:
        """Go round the open stories until told to stop, then bring those that were begun to their end."""
        while not enough.is_set():
            running = [story for story in self.stories if not story.is_over]
            if len(running) < self.open_stories:
                running.append(Story(self, len(self.stories)))
                self.stories.append(running[-1])
            moved = [story.advance() for story in running]
            time.sleep(self.rest if any(moved) else 0.2)
        until = time.monotonic() + PATIENCE / 2
        while time.monotonic() < until and (left := [story for story in self.stories if not story.is_over]):
            if not any([story.advance() for story in left]):
                time.sleep(0.2)
