"""Who stands behind a link or a reply, and which ticket it opens now."""

from governance.accounts.roles import Role
from governance.kernel.actor import Actor, Post
from governance.kernel.links import AnswerLink

from ..mail.recipients import registered
from ..models import Ticket
from ..states import TicketStatus

DOORS = {"link": "链接", "mail": "邮件"}
RELATED = ("whistle", "department", "station", "superior", "street", "unit", "community", "category")


def department_actor(link: AnswerLink, ticket: Ticket, via: str = "link") -> Actor | None:
    """The office that holds ``link`` of ``ticket``, as an actor; None when its address is not the ticket's (any more).

    ``via`` is "link" or "mail". The right follows the registered address: whoever changes it takes it from the old one.
    """
    office = registered(ticket).get(link.recipient.lower())
    if office is None:
        return None
    return Actor(
        label=f"{office.short_name}（{DOORS[via]}）", via=via, address=link.recipient,
        posts=(Post(role=Role.DEPT_HANDLER, department_id=office.pk),),
    )  # fmt: skip


def ticket_of(link: AnswerLink) -> Ticket | None:
    """The ticket that a link opens now: after merging, its department's ticket of the main whistle."""
    tickets = Ticket.objects.select_related(*RELATED)
    ticket = tickets.filter(pk=link.subject_id).first() if link.subject_type == "ticket" else None
    seen = set()
    while ticket and ticket.status == TicketStatus.MERGED and ticket.whistle.merged_into_id and ticket.pk not in seen:
        seen.add(ticket.pk)
        main = tickets.filter(whistle_id=ticket.whistle.merged_into_id, department_id=ticket.department_id)
        ticket = main.exclude(status=TicketStatus.REASSIGNED).order_by("-id").first() or ticket
    return ticket
