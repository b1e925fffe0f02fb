"""Who gets a mail: the department and its station, for cards those above; never a community (domain-rules 18.3)."""

from dataclasses import dataclass

from governance.accounts.offices import addresses_of
from governance.accounts.roles import DEPT_ROLES
from governance.kernel.actor import Actor
from governance.territory.choices import DepartmentLevel
from governance.territory.models import Department

from ..models import Ticket

SOCIAL_WORK = "社会工作部"


@dataclass(frozen=True)
class Recipient:
    """One address; ``answers`` says whether it may act on the ticket and so gets a link and a reply address."""

    address: str
    name: str
    answers: bool = True


def answering(ticket: Ticket) -> list[Recipient]:
    """The department and, where it has one, its station in the street (双派单); one entry per address."""
    return _unique(
        [Recipient(row.email, row.short_name) for row in (ticket.department, ticket.station) if row and row.email]
    )


def above(ticket: Ticket, social: dict[int, list[Department]] | None = None) -> list[Recipient]:
    """The department's superior and the district's social work department, if they have addresses."""
    social = social_work({ticket.unit_id}) if social is None else social
    rows = [ticket.superior, *social.get(ticket.unit_id, ())]
    return _unique([Recipient(row.email, row.short_name, answers=False) for row in rows if row and row.email])


def social_work(units: set[int]) -> dict[int, list[Department]]:
    """The social work departments of these districts."""
    found: dict[int, list[Department]] = {}
    for row in Department.objects.active().filter(
        level=DepartmentLevel.UNIT, unit_id__in=units, short_name__contains=SOCIAL_WORK
    ):
        found.setdefault(row.unit_id, []).append(row)
    return found


def _unique(recipients: list[Recipient]) -> list[Recipient]:
    return list({row.address.lower(): row for row in reversed(recipients)}.values())[::-1]


def registered(ticket: Ticket) -> dict[str, Department]:
    """Every address, in lower case, from which the ticket may be answered, with the office that it belongs to."""
    return addresses_of(ticket.station, ticket.department)


def is_departments_own(ticket: Ticket, by: Actor) -> bool:
    """Whether ``by`` acts for the ticket's department or its station."""
    mine = {ticket.department_id, ticket.station_id} - {None}
    return any(post.department_id in mine for post in by.posts_in(*DEPT_ROLES))


def own_addresses(ticket: Ticket, by: Actor) -> set[str]:
    """The addresses of the office that acted: it is not told what it has just done itself."""
    posts = {post.department_id for post in by.posts_in(*DEPT_ROLES)}
    offices = [row for row in (ticket.department, ticket.station) if row and row.pk in posts]
    return {by.address.lower(), *(row.email.lower() for row in offices)} - {""}
