"""Counting incidents as things happen to them, and counting them anew (ADR 0011).

Deltas are written in the emitter's transaction with one statement: month × measure × unit, and the same by street; moves also
by category and by who had it. The kernel folds them; ``rollup_rebuild`` counts all facts again and repairs what differs.
"""

from __future__ import annotations

from datetime import date

from django.utils.timezone import localdate

from governance.kernel import events, rollup
from governance.kernel.prepared import insert_later
from governance.kernel.rollup import RollupDelta

from .measures import MEASURES, PREFIX, TAKEN
from .models import Incident
from .states import HandlingLevel


def month_of(incident: Incident) -> date:
    """The month that an incident belongs to."""
    return localdate(incident.reported_at).replace(day=1)


def _count(incident: Incident, *, department_id: int = 0, category_id: int = 0, **amounts: int) -> None:
    month = month_of(incident)
    insert_later(
        RollupDelta(
            day=month, measure=measure, unit_id=incident.unit_id, street_id=street, department_id=department_id,
            category_id=category_id, amount=amount,
        )
        for measure, amount in amounts.items() if amount
        for street in (0, incident.street_id)
    )  # fmt: skip


def _measures(**amounts: int) -> dict[str, int]:
    return {f"{PREFIX}{name}": amount for name, amount in amounts.items()}


def _reported(incident: Incident, **_more) -> dict:
    return {"reported": 1}


def _accepted(incident: Incident, **_more) -> dict:
    return {"accepted": 1, "again": 1 if incident.recurrence_of_id else 0}


def _handled(incident: Incident, **_more) -> dict:
    return {"handled": 1, "in_time" if incident.handled_in_time else "too_late": 1}


def _reworked(incident: Incident, *, was_in_time: bool | None = None, **_more) -> dict:
    return {"handled": -1, "in_time" if was_in_time else "too_late": -1, "reworks": 1}


def _closed(incident: Incident, **_more) -> dict:
    return {"closed": 1, "closed_in_time": 0 if incident.late_count else 1}


def _settled(incident: Incident, **_more) -> dict:
    return {"handled": 1} | _closed(incident)


def _taken(incident: Incident, *, taken_from: Incident | None = None, **_more) -> dict:
    return {"moved": 1} if taken_from else {}


COUNTED = {
    "incident.report": _reported, "incident.accept": _accepted, "incident.handle": _handled, "incident.rework": _reworked,
    "incident.close": _closed, "incident.settle": _settled, "incident.send_back": _taken, "incident.reroute": _taken,
}  # fmt: skip


def on_event(*, event: str, incident: Incident, **more) -> None:
    """Count what an event brought about."""
    if event not in COUNTED:
        return
    _count(incident, **_measures(**COUNTED[event](incident, **more)))
    if taken_from := more.get("taken_from"):
        _count(incident, department_id=taken_from.department_id or 0, category_id=incident.category_id,
               **{f"{TAKEN}{taken_from.level}": 1})  # fmt: skip


def subscribe() -> None:
    """Listen to incidents."""
    events.subscribe("incident.*", on_event)


_MONTH = "date_trunc('month', {} AT TIME ZONE 'Asia/Shanghai')::date"
_FACTS = f"""
WITH summed AS (
    SELECT {_MONTH.format("reported_at")} AS day, unit_id, street_id, grouping(street_id) AS whole,
        {", ".join(f"sum({sql}) AS {name}" for name, (sql, _) in MEASURES.items())}
    FROM grid_incident GROUP BY GROUPING SETS ((1, unit_id, street_id), (1, unit_id))
), truth AS (
    SELECT day, '{PREFIX}' || measure AS measure, unit_id, CASE WHEN whole = 1 THEN 0 ELSE street_id END AS street_id,
        0::bigint AS department_id, 0::bigint AS category_id, amount::bigint AS amount
    FROM summed CROSS JOIN LATERAL (VALUES {", ".join(f"('{name}', {name})" for name in MEASURES)}) AS one (measure, amount)
    WHERE amount <> 0
    UNION ALL
    SELECT {_MONTH.format("i.reported_at")}, '{TAKEN}' || m.level, m.unit_id,
        CASE WHEN grouping(m.street_id) = 1 THEN 0 ELSE m.street_id END, coalesce(m.department_id, 0), m.category_id, count(*)
    FROM grid_move m JOIN grid_incident i ON i.id = m.incident_id
    GROUP BY GROUPING SETS ((1, m.level, m.unit_id, m.street_id, m.department_id, m.category_id),
                            (1, m.level, m.unit_id, m.department_id, m.category_id))
)
"""
ALL = [f"{PREFIX}{name}" for name in MEASURES] + [f"{TAKEN}{level}" for level in HandlingLevel.values]


def rollup_rebuild() -> int:
    """Count all incidents anew. Returns how many rows of the rollup were wrong (0: fold and facts agree)."""
    return rollup.rollup_replace(facts=_FACTS, measures=ALL)
