"""Mails about refusals go to the department and, as a copy, to the district. None names the community or a person."""

from governance.kernel.actor import Actor
from governance.kernel.deadlines import Deadline
from governance.kernel.outbox import mail_enqueue

from ..gate.mails import Office, social_offices
from ..models import Refusal
from ..states import RefusalStatus
from .anonymity import where
from .selectors import refusal_rows
from .services import ANSWER, refusal_escalate


def _tell(
    refusal: Refusal, kind: str, subject: str, text: str, *, department: bool = True, district: bool = False
) -> None:
    own = refusal.department
    offices = [Office(str(own.pk), own.email, own.short_name)] if department and own.email else []
    offices += social_offices(refusal.unit_id) if district else []
    for office in {row.email: row for row in offices}.values():
        mail_enqueue(
            key=f"refusal.{kind}:{refusal.pk}:{office.key}", thread=refusal.thread, to_address=office.email,
            to_name=office.short_name, subject=subject, text=text,
        )  # fmt: skip


def _about(refusal: Refusal) -> str:
    words = f"\n补充说明：{refusal.words}" if refusal.words else ""
    return (
        f"要求：{refusal.demand.number} {refusal.demand.title}\n地点：{where(refusal)}\n"
        f"理由：{refusal.get_reason_display()}\n依据：{refusal.basis}{words}\n\n"
        "拒收不计负面；按规定不提供是哪个社区、由谁提出。请登录门户答复：撤回、修改或申请裁决。"
    )


def on_file(*, by: Actor, refusal: Refusal) -> None:
    """To the department, copied to the district."""
    _tell(refusal, "file", f"【依规拒收】{refusal.demand.title}", _about(refusal), district=True)


def on_contest(*, by: Actor, refusal: Refusal) -> None:
    """To the district: a ruling is asked for."""
    _tell(
        refusal, "contest", f"【拒收裁决】{refusal.demand.title}", f"{_about(refusal)}\n\n部门意见：{refusal.answer}",
        department=False, district=True,
    )  # fmt: skip


def on_ruled(*, event: str, by: Actor, refusal: Refusal) -> None:
    """To the department: how it was ruled."""
    if refusal.status in (RefusalStatus.UPHELD, RefusalStatus.OVERRULED):
        text = f"{refusal.number} 裁决：{refusal.get_status_display()}。\n\n裁决意见：{refusal.ruling_note}"
        _tell(refusal, "ruled", f"【拒收裁决结果】{refusal.demand.title}", text)


def on_escalate(*, by: Actor, refusal: Refusal) -> None:
    """To the district: the department has not answered."""
    text = f"{refusal.department} 逾期未答复以下拒收，请督促。\n\n{_about(refusal)}"
    _tell(refusal, "escalate", f"【逾期未答复拒收】{refusal.demand.title}", text, department=False, district=True)


def on_step(deadline: Deadline, level: str) -> None:
    """A limit's step: remind the department, then tell the district. Communities hear nothing (减负 B08)."""
    refusal = refusal_rows().filter(pk=deadline.subject_id).first()
    if refusal is None or deadline.stage != ANSWER or refusal.status != RefusalStatus.FILED:
        return
    if level == "remind":
        _tell(refusal, "remind", f"【拒收待答复】{refusal.demand.title}", _about(refusal))
    elif level == "yellow":
        refusal_escalate(refusal=refusal)
