"""Subject, text and HTML of a notice. Links and reply addresses stay marks: the outbox fills them in while sending."""

import secrets

from django.conf import settings
from django.template.loader import render_to_string

from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor, Post
from governance.kernel.deadlines import Deadline, DeadlineState
from governance.kernel.links import LINK_MARK, AnswerLink
from governance.kernel.ui.formats import datetime_cn, mask_phone

from ..models import Ticket
from ..states import Scene, Stage
from ..workflow import TICKET_FLOW
from .cases import Notice, amount_cn
from .recipients import Recipient

DELIMITER = "—— 请在此行以上回复 ——"
TONES = {"info": "#1f4e79", "success": "#1b6e3c", "warning": "#9a5b00", "danger": "#a61b1b"}

# What a plain reply may say on its first line, by step of the workflow.
REPLIES = {
    "accept": ("签收", "同意承办，开始计算报到时限"),
    "object": ("异议：理由；依据：条款；建议：部门", "认为不应由本单位承办，送区级裁决"),
    "contact": ("联系", "已与街道联系"),
    "arrive": ("报到", "已到场或线上会商"),
    "report_done": ("办结：措施；受理时间：…；沟通：…；解决时限：…", "可附照片"),
    "consult": ("会商：事由", "由贵单位召集会商"),
    "minute": ("纪要：内容", "会商结束，继续办理"),
    "ask_extension": ("延期至 某月某日：理由", "由街道审批"),
}


def subject_of(ticket: Ticket, tail: str) -> str:
    """【吹哨】编号 标题 – …: every mail of a whistle begins alike, so that mail programs keep them together."""
    whistle = ticket.whistle
    title = "涉密或涉隐私事项" if whistle.is_confidential else whistle.title
    return f"【吹哨】{whistle.number} {title} – {tail}"


def replies_for(ticket: Ticket) -> list[tuple[str, str]]:
    """The first lines of a reply that would be understood now, each with what it does."""
    office = Actor(label="", via="mail", posts=(Post(role=Role.DEPT_HANDLER, department_id=ticket.department_id),))
    steps = [TICKET_FLOW.transitions[name] for name in REPLIES]
    return [REPLIES[step.name] for step in steps if TICKET_FLOW.refusal(ticket, step, office) is None]


def limits_of(ticket: Ticket) -> list[tuple[str, str]]:
    """The department's running limits as (stage, until when), soonest first."""
    return limits_of_all([ticket.pk]).get(ticket.pk, [])


def limits_of_all(tickets: list[int]) -> dict[int, list[tuple[str, str]]]:
    """The same for many tickets, read with one statement."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = Deadline.objects.filter(
        subject_type="ticket", subject_id__in=tickets, state__in=[DeadlineState.OPEN, DeadlineState.PAUSED]
    ).exclude(stage__in=[Stage.EVALUATE, Stage.RULING])
    for row in rows.order_by("due_at"):
        found.setdefault(row.subject_id, []).append((f"{Stage(row.stage).label}时限", _until(row)))
    return found


def _until(row: Deadline) -> str:
    if row.state == DeadlineState.PAUSED:
        return "已暂停"
    note = "，节假日安排未公布，暂定" if row.provisional else ""
    late = "，已逾期" if row.due_at < clock.now() else ""
    return f"{datetime_cn(row.due_at)} 前（{amount_cn(row.amount, row.unit)}{note}{late}）"


def _facts(ticket: Ticket, notice: Notice) -> list[tuple[str, str]]:
    """What, where, who asks; all of it when the department begins. A confidential case shows nothing."""
    whistle = ticket.whistle
    if whistle.is_confidential:
        return list(notice.facts)
    place = "".join(str(part) for part in (ticket.street, ticket.community) if part)
    rows = [("事项", whistle.title), ("地点", f"{whistle.place}（{place}）"), *notice.facts]
    if not notice.full:
        return rows
    return [
        *rows,
        ("情形", f"{Scene(ticket.scene).label}（{ticket.category}）"),
        ("吹哨单位", f"{ticket.street}综合指挥中心"),
        ("事实", mask_phone(whistle.facts)),
        ("涉及户数", f"{whistle.households} 户" if whistle.households else ""),
        ("街道已做工作", mask_phone(whistle.done_already)),
        ("法规依据", whistle.legal_basis),
        ("期望到场", datetime_cn(whistle.expected_at) if whistle.expected_at else ""),
    ]


def prepare(notice: Notice, ticket: Ticket, limits: list[tuple[str, str]]) -> dict:
    """What ``notice`` says to everybody: worked out once, however many recipients there are."""
    label, quote = notice.quote
    secret = ticket.whistle.is_confidential
    return {
        "portal": "大连市基层减负平台",
        "number": ticket.whistle.number,
        "subject": subject_of(ticket, notice.tail),
        "office": ticket.department.short_name,
        "lead": notice.lead,
        "tail": notice.tail,
        "colour": TONES[notice.tone],
        "quote_label": label,
        "quote": "" if secret or notice.bare else mask_phone(quote.strip()),
        "facts": [] if notice.bare else [row for row in _facts(ticket, notice) if row[1]],
        "limits": [] if notice.bare else limits,
        "replies": [] if notice.bare else replies_for(ticket),
        "button": notice.button,
        "page": notice.page,
        "confidential": secret and not notice.bare,
        "news": notice.news,
        "synthetic": ticket.is_synthetic or settings.DEMO,
    }


def render(content: dict, recipient: Recipient, link: AnswerLink | None) -> dict[str, str]:
    """Return subject, text and html for one recipient; without ``link`` nothing asks for an answer."""
    stand_in, mark = f"@{secrets.token_hex(8)}@", LINK_MARK.format(link.pk) if link else ""
    names = content | {
        "recipient": recipient.name,
        "copy_of": "" if recipient.answers else content["office"],
        "link": f"{stand_in}{content['page']}" if link else "",
        "delimiter": DELIMITER if link else "",
        "replies": content["replies"] if link else [],
    }

    def body(ending: str) -> str:
        # The text of news may become a line of a digest, to which nobody can reply.
        shown = names | {"delimiter": "", "replies": []} if content["news"] and ending == "txt" else names
        # What people wrote must not work as a mark of another ticket's link.
        text = render_to_string(f"governance/mail/notice.{ending}", shown).replace("%%", "％％")
        return text.replace(stand_in, mark)

    return {"subject": content["subject"], "text": body("txt"), "html": body("html")}
