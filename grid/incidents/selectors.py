"""Reads of incidents: timeline, files."""

from governance.kernel.audit import AuditEvent
from governance.kernel.files import StoredFile

from .models import Incident

TONES = {
    "incident.reject": "muted",
    "incident.rework": "warning",
    "incident.overdue": "warning",
    "incident.close": "success",
}


def timeline_of(incident: Incident) -> list[dict]:
    """What happened, newest first; a reporter is named by his post, never counted."""
    rows = AuditEvent.objects.filter(thread=incident.thread).order_by("-id")[:100]
    return [
        {"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": row.note,
         "tone": TONES.get(row.action, "neutral"), "icon": "dot"}
        for row in rows
    ]  # fmt: skip


def files_of(incident: Incident) -> list[dict]:
    """Its files as the page draws them."""
    rows = StoredFile.objects.filter(thread=incident.thread)
    return [{"name": row.name, "url": row.get_absolute_url(), "is_photo": row.is_photo} for row in rows]
