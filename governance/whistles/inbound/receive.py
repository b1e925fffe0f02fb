"""Keeping a mail: the only thing that happens before the sender hears 250."""

import hashlib
import re
from email import policy as email_policy
from email.message import Message
from email.parser import BytesHeaderParser

from django.conf import settings
from django.db import IntegrityError, transaction

from governance.kernel.errors import Invalid
from governance.kernel.hints import hint
from governance.kernel.policy import policy

from ..models import InboundMail
from .headers import clean, header, sender_of

TASK = "governance.inbound_process"
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_HEADER_BYTES = 256 * 1024


class TooLarge(Invalid):
    """The mail exceeds ``mail.inbound_megabytes``."""

    code = "too_large"


def split(raw: bytes) -> tuple[bytes, bytes]:
    """(headers, body) of a raw mail."""
    end = _END_OF_HEADERS.search(raw)
    return (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")


def headers_of(raw: bytes) -> Message:
    """The parsed headers; an unparsable beginning gives an empty message."""
    try:
        return BytesHeaderParser(policy=email_policy.compat32).parsebytes(split(raw)[0][:_HEADER_BYTES] + b"\n\n")
    except Exception:  # never refuse a mail for its form
        return Message()


def inbound_receive(*, raw: bytes, envelope_from: str, recipients: list[str]) -> InboundMail | None:
    """Keep one mail and commit it; None when it is here already (same Message-ID, same body, same recipients).

    ``envelope_from`` is "" for the null sender. Raises TooLarge; a database error goes up, so that the sender tries again.
    """
    if len(raw) > policy("mail.inbound_megabytes") * 1024 * 1024:
        raise TooLarge("邮件过大。")
    message = headers_of(raw)
    digest = hashlib.sha256(split(raw)[1]).hexdigest()
    recipients = sorted({clean(address).strip().lower()[:250] for address in recipients})
    row = InboundMail(
        message_id=_message_id(message, raw), body_hash=digest, envelope_from=clean(envelope_from)[:250], raw=raw,
        recipients=recipients, sender=sender_of(message), subject=header(message, "Subject")[:250],
    )  # fmt: skip
    with transaction.atomic():
        kept = _keep(row)
        if kept is not None:
            hint(TASK)
    return kept


def _message_id(message: Message, raw: bytes) -> str:
    """The mail's own Message-ID; one made of its content where it has none or an endless one."""
    found = clean(header(message, "Message-ID"))
    if 2 < len(found) <= 200:
        return found
    seed = f"{found}\n{header(message, 'From')}\n{header(message, 'Date')}\n{header(message, 'Subject')}"
    digest = hashlib.sha256(seed.encode() + split(raw)[1]).hexdigest()
    return f"<{digest}.unnamed@{settings.MAIL_DOMAIN}>"


def _keep(row: InboundMail) -> InboundMail | None:
    """Insert; the same mail for further recipients (one delivery each) is another row, the same for the same is none."""
    for _attempt in range(2):
        try:
            with transaction.atomic():
                row.pk = None
                row.save(force_insert=True)
                return row
        except IntegrityError:
            twin = InboundMail.objects.defer("raw").get(message_id=row.message_id, body_hash=row.body_hash)
            if set(row.recipients) <= set(twin.recipients):
                return None
            more = sorted(set(row.recipients) - set(twin.recipients))
            row.recipients = more
            row.message_id = f"{row.message_id} {hashlib.sha256(' '.join(more).encode()).hexdigest()[:16]}"
    return None
