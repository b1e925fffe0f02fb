"""What a person does with a mail in quarantine: release it to a ticket, or discard it with a reason. Both are audited."""

import re
from dataclasses import replace

from django.db import transaction
from django.db.models import Q, QuerySet

from governance.accounts.roles import Role
from governance.kernel import audit
from governance.kernel.actor import Actor, Post
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require
from governance.kernel.workflow import lock

from ..answering.actors import RELATED, department_actor, ticket_of
from ..mail.recipients import registered
from ..models import InboundMail, Ticket
from ..models.inbound import InboundState
from ..states import TICKET_OPEN, TicketStatus
from .identity import Identity, links_of
from .mime import letter_of
from .process import carry_out, finish

PERMISSION = "mail.quarantine"
_NUMBER = re.compile(r"DLS-\d{6}-\d{8}-\d{4}")
MOST = 30


def suggested(mail: InboundMail) -> list[Ticket]:
    """The tickets that the mail's reply addresses point to, live or not, as long as they are still with a department."""
    found = [
        ticket for link in links_of(mail) if (ticket := ticket_of(link)) and ticket.status != TicketStatus.REASSIGNED
    ]
    return list({ticket.pk: ticket for ticket in found}.values())


def candidates(mail: InboundMail, by: Actor, query: str = "") -> list[Ticket]:
    """Tickets to choose from: those pointed to first, then what ``by`` may see and ``query`` (a number, a title) or the mail names.

    Quoting a number never opens anything by itself: here it only helps a person to find the ticket.
    """
    visible = Ticket.objects.visible_to(by).exclude(status=TicketStatus.REASSIGNED).select_related(*RELATED)
    numbers = [query] if query else _NUMBER.findall(mail.subject)
    found = {ticket.pk: ticket for ticket in suggested(mail)}
    for rows in (_named(visible, numbers), _of_sender(visible, mail.sender)):
        found.update({ticket.pk: ticket for ticket in rows.order_by("-id")[:MOST]})
    return list(found.values())[:MOST]


def _named(visible: QuerySet[Ticket], numbers: list[str]) -> QuerySet[Ticket]:
    wanted = Q(pk__in=[])
    for text in numbers:
        wanted |= Q(whistle__number__iexact=text.strip()) | Q(whistle__title__icontains=text.strip())
    return visible.filter(wanted)


def _of_sender(visible: QuerySet[Ticket], sender: str) -> QuerySet[Ticket]:
    if not sender:
        return visible.none()
    offices = ("department", "station")
    wanted = Q(pk__in=[])
    for office in offices:
        wanted |= Q(**{f"{office}__email__iexact": sender}) | Q(**{f"{office}__alternate_emails__contains": [sender]})
    return visible.filter(wanted, status__in=TICKET_OPEN)


@transaction.atomic
def inbound_release(*, mail: InboundMail, ticket: Ticket, by: Actor) -> InboundMail:
    """Treat a quarantined mail as an answer of the ticket's department. Raises Conflict when it waits no more.

    The confirmation goes to the department's registered address, so that the office learns what was done in its name.
    """
    require(by, PERMISSION, mail)
    mail = _waiting(mail)
    actor, address = _office_of(mail, ticket, by)
    letter = letter_of(bytes(mail.raw))
    audit.record(
        action="mail.release", label="放行来信", by=by, subject=mail, thread=ticket.thread,
        note=f"{mail.sender or '（无发件人）'}：{mail.subject}；原因：{mail.reason}", data={"ticket": ticket.pk},
    )  # fmt: skip
    finish(mail, [carry_out(mail, letter, Identity(ticket, actor), address=address)])
    return mail


def _office_of(mail: InboundMail, ticket: Ticket, by: Actor) -> tuple[Actor, str]:
    """The department (or the station, if the mail came to its link) as actor, and the address that is told."""
    link = next((link for link in links_of(mail) if ticket_of(link) == ticket), None)
    actor = department_actor(link, ticket, via="mail") if link else None
    if actor is None:
        office = registered(ticket).get(mail.sender) or ticket.department
        post = Post(role=Role.DEPT_HANDLER, department_id=office.pk)
        actor = Actor(label=f"{office.short_name}（邮件）", via="mail", address=office.email, posts=(post,))
    label = f"{actor.label}，{by.label}放行"
    return replace(actor, label=label[:120]), actor.address or ticket.department.email


@transaction.atomic
def inbound_discard(*, mail: InboundMail, by: Actor, reason: str) -> InboundMail:
    """Put a quarantined mail aside; it stays readable. Raises Invalid without a reason, Conflict when it waits no more."""
    require(by, PERMISSION, mail)
    if not reason.strip():
        raise Invalid(reason="请写明舍弃的理由。")
    mail = _waiting(mail)
    audit.record(action="mail.discard", label="舍弃来信", by=by, subject=mail, note=reason)
    mail.state, mail.reason = InboundState.DISCARDED, f"{reason.strip()}（原因：{mail.reason}）"[:200]
    mail.save(update_fields=["state", "reason"])
    return mail


def _waiting(mail: InboundMail) -> InboundMail:
    mail = lock(mail)
    if mail.state != InboundState.QUARANTINE:
        raise Conflict("这封来信已经处理过了。")
    return mail
