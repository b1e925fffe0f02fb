"""What each event says to a department, in one table; an event that is not in it sends nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from governance.kernel.actor import Actor
from governance.kernel.clock import Unit
from governance.kernel.policy import rule_for
from governance.kernel.ui.formats import datetime_cn

from ..models import Ticket
from ..states import CardColour, CardReason, Outcome, Stage
from .recipients import is_departments_own


@dataclass(frozen=True)
class Notice:
    """``tail`` ends the subject, ``lead`` opens the mail. ``news`` may be digested; ``upward`` goes to those above too.

    ``bare`` says nothing about the case and carries no link; ``full`` lists all that a department needs to begin.
    """

    tail: str
    lead: str
    quote: tuple[str, str] = ("", "")
    facts: tuple[tuple[str, str], ...] = ()
    button: str = "打开办理页面"
    tone: str = "info"
    news: bool = False
    upward: bool = False
    bare: bool = False
    full: bool = False
    page: str = field(default="")  # the page of the link that the button opens, such as "explain/"


Case = Callable[[Ticket, Actor, dict], Notice | None]


def amount_cn(amount: float, unit: str) -> str:
    """1 个工作小时, 15 分钟, 3 个工作日."""
    unit = Unit(unit)
    return f"{amount:g} {'个' if unit.is_working else ''}{unit.label}"


def _rule_cn(key: str) -> str:
    rule = rule_for(key)
    return amount_cn(rule.value, rule.unit)


def _dispatch(ticket: Ticket, by: Actor, more: dict) -> Notice:
    limit = _rule_cn(f"whistle.{Stage.ACCEPT}.{ticket.scene}")
    return Notice(
        f"需签收（{limit}内）", f"{ticket.street}吹哨，请贵单位作为{ticket.get_role_display()}部门签收并报到。",
        full=True, button="打开办理页面，签收或提出异议",
    )  # fmt: skip


def _remind(ticket: Ticket, by: Actor, more: dict) -> Notice:
    deadline = more["deadline"]
    stage = Stage(deadline.stage).label
    return Notice(
        f"{stage}时限临近", f"“{stage}”将于 {datetime_cn(deadline.due_at)} 到期，请安排办理。", tone="warning"
    )


def _card(ticket: Ticket, by: Actor, more: dict) -> Notice | None:
    card = more["card"]
    if card.colour == CardColour.RED:
        return _red(ticket, card)
    if card.reason == CardReason.REWORK:
        return None  # the mail about the rework says it
    stage = Stage(card.stage).label if card.stage else card.get_reason_display()
    return Notice(
        f"黄牌：{stage}逾期", f"“{stage}”时限已过，现亮黄牌，请立即办理。继续逾期将亮红牌并要求书面说明。",
        tone="warning", upward=True,
    )  # fmt: skip


def _red(ticket: Ticket, card) -> Notice:
    why = f"{card.get_reason_display()}（{Stage(card.stage).label}）" if card.stage else card.get_reason_display()
    return Notice(
        f"红牌督办单 {card.number}",
        f"督办单 {card.number}：本件因“{why}”亮红牌。请在 {_rule_cn('whistle.explain')}内提交书面说明，并立即办理。",
        tone="danger", upward=True, button="提交书面说明", page="explain/",
        facts=(("督办单号", card.number), ("事由", why)),
    )  # fmt: skip


def _uphold(ticket: Ticket, by: Actor, more: dict) -> Notice:
    return Notice(
        "异议裁决：维持派单",
        "裁决组维持派单，视同已签收；各项时限自裁决起重新计算，请按时报到。",
        ("裁决理由", more["note"]),
    )


def _reassign(ticket: Ticket, by: Actor, more: dict) -> Notice:
    return Notice(
        "已改派", "贵单位的异议已裁决，本件已改派其他部门，贵单位不必再办理；此前的办理链接即时失效。", bare=True
    )


def _not_whistle(ticket: Ticket, by: Actor, more: dict) -> Notice:
    return Notice(
        "异议裁决：不成立吹哨",
        "裁决组认定本件不成立吹哨，工单终止，不计入贵单位。",
        ("裁决理由", more["note"]),
        news=True,
    )


def _grant_extension(ticket: Ticket, by: Actor, more: dict) -> Notice:
    until = datetime_cn(ticket.extension.asked_due)
    return Notice("延期申请已同意", f"街道同意延期，办结时限改为 {until}。", ("审批意见", more["note"]), tone="success")


def _hold(tail: str, lead: str, label: str = "审批意见", tone: str = "info") -> Case:
    return lambda ticket, by, more: Notice(tail, lead, (label, more["note"]), tone=tone)


def _continue_hold(ticket: Ticket, by: Actor, more: dict) -> Notice:
    hold = ticket.holds.first()
    lead = f"本件继续挂账，下次复核日 {hold.review_on:%Y-%m-%d}。" if hold else "本件继续挂账。"
    return Notice("继续挂账", lead, ("审批意见", more["note"]))


def _rework(ticket: Ticket, by: Actor, more: dict) -> Notice:
    return Notice(
        f"核实未通过，需返工（第 {ticket.rework_count} 次）",
        f"街道现场核实未通过，请在 {_rule_cn('whistle.rework')}内重新办理并再报办结。返工计黄牌，两次及以上计红牌。",
        ("未通过的理由", more["note"]), tone="warning",
    )  # fmt: skip


def _verify(ticket: Ticket, by: Actor, more: dict) -> Notice:
    return Notice("核实通过", "街道已现场核实，办结成立，等待街道评价。贵单位不必再做什么。", news=True, tone="success")


def _rate(ticket: Ticket, by: Actor, more: dict) -> Notice:
    return Notice(
        "已评价", "街道已完成评价，本件办结。单条评价按季度汇总后公开，此前不单独显示。", news=True, tone="success"
    )


def _comment(ticket: Ticket, by: Actor, more: dict) -> Notice:
    return Notice("有新留言", f"{by.label} 留言：", ("留言", more["note"]), news=True)


def _merge(ticket: Ticket, by: Actor, more: dict) -> Notice:
    number = more["into"].number
    return Notice(
        f"已并入 {number}",
        f"街道把本件并入 {number}，本件停止计时。回复本邮件仍会送达；请按 {number} 办理。",
        ("并入理由", more["note"]),
        news=True,
    )


def _unmerge(ticket: Ticket, by: Actor, more: dict) -> Notice:
    return Notice("撤销并入", "街道撤销了并入，本件恢复到并入前的状态，时限继续计算，请继续办理。")


def _revoke(ticket: Ticket, by: Actor, more: dict) -> Notice:
    card = more["card"]
    colour = CardColour(card.colour).label
    what = f"{colour}{card.number}" if card.number else colour
    lead = f"{what}（{card.get_reason_display()}）已撤销，不再计入贵单位。"
    if card.colour == CardColour.RED:
        lead += "这张红牌的书面说明不必再提交。"
    return Notice(f"{colour}已撤销", lead, ("撤销理由", more["note"]), tone="success", upward=True)


def _appeal(tail: str, lead: str) -> Case:
    """Neither the rating nor the ruling's reasons: more people read a mail than the rating."""
    return lambda ticket, by, more: Notice(tail, lead + "裁决理由请登录平台查看。")


def _own(label: str) -> Case:
    """A step of the department itself: the office of the two that did not take it is told."""

    def case(ticket: Ticket, by: Actor, more: dict) -> Notice | None:
        if not is_departments_own(ticket, by):
            return None
        return Notice(label, f"{by.label} 已{label}。", ("内容", more.get("note", "")), news=True)

    return case


CASES: dict[str, Case] = {
    "ticket.dispatch": _dispatch,
    "ticket.remind": _remind,
    "ticket.card": _card,
    "ticket.uphold": _uphold,
    "ticket.reassign": _reassign,
    "ticket.not_whistle": _not_whistle,
    "ticket.grant_extension": _grant_extension,
    "ticket.refuse_extension": _hold("延期申请未获同意", "街道未同意延期，原办结时限不变。", "理由", "warning"),
    "ticket.grant_hold": _hold("挂账申请已同意", "本件转入挂账，暂停计时；到复核日再定。", tone="success"),
    "ticket.refuse_hold": _hold("挂账申请未获同意", "区级未同意挂账，时限继续计算，请继续办理。", "理由", "warning"),
    "ticket.continue_hold": _continue_hold,
    "ticket.resume": _hold("恢复办理", "挂账结束，本件恢复办理，按剩余时间继续计时。", "理由"),
    "ticket.rework": _rework,
    "ticket.verify": _verify,
    "ticket.rate": _rate,
    "ticket.comment": _comment,
    "ticket.merge": _merge,
    "ticket.unmerge": _unmerge,
    "ticket.accept": _own("签收"),
    "ticket.object": _own("提出异议，等待裁决，暂停计时"),
    "ticket.contact": _own("联系街道"),
    "ticket.arrive": _own("报到"),
    "ticket.consult": _own("申请会商"),
    "ticket.minute": _own("形成会商纪要"),
    "ticket.ask_extension": _own("申请延期"),
    "ticket.ask_hold": _own("申请挂账"),
    "ticket.write_off": _own("申请销账"),
    "ticket.report_done": _own("报办结，等待街道核实"),
    "card.explain": _own("提交红牌书面说明"),
    "card.revoke": _revoke,
    "rating.appeal": _own("申诉评价，等待裁决"),
    "rating.appeal_uphold": _appeal("评价申诉成立", "裁决组认定申诉成立，这条评价不再计入贵单位的成绩。"),
    "rating.appeal_refuse": _appeal("评价申诉不成立", "裁决组认定申诉不成立，这条评价继续计入贵单位的成绩。"),
}


def to_the_others(event: str, ticket: Ticket, by: Actor, more: dict) -> Notice | None:
    """What the other departments of the whistle need to know of one department's step."""
    name = ticket.department.short_name
    if event == "ticket.consult":
        return Notice(f"{name}申请会商", f"{name}申请会商，请参加。", ("会商事由", more["note"]))
    if event == "ticket.report_done":
        outcome = Outcome(ticket.outcome).label
        return Notice(f"{name}已报办结", f"协办部门{name}已报办结（{outcome}），等待街道核实。", news=True)
    return None
