"""Short stories: how a whistle gets to each state, told with the services."""

from datetime import timedelta
from types import SimpleNamespace

from governance.accounts import demo
from governance.kernel import clock
from governance.territory.models import Category, Department, Division
from governance.whistles import services
from governance.whistles.models import Ticket, Whistle

PASSWORD = "a long test password 2026"
STREET, SIBLING, FOREIGN = demo.STREET, "210202005000", "210203004000"
DONE_ALREADY = "街道已两次上门协调并组织社区清理，夜间仍反复出现。"
REPORT = {
    "outcome": "solved",
    "taken_up": "当日 9 时",
    "talked_with": "街道综合指挥中心",
    "measures": "已清理占道物品并安排专人值守。",
    "settled_by": "即日",
}
STARS = {"speed": 5, "attitude": 4, "quality": 5, "lawfulness": 5, "thoroughly": "yes"}


def street(code: str = STREET) -> Division:
    return Division.objects.select_related("unit").get(code12=code)


def category() -> Category:
    return Category.objects.exclude(parent=None).order_by("code").first()


def departments(place: Division) -> list[Department]:
    return [demo.department_of(place, trade) for trade in ("urban", "housing", "fire")]


def content(place: Division, **changes) -> services.whistle.WhistleInput:
    """What a street would write; change what the test is about."""
    lead, assistant, _ = departments(place)
    fields = {
        "category": category(), "scene": "joint_enforce", "source": "patrol", "title": "夜市占道经营反复",
        "facts": "夜间摊贩占用人行道，居民多次反映。", "place": "青泥街与友好路路口", "done_already": DONE_ALREADY,
        "lead": lead, "assistants": (assistant,), "community": Division.objects.filter(street=place).order_by("code12").first(),
    }  # fmt: skip
    return services.whistle.WhistleInput(**{**fields, **changes})


def whistle(actors: SimpleNamespace, *, status: str = "in_progress", **changes) -> Whistle:
    """A whistle in the wanted state."""
    place = street()
    blown = services.whistle_blow(
        by=actors.staff, street=place, content=content(place, **changes), draft=status == "draft"
    )
    return _WHISTLE[status](actors, blown)


def _approved(actors, row: Whistle) -> Whistle:
    return services.whistle_approve(whistle=row, by=actors.leader)


def _dispatched(actors, row: Whistle) -> Whistle:
    return services.whistle_dispatch(whistle=_approved(actors, row), by=actors.staff)


def _closed(actors, row: Whistle) -> Whistle:
    for one in reversed(_dispatched(actors, row).tickets.order_by("id")):
        _TICKET["closed"](actors, one)
    row.refresh_from_db()
    return row


def _archived(actors, row: Whistle) -> Whistle:
    row = _closed(actors, row)
    with clock.travel(clock.now() + timedelta(days=100)):
        services.whistles_archive()
    row.refresh_from_db()
    return row


def _merged(actors, row: Whistle) -> Whistle:
    other = whistle(actors, status="in_progress", title="同一处占道")
    return services.whistle_merge(whistle=_dispatched(actors, row), into=other, by=actors.staff, note="同一事项")


_WHISTLE = {
    "draft": lambda actors, row: row,
    "pending_review": lambda actors, row: row,
    "pending_dispatch": _approved,
    "in_progress": _dispatched,
    "closed": _closed,
    "archived": _archived,
    "terminated": lambda actors, row: services.whistle_decline(whistle=row, by=actors.leader, note="可由社区协商解决"),
    "merged": _merged,
}


def ticket(
    actors: SimpleNamespace, status: str = "pending_sign", *, role: str = "lead", alone: bool = True, **changes
) -> Ticket:
    """A department's ticket in the wanted state; ``alone`` leaves the assistant out, so that the lead may report done."""
    if alone:
        changes.setdefault("assistants", ())
    row = whistle(actors, **changes).tickets.select_related("whistle", "department").get(role=role)
    return fresh(_TICKET[status](actors, row))


def fresh(row: Ticket) -> Ticket:
    """The ticket as the database has it now."""
    return Ticket.objects.select_related("whistle", "department", "station").get(pk=row.pk)


def _by(actors, row: Ticket):
    """The department's own handler."""
    return actors.dept if row.role == "lead" else actors.assistant_dept


def _object(actors, row: Ticket) -> Ticket:
    return services.ticket_object(
        ticket=row, by=_by(actors, row), grounds="不属本部门职责", clause="三定方案第三条", suggested_text="交通运输局"
    )


def _accept(actors, row: Ticket) -> Ticket:
    return services.ticket_accept(ticket=row, by=_by(actors, row))


def _arrive(actors, row: Ticket) -> Ticket:
    return services.ticket_arrive(ticket=_accept(actors, row), by=_by(actors, row), person="值班员")


def _consult(actors, row: Ticket) -> Ticket:
    return services.ticket_consult(ticket=_arrive(actors, row), by=_by(actors, row), topic="需与街道共同会商")


def ask_hold(actors, row: Ticket) -> Ticket:
    """An asked-for hold on a ticket in work."""
    return services.ticket_ask_hold(
        ticket=row, by=_by(actors, row), reason="investment", explanation="需列入明年计划", leader="分管副局长",
        milestones="一季度立项", told_residents="已向居民说明", review_on=clock.today() + timedelta(days=60),
    )  # fmt: skip


def _hang(actors, row: Ticket) -> Ticket:
    return services.hold_grant(ticket=ask_hold(actors, _arrive(actors, row)), by=actors.adjudicator)


def _done(actors, row: Ticket) -> Ticket:
    return services.ticket_report_done(ticket=_arrive(actors, row), by=_by(actors, row), **REPORT)


def _verified(actors, row: Ticket) -> Ticket:
    return services.ticket_verify(ticket=_done(actors, row), by=actors.staff)


def _rated(actors, row: Ticket) -> Ticket:
    services.ticket_rate(ticket=_verified(actors, row), by=actors.staff, **STARS)
    return row


def _reassigned(actors, row: Ticket) -> Ticket:
    services.objection_reassign(
        ticket=fresh(_object(actors, row)),
        by=actors.adjudicator,
        department=departments(row.street)[2],
        note="职责归属消防",
    )
    return row


def _terminated(actors, row: Ticket) -> Ticket:
    return services.objection_not_whistle(
        ticket=fresh(_object(actors, row)), by=actors.adjudicator, note="不属吹哨事项"
    )


def _merged_ticket(actors, row: Ticket) -> Ticket:
    other = whistle(actors, title="同一处占道")
    services.whistle_merge(whistle=row.whistle, into=other, by=actors.staff, note="同一事项")
    return row


_TICKET = {
    "pending_sign": lambda actors, row: row,
    "disputed": _object,
    "pending_arrive": _accept,
    "handling": _arrive,
    "consulting": _consult,
    "hung": _hang,
    "pending_verify": _done,
    "pending_eval": _verified,
    "closed": _rated,
    "reassigned": _reassigned,
    "terminated": _terminated,
    "merged": _merged_ticket,
}
