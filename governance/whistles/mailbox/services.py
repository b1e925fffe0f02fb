"""What the demo's mailbox keeps, and what it sends: real SMTP in both directions."""

import re
import smtplib
from collections.abc import Iterable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import formatdate, parseaddr

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.kernel import clock
from governance.kernel.errors import Conflict
from governance.kernel.hints import hint
from governance.kernel.outbox import SEND_TASK, MailState, OutboxMail

from ..models import MailboxMessage

KEPT = ("Message-ID", "In-Reply-To", "References", "Date", "List-Id", "Auto-Submitted", "To")
TIMEOUT = 10  # seconds
ANSWER_PATH = re.compile(r"https?://[^\s/]+(/answer(?:-[a-z]+)?/[\w-]+/(?:[a-z_]+/)?)")


def _part(message: EmailMessage, kind: str) -> str:
    """The text of the body part of this kind, whatever its charset claims to be."""
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return part.get_content().replace("\x00", "")
    except (LookupError, ValueError):
        return (part.get_payload(decode=True) or b"").decode("utf-8", "replace").replace("\x00", "")


def _clean(value: object, most: int = 250) -> str:
    return " ".join(str(value or "").replace("\x00", "").split())[:most]


@transaction.atomic
def mailbox_store(*, recipients: Iterable[str], content: bytes) -> int:
    """Keep one message for each recipient. Returns how many rows there are."""
    message = message_from_bytes(content, policy=default)
    fields = {
        "message_id": _clean(message["Message-ID"]),
        "sender": _clean(message["From"]),
        "reply_to": _clean(parseaddr(str(message["Reply-To"] or ""))[1]),
        "subject": _clean(message["Subject"]),
        "text": _part(message, "plain"),
        "html": _part(message, "html"),
        "headers": {name: _clean(message[name], 4000) for name in KEPT if message[name]},
    }
    rows = [MailboxMessage(address=_clean(address).lower(), **fields) for address in recipients]
    return len(MailboxMessage.objects.bulk_create(rows))


def root_of(message: MailboxMessage) -> str:
    """The conversation of a message: the first entry of its References."""
    references = message.headers.get("References", "").split()
    return references[0] if references else message.message_id


def answer_path(message: MailboxMessage) -> str:
    """The path of the answer link in a message, "" without one."""
    found = ANSWER_PATH.search(message.text)
    return found[1] if found else ""


def _reply(message: MailboxMessage, *, body: str, key: str, photos: Iterable[tuple[str, bytes]]) -> EmailMessage:
    """A reply as a mail program writes it: threading headers, the original quoted below."""
    reply = EmailMessage(policy=SMTP)
    reply["From"], reply["To"] = message.address, message.reply_to or parseaddr(message.sender)[1]
    reply["Subject"] = f"Re: {message.subject}"
    reply["Date"], reply["Message-ID"] = formatdate(localtime=True), f"<{key}@{message.address.rpartition('@')[2]}>"
    reply["In-Reply-To"] = message.message_id
    reply["References"] = " ".join([*message.headers.get("References", "").split()[-9:], message.message_id])
    quoted = "\n".join(f"> {line}" for line in message.text.splitlines())
    when = timezone.localtime(message.received_at)
    reply.set_content(f"{body}\n\n在 {when:%Y-%m-%d %H:%M}，{message.sender} 写道：\n{quoted}\n")
    for name, content in photos:
        kind = "png" if name.lower().endswith(".png") else "jpeg"
        reply.add_attachment(content, maintype="image", subtype=kind, filename=name)
    return reply


def mailbox_reply(
    *, message: MailboxMessage, body: str, key: str, photos: Iterable[tuple[str, bytes]] = ()
) -> MailboxMessage:
    """Send a reply from the message's mailbox to the portal's inbound port and keep a copy. ``key`` is its identity.

    Raises Conflict when the portal does not take it; nothing is kept then.
    """
    mail = _reply(message, body=body, key=key, photos=photos)
    try:
        with smtplib.SMTP(settings.INBOUND_SMTP_HOST, settings.INBOUND_SMTP_PORT, timeout=TIMEOUT) as smtp:
            smtp.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise Conflict(f"收信服务没有接收（{type(error).__name__}），请稍后再发；内容没有丢失。") from error
    copy, _ = MailboxMessage.objects.get_or_create(
        address=message.address, message_id=mail["Message-ID"],
        defaults={
            "sender": message.address, "reply_to": "", "subject": _clean(mail["Subject"]), "text": body,
            "is_read": True,
            "headers": {"References": mail["References"], "In-Reply-To": mail["In-Reply-To"], "Sent": "1"},
        },
    )  # fmt: skip
    return copy


def outbox_release() -> int:
    """Let mails that wait for the end of the quiet hours go now (the demo is tried at any hour). Returns how many."""
    moment = clock.now()
    waiting = OutboxMail.objects.filter(state=MailState.PENDING, not_before__gt=moment, attempts=0)
    count = waiting.update(not_before=moment)
    hint(SEND_TASK)
    return count
