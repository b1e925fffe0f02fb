"""A mail as bytes: a fixed skeleton and two parts in base64, which is several times quicker than the general MIME writer.

Everything that people wrote is encoded, and every header is checked for line breaks, so nothing can become a header.
"""

import base64
import uuid
from email.utils import formatdate
from functools import lru_cache

from django.core.mail import EmailMessage
from django.core.mail.message import BadHeaderError, sanitize_address

WORD = 45  # bytes in one encoded word of a header: 60 characters, with its frame below the line limit of 76


def encoded(text: str) -> str:
    """``text`` as a header's value: RFC 2047 words of whole characters, one a line."""
    words, word = [], b""
    for character in text:
        piece = character.encode("utf-8", "replace")
        if len(word) + len(piece) > WORD:
            words.append(word)
            word = b""
        word += piece
    words.append(word)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


@lru_cache(maxsize=4096)
def address(name: str, mailbox: str) -> str:
    """``name <mailbox>`` as a header's value. Raises ValueError for what is no address."""
    written = sanitize_address((name, mailbox), "utf-8") if name else sanitize_address(mailbox, "utf-8")
    return " ".join(written.split())


def _part(kind: str, text: str) -> bytes:
    body = base64.encodebytes(text.encode("utf-8", "replace")).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head.encode() + body


def letter(headers: dict[str, str], *, subject: str, text: str, html: str = "") -> bytes:
    """The whole mail with CRLF. ``headers`` are ASCII and have one line each, else BadHeaderError; ``subject`` is any text."""
    for name, value in headers.items():
        if "\r" in value or "\n" in value or not value.isascii():
            raise BadHeaderError(f"{name}: {value!r}")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Subject: {encoded(subject)}", f"Date: {formatdate()}", "MIME-Version: 1.0"]
    if not html:
        return "\r\n".join([*lines, ""]).encode() + _part("plain", text)
    frame = f"=_{uuid.uuid4().hex}"  # base64 has no underscore
    lines += [f'Content-Type: multipart/alternative; boundary="{frame}"', "", ""]
    head, cut = "\r\n".join(lines).encode(), f"--{frame}".encode()
    return b"%s%s\r\n%s%s\r\n%s%s--\r\n" % (head, cut, _part("plain", text), cut, _part("html", html), cut)


class _Written:
    """What Django's mail backends ask a message for."""

    def __init__(self, content: bytes):
        self.content = content

    def as_bytes(self, unixfrom: bool = False, policy=None, linesep: str = "\r\n") -> bytes:
        return self.content


class Letter(EmailMessage):
    """One written mail for Django's backends."""

    def __init__(self, to: str, content: bytes):
        super().__init__(to=[to])
        self.content = content

    def message(self, **_) -> _Written:
        """The mail as it was written."""
        return _Written(self.content)
