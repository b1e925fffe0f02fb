"""The desks of the three administrators; the other roles' panels come from the slices above."""

from django.urls import reverse

from governance.kernel import audit
from governance.kernel.actor import Actor
from governance.kernel.health import health
from governance.kernel.outbox import MailState, OutboxMail

from . import desks
from .desks import Content, Panel, content
from .models import Appointment
from .roles import Role
from .selectors import Locked, locked_accounts

HEALTH_LABELS = {
    "database": "数据库", "redis": "Redis", "worker": "后台任务与定时", "setup": "初始化", "mail-in": "收信", "mailbox": "演示信箱",
    "mail-fetch": "收取回信（IMAP）",
}  # fmt: skip

TROUBLES = {
    "not fetched": "10 分钟以上未能收取，部门的邮件答复可能滞留",
    "no heartbeat": "没有心跳", "no answer": "没有回应", "not finished": "未完成", "ConnectionRefusedError": "连接被拒绝",
    "TimeoutError": "超时", "OperationalError": "连不上",
}  # fmt: skip

SIGNS = ("user.sign_in", "user.sign_out")


def health_now(actor: Actor) -> Content:
    """The answer of /healthz as tiles."""
    tiles = [
        {"label": HEALTH_LABELS.get(name, name), "value": "正常" if not wrong else "异常", "note": TROUBLES.get(wrong, wrong),
         "tone": "danger" if wrong else "success", "icon": "alert" if wrong else "check"}
        for name, wrong in health().items()
    ]  # fmt: skip
    return Content(tiles=tiles)


def dead_letters(actor: Actor) -> Content:
    """Mails that could not be delivered."""
    rows = OutboxMail.objects.filter(state=MailState.DEAD).order_by("-id")
    fields = "id", "subject", "to_name", "to_address", "created_at", "last_error"
    return content(rows.only(*fields), _mail_line, href="outbox")


def _mail_line(mail: OutboxMail) -> dict:
    return {
        "title": mail.subject,
        "text": f"{mail.to_name or mail.to_address}：{mail.last_error}",
        "at": mail.created_at,
        "url": desks.address("outbox"),
    }


def appointments_lately(actor: Actor) -> Content:
    """Who was appointed last."""
    rows = Appointment.objects.in_force().select_related("user", "unit", "street", "community", "department")
    return content(rows.order_by("-id"), _appointment_line, href="appointments")


def _appointment_line(row: Appointment) -> dict:
    return {
        "title": row.user.name, "text": f"{row.place} · {row.title}" if row.title else row.place,
        "url": row.get_absolute_url(), "badge": row.role_style,
    }  # fmt: skip


def locks(actor: Actor) -> Content:
    """Accounts that cannot sign in right now."""
    return content(locked_accounts(), _lock_line, href="locked")


def _lock_line(lock: Locked) -> dict:
    words = f"{lock.user.username}，来自 {lock.address or '未知地址'}，失败 {lock.failures} 次"
    return {
        "title": lock.user.name,
        "text": words,
        "at": lock.until,
        "at_label": "自动解锁",
        "url": desks.address("locked"),
    }


def trail(actor: Actor) -> Content:
    """The latest changes of the trail (comings and goings left out), with the way to verify it."""
    rows = (
        audit.AuditEvent.objects.visible_to(actor)
        .exclude(action__in=SIGNS)
        .order_by("-id")
        .only("id", "at", "action", "label", "actor_label")
    )
    return content(rows, _event_line, href="audit", anchor=audit.AuditAnchor.objects.order_by("-day").first())


def _event_line(event: audit.AuditEvent) -> dict:
    url = reverse("audit-event", args=[event.pk])
    return {"title": event.label or event.action, "text": event.actor_label, "at": event.at, "url": url}


STEPS = (
    (Role.SYSTEM_ADMIN, "imports", "导入部门和派出机构", "下载模板、填写、上传；确认之前不写入。"),
    (Role.SYSTEM_ADMIN, "calendar", "核对放假安排", "工作日、工作小时按此计算。"),
    (Role.SECURITY_ADMIN, "users", "建立用户并任职", "先是安全审计员，再是市领导小组办公室、裁决组、街道。"),
)


def first_steps(actor: Actor) -> Content:
    """What to do while the portal is new: until somebody from the city's office is appointed."""
    if Appointment.objects.in_force().filter(role=Role.CITY_OFFICE).exists():
        return Content()
    mine = [step for step in STEPS if step[0] in actor.roles]
    return content(mine, lambda step: {"title": step[2], "text": step[3], "url": desks.address(step[1])})


def nothing(actor: Actor) -> Content:
    """A panel that only says what will come."""
    return Content()


desks.register(
    Panel("first-steps", "开通步骤", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN), 5, first_steps, "flag", tone="accent", quiet=True),
    Panel("sys-health", "运行状态", (Role.SYSTEM_ADMIN,), 10, health_now, "check", template="governance/accounts/desk/tiles.html"),
    Panel("sys-dead", "未能送达的邮件", (Role.SYSTEM_ADMIN,), 20, dead_letters, "mail", tone="danger",
          empty="没有未送达的邮件。对方服务器拒收或地址有误时会列在这里。"),
    Panel("sec-locked", "登录被锁定", (Role.SECURITY_ADMIN,), 10, locks, "lock", tone="warning",
          empty="没有被锁定的账户。连续 5 次失败会锁定 15 分钟，可在这里提前解除。"),
    Panel("sec-appointments", "在任人员", (Role.SECURITY_ADMIN,), 20, appointments_lately, "users",
          empty="还没有任职。先建立用户，再为他添加岗位和任职地点。"),
    Panel("audit-trail", "最近的审计事件", (Role.AUDITOR,), 10, trail, "eye", template="governance/accounts/desk/audit.html",
          empty="还没有审计事件。"),
    Panel("finance-none", "经费", (Role.UNIT_FINANCE,), 10, nothing, "coin",
          empty="现在没有需要您办的事。需要列入年度计划的挂账可在“部门工单”中查看。"),
    Panel("neighbour-none", "我的事项", (Role.BUILDING_HEAD, Role.LIAISON), 10, nothing, "home",
          empty="现在没有需要您办的事，也不需要签到、打卡或填报。"),
)  # fmt: skip
desks.shortcut("新建用户", "user-new", "plus", (Role.SECURITY_ADMIN,))
