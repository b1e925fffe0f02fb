"""Who writes, and about what: the secret of the reply address **and** a known sender. A number in the subject is nothing."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import Message
from typing import Any

from django.conf import settings

from governance.kernel.actor import Actor
from governance.kernel.links import AnswerLink, link_find_by_reply
from governance.kernel.policy import policy

from ..answering.actors import department_actor, ticket_of
from ..mail.recipients import registered
from ..models import InboundMail
from ..states import TicketStatus
from .headers import all_raw
from .others import REPLIERS, Replier

_REPLY = re.compile(r"^reply\+([a-z0-9]{10,80})@(.+)$", re.I)


class Distrust(Exception):
    """The mail goes to quarantine; the text is the reason."""


@dataclass(frozen=True)
class Identity:
    """A ticket (or, with a ``replier``, something else), and the office that may answer for it by this mail."""

    ticket: Any
    actor: Actor
    replier: Replier | None = None

    @property
    def key(self) -> str:
        """Which one: several addresses of a mail may open the same."""
        return f"{self.ticket._meta.model_name}:{self.ticket.pk}"


def identify(mail: InboundMail, message: Message) -> list[Identity]:
    """Return every ticket that the mail's reply addresses open to its sender. Raises Distrust with the reason."""
    if not mail.sender:
        raise Distrust("发件人缺失或不止一个")
    _check_rate(mail)
    if problem := authentication_problem(message):
        raise Distrust(problem)
    links = links_of(mail)
    if not links:
        raise Distrust(_without_link(mail))
    found, problems = {}, []
    for link in links:
        try:
            identity = _identity(link, mail.sender)
            found.setdefault(identity.key, identity)
        except Distrust as error:
            problems.append(str(error))
    if not found:
        raise Distrust(problems[0])
    return list(found.values())


def tokens_of(mail: InboundMail) -> list[str]:
    """The reply tokens among the recipients."""
    found = [_REPLY.match(address) for address in mail.recipients]
    return [match[1] for match in found if match and match[2].lower() == settings.MAIL_DOMAIN.lower()]


def links_of(mail: InboundMail) -> list[AnswerLink]:
    """The links that the recipients' tokens belong to, live or not."""
    return [link for token in tokens_of(mail) if (link := link_find_by_reply(token))]


def _without_link(mail: InboundMail) -> str:
    return "回复地址无效" if tokens_of(mail) else "不是寄往回复地址的邮件"


def _identity(link: AnswerLink, sender: str) -> Identity:
    if link.revoked_at:
        raise Distrust("回复地址已作废")
    if not link.is_live:
        raise Distrust("回复地址已过期")
    if replier := REPLIERS.get(link.subject_type):
        return _other(replier, link, sender)
    ticket = ticket_of(link)
    actor = department_actor(link, ticket, via="mail") if ticket else None
    if actor is None or ticket.status == TicketStatus.REASSIGNED:
        raise Distrust("回复地址不再属于承办单位")
    known = {link.recipient.lower(), *registered(ticket)}
    if sender not in known:
        raise Distrust("发件人不是该单位登记的地址")
    return Identity(ticket, replace(actor, address=sender))


def _other(replier: Replier, link: AnswerLink, sender: str) -> Identity:
    subject, known = replier.find(link)
    actor = replier.actor(link, subject) if subject is not None else None
    if actor is None:
        raise Distrust("回复地址不再属于承办单位")
    if sender not in {link.recipient.lower(), *known}:
        raise Distrust("发件人不是该单位登记的地址")
    return Identity(subject, replace(actor, address=sender), replier)


def _check_rate(mail: InboundMail) -> None:
    """A sender who writes without end is a loop or an attack."""
    since = mail.received_at - timedelta(hours=1)
    earlier = InboundMail.objects.filter(sender=mail.sender, received_at__gt=since, id__lt=mail.pk).count()
    if earlier >= policy("mail.inbound_per_hour"):
        raise Distrust("同一发件人来信过于频繁")


_RESULT = re.compile(r"(?:^|[;\s])(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.I)


def authentication_problem(message: Message) -> str:
    """Why our own mail server's check speaks against the sender; "" when it does not, or when none is configured.

    Only the topmost Authentication-Results of INBOUND_AUTHSERV_ID is believed: further ones came with the mail.
    """
    host = settings.INBOUND_AUTHSERV_ID.lower()
    if not host:
        return ""
    values = [" ".join(value.split()) for value in all_raw(message, "Authentication-Results")[:1]]
    mine = [value for value in values if re.split(r"[\s;]", value.lower(), maxsplit=1)[0] == host]
    if not mine:
        return "缺少邮件服务器的认证结果"
    results: dict[str, set[str]] = {}
    for method, result in _RESULT.findall(re.sub(r"\([^)]*\)", " ", mine[0]).lower()):
        results.setdefault(method, set()).add(result)
    if "fail" in results.get("dmarc", ()):
        return "发件域名认证（DMARC）不通过，可能为冒名"
    if "pass" in results.get("dmarc", ()):
        return ""
    if results.get("spf", set()) & {"fail", "softfail"} and "pass" not in results.get("dkim", ()):
        return "发件服务器认证（SPF）不通过，可能为冒名"
    return ""
