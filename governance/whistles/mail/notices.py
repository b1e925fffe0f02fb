"""Events become mails: one row of the outbox per recipient, in the transaction of the event itself."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.deadlines import Deadline
from governance.kernel.links import REPLY_MARK, AnswerLink, links_for
from governance.kernel.outbox import OutboxMail, mail_new, mails_enqueue

from ..models import Card, Ticket
from ..states import TICKET_OPEN, Scene, TicketRole, TicketStatus
from .cases import CASES, Notice, to_the_others
from .recipients import Recipient, above, answering, own_addresses, registered, social_work
from .render import limits_of_all, prepare, render

SUBJECT = "ticket"
RENEW_MINUTES = 10  # a new link is asked for by a click: once in this time, whoever clicks


def on_event(*, event: str, by: Actor, ticket: Ticket | None = None, **more) -> None:
    """Tell the departments of ``ticket`` about ``event`` (subscribed to ticket.*, card.*, rating.* and whistle.*)."""
    if ticket is None:
        return  # a whistle's own steps reach its departments as steps of their tickets
    row = _row(event, ticket, more)
    if (case := CASES.get(event)) and (notice := case(ticket, by, more)):
        _tell(notice, ticket, by=by, key=f"{event}:{ticket.pk}:{row}")
    if notice := to_the_others(event, ticket, by, more):
        for other in _others(event, ticket):
            _tell(notice, other, by=by, key=f"{event}:{ticket.pk}:{row}:{other.pk}")


def _row(event: str, ticket: Ticket, more: dict) -> int:
    """What tells this happening from the next of the same name: its own row's number, else the ticket's version."""
    if own := more.get("card") or more.get("deadline"):
        return own.pk
    if event == "ticket.comment":
        return ticket.comments.order_by("-id").values_list("id", flat=True).first() or 0
    return ticket.version


def _others(event: str, ticket: Ticket) -> list[Ticket]:
    """Everybody at work on the whistle for a consultation; the lead for an assistant's report."""
    others = Ticket.objects.filter(whistle_id=ticket.whistle_id, status__in=TICKET_OPEN).exclude(pk=ticket.pk)
    if event == "ticket.report_done":
        others = others.filter(role=TicketRole.LEAD)
    return list(
        others.select_related("whistle", "department", "station", "superior", "street", "community", "category")
    )


@dataclass(frozen=True)
class Parcel:
    """One notice to everybody who gets it; ``key`` is the identity of what happened."""

    notice: Notice
    ticket: Ticket
    recipients: list[Recipient]
    key: str
    urgent: bool


def on_events(*, event: str, rows: Sequence[dict], by: Actor = SYSTEM) -> None:
    """The same for many rows of one event (``emit_many``): a handful of statements, however many mails."""
    tickets = (
        Ticket.objects.select_related(
            "whistle", "department", "station", "superior", "street", "community", "category", "extension"
        )
        .prefetch_related("holds", "whistle__tickets__department", "whistle__objections")
        .in_bulk({row["ticket_id"] for row in rows})
    )
    cards = Card.objects.in_bulk({row["card_id"] for row in rows if "card_id" in row})
    deadlines = Deadline.objects.in_bulk({row["deadline_id"] for row in rows if "deadline_id" in row})
    social = social_work({ticket.unit_id for ticket in tickets.values()})
    parcels = []
    for row in rows:
        ticket, more = tickets[row["ticket_id"]], {"note": ""}
        if "card_id" in row:
            more["card"] = cards[row["card_id"]]
        if "deadline_id" in row:
            more["deadline"] = deadlines[row["deadline_id"]]
        if notice := CASES[event](ticket, by, more):
            parcels += _parcel(
                notice, ticket, by=by, key=f"{event}:{ticket.pk}:{_row(event, ticket, more)}", social=social
            )
    _post(parcels)


def _tell(notice: Notice, ticket: Ticket, *, by: Actor, key: str) -> None:
    _post(_parcel(notice, ticket, by=by, key=key))


def _parcel(notice: Notice, ticket: Ticket, *, by: Actor, key: str, social: dict | None = None) -> list[Parcel]:
    skip = own_addresses(ticket, by)
    upper = above(ticket, social) if notice.upward else []
    everybody = {row.address.lower(): row for row in [*upper, *answering(ticket)]}
    recipients = [row for address, row in everybody.items() if address not in skip]
    return [Parcel(notice, ticket, recipients, key, ticket.scene == Scene.EMERGENCY)] if recipients else []


def _enqueue(notice: Notice, ticket: Ticket, recipients: list[Recipient], *, key: str, urgent: bool) -> None:
    _post([Parcel(notice, ticket, recipients, key, urgent)])


def _post(parcels: list[Parcel]) -> None:
    """Write the mails of these parcels into the outbox."""
    links = links_for(
        subject_type=SUBJECT,
        wanted=[
            (parcel.ticket.pk, recipient.address)
            for parcel in parcels if not parcel.notice.bare
            for recipient in parcel.recipients if recipient.answers
        ],
    )  # fmt: skip
    limits = limits_of_all([parcel.ticket.pk for parcel in parcels if not parcel.notice.bare])
    mails_enqueue([mail for parcel in parcels for mail in _mails(parcel, links, limits.get(parcel.ticket.pk, []))])


def _mails(parcel: Parcel, links: dict[tuple[int, str], AnswerLink], limits: list) -> Iterator[OutboxMail]:
    notice, ticket = parcel.notice, parcel.ticket
    content = prepare(notice, ticket, limits)
    for recipient in parcel.recipients:
        answers = recipient.answers and not notice.bare
        link = links[ticket.pk, recipient.address] if answers else None
        yield mail_new(
            key=f"{parcel.key}:{address_digest(recipient.address)}", thread=ticket.thread, to_address=recipient.address,
            to_name=recipient.name, reply_to=REPLY_MARK.format(link.pk) if link else "", urgent=parcel.urgent,
            digestible=notice.news, **render(content, recipient, link),
        )  # fmt: skip


def address_digest(address: str) -> str:
    """A short stand-in for an address within a mail's key."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:16]


COMMENTED = "您的回复没有对应的办理动作，已原样作为留言转给街道。若要办理，请看下面的写法，或打开办理页面。"
CONFIRMATIONS = {
    "done": ("已登记：{understood}", "您的回复已登记为：{understood}。", "success"),
    "comment": ("已转为留言", COMMENTED, "info"),
    "refused": ("没有办成：{understood}", "您的回复理解为“{understood}”，但没有办成，内容已作为留言保存。", "warning"),
}  # fmt: skip


def confirm(
    *, ticket: Ticket, address: str, key: str, kind: str = "done", understood: str = "", note: str = ""
) -> None:
    """Tell the sender of a reply what it was taken for: ``kind`` done, comment or refused; ``note``: why refused.

    ``key`` names the received mail, so that a repeat confirms once. Sent at once, even in the quiet hours: it answers
    somebody who is writing. Only an address that may answer the ticket is written to; anybody else gets nothing.
    """
    office = registered(ticket).get(address.lower())
    if office is None:
        return
    tail, lead, tone = CONFIRMATIONS[kind]
    quote = ("原因" if kind == "refused" else "说明", note)
    bare = ticket.status == TicketStatus.REASSIGNED
    notice = Notice(tail.format(understood=understood), lead.format(understood=understood), quote, tone=tone, bare=bare)
    _enqueue(notice, ticket, [Recipient(address, office.short_name)], key=f"confirm:{key}", urgent=True)


def renew(*, ticket: Ticket, link: AnswerLink) -> None:
    """Mail a new link to the registered address of the ticket's department; asked again at once it is the same mail.

    A link whose address is no longer registered is answered at the department's own address. Nothing is sent when the
    ticket is no longer theirs.
    """
    if ticket.status == TicketStatus.REASSIGNED:
        return
    known = {row.address.lower(): row for row in answering(ticket)}
    recipient = known.get(link.recipient.lower()) or next(iter(known.values()), None)
    if recipient is None:
        return
    slot = int(clock.now().timestamp()) // (RENEW_MINUTES * 60)
    notice = Notice("新的办理链接", "按您在办理页面的请求，发送新的办理链接。若不是贵单位所请求，可不理会。")
    _enqueue(notice, ticket, [recipient], key=f"renew:{ticket.pk}:{slot}", urgent=True)
