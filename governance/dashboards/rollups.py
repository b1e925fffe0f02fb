"""Counting as it happens, and counting anew.

A handler writes the deltas of one event in the emitter's transaction with one statement; the kernel folds them within
seconds (``governance.kernel.rollup``). ``rollup_rebuild`` counts all facts again and repairs what differs.
"""

from datetime import datetime

from django.db import connection

from governance.kernel import events
from governance.kernel.deadlines import Deadline
from governance.kernel.rollup import COLUMNS, rollup_replace
from governance.whistles.models import Ticket
from governance.whistles.states import RequestState

from . import measures as m
from .facts import FACTS_OF_ALL, FACTS_OF_ONE, MARGINS, parameters

_COUNT = f"{FACTS_OF_ONE} INSERT INTO governance_rollupdelta {COLUMNS} {MARGINS}"


def _limits(*stages: str) -> tuple[str, ...]:
    return tuple(f"{stage}_{how}" for stage in stages for how in ("on_time", "late"))


# event: (what it can bring about, the ticket's own moment of it). A limit that was decided before that moment, in an
# earlier round or by an earlier event, has been counted then.
ONCE = {
    "ticket.dispatch": (("dispatched", *m.OF_WHISTLES), ""),
    "ticket.accept": (_limits("accept"), "accepted_at"),
    "ticket.uphold": (_limits("accept"), "accepted_at"),
    "ticket.contact": (_limits("contact"), "contacted_at"),
    "ticket.arrive": (_limits("arrive", "contact"), "arrived_at"),
    "ticket.rate": (("closed", *m.SETTLED, *m.RATED), ""),
    "ticket.lapse": (("closed", *m.SETTLED), ""),
    "ticket.unmerge": (m.IN_RATES, ""),
}


def _count(ticket: Ticket, wanted: tuple[str, ...], since: datetime | None = None, **more) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, parameters(wanted=wanted, ticket=ticket.pk, since=since, **more))


def on_event(*, event: str, ticket: Ticket, **_more) -> None:
    """Count what an event of a ticket brought about."""
    if event in ONCE:
        wanted, moment = ONCE[event]
        _count(ticket, wanted, getattr(ticket, moment) if moment else None)
    elif event == "ticket.report_done":
        _count(ticket, ("done", *_limits("finish")), ticket.done_at if ticket.rework_count else None)
    elif event in ("ticket.merge", "ticket.excuse"):
        _leave_rates(event, ticket)
    elif event == "ticket.rework" and _is_first_rework(ticket):
        _count(ticket, ("reworked",))
    elif event == "ticket.grant_hold" and _holds(ticket) == 1:
        _count(ticket, ("hung",))


def on_events(*, event: str, rows: list[dict]) -> None:
    """Reminders and cards of a sweep, which bring nothing about; anything else is counted one by one."""
    if event not in ("ticket.remind", "ticket.card"):
        for row in rows:
            on_event(event=event, ticket=Ticket.objects.get(pk=row["ticket_id"]))


def on_appeal(*, ticket: Ticket, **_more) -> None:
    """An upheld appeal strikes the rating out: take back what it said, count what stands without it."""
    _count(ticket, m.FROM_RATINGS, sign=-1, unappealed=True)
    _count(ticket, m.FROM_RATINGS)


def _leave_rates(event: str, ticket: Ticket) -> None:
    """Take a ticket out of the rates; one ruled no fault has left them before it was merged."""
    if event == "ticket.excuse" or not ticket.is_excluded:
        _count(ticket, m.IN_RATES, sign=-1, anyway=True)


def _is_first_rework(ticket: Ticket) -> bool:
    rows = Deadline.objects.filter(subject_type="ticket", subject_id=ticket.pk, rule_key="whistle.rework")
    return rows.count() == 1


def _holds(ticket: Ticket) -> int:
    return ticket.holds.filter(state__in=(RequestState.GRANTED, RequestState.ENDED)).count()


def subscribe() -> None:
    """Listen to the loop."""
    events.subscribe("ticket.*", on_event, many=on_events)
    events.subscribe("rating.appeal_uphold", on_appeal)


def rollup_rebuild() -> int:
    """Count all facts anew and replace the rollup. Returns how many of its rows were wrong (0: fold and facts agree)."""
    facts = f"{FACTS_OF_ALL}, truth AS ({MARGINS})"
    return rollup_replace(facts=facts, measures=m.MEASURES, parameters=parameters())
