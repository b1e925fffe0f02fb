"""Mails of incidents: only departments get any. A community or grid is never reminded nor called to account (减负 B08).

A mail that asks for something carries a signed link and a reply address (ADR 0007): the department needs no account.
"""

from __future__ import annotations

from django.conf import settings

from governance.kernel import audit, clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.deadlines import Deadline, Level
from governance.kernel.links import REPLY_MARK, link_for
from governance.kernel.outbox import mail_enqueue
from governance.kernel.ui.formats import datetime_cn, mask_phone
from governance.territory.models import Department
from governance.whistles.mail.notices import RENEW_MINUTES, address_digest
from governance.whistles.mail.recipients import Recipient
from governance.whistles.mail.render import TONES, render

from .models import Incident
from .services.report import SUBJECT
from .states import HandlingLevel, IncidentStatus, Limit

REPLIES = (
    ("处置完毕：怎样处置的", "可附照片；随后到现场核查"),
    ("退回：理由", "不属贵单位职责的，由街道重新派遣"),
)


def _facts(row: Incident) -> list[tuple[str, str]]:
    where = f"{row.street}{row.community}"
    return [
        ("情况", mask_phone(row.words)), ("地点", f"{row.place}（{where}）" if row.place else where),
        ("分类", row.category.name), ("派遣依据", row.rule.title if row.rule_id else "由街道指定"),
    ]  # fmt: skip


def _mail(
    row: Incident, key: str, tail: str, lead: str, *, department: Department | None = None, quote: tuple[str, str] = ("", ""),
    tone: str = "info", bare: bool = False, address: str = "", urgent: bool | None = None,
) -> None:  # fmt: skip
    """Put one mail into the outbox; ``bare`` says nothing of the case and asks for nothing."""
    department = department or row.department
    address = address or (department.email if department else "")
    if not address:
        return
    link = None if bare else link_for(subject_type=SUBJECT, subject_id=row.pk, recipient=address)
    asks = not bare and row.status == IncidentStatus.HANDLING
    limits = [("处置时限", f"{datetime_cn(row.due_at)} 前")] if asks and row.due_at else []
    content = {
        "portal": "大连市基层减负平台", "number": row.number, "subject": f"【网格事件】{row.number} {row.headline} – {tail}",
        "office": department.short_name, "lead": lead, "tail": tail, "colour": TONES[tone], "quote_label": quote[0],
        "quote": mask_phone(quote[1].strip()), "facts": [] if bare else _facts(row), "limits": limits,
        "replies": REPLIES if asks else (), "button": "打开办理页面", "page": "", "confidential": False, "news": bare,
        "synthetic": row.is_synthetic or settings.DEMO,
    }  # fmt: skip
    if bare:
        content["subject"] = f"【网格事件】{row.number} – {tail}"
    mail_enqueue(
        key=f"incident:{row.pk}:{key}:{address_digest(address)}", thread=row.thread, to_address=address,
        to_name=department.short_name, reply_to=REPLY_MARK.format(link.pk) if link else "", digestible=bare,
        urgent=_is_urgent(row) if urgent is None else urgent,
        **render(content, Recipient(address, department.short_name), link),
    )  # fmt: skip


def _is_urgent(row: Incident) -> bool:
    """An emergency does not wait for the morning."""
    return bool(row.rule_id) and row.rule.limit == Limit.URGENT


def on_sent(*, incident: Incident, by: Actor, note: str = "", taken_from: Incident | None = None, **_more) -> None:
    """It came to a department: one mail with the way to answer; the one it was taken from learns that it is rid of it."""
    if taken_from:
        on_taken(incident=incident, by=by, taken_from=taken_from)
    if incident.level == HandlingLevel.DEPARTMENT:
        quote = ("说明", note) if note else ("", "")
        _mail(incident, f"sent:{incident.version}", "需处置", "有一件网格事件派遣到贵单位，请处置。", quote=quote)


def on_rework(*, incident: Incident, by: Actor, note: str = "", **_more) -> None:
    """Looked at on site, and not settled yet."""
    if incident.level == HandlingLevel.DEPARTMENT:
        lead = "现场核查没有通过，请贵单位继续处置。"
        _mail(incident, f"rework:{incident.version}", "核查不通过", lead, quote=("核查意见", note), tone="warning")


def on_taken(*, incident: Incident, by: Actor, taken_from: Incident, **_more) -> None:
    """Another has it now; a department that sent it back itself is not told what it has just done."""
    office = taken_from.department
    if office and not any(post.department_id == office.pk for post in by.posts):
        lead = "这件网格事件已改派其他单位，贵单位不必再处置，原链接随之失效。"
        _mail(incident, f"taken:{incident.version}", "已改派", lead, department=office, bare=True)


def on_closed(*, incident: Incident, **_more) -> None:
    """The end of it, for the department that handled it."""
    if incident.level == HandlingLevel.DEPARTMENT:
        _mail(
            incident,
            f"closed:{incident.version}",
            "已结案",
            "贵单位处置的这件网格事件已结案。",
            tone="success",
            bare=True,
        )


def on_step(deadline: Deadline, level: str) -> None:
    """Time runs out on a department or street: a mail to the department; the page shows the street what is late."""
    incident = (
        Incident.objects.select_related("department", "community", "street", "category", "rule")
        .filter(pk=deadline.subject_id)
        .first()
    )
    if incident is None or incident.level not in (HandlingLevel.DEPARTMENT, HandlingLevel.STREET):
        return
    if level == Level.REMIND:
        _mail(incident, f"remind:{deadline.pk}", "即将到期", "派遣到贵单位的网格事件即将到期。", tone="warning")
    elif level == Level.YELLOW:
        _mail(incident, f"late:{deadline.pk}", "已逾期", "派遣到贵单位的网格事件已逾期，请尽快处置。", tone="danger")
        audit.record(action="incident.overdue", label="逾期", by=SYSTEM, subject=incident, thread=incident.thread)


def renew(*, incident: Incident) -> None:
    """Mail a new link to the registered address of the department that has it; asked again at once it is the same mail."""
    slot = int(clock.now().timestamp()) // (RENEW_MINUTES * 60)
    lead = "按您在办理页面的请求，发送新的办理链接。若不是贵单位所请求，可不理会。"
    _mail(incident, f"renew:{slot}", "新的办理链接", lead, urgent=True)


SAID = {
    "done": ("已登记：{}", "您的回复已登记为：{}。", "success"),
    "comment": (
        "已转为留言",
        "您的回复没有对应的办理动作，已原样作为留言转给街道。要办理请看下面的写法，或打开办理页面。",
        "info",
    ),
    "refused": ("没有办成：{}", "您的回复理解为“{}”，但没有办成，内容已作为留言保存。", "warning"),
}


def confirm(
    *, incident: Incident, office: Department, address: str, key: str, kind: str, understood: str = "", note: str = ""
) -> None:
    """Tell the sender of a reply what it was taken for; at once, for it answers somebody who is writing."""
    tail, lead, tone = SAID[kind]
    _mail(incident, f"confirm:{key}", tail.format(understood), lead.format(understood), department=office, address=address,
          quote=("原因" if kind == "refused" else "说明", note), tone=tone, bare=incident.department_id != office.pk, urgent=True)  # fmt: skip


HANDLERS = (on_sent, on_rework, on_taken, on_closed)  # what the demo's old history must not set off
