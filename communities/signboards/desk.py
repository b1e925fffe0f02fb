"""The desks' panels: departments clear, streets look again, districts run campaigns. Communities have none: nothing is theirs to do."""

from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import DEPT_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor

from .models import Rectification, SignboardAudit, SignboardRecheck
from .states import RECTIFICATION_OPEN, AuditStatus, RecheckStatus

RUNNING = (
    AuditStatus.REGISTERING,
    AuditStatus.COMPARING,
    AuditStatus.PUBLICITY,
    AuditStatus.RECTIFYING,
    AuditStatus.ACCEPTING,
)


def to_rectify(actor: Actor) -> Content:
    """A department's own rectifications, the earliest day first."""
    own = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    rows = Rectification.objects.filter(department_id__in=own, status__in=RECTIFICATION_OPEN).select_related("street")
    return content(rows.order_by("due_on", "id"), rectification_line, href="rectifications?status=open")


def rectification_line(row: Rectification) -> dict:
    """What, where, until when."""
    return {
        "title": row.content[:60], "text": f"{row.number} · {row.street}", "url": row.get_absolute_url(),
        "badge": row.get_status_display(), "at": row.due_on, "at_label": "期限",
    }  # fmt: skip


def rechecks(actor: Actor) -> Content:
    """Re-checks whose day has come."""
    rows = SignboardRecheck.objects.visible_to(actor).filter(status=RecheckStatus.WAITING, due_on__lte=clock.today())
    return content(
        rows.select_related("board", "community").order_by("due_on", "id"),
        recheck_line,
        href="signboard-rechecks?due=1",
    )


def recheck_line(row: SignboardRecheck) -> dict:
    """Which board, where."""
    return {
        "title": row.board.name, "text": str(row.community), "url": row.get_absolute_url(), "at": row.due_on, "at_label": "复查日",
    }  # fmt: skip


def campaigns(actor: Actor) -> Content:
    """The district's campaigns that run."""
    rows = SignboardAudit.objects.visible_to(actor).filter(status__in=RUNNING).order_by("due_on", "id")
    return content(rows, campaign_line, href="signboard-audits")


def campaign_line(row: SignboardAudit) -> dict:
    """Where it stands."""
    return {
        "title": row.title, "text": row.number, "url": row.get_absolute_url(), "badge": AuditStatus(row.status),
        "at": row.due_on, "at_label": "期限",
    }  # fmt: skip


desks.register(
    Panel("signboard-rectify", "待整改的牌子", DEPT_ROLES, 60, to_rectify, "flag", tone="warning", quiet=True),
    Panel("signboard-rechecks", "到期的回潮复查", (Role.STREET_STAFF,), 80, rechecks, "repeat", quiet=True),
    Panel("signboard-audits", "进行中的牌子核查", (Role.UNIT_SOCIAL,), 60, campaigns, "search", quiet=True),
)
