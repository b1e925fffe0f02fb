"""The desks of the three administrators; the other roles' panels come from the slices above."""

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.health import health
from governance.kernel.outbox import MailState, OutboxMail

from . import desks
from .desks import Content, Panel, content
from .models import Appointment
from .roles import Role
from .selectors import locked_accounts

HEALTH_LABELS = {
    "database": "数据库", "redis": "Redis", "worker": "后台任务与定时", "setup": "初始化", "mail-in": "收信", "mailbox": "演示信箱",
}  # fmt: skip


def health_now(actor: Actor) -> Content:
    """The answer of /healthz as tiles."""
    tiles = [
        {"label": HEALTH_LABELS.get(name, name), "value": "正常" if not wrong else "异常", "note": wrong,
         "tone": "danger" if wrong else "success", "icon": "alert" if wrong else "check"}
        for name, wrong in health().items()
    ]  # fmt: skip
    return Content(tiles=tiles)


def dead_letters(actor: Actor) -> Content:
    """Mails that could not be delivered."""
    rows = OutboxMail.objects.filter(state=MailState.DEAD).only(
        "subject", "to_name", "to_address", "created_at", "last_error"
    )
    return content([
        {"title": mail.subject, "text": f"{mail.to_name or mail.to_address}：{mail.last_error}", "at": mail.created_at}
        for mail in rows.order_by("-id")[: desks.COUNTED + 1]
    ], href="outbox")  # fmt: skip


def appointments_lately(actor: Actor) -> Content:
    """Who was appointed last, and whose appointment ends soon."""
    rows = Appointment.objects.in_force().select_related("user", "unit", "street", "community", "department")
    return content([
        {"title": row.user.name, "text": f"{row.get_role_display()} · {row.place}", "url": row.user.get_absolute_url(),
         "at": row.valid_from, "badge": row.role_style}
        for row in rows.order_by("-id")[: desks.COUNTED + 1]
    ], href="appointments")  # fmt: skip


def locks(actor: Actor) -> Content:
    """Accounts that cannot sign in right now."""
    return content([
        {"title": lock.user.name, "text": f"{lock.user.username}，来自 {lock.address or '未知地址'}，失败 {lock.failures} 次",
         "at": lock.until, "at_label": "自动解锁"}
        for lock in locked_accounts()
    ], href="locked")  # fmt: skip


def trail(actor: Actor) -> Content:
    """The latest events of the trail, with the way to verify it."""
    rows = audit.AuditEvent.objects.order_by("-id").only("at", "action", "label", "actor_label")
    return content([
        {"title": event.label or event.action, "text": event.actor_label, "at": event.at}
        for event in rows[: desks.COUNTED + 1]
    ], href="audit", anchor=audit.AuditAnchor.objects.order_by("-day").first(), today=clock.today())  # fmt: skip


desks.register(
    Panel("sys-health", "运行状态", (Role.SYSTEM_ADMIN,), 10, health_now, "check", template="governance/accounts/desk/tiles.html"),
    Panel("sys-dead", "未能送达的邮件", (Role.SYSTEM_ADMIN,), 20, dead_letters, "mail", tone="danger",
          empty="没有未送达的邮件。对方服务器拒收或地址有误时会列在这里。"),
    Panel("sec-locked", "登录被锁定", (Role.SECURITY_ADMIN,), 10, locks, "lock", tone="warning",
          empty="没有被锁定的账户。连续 5 次失败会锁定 15 分钟，可在这里提前解除。"),
    Panel("sec-appointments", "在任人员", (Role.SECURITY_ADMIN,), 20, appointments_lately, "users",
          empty="还没有任职。先建立用户，再为他添加岗位和任职地点。"),
    Panel("audit-trail", "最近的审计事件", (Role.AUDITOR,), 10, trail, "eye", template="governance/accounts/desk/audit.html",
          empty="还没有审计事件。"),
)  # fmt: skip
