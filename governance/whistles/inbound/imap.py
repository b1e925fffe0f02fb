"""Polling a mailbox over IMAP, for offices whose server does not deliver to us. Stored first, marked as read after the commit."""

import logging
import ssl
from urllib.parse import unquote, urlsplit

from django.conf import settings
from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags

from governance.kernel.health import beat

from .headers import addresses, header
from .receive import TooLarge, headers_of, inbound_receive
from .server import is_ours

log = logging.getLogger(__name__)
TIMEOUT = 15  # seconds
MOST = 50  # mails a poll: a task has 30 seconds
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")


def inbound_poll(*, limit: int = MOST) -> int:
    """Fetch unread mail of INBOUND_IMAP_URL and keep it. Returns how many were fetched; 0 when no mailbox is set.

    A mail is marked as read only when it is kept, so a failure in between fetches it again, which changes nothing.
    Every poll that reached its end beats: /healthz and the administrator's desk tell when none has for long.
    """
    if not settings.INBOUND_IMAP_URL:
        return 0
    done = 0
    with mailbox(settings.INBOUND_IMAP_URL) as box:
        for uid in box.uids(AND(seen=False))[:limit]:
            done += _fetch(box, uid)
    beat("mail-fetch")
    return done


def mailbox(url: str) -> BaseMailBox:
    """Log in to ``imaps://user:password@host:port/folder`` (``imap`` without TLS)."""
    parts = urlsplit(url)
    place = {"host": parts.hostname or "", "timeout": TIMEOUT}
    if parts.scheme == "imaps":
        box = MailBox(port=parts.port or 993, ssl_context=ssl.create_default_context(), **place)
    else:
        box = MailBoxUnencrypted(port=parts.port or 143, **place)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return box.login(unquote(parts.username or ""), unquote(parts.password or ""), initial_folder=folder)


def _fetch(box: BaseMailBox, uid: str) -> int:
    raw = _source(box, uid)
    if raw is None:
        return 0
    message = headers_of(raw)
    recipients = [address for address in addresses(message, *_TO) if is_ours(address)]
    try:
        inbound_receive(raw=raw, envelope_from=_envelope_from(message), recipients=recipients)
    except TooLarge:
        log.error("mail %s in the polled mailbox is too large; flagged there for a person", uid)
        box.flag(uid, MailMessageFlags.FLAGGED, True)
    box.flag(uid, MailMessageFlags.SEEN, True)
    return 1


def _source(box: BaseMailBox, uid: str) -> bytes | None:
    """The mail exactly as it lies there, unread as before."""
    _, data = box.client.uid("FETCH", uid, "(BODY.PEEK[])")
    return next((bytes(item[1]) for item in data or [] if isinstance(item, tuple)), None)


def _envelope_from(message) -> str:
    """The Return-Path where there is one ("" is the null sender), else the From address."""
    path = header(message, "Return-Path")
    if path:
        return path.strip("<> ")
    return next(iter(addresses(message, "From")), "unknown")
