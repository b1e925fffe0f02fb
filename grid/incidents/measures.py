"""What is counted of incidents, once: SQL for the rollup, the ORM for places too small to need one.

A figure belongs to the month in which its incident was reported, so that numerator and denominator speak of the same incidents.
"""

from django.db.models import Count, F, Q, Sum

# measure: (what the incident counts as it, in SQL; the same for the ORM)
MEASURES = {
    "reported": ("1", Count("pk")),
    "accepted": ("(accepted_at IS NOT NULL)::int", Count("pk", filter=Q(accepted_at__isnull=False))),
    "handled": ("(handled_at IS NOT NULL)::int", Count("pk", filter=Q(handled_at__isnull=False))),
    "in_time": ("(handled_in_time IS TRUE)::int", Count("pk", filter=Q(handled_in_time=True))),
    "too_late": ("(handled_in_time IS FALSE)::int", Count("pk", filter=Q(handled_in_time=False))),
    "closed": ("(closed_at IS NOT NULL)::int", Count("pk", filter=Q(closed_at__isnull=False))),
    "closed_in_time": (
        "(closed_at IS NOT NULL AND late_count = 0)::int",
        Count("pk", filter=Q(closed_at__isnull=False, late_count=0)),
    ),
    "reworks": ("rework_count", Sum("rework_count", default=0)),
    "again": (
        "(recurrence_of_id IS NOT NULL AND accepted_at IS NOT NULL)::int",
        Count("pk", filter=Q(recurrence_of__isnull=False, accepted_at__isnull=False)),
    ),
    "moved": ("return_count + reroute_count", Sum(F("return_count") + F("reroute_count"), default=0)),
}
PREFIX, TAKEN = "incident_", "incident_from_"  # in the rollup; TAKEN + level: who it was taken from
COUNTS = {name: counted for name, (_, counted) in MEASURES.items()}
