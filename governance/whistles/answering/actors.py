"""Who stands behind a link or a reply, and which ticket it opens now."""

from governance.accounts.offices import office_actor
from governance.kernel.actor import Actor
from governance.kernel.links import AnswerLink

from ..mail.recipients import registered
from ..models import Ticket
from ..states import TicketStatus

RELATED = ("whistle", "department", "station", "superior", "street", "unit", "community", "category")


def department_actor(link: AnswerLink, ticket: Ticket, via: str = "link") -> Actor | None:
    """The ticket's department or station that holds ``link``, as an actor; see ``office_actor``."""
    return office_actor(link, registered(ticket), via)


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
