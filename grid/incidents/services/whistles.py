"""What a street cannot settle becomes a whistle with all that happened, and ends with it."""

from __future__ import annotations

from django.utils.timezone import localtime

from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import deadline_close, deadline_open
from governance.kernel.errors import IllegalTransition
from governance.kernel.files import StoredFile
from governance.kernel.permission import require
from governance.kernel.transactions import together
from governance.kernel.workflow import lock
from governance.whistles.models import Whistle
from governance.whistles.services import whistle_blow
from governance.whistles.services.whistle import WhistleInput

from ..models import Incident
from ..states import IncidentStatus
from .report import SUBJECT
from .steps import _done, _fire, _lateness


def history_words(incident: Incident) -> str:
    """What was done so far, a line per step: the beginning of 街道已做工作."""
    rows = AuditEvent.objects.filter(thread=incident.thread).order_by("id")[:40]
    lines = [
        f"{localtime(row.at):%m-%d %H:%M} {row.label}：{row.note}"
        if row.note
        else f"{localtime(row.at):%m-%d %H:%M} {row.label}"
        for row in rows
    ]
    return "\n".join(lines)[:1900]


@together()
def incident_blow(*, incident: Incident, by: Actor, content: WhistleInput, version: int | None = None) -> Incident:
    """吹哨: the street's whistle with this incident's words, place, photos and history. Raises Invalid, Forbidden, Conflict."""
    held = lock(incident)
    require(by, "incident.blow", held)
    if held.status != IncidentStatus.HANDLING:
        raise IllegalTransition("只有街道正在处置的事件可以转为哨单。")
    whistle = whistle_blow(by=by, street=held.street, content=content)
    for kept in StoredFile.objects.filter(thread=held.thread):
        kept.pk, kept._state.adding = None, True
        kept.thread, kept.subject_type, kept.subject_id = whistle.thread, "whistle", whistle.pk
        kept.save()
    changes = {"whistle": whistle} | _lateness(held)
    row = _fire(held, "blow", by, version=version, changes=changes, data={"whistle": whistle.pk})
    deadline_close(subject_type=SUBJECT, subject_id=row.pk)
    return _done(row, "blow", by)


def on_whistle_ended(*, whistle: Whistle, **_more) -> None:
    """The whistle was settled: the incidents behind it, and behind those merged into it, close with it."""
    for row in _waiting(whistle):
        done = _fire(row, "settle", SYSTEM, changes={"closed_at": clock.now(), "handled_at": clock.now()})
        _done(done, "settle", SYSTEM)


def on_whistle_dropped(*, whistle: Whistle, **_more) -> None:
    """The whistle came to nothing: the street has the incidents again."""
    for row in _waiting(whistle):
        done = _fire(row, "resume", SYSTEM, changes={"whistle": None})
        deadline_open(subject_type=SUBJECT, subject_id=done.pk, stage="handle", rule_key="incident.handle.normal")
        _done(done, "resume", SYSTEM)


def _waiting(whistle: Whistle) -> list[Incident]:
    """Incidents that wait for the whistle or for one merged into it, however many merges lie between."""
    whistles = found = {whistle.pk}
    while found := set(Whistle.objects.filter(merged_into__in=found).values_list("pk", flat=True)) - whistles:
        whistles = whistles | found
    return list(Incident.objects.filter(whistle__in=whistles, status=IncidentStatus.WHISTLED).order_by("pk"))
