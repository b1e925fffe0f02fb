"""What every service of the loop does: fire a transition, move the clocks, tell whoever listens."""

from governance.kernel.actor import Actor
from governance.kernel.deadlines import (
    deadline_close,
    deadline_of,
    deadline_open,
    deadline_pause,
    deadline_resume,
    deadlines_open,
)
from governance.kernel.events import emit
from governance.kernel.workflow import lock

from ..models import Ticket, Whistle
from ..states import Stage
from ..workflow import TICKET_FLOW, WHISTLE_FLOW

SUBJECT = "ticket"
SILENT = {Stage.CONTACT, Stage.REPLY}


def lock_whistle(ticket: Ticket) -> Whistle:
    """Lock the whistle before its ticket: everybody locks in this order, so nobody waits in a circle."""
    return lock(ticket.whistle)


def fire_ticket(ticket: Ticket, name: str, *, by: Actor, note: str = "", version: int | None = None, **more) -> Ticket:
    """Take one step of a ticket; the fresh row comes back with the relations that were loaded before."""
    row = TICKET_FLOW.fire(ticket, name, by=by, note=note, version=version, **more)
    for relation in ("whistle", "department", "station"):
        if relation in ticket._state.fields_cache:
            setattr(row, relation, ticket._state.fields_cache[relation])
    return row


def fire_whistle(
    whistle: Whistle, name: str, *, by: Actor, note: str = "", version: int | None = None, **more
) -> Whistle:
    """Take one step of a whistle."""
    return WHISTLE_FLOW.fire(whistle, name, by=by, note=note, version=version, **more)


def open_stage(ticket: Ticket, stage: str, *, rule: str = "", factor: float = 1) -> None:
    """Start a stage's limit from its rule (by scene unless ``rule`` names another)."""
    deadline_open(
        subject_type=SUBJECT, subject_id=ticket.pk, stage=stage, rule_key=rule or f"whistle.{stage}.{ticket.scene}",
        factor=factor, silent=stage in SILENT,
    )  # fmt: skip


def start_clocks(tickets: list[Ticket]) -> None:
    """The first limits of new tickets of one whistle: 签收, which they show, and 联系."""
    if not tickets:
        return
    subjects = {"subject_type": SUBJECT, "subject_ids": [ticket.pk for ticket in tickets], "first": True}
    for stage in (Stage.CONTACT, Stage.ACCEPT):
        rule = f"whistle.{stage}.{tickets[0].scene}"
        limits = deadlines_open(**subjects, stage=stage, rule_key=rule, silent=stage in SILENT)
    for ticket, limit in zip(tickets, limits, strict=True):
        ticket.stage, ticket.due_at = limit.stage, limit.due_at
    Ticket.objects.filter(pk__in=subjects["subject_ids"]).update(stage=limits[0].stage, due_at=limits[0].due_at)


def close_stage(ticket: Ticket, *stages: str, void: bool = False) -> None:
    """End the limits of these stages (all without any)."""
    deadline_close(subject_type=SUBJECT, subject_id=ticket.pk, stages=stages, void=void)


def pause(ticket: Ticket) -> None:
    """Stop the department's clocks (waiting for a ruling, on hold)."""
    deadline_pause(subject_type=SUBJECT, subject_id=ticket.pk)


def resume(ticket: Ticket) -> None:
    """Let them go on with the time that was left."""
    deadline_resume(subject_type=SUBJECT, subject_id=ticket.pk)


def finish(ticket: Ticket, event: str, *, by: Actor, note: str = "", **more) -> Ticket:
    """Bring ``stage`` and ``due_at`` up to date and tell the listeners; the last line of every service."""
    running = deadline_of(SUBJECT, ticket.pk, besides=SILENT)
    ticket.stage, ticket.due_at = (running.stage, running.due_at) if running else ("", None)
    Ticket.objects.filter(pk=ticket.pk).update(stage=ticket.stage, due_at=ticket.due_at)
    emit(event, ticket=ticket, by=by, note=note, **more)
    return ticket
