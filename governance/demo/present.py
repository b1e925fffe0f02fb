"""What lies on the home street's desk right now: one whistle or ticket in every state, made by the services."""

from datetime import datetime, timedelta
from random import Random

from governance.kernel import clock
from governance.whistles import services
from governance.whistles.models import Ticket, Whistle
from governance.whistles.services.whistle import WhistleInput

from .town import City, Town, handler_of

MINUTE = timedelta(minutes=1)
REPORT = {
    "outcome": "solved", "taken_up": "当日", "talked_with": "街道综合指挥中心", "measures": "已现场处置并安排值守。",
    "settled_by": "即日",
}  # fmt: skip


class Desk:
    """Blows on behalf of the home street and brings each whistle as far as its row of the table says."""

    def __init__(self, city: City, town: Town, matters: list[dict], end: datetime):
        self.city, self.town, self.end, self.rng, self.left = city, town, end, Random(7), list(matters)

    def blow(self, minutes: int, *, draft: bool = False, assistants: bool = False) -> Whistle:
        """A whistle blown ``minutes`` ago."""
        matter = self.left.pop(0)
        town = self.town
        with clock.travel(self.end - minutes * MINUTE):
            content = WhistleInput(
                category=self.city.categories[matter["category"]], scene="hard_demand", source=matter["source"],
                title=matter["title"], facts=matter["facts"].format(place="青泥街"), place="青泥街与友好路路口",
                households=48, done_already=matter["done"].format(n=3), lead=town.departments[matter["lead"]],
                assistants=tuple(town.departments[kind] for kind in matter["assistants"][:1]) if assistants else (),
                community=town.communities[0], is_synthetic=True,
            )  # fmt: skip
            return services.whistle_blow(by=town.staff, street=town.street, content=content, draft=draft)

    def dispatched(self, minutes: int, **more) -> Ticket:
        """The lead's ticket of a whistle that went out ``minutes`` ago."""
        whistle = self.blow(minutes + 3, **more)
        with clock.travel(self.end - minutes * MINUTE):
            whistle = services.whistle_approve(whistle=whistle, by=self.town.leader)
            whistle = services.whistle_dispatch(whistle=whistle, by=self.town.staff)
        return whistle.tickets.select_related("whistle", "department", "station").get(role="lead")

    def handling(self, minutes: int) -> Ticket:
        """A ticket whose department has reported in."""
        ticket = self.dispatched(minutes)
        by = handler_of(ticket)
        with clock.travel(self.end - (minutes - 10) * MINUTE):
            return services.ticket_arrive(
                ticket=services.ticket_accept(ticket=ticket, by=by), by=by, person="现场负责人"
            )

    def done(self, minutes: int) -> Ticket:
        """A ticket that waits for verification."""
        ticket = self.handling(minutes)
        with clock.travel(self.end - (minutes - 30) * MINUTE):
            return services.ticket_report_done(ticket=ticket, by=handler_of(ticket), **REPORT)


def present_make(*, city: City, matters: list[dict], end: datetime) -> None:
    """One of everything for the desks of the home street and its departments."""
    town = next((row for row in city.deep if row.staff.user_id), city.deep[0])
    desk = Desk(city, town, matters, end)
    desk.blow(200, draft=True)
    desk.blow(40)
    with clock.travel(end - 20 * MINUTE):
        services.whistle_approve(whistle=desk.blow(60), by=town.leader)
    desk.dispatched(12, assistants=True)
    accepted = desk.dispatched(50)
    with clock.travel(end - 45 * MINUTE):
        services.ticket_accept(ticket=accepted, by=handler_of(accepted))
    _object(desk.dispatched(30), end)
    asking = desk.handling(300)
    with clock.travel(end - 60 * MINUTE):
        services.ticket_ask_hold(
            ticket=asking, by=handler_of(asking), reason="investment", explanation="需列入明年改造计划。", leader="分管副局长",
            milestones="一季度立项，二季度进场。", told_residents="已在小区公告栏说明。", review_on=clock.today() + timedelta(days=60),
        )  # fmt: skip
    _extend(desk.handling(320), end)
    _consult(desk.handling(340), end)
    desk.done(400)
    desk.done(90)
    with clock.travel(end - 50 * MINUTE):
        services.ticket_verify(ticket=desk.done(500), by=town.staff, note="现场核实属实。")
    _merge(desk, town, end)


def _object(ticket: Ticket, end: datetime) -> None:
    with clock.travel(end - 20 * MINUTE):
        services.ticket_object(
            ticket=ticket, by=handler_of(ticket), grounds="该路段由交通部门管养。", clause="部门“三定”规定第四条",
            suggested_text="交通运输局",
        )  # fmt: skip


def _extend(ticket: Ticket, end: datetime) -> None:
    with clock.travel(end - 15 * MINUTE):
        ticket = Ticket.objects.get(pk=ticket.pk)
        until = ticket.due_at + timedelta(days=5)
        services.ticket_ask_extension(ticket=ticket, by=handler_of(ticket), reason="需等待材料到货。", until=until)


def _consult(ticket: Ticket, end: datetime) -> None:
    with clock.travel(end - 25 * MINUTE):
        services.ticket_consult(ticket=ticket, by=handler_of(ticket), topic="权属不清，请街道召集会商。")


def _merge(desk: Desk, town: Town, end: datetime) -> None:
    """Two whistles on the same matter: the later one joins the first after it was dispatched."""
    first, second = desk.dispatched(80), desk.dispatched(70)
    with clock.travel(end - 8 * MINUTE):
        services.whistle_merge(whistle=second.whistle, into=first.whistle, by=town.staff, note="同一处问题")
