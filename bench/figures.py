"""The measurements: each gives figures by name; what is compared is measured in turns within the same minutes."""

import smtplib
import socket
import statistics
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.accounts.models import User
from governance.kernel import outbox
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import deadlines_fire
from governance.kernel.events import suspended
from governance.kernel.outbox import OutboxMail
from governance.whistles.mail.notices import on_event
from governance.whistles.models import Ticket
from tests_support import stories

from .load import Person, act, at, blow_fields, storm
from .portal import cpu_of, without

CLIENTS = 8
STAFF, LEADER, CITY, AUDITOR = "jd.zhihui", "jd.shuji", "shi.lingdao", "sys.shenji"
PAGES = {
    "worklist": (STAFF, "/tickets/"),
    "worklist of the city": (CITY, "/tickets/"),
    "whistles": (STAFF, "/whistles/"),
    "dashboard, one month": (CITY, "/dashboard/?period=month"),
    "dashboard, a year": (CITY, "/dashboard/?period=year"),
}


def facts() -> dict:
    """A whistle of the demo's street as form fields."""
    content = stories.content(stories.street())
    return {
        "scene": "joint_enforce", "category": content.category.pk, "title": content.title, "facts": content.facts,
        "source": content.source, "place": content.place, "done_already": content.done_already,
        "lead": content.lead.pk, "tier": "district", "households": 3, "community": content.community.pk,
    }  # fmt: skip


def intake(portal, floor, people: list[Person], rounds: int, seconds: int, send=None) -> dict:
    """Blow (or ``send(person) -> status``) through the form with all middleware, in turns with the database's own inserts."""
    fields, floors, rates, times = facts(), [], [], []
    send = send or (lambda who: who.post("/whistles/blow/", blow_fields(fields))[0])
    programs, count = ("web", "postgres"), 0
    spent = dict.fromkeys(programs, 0.0)
    for _ in range(rounds):
        floors.append(floor.tps("insert", seconds))
        before = {name: cpu_of(portal.pid(name)) for name in programs}
        rate, took = storm(people, send, 302, seconds)
        for name in programs:
            spent[name] += cpu_of(portal.pid(name)) - before[name]
        count += len(took)
        rates.append(rate)
        times += took
    return {
        "insert floor, tps": statistics.median(floors),
        "intake, req/s": statistics.median(rates),
        "intake p95, ms": at(sorted(times), 0.95) * 1000,
        "intake ÷ floor": statistics.median(rates) / statistics.median(floors),
        "intake CPU, ms": sum(spent.values()) / count * 1000,
        "of which PostgreSQL, ms": spent["postgres"] / count * 1000,
    }


def pages(people: dict[str, list[Person]], rounds: int, seconds: float) -> dict[str, float]:
    """Requests per second of every page, in turns; a ticket's page and a rule's page are looked up by their key."""
    wanted = {**PAGES, **single_pages()}
    rates: dict[str, list[float]] = {name: [] for name in wanted}
    for _ in range(rounds):
        for name, (user, path) in wanted.items():
            rates[name].append(storm(people[user], lambda who, path=path: who.get(path)[0], 200, seconds)[0])
    return {name: statistics.median(found) for name, found in rates.items()}


def single_pages() -> dict[str, tuple[str, str]]:
    """Pages of one row."""
    ticket = Ticket.objects.filter(street__code12=stories.STREET).order_by("id").first()
    event = AuditEvent.objects.order_by("id").first()
    return {"ticket": (STAFF, f"/tickets/{ticket.pk}/"), "one row by its key": (AUDITOR, f"/audit/{event.pk}/")}


def statements() -> dict[str, int]:
    """SQL statements of each page, sessions and permissions included."""
    found = {}
    for name, (user, path) in {**PAGES, **single_pages()}.items():
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(User.objects.get(username=user))
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(path)
        found[name] = len(queries)
    return found


def widest_sql(path: str, user: str) -> str:
    """The statement that reads a list's rows, as sent: the one with the most columns and joins."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username=user))
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return max((row["sql"] for row in queries.captured_queries if row["sql"].startswith("SELECT")), key=len)


def sql_times(statements: dict[str, str], rounds: int = 200) -> dict[str, float]:
    """Median milliseconds of each statement, in turns on one connection."""
    took: dict[str, list[float]] = {name: [] for name in statements}
    with connection.cursor() as cursor:
        for _ in range(rounds):
            for name, sql in statements.items():
                began = time.perf_counter()
                cursor.execute(sql)
                cursor.fetchall()
                took[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(found) for name, found in took.items()}


def lookups() -> dict[str, float]:
    """Work list, idle sweep and primary key as bare SQL."""
    key = Ticket.objects.order_by("id").first().pk
    while deadlines_fire():
        pass
    with CaptureQueriesContext(connection) as sweep:
        deadlines_fire()  # nothing is due
    idle = sweep.captured_queries[-1]["sql"]
    return sql_times({
        "primary key": f"SELECT * FROM governance_ticket WHERE id = {key}",
        "worklist": widest_sql("/tickets/", STAFF), "idle sweep": idle,
    })  # fmt: skip


def escalation(portal, rows, floor, count: int, rounds: int, seconds: int) -> dict[str, float]:
    """Cards shown by the sweep as it runs in the worker, in turns with the database's own inserts.

    "steps" without mails: each writes a card and an event of the trail and marks its step; "with mails" also renders them.
    """
    found: dict[str, list[float]] = {"floor": [], "steps": [], "with mails": []}
    with without(portal, "worker", "beat"):
        _sweep(rows, 20)  # imports and templates
        for _ in range(rounds):
            found["floor"].append(floor.tps("insert", seconds))
            with suspended(on_event):
                found["steps"].append(_sweep(rows, count))
            found["with mails"].append(_sweep(rows, count))
    return {name: statistics.median(rates) for name, rates in found.items()}


def _sweep(rows, count: int) -> float:
    rows.make_due(count)
    began, done = time.monotonic(), 0
    while fired := deadlines_fire():
        done += fired
    return done / (time.monotonic() - began)


def mails(portal, count: int, rounds: int) -> dict[str, float]:
    """Mails per second through the outbox and over one bare SMTP connection, to the same server that keeps nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)])
    found: dict[str, list[float]] = {"bare": [], "outbox": []}
    kept, settings.EMAIL_PORT = settings.EMAIL_PORT, port
    try:
        _await(port)
        sample = OutboxMail.objects.filter(html__contains="%%LINK").order_by("-id").first()
        with without(portal, "worker", "beat"):
            for _ in range(rounds):
                found["bare"].append(_bare(port, sample, count))
                found["outbox"].append(_through_outbox(sample, count))
    finally:
        settings.EMAIL_PORT = kept
        sink.kill()
        sink.wait()
    return {name: statistics.median(rates) for name, rates in found.items()}


def _await(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)


def _bare(port: int, sample: OutboxMail, count: int) -> float:
    message = outbox.build_message(sample).message().as_bytes(linesep="\r\n")
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for _ in range(count):
            smtp.sendmail("whistle@portal.example", [sample.to_address], message)
    return count / (time.monotonic() - began)


def _through_outbox(sample: OutboxMail, count: int) -> float:
    names = [
        field.name
        for field in OutboxMail._meta.fields
        if field.name not in ("id", "key", "message_id", "state", "sent_at")
    ]
    same = {name: getattr(sample, name) for name in names} | {"lease_until": None, "lease_token": None}
    OutboxMail.objects.bulk_create(
        OutboxMail(**same | {"key": f"bench:{(word := uuid.uuid4().hex)}", "thread": f"bench:{number // 5}",
                             "message_id": f"<{word}@bench>"})
        for number in range(count)
    )  # fmt: skip
    began = time.monotonic()
    while outbox.outbox_send():
        pass
    return count / (time.monotonic() - began)


def blow_to_mail(portal, rate: float, seconds: float) -> dict[str, float]:
    """Seconds from the street's click to SMTP's acceptance, at ``rate`` whistles a second: blow, approve, dispatch, send."""
    fields, began, number = facts(), {}, int(rate * seconds)
    crew = [(Person(portal.url, STAFF), Person(portal.url, LEADER)) for _ in range(CLIENTS)]

    def one(turn: int) -> None:
        time.sleep(max(0.0, start + turn / rate - time.time()))
        staff, leader = crew.pop()
        moment = time.time()
        status, _, address = staff.post("/whistles/blow/", blow_fields(fields))
        if status != 302:
            raise RuntimeError(f"blow: {status}")
        began[int(address.rstrip("/").rpartition("/")[2])] = moment
        act(leader, f"{address}approve/")
        act(staff, f"{address}dispatch/")
        crew.append((staff, leader))

    start = time.time() + 0.5
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(one, range(number)))
    threads = {f"whistle:{pk}": moment for pk, moment in began.items()}
    until = time.monotonic() + 30
    while time.monotonic() < until and OutboxMail.objects.filter(thread__in=threads, state="pending").exists():
        time.sleep(0.2)
    rows = OutboxMail.objects.filter(thread__in=threads, state="sent").values_list("thread", "created_at", "sent_at")
    whole = sorted(sent.timestamp() - threads[thread] for thread, _, sent in rows)
    queue = sorted((sent - made).total_seconds() for _, made, sent in rows)
    return {
        "mails": len(whole), "whistles": number, "p50": at(whole, 0.5), "p95": at(whole, 0.95),
        "queued p50": at(queue, 0.5), "queued p95": at(queue, 0.95),
    }  # fmt: skip
