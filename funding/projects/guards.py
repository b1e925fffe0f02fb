"""Reasons for refusing a step, in the words of the person who pressed the button."""

from datetime import timedelta

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.policy import policy

from .states import BLOCKING, PAYMENT_OPEN, Notice


def _notice_over(project, kind: str, rule: str) -> str | None:
    """Counted by the portal's clock from the moment of the first record, not by what was typed in."""
    rows = list(project.notices.filter(kind=kind, round=project.round).order_by("id"))
    if not rows:
        return "还没有公示记录。"
    days, last = policy(rule), rows[-1]
    if (last.to_on - rows[0].from_on).days < days:
        return f"公示不足 {days} 天，请延长公示。"
    if clock.today() < last.to_on or clock.now() < rows[0].at + timedelta(days=days):
        return f"公示到 {last.to_on:%Y-%m-%d} 才满期，期满后再办。"
    return None


def decision_was_public(project, by: Actor, changes: dict) -> str | None:
    """The decision hung out for its days (⑦ of domain-rules 10.2)."""
    return _notice_over(project, Notice.DECISION, "funding.decision_notice_days")


def result_was_public(project, by: Actor, changes: dict) -> str | None:
    """So did the final account."""
    return _notice_over(project, Notice.FINAL, "funding.final_notice_days")


def nothing_forbidden(row, by: Actor, changes: dict) -> str | None:
    """No finding that has not been answered."""
    found = row.findings.filter(status__in=BLOCKING).first()
    return f"触及“七不用”：{found.reason}请修改，或申诉说明理由。" if found else None


def no_payment_under_way(project, by: Actor, changes: dict) -> str | None:
    """Nothing is on its way to a payee."""
    count = project.payments.filter(status__in=PAYMENT_OPEN).count()
    return f"还有 {count} 笔支付没有办结，请先办结或取消。" if count else None


def never_filed(project, by: Actor, changes: dict) -> str | None:
    """What has had money is ended by the street, not taken back."""
    return "下达过额度的项目不能撤回；不再实施的，请街道终止。" if project.filed_at else None


def was_filed(project, by: Actor, changes: dict) -> str | None:
    """Before there was money, the community takes it back itself."""
    return None if project.filed_at else "没有下达过额度的项目，由社区撤回。"


def was_accepted(project, by: Actor, changes: dict) -> str | None:
    """Residents have said yes."""
    row = project.acceptances.order_by("-id").first()
    return None if row and row.passed else "还没有居民代表验收通过的记录。"


def _same(by: Actor, user_id: int | None, label: str) -> bool:
    return by.user_id == user_id if by.user_id and user_id else by.label[:120] == label


def not_the_asker(payment, by: Actor, changes: dict) -> str | None:
    """Who asks does not approve; nor does who changed it or sent it on, whatever his other post."""
    if _same(by, payment.created_by_id, payment.created_label):
        return "申请人不能审批自己的申请。"
    hands = AuditEvent.objects.filter(
        thread=payment.thread, action__in=[f"paymentrequest.{name}" for name in ("ask", "edit", "submit")]
    ).values_list("actor_id", "actor_label")
    if any(_same(by, user_id, label) for user_id, label in hands):
        return "填写、修改或报送过这笔申请的人不能审批。"
    return None


def another_approves(payment, by: Actor, changes: dict) -> str | None:
    """Two people above the limit; the database checks it again."""
    if _same(by, payment.approved_by_id, payment.approved_label):
        return "大额支付须由另一人复审，不能由同一人审批两次。"
    return None


def needs_one(row, by: Actor, changes: dict) -> str | None:
    """Small enough for one signature, also by the rule of this moment."""
    if row.needs_second:
        return "超过限额，须两人审批。"
    limit = policy("funding.second_from_fen")
    return "两人审批的限额已调低，请退回后重新报送。" if row.amount_fen >= limit else None


def needs_two(row, by: Actor, changes: dict) -> str | None:
    """Large enough for two."""
    return None if row.needs_second else "未超过限额，由一人审批即可。"


def not_the_registrar(refund, by: Actor, changes: dict) -> str | None:
    """Who says that money came back does not confirm it."""
    return "登记人不能确认自己登记的退款。" if _same(by, refund.created_by_id, refund.created_label) else None


def all_came_back(payment, by: Actor, changes: dict) -> str | None:
    """Only refunds make a payment a refunded one."""
    whole = changes.get("refunded_fen") == payment.amount_fen
    return None if whole else "请登记退款；退款累计达到全款时，这笔支付即为已退款。"
