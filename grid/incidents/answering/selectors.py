"""What the holder of a link sees of an incident: whose turn it is, what, where, why it came here, what happened."""

from governance.kernel.audit import AuditEvent
from governance.kernel.files import StoredFile
from governance.kernel.ui.formats import datetime_cn, mask_phone

from ..models import Incident
from ..states import IncidentStatus as S

TURNS = {
    S.HANDLING: "轮到贵单位：请处置；不属贵单位职责的，写明理由退回",
    S.VERIFYING: "已报处置完毕，等待现场核查，贵单位不计时",
    S.VERIFIED: "现场核查通过，等待结案，贵单位不必再做什么",
    S.CLOSED: "已结案，贵单位不必再做什么",
    S.EVALUATED: "已结案，贵单位不必再做什么",
    S.WHISTLED: "已转为哨单，按哨单办理",
}


def facts_of(incident: Incident) -> list[tuple[str, object]]:
    """What, where, why here; no reporter."""
    where = "".join(str(part) for part in (incident.street, incident.community))
    rows = [
        ("情况", mask_phone(incident.words)),
        ("地点", f"{incident.place}（{where}）" if incident.place else where),
        ("网格", str(incident.grid) if incident.grid_id else ""),
        ("坐标", f"{incident.lon:.6f}, {incident.lat:.6f}" if incident.lon is not None else ""),
        ("分类", f"{incident.category.parent.name} / {incident.category.name}"),
        ("上报时间", datetime_cn(incident.reported_at)),
        ("派遣依据", f"{incident.rule.title}（第 {incident.rule.version} 版）" if incident.rule_id else "由街道指定"),
    ]
    return [row for row in rows if row[1]]


def files_of(incident: Incident):
    """The incident's photos and documents."""
    return StoredFile.objects.filter(thread=incident.thread).order_by("id")


def timeline_of(incident: Incident) -> list[dict]:
    """What happened, newest first; who reported it is not said to a department."""
    events = AuditEvent.objects.filter(thread=incident.thread).order_by("-id")[:100]
    return [
        {"at": row.at, "title": row.label or row.action, "body": mask_phone(row.note),
         "who": "" if row.action == "incident.report" else row.actor_label}
        for row in events
    ]  # fmt: skip


def last_done(incident: Incident, action: str) -> AuditEvent | None:
    """When this step was last taken, and by whom."""
    events = AuditEvent.objects.filter(subject_type="incident", subject_id=incident.pk, action=f"incident.{action}")
    return events.order_by("-id").first()
