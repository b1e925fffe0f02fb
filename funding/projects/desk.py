"""Desk panels: what waits for the community, the street, the unit's finance."""

from funding.ledger.money import yuan
from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import Role
from governance.kernel.actor import Actor

from .models import Finding, PaymentRequest, Project, Refund
from .states import FindingStatus, PaymentStatus, ProjectStatus, RefundStatus

S, P = ProjectStatus, PaymentStatus
OWN = (S.IDEA, S.PROPOSED, S.CONSULTED, S.DELIBERATED, S.RESOLVED, S.PUBLICISED, S.IMPLEMENTING, S.ACCEPTED, S.FINAL)


def project_line(row: Project) -> dict:
    """What and how much."""
    return {"title": row.title, "text": f"{row.community} · {row.budget}", "url": row.get_absolute_url(),
            "badge": ProjectStatus(row.status)}  # fmt: skip


def payment_line(row: PaymentRequest) -> dict:
    """Whom and how much."""
    return {"title": row.purpose, "text": f"{row.supplier} · {row.amount}", "url": row.get_absolute_url(),
            "badge": PaymentStatus(row.status)}  # fmt: skip


def _projects(*statuses: str):
    def load(actor: Actor) -> Content:
        rows = Project.objects.visible_to(actor).filter(status__in=statuses).select_related("community").order_by("id")
        return content(rows, project_line, href="projects")

    return load


def _payments(*statuses: str):
    def load(actor: Actor) -> Content:
        rows = (
            PaymentRequest.objects.visible_to(actor)
            .filter(status__in=statuses)
            .select_related("supplier")
            .order_by("id")
        )
        return content(rows, payment_line, href="payments")

    return load


def appeals(actor: Actor) -> Content:
    """Appeals against 七不用 that wait for a ruling."""
    rows = Finding.objects.visible_to(actor).filter(status=FindingStatus.APPEALED).select_related("project", "payment")
    return content(rows.order_by("id"), appeal_line, href="projects")


def appeal_line(row: Finding) -> dict:
    """What was found, and what is said to it."""
    return {
        "title": row.reason,
        "text": row.appeal[:60],
        "url": row.get_absolute_url(),
        "badge": FindingStatus(row.status),
    }


def refunds(actor: Actor) -> Content:
    """Large refunds that somebody else registered and that wait for this person."""
    rows = Refund.objects.visible_to(actor).filter(status=RefundStatus.WAITING).exclude(created_by_id=actor.user_id)
    return content(rows.select_related("payment__supplier").order_by("id"), refund_line, href="payments")


def refund_line(row: Refund) -> dict:
    """From whom, how much, why."""
    return {
        "title": f"{row.payment.supplier} 退款 {yuan(row.amount_fen)} 元", "text": row.reason, "url": row.get_absolute_url(),
        "badge": RefundStatus(row.status),
    }  # fmt: skip


STREET, FINANCE = (Role.STREET_LEADER,), (Role.UNIT_FINANCE,)
desks.register(
    Panel("projects-own", "社区的项目", (Role.COMMUNITY,), 62, _projects(*OWN), "list", quiet=True),
    Panel("payments-draft", "未报送的支付申请", (Role.COMMUNITY,), 63, _payments(P.DRAFT), "coin", quiet=True),
    Panel("projects-review", "待审核的项目", STREET, 62, _projects(S.REVIEWING), "list", quiet=True),
    Panel("payments-approve", "待审批的支付", STREET, 63, _payments(P.SUBMITTED, P.SECOND), "coin", quiet=True),
    Panel("projects-file", "待备案的项目", FINANCE, 62, _projects(S.FILING), "list", quiet=True),
    Panel("payments-pay", "待复审、待支付", FINANCE, 63, _payments(P.SECOND, P.APPROVED), "coin", quiet=True),
    Panel("refunds-confirm", "待确认的大额退款", (*STREET, *FINANCE), 64, refunds, "reply", quiet=True),
    Panel("findings-appealed", "待裁定的“七不用”申诉", FINANCE, 64, appeals, "scale", quiet=True),
)
