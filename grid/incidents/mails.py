"""Mails of incidents: only departments get any. A community or grid is never reminded nor called to account (减负 B08)."""

from django.conf import settings

from governance.kernel import audit
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.deadlines import Deadline, Level
from governance.kernel.outbox import mail_enqueue

from .models import Incident
from .states import HandlingLevel


def _mail(incident: Incident, key: str, subject: str, opening: str) -> None:
    department = incident.department
    if not (department and department.email):
        return
    due = f"\n请于 {incident.due_at:%m-%d %H:%M} 前处置。" if incident.due_at else ""
    mail_enqueue(
        key=f"incident:{incident.pk}:{key}"[:120], thread=incident.thread, to_address=department.email,
        to_name=department.short_name, subject=f"【{subject}】{incident.headline}",
        text=f"{opening}\n\n{incident.number}\n{incident.words}\n地点：{incident.community} {incident.place}\n{due}\n"
             f"办理：{settings.BASE_URL}{incident.get_absolute_url()}",
        digestible=True,
    )  # fmt: skip


def on_sent(*, incident: Incident, by: Actor, note: str = "", **_more) -> None:
    """It came to a department: one mail with the way to its page."""
    if incident.level == HandlingLevel.DEPARTMENT:
        _mail(incident, f"sent:{incident.version}", "事件派遣", f"有一件事件派遣到贵单位。{note}".strip())


def on_step(deadline: Deadline, level: str) -> None:
    """Time runs out on a department or street: a mail to the department; the page shows the street what is late."""
    incident = Incident.objects.select_related("department", "community").filter(pk=deadline.subject_id).first()
    if incident is None or incident.level not in (HandlingLevel.DEPARTMENT, HandlingLevel.STREET):
        return
    if level == Level.REMIND:
        _mail(incident, f"remind:{deadline.pk}", "事件即将到期", "派遣到贵单位的事件即将到期。")
    elif level == Level.YELLOW:
        _mail(incident, f"late:{deadline.pk}", "事件已逾期", "派遣到贵单位的事件已逾期。")
        audit.record(action="incident.overdue", label="逾期", by=SYSTEM, subject=incident, thread=incident.thread)
