"""The indicators of domain-rules 5.3 by unit and month. Of units, levels and departments; never of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import Deadline, DeadlineState
from governance.kernel.metrics import Figure, rate

from .models import Incident
from .services.report import SUBJECT
from .states import HandlingLevel, IncidentStatus

MONTHS = 12
NOT_ACCEPTED = (IncidentStatus.REPORTED, IncidentStatus.REJECTED)
COUNTS = {
    "reported": Count("pk"),
    "accepted": Count("pk", filter=~Q(status__in=NOT_ACCEPTED)),
    "handled": Count("pk", filter=Q(handled_at__isnull=False)),
    "closed": Count("pk", filter=Q(closed_at__isnull=False)),
    "again": Count("pk", filter=Q(recurrence_of__isnull=False) & ~Q(status__in=NOT_ACCEPTED)),
    "reworks": Sum("rework_count", default=0),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """How often incidents of a category were sent back by or taken from a department."""

    category: str
    department: str
    count: int
    tone: int


def _window(actor: Actor, unit: int | None) -> QuerySet[Incident]:
    since = clock.now() - timedelta(days=31 * MONTHS)
    rows = Incident.objects.visible_to(actor).filter(reported_at__gte=since).order_by()
    return rows.filter(unit_id=unit) if unit else rows


def totals(actor: Actor, unit: int | None = None) -> list[Figure]:
    """The rates of the last twelve months in the actor's scope (two statements)."""
    rows = _window(actor, unit)
    found = rows.aggregate(**COUNTS)
    limits = Deadline.objects.filter(subject_type=SUBJECT, stage="handle", subject_id__in=rows.values("pk")).aggregate(
        met=Count("pk", filter=Q(state=DeadlineState.MET)), ended=Count("pk", filter=Q(state__in=[DeadlineState.MET, DeadlineState.MISSED]))
    )  # fmt: skip
    return [
        rate("incident.accepted", found["accepted"], found["reported"]),
        rate("incident.handled", found["handled"], found["accepted"]),
        rate("incident.on_time", limits["met"], limits["ended"]),
        rate("incident.closed", found["closed"], found["accepted"]),
        rate("incident.rework", found["reworks"], found["handled"]),
        rate("incident.recurrence", found["again"], found["closed"]),
    ]


def by_month(actor: Actor, unit: int | None = None) -> list[dict]:
    """A row per unit and month, newest first (one statement)."""
    rows = _window(actor, unit).annotate(month=TruncMonth("reported_at")).values("month", "unit__short_name")
    return list(rows.annotate(**COUNTS).order_by("-month", "unit__code")[:200])


def heat(actor: Actor, unit: int | None = None) -> list[Cell]:
    """改派热力图: category × department of returns and re-routings; "tone" 1–4 by share of the largest."""
    rows = _window(actor, unit).filter(Q(reroute_count__gt=0) | Q(return_count__gt=0))
    moved = rows.values("category__name", "department__short_name", "level").annotate(
        count=Sum(F("reroute_count") + F("return_count"))
    )  # fmt: skip
    found = sorted(moved, key=lambda row: -row["count"])[:40]
    most = found[0]["count"] if found else 1
    return [
        Cell(row["category__name"], row["department__short_name"] or HandlingLevel(row["level"]).label if row["level"] else "待派遣",
             row["count"], max(1, round(4 * row["count"] / most)))
        for row in found
    ]  # fmt: skip


def unclear(actor: Actor, unit: int | None = None, *, least: int = 2) -> list[dict]:
    """职责不清: categories that were moved at least ``least`` times, with the last reasons that were given (two statements)."""
    rows = _window(actor, unit).filter(Q(reroute_count__gt=0) | Q(return_count__gt=0))
    moved = rows.values("category_id", "category__name", "category__code").annotate(
        count=Sum(F("reroute_count") + F("return_count")), incidents=Count("pk")
    )  # fmt: skip
    found = [row for row in moved.order_by("-count")[:10] if row["count"] >= least]
    keys = list(
        rows.filter(category_id__in=[row["category_id"] for row in found]).values_list("pk", "category_id")[:500]
    )
    owner = dict(keys)
    notes = AuditEvent.objects.filter(
        subject_type=SUBJECT, subject_id__in=list(owner), action__in=["incident.send_back", "incident.reroute"]
    ).order_by("-id").values_list("subject_id", "note")[:300]  # fmt: skip
    for row in found:
        row["notes"] = list(dict.fromkeys(note for pk, note in notes if owner[pk] == row["category_id"] and note))[:3]
    return found
