"""The loop's panels on the desks: for each role what waits for it, worst first. One statement a panel."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import DEPT_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.deadlines import Deadline, DeadlineState

from .models import Card, Extension, Hold, InboundMail, RatingAppeal, Ticket, Whistle
from .models.inbound import InboundState
from .states import (
    TICKET_WITH_DEPARTMENT,
    CardColour,
    HoldReason,
    RequestState,
    Stage,
    TicketStatus,
    WhistleStatus,
)

# Limits of others than the department; a late explanation stands with its red card.
OTHERS = (Stage.RULING, Stage.EVALUATE, Stage.HOLD_REVIEW, Stage.EXPLAIN)
SOON = timedelta(days=7)


def tickets(actor: Actor, **which) -> QuerySet[Ticket]:
    """Visible tickets with what a line shows, and the beginning of the limit that runs."""
    limit = Deadline.objects.filter(
        subject_type="ticket", subject_id=OuterRef("pk"), stage=OuterRef("stage"), state=DeadlineState.OPEN
    ).order_by("-round")
    return (
        Ticket.objects.visible_to(actor).filter(**which).select_related("whistle", "department", "street")
        .annotate(started=Subquery(limit.values("starts_at")[:1]), provisional=Subquery(limit.values("provisional")[:1]))
    )  # fmt: skip


def mine(actor: Actor, **which) -> QuerySet[Ticket]:
    """A department's own tickets: its and its station's, not those of the departments below it."""
    own = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    return tickets(actor, **which).filter(Q(department_id__in=own) | Q(station_id__in=own))


def by_due(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """What ends first on top, what has no limit below."""
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")


def ticket_line(ticket: Ticket, *, street: bool = False) -> dict:
    """A ticket on a street's desk names the department, on the others' the street."""
    who = ticket.street if street else ticket.department
    return {
        "title": ticket.whistle.title,
        "text": f"{ticket.whistle.number} · {who} · {ticket.get_role_display()}",
        "url": ticket.get_absolute_url(),
        "badge": TicketStatus(ticket.status),
        "due_at": ticket.due_at,
        "started_at": ticket.started,
        "clock": Stage(ticket.stage).label if ticket.stage else "",
        "provisional": bool(ticket.provisional),
        "tone": "danger" if ticket.is_late else "",
    }


def street_line(ticket: Ticket) -> dict:
    """A ticket where the reader is not of the street."""
    return ticket_line(ticket, street=True)


def whistle_line(whistle: Whistle) -> dict:
    """A whistle before its dispatch."""
    returned = whistle.status == WhistleStatus.DRAFT and whistle.submitted_at
    return {
        "title": whistle.title,
        "text": f"{whistle.get_scene_display()} · {whistle.place}",
        "note": "负责人已退回，请看理由后修改" if returned else "",
        "url": whistle.get_absolute_url(),
        "badge": WhistleStatus(whistle.status),
        "at": whistle.submitted_at or whistle.created_at,
    }


def whistles_in(*statuses: str, href: str = "") -> Callable[[Actor], Content]:
    """Visible whistles in these states, the oldest first."""

    def load(actor: Actor) -> Content:
        rows = Whistle.objects.visible_to(actor).filter(status__in=statuses).order_by("id")
        return content(rows, whistle_line, href=href)

    return load


def tickets_in(*statuses: str, href: str = "", line=ticket_line) -> Callable[[Actor], Content]:
    """Visible tickets in these states, by what ends first."""
    return lambda actor: content(by_due(tickets(actor, status__in=statuses)), line, href=href)


def mine_in(*statuses: str, href: str = "") -> Callable[[Actor], Content]:
    """A department's own tickets in these states."""
    return lambda actor: content(by_due(mine(actor, status__in=statuses)), street_line, href=href)


def extensions_asked(actor: Actor) -> Content:
    """Extensions that the street's leader decides."""
    rows = Extension.objects.visible_to(actor).filter(state=RequestState.REQUESTED)
    return content(
        rows.select_related("ticket__whistle", "ticket__department").order_by("id"),
        extension_line,
        href="tickets?status=handling",
    )


def extension_line(row: Extension) -> dict:
    """What is asked for, by whom, until when."""
    ticket = row.ticket
    return {
        "title": ticket.whistle.title, "text": f"{ticket.department}：{row.reason[:60]}", "url": ticket.get_absolute_url(),
        "at": row.asked_due, "at_label": "申请延至",
    }  # fmt: skip


def _holds(actor: Actor, **which) -> QuerySet[Hold]:
    return Hold.objects.visible_to(actor).filter(**which).select_related("ticket__whistle", "ticket__department")


def holds_asked(actor: Actor) -> Content:
    """Holds that the district decides."""
    return content(
        _holds(actor, state=RequestState.REQUESTED).order_by("id"), hold_line, href="tickets?status=handling"
    )


def holds_due(actor: Actor) -> Content:
    """Holds to be looked at again within a week, or already late."""
    rows = _holds(actor, state=RequestState.GRANTED, review_on__lte=clock.today() + SOON).order_by("review_on")
    return content(rows, hold_line, href="tickets?hung=1")


def hold_line(hold: Hold) -> dict:
    """Why, and when it is looked at again."""
    ticket = hold.ticket
    late = hold.state == RequestState.GRANTED and hold.review_on < clock.today()
    return {
        "title": ticket.whistle.title,
        "text": f"{ticket.department} · {HoldReason(hold.reason).label} · 责任领导 {hold.leader}",
        "url": ticket.get_absolute_url(),
        "at": hold.review_on,
        "at_label": "已过复核日" if late else "复核日",
        "tone": "danger" if late else "",
    }


def appeals(actor: Actor) -> Content:
    """Appeals against ratings to be ruled on; the ruling group sees those of its unit without the rating itself."""
    rows = RatingAppeal.objects.filter(state=RequestState.REQUESTED, ticket__in=Ticket.objects.visible_to(actor))
    return content(
        rows.select_related("ticket__whistle", "ticket__department").order_by("id"), appeal_line, href="rating-appeals"
    )


def appeal_line(row: RatingAppeal) -> dict:
    """Who appeals and why."""
    return {
        "title": row.ticket.whistle.title, "text": f"{row.ticket.department}：{row.grounds[:60]}",
        "url": desks.address("rating-appeals"), "at": row.created_at,
    }  # fmt: skip


def overdue(actor: Actor) -> Content:
    """Departments' limits that have passed, the longest first."""
    rows = tickets(actor, due_at__lt=clock.db_now()).exclude(stage__in=OTHERS).order_by("due_at", "id")
    return content(
        rows, street_line if not actor.posts_in(*DEPT_ROLES) else ticket_line, href="tickets?overdue=1&status=open"
    )


def overdue_below(actor: Actor) -> Content:
    """What the departments below this one are late with."""
    own = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    rows = tickets(actor, due_at__lt=clock.db_now(), superior_id__in=own).exclude(stage__in=OTHERS)
    return content(rows.order_by("due_at", "id"), ticket_line, href="tickets?overdue=1&status=open")


def late_rulings(actor: Actor) -> Content:
    """Objections whose ruling is late."""
    rows = tickets(actor, status=TicketStatus.DISPUTED, stage=Stage.RULING, due_at__lt=clock.db_now())
    return content(rows.order_by("due_at", "id"), ticket_line, href="tickets?status=disputed")


def _red(actor: Actor) -> QuerySet[Card]:
    rows = Card.objects.visible_to(actor).filter(colour=CardColour.RED, is_revoked=False, explained_at=None)
    return rows.select_related("ticket__whistle", "department").order_by("id")


def red_cards(actor: Actor) -> Content:
    """Red cards that wait for a written explanation."""
    return content(_red(actor), card_line, href="tickets?card=red")


def to_explain(actor: Actor) -> Content:
    """A department's own red cards to be explained."""
    own = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    return content(_red(actor).filter(department_id__in=own), card_line, href="tickets?card=red")


def card_line(card: Card) -> dict:
    """To whom, for what."""
    return {
        "title": card.ticket.whistle.title, "text": f"{card.department} · {card.get_reason_display()} · {card.number}",
        "url": card.ticket.get_absolute_url(), "badge": CardColour(card.colour), "at": card.created_at, "tone": "danger",
    }  # fmt: skip


def quarantined(actor: Actor) -> Content:
    """Mails from senders that are not known."""
    rows = InboundMail.objects.visible_to(actor).filter(state=InboundState.QUARANTINE).order_by("-id")
    return content(rows.only("id", "subject", "sender", "reason", "received_at"), inbound_line, href="quarantine")


def inbound_line(mail: InboundMail) -> dict:
    """From whom, and why it waits."""
    return {
        "title": mail.subject or "（无标题）", "text": f"{mail.sender}：{mail.reason}", "url": desks.address("quarantine"),
        "at": mail.received_at,
    }  # fmt: skip


def here(actor: Actor) -> Content:
    """Whistles about one's own community that run: to read, never to be chased about."""
    live = Ticket.objects.filter(whistle=OuterRef("pk"), status__in=TICKET_WITH_DEPARTMENT)
    rows = Whistle.objects.visible_to(actor).filter(status=WhistleStatus.IN_PROGRESS).annotate(live=Exists(live))
    return content(rows.order_by("-id"), here_line, href="whistles?status=in_progress")


def here_line(whistle: Whistle) -> dict:
    """What, and who has it now."""
    return {
        "title": whistle.title, "text": f"{whistle.place} · {'部门办理中' if whistle.live else '等街道核实评价'}",
        "url": whistle.get_absolute_url(), "at": whistle.dispatched_at, "at_label": "派发",
    }  # fmt: skip


STAFF, LEADER = Role.STREET_STAFF, Role.STREET_LEADER
OVERSIGHT = (Role.UNIT_SOCIAL, Role.CITY_OFFICE)
W, T = WhistleStatus, TicketStatus
RUNNING = (*TICKET_WITH_DEPARTMENT, T.DISPUTED, T.HUNG)

desks.register(
    Panel("review", "待我审核的哨单", (LEADER,), 10, whistles_in(W.PENDING_REVIEW, href="whistles?status=pending_review"), "eye",
          tone="warning", empty="没有待审核的哨单。综合指挥中心提交后会列在这里。"),
    Panel("extensions", "延期申请", (LEADER,), 20, extensions_asked, "clock", tone="warning", quiet=True),
    Panel("drafts", "草稿与退回的哨单", (STAFF,), 10, whistles_in(W.DRAFT, href="whistles?status=draft"), "edit", quiet=True),
    Panel("dispatch", "待派发", (STAFF, LEADER), 30, whistles_in(W.PENDING_DISPATCH, href="whistles?status=pending_dispatch"), "send",
          empty="没有待派发的哨单。负责人审核通过后会列在这里。"),
    Panel("verify", "待现场核实", (STAFF, LEADER), 40, tickets_in(T.PENDING_VERIFY, href="tickets?status=pending_verify"), "eye",
          empty="没有待核实的办结。部门报办结后会列在这里。"),
    Panel("rate", "待评价", (STAFF, LEADER), 50, tickets_in(T.PENDING_EVAL, href="tickets?status=pending_eval"), "star",
          empty="没有待评价的工单。核实通过后一件一评。"),
    Panel("running", "部门办理中", (STAFF, LEADER), 60, tickets_in(*RUNNING, href="tickets?status=open"), "clock",
          empty="没有在办的工单。遇到街道自己解决不了的问题，点左侧“吹哨”。"),
    Panel("rule", "待裁决的异议", (Role.ADJUDICATOR,), 10, tickets_in(T.DISPUTED, href="tickets?status=disputed"), "gavel",
          tone="warning", empty="没有待裁决的异议。部门提出异议后会列在这里，裁决前部门暂停计时。"),
    Panel("holds-asked", "待审批的挂账", (Role.ADJUDICATOR, Role.UNIT_SOCIAL), 20, holds_asked, "pause", tone="warning",
          empty="没有待审批的挂账申请。"),
    Panel("holds-due", "一周内到复核日的挂账", (Role.ADJUDICATOR, *OVERSIGHT), 30, holds_due, "calendar", empty="一周内没有需要复核的挂账。"),
    Panel("appeals", "待裁决的评价申诉", (Role.ADJUDICATOR,), 40, appeals, "scale", empty="没有待裁决的评价申诉。"),
    Panel("overdue", "已逾期的部门工单", OVERSIGHT, 10, overdue, "alert", tone="danger", empty="没有逾期的工单。"),
    Panel("red", "待说明的红牌", OVERSIGHT, 20, red_cards, "card", tone="danger", empty="没有待说明的红牌。"),
    Panel("late-rulings", "超期未裁决", OVERSIGHT, 40, late_rulings, "gavel", empty="裁决都在时限内。"),
    Panel("accept", "待签收", DEPT_ROLES, 10, mine_in(T.PENDING_SIGN, href="tickets?status=pending_sign"), "mail", tone="warning",
          empty="没有待签收的工单。新工单也会发到部门邮箱，不登录也能办。"),
    Panel("arrive", "待报到", DEPT_ROLES, 20, mine_in(T.PENDING_ARRIVE, href="tickets?status=pending_arrive"), "map",
          empty="没有待报到的工单。"),
    Panel("handling", "办理中", DEPT_ROLES, 30, mine_in(T.HANDLING, T.CONSULTING, T.HUNG, href="tickets?status=open"), "clock",
          empty="没有在办的工单。"),
    Panel("explain", "待书面说明的红牌", DEPT_ROLES, 5, to_explain, "card", tone="danger", quiet=True),
    Panel("overdue-below", "下属部门已逾期", DEPT_ROLES, 40, overdue_below, "alert", tone="danger", quiet=True),
    Panel("quarantine", "隔离的来信", (Role.SYSTEM_ADMIN, Role.CITY_OFFICE), 50, quarantined, "shield",
          empty="没有被隔离的来信。发件人不明的回信会列在这里，由人放行。"),
    Panel("here", "本社区正在办理的哨单", (Role.COMMUNITY, Role.GRID_WORKER), 10, here, "home",
          empty="本社区没有在办的哨单。您不需要做任何事：街道吹哨后，部门直接来办。"),
)  # fmt: skip
desks.shortcut("吹哨", "whistle-blow", "whistle", (STAFF, LEADER))
desks.shortcut("看板", "dashboard", "chart", (*OVERSIGHT, Role.ADJUDICATOR))
desks.shortcut("部门计分卡", "scorecards", "star", (*OVERSIGHT, *DEPT_ROLES))
