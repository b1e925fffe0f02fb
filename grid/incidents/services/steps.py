"""The seven steps after the report, and the ways back and up. Each is one transaction with its limit, history and news."""

from __future__ import annotations

from collections.abc import Sequence

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.deadlines import deadline_close, deadline_of, deadline_open
from governance.kernel.errors import IllegalTransition, Invalid
from governance.kernel.events import emit
from governance.kernel.files import file_store
from governance.kernel.links import links_revoke
from governance.kernel.permission import require
from governance.kernel.transactions import together
from governance.kernel.workflow import lock
from governance.territory.models import Department

from ..models import Evaluation, Incident, Move
from ..routing import Route, above, explain
from ..states import HandlingLevel, IncidentStatus, Limit, MoveKind, Verdict
from ..workflow import INCIDENT_FLOW
from .report import SUBJECT


def _limit(incident: Incident, stage: str = "", rule_key: str = "") -> None:
    """End the running limit; start that of ``stage``. Communities and grids are never reminded (减负 B08)."""
    deadline_close(subject_type=SUBJECT, subject_id=incident.pk)
    if stage:
        quiet = stage in ("accept", "dispatch") or incident.level in (HandlingLevel.GRID, HandlingLevel.COMMUNITY)
        deadline_open(subject_type=SUBJECT, subject_id=incident.pk, stage=stage, rule_key=rule_key, silent=quiet)


def _done(incident: Incident, event: str, by: Actor, note: str = "", **more) -> Incident:
    running = deadline_of(SUBJECT, incident.pk)
    incident.due_at = running.due_at if running else None
    Incident.objects.filter(pk=incident.pk).update(due_at=incident.due_at)
    emit(f"incident.{event}", incident=incident, by=by, note=note, **more)
    return incident


def _fire(incident: Incident, name: str, by: Actor, note: str = "", version: int | None = None, **more) -> Incident:
    return INCIDENT_FLOW.fire(incident, name, by=by, note=note, version=version, **more)


def _lateness(held: Incident) -> dict:
    """A step that is taken after its limit is counted with the incident."""
    return {"late_count": held.late_count + 1} if held.due_at and clock.now() > held.due_at else {}


def _taken_from(held: Incident, kind: str, note: str) -> None:
    """Keep who had it and why not any more; the links that were mailed open nothing now."""
    links_revoke(subject_type=SUBJECT, subject_id=held.pk)
    Move.objects.create(
        incident=held, unit_id=held.unit_id, street_id=held.street_id, category_id=held.category_id, kind=kind,
        level=held.level, department_id=held.department_id, reason=note.strip(), moved_at=clock.now(),
    )  # fmt: skip


def _send(
    incident: Incident, name: str, by: Actor, route: Route, *, note: str = "", version: int | None = None,
    taken_from: Incident | None = None, **counts,
) -> Incident:  # fmt: skip
    """Fire a step that gives it to a level, with the way it was found."""
    changes = {
        "level": route.level, "department": route.department, "rule": route.rule, **counts,
    } | ({"routing": route.snapshot()} if route.considered else {})  # fmt: skip
    row = _fire(incident, name, by, note, version, changes=changes,
                data={"level": route.level, "department": route.department.code if route.department else "",
                      "rule": route.rule.key if route.rule else ""})  # fmt: skip
    _limit(row, "handle", f"incident.handle.{route.rule.limit if route.rule else Limit.NORMAL}")
    return _done(row, name, by, note, **({"taken_from": taken_from} if taken_from else {}))


@together()
def incident_accept(*, incident: Incident, by: Actor, version: int | None = None, dispatch: bool = True) -> Incident:
    """立案, and at once on its way by the rules; it waits for the street when none applies."""
    held = lock(incident)
    row = _fire(held, "accept", by, version=version, changes={"accepted_at": clock.now()} | _lateness(held))
    _limit(row)
    row = _done(row, "accept", by)
    if dispatch and (route := explain(row)).rule:
        return _send(row, "dispatch", by, route)
    return _waits(row)


def _waits(row: Incident) -> Incident:
    """Whoever has to say where has as long as for accepting."""
    _limit(row, "dispatch", "incident.accept")
    row.due_at = deadline_of(SUBJECT, row.pk).due_at
    Incident.objects.filter(pk=row.pk).update(due_at=row.due_at)
    return row


@together()
def incident_reject(*, incident: Incident, by: Actor, note: str, version: int | None = None) -> Incident:
    """不予立案, with the reason for the reporter."""
    row = _fire(incident, "reject", by, note, version, changes={"closed_at": None})
    _limit(row)
    return _done(row, "reject", by, note)


@together()
def incident_dispatch(*, incident: Incident, by: Actor, version: int | None = None) -> Incident:
    """派遣 by the first rule that matches. Raises Invalid when none does, or it leads to those who returned it: then somebody
    has to say where (改派).
    """
    route = explain(incident)
    if route.rule is None:
        raise Invalid("没有适用的派遣规则，请由街道用“改派”指定。")
    office = route.department.pk if route.department else None
    if incident.moves.filter(kind=MoveKind.SENT_BACK, level=route.level, department=office).exists():
        raise Invalid("按规则仍会派往已经退回它的单位，请由街道用“改派”指定。")
    return _send(incident, "dispatch", by, route, version=version)


@together()
def incident_handle(
    *, incident: Incident, by: Actor, note: str, files: Sequence[tuple[str, bytes]] = (), version: int | None = None
) -> Incident:
    """处置完毕: what was done, with photos if one likes; somebody looks at it on site."""
    held = lock(incident)
    late = _lateness(held)
    row = _fire(
        held, "handle", by, note, version, changes={"handled_at": clock.now(), "handled_in_time": not late} | late
    )
    _keep(row, by, files)
    deadline_close(subject_type=SUBJECT, subject_id=row.pk)
    deadline_open(subject_type=SUBJECT, subject_id=row.pk, stage="verify", rule_key="incident.verify", silent=True)
    return _done(row, "handle", by, note)


@together()
def incident_verify(*, incident: Incident, by: Actor, note: str = "", version: int | None = None) -> Incident:
    """核查通过."""
    held = lock(incident)
    row = _fire(held, "verify", by, note, version, changes=_lateness(held))
    _limit(row)
    return _done(row, "verify", by, note)


@together()
def incident_rework(*, incident: Incident, by: Actor, note: str, version: int | None = None) -> Incident:
    """核查不通过: back to who handled it, counted."""
    held = lock(incident)
    in_time = held.handled_in_time
    changes = {"rework_count": held.rework_count + 1, "handled_at": None, "handled_in_time": None} | _lateness(held)
    row = _fire(held, "rework", by, note, version, changes=changes)
    _limit(row, "handle", f"incident.handle.{row.rule.limit if row.rule_id else Limit.NORMAL}")
    return _done(row, "rework", by, note, was_in_time=in_time)


@together()
def incident_close(*, incident: Incident, by: Actor, note: str = "", version: int | None = None) -> Incident:
    """结案."""
    row = _fire(incident, "close", by, note, version, changes={"closed_at": clock.now()})
    _limit(row)
    return _done(row, "close", by, note)


@together()
def incident_evaluate(
    *, incident: Incident, by: Actor, verdict: str, words: str = "", version: int | None = None
) -> Incident:
    """评价 the level that handled it, once and for ever; never a person. Raises Invalid (verdict)."""
    if verdict not in Verdict.values:
        raise Invalid(verdict="请选择一项评价。")
    row = _fire(incident, "evaluate", by, version=version)
    Evaluation.objects.create(
        incident=row, level=row.level, verdict=verdict, words=words.strip()[:300], created_at=clock.now()
    )
    return _done(row, "evaluate", by, verdict=verdict)


@together()
def incident_send_back(
    *, incident: Incident, by: Actor, note: str, files: Sequence[tuple[str, bytes]] = (), version: int | None = None
) -> Incident:
    """退回: not our duty, with the reason; it waits to be sent elsewhere, counted."""
    held = lock(incident)
    former = {"level": held.level, "department": held.department_id}
    changes = {"return_count": held.return_count + 1, "level": "", "department": None, "rule": None} | _lateness(held)
    _taken_from(held, MoveKind.SENT_BACK, note)
    row = _fire(held, "send_back", by, note, version, changes=changes, data=former)
    _keep(row, by, files)
    _limit(row, "dispatch", "incident.accept")
    return _done(row, "send_back", by, note, taken_from=held)


@together()
def incident_reroute(
    *,
    incident: Incident,
    by: Actor,
    level: str,
    note: str,
    department: Department | None = None,
    version: int | None = None,
) -> Incident:
    """改派 to a level (and department) that somebody names, with the reason. Raises Invalid (level, department).

    Counted where it is taken from somebody; one that waited for its way is only sent on it.
    """
    held = lock(incident)
    if level not in HandlingLevel.values:
        raise Invalid(level="请选择处置层级。")
    if level == HandlingLevel.DEPARTMENT and (department is None or department.unit_id not in (None, held.unit_id)):
        raise Invalid(department="请选择本区县的部门。")
    department = department if level == HandlingLevel.DEPARTMENT else None
    if (held.level, held.department_id) == (level, department.pk if department else None):
        raise Invalid(level="这件事已经在那里了。")
    route = Route(level, department)
    if not held.level:
        return _send(held, "reroute", by, route, note=note, version=version)
    changes = {"reroute_count": held.reroute_count + 1} | _lateness(held)
    _taken_from(held, MoveKind.REROUTED, note)
    return _send(held, "reroute", by, route, note=note, version=version, taken_from=held, **changes)


@together()
def incident_escalate(*, incident: Incident, by: Actor, note: str, version: int | None = None) -> Incident:
    """上报一级. Raises IllegalTransition at the top of the ladder."""
    held = lock(incident)
    if held.status == IncidentStatus.HANDLING and not (route := above(held)).level:
        raise IllegalTransition("没有更高一级可以上报；街道解决不了的，请吹哨。")
    if held.status != IncidentStatus.HANDLING:
        return _fire(held, "escalate", by, note, version)
    return _send(held, "escalate", by, route, note=note, version=version, **_lateness(held))


@together()
def incident_comment(*, incident: Incident, by: Actor, words: str, files: Sequence[tuple[str, bytes]] = ()) -> Incident:
    """留言: a word beside the steps, whatever the state; everybody at work on it reads it. Raises Invalid (words), Forbidden."""
    require(by, "incident.comment", incident)
    if not words.strip():
        raise Invalid(words="请写一句话。")
    _keep(incident, by, files)
    audit.record(
        action="incident.comment",
        label="留言",
        by=by,
        subject=incident,
        thread=incident.thread,
        note=words.strip()[:2000],
    )
    return incident


def _keep(incident: Incident, by: Actor, files: Sequence[tuple[str, bytes]]) -> None:
    for name, content in files:
        file_store(subject=incident, thread=incident.thread, name=name, content=content, by=by)
