"""A mail's parts: the text of its writer and the files that he attached. Tolerant: nothing here raises."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from .headers import clean, decoded, header, words
from .html import html_to_text
from .receive import headers_of, split

log = logging.getLogger(__name__)
MOST_PARTS, DEEPEST = 200, 30
MOST_TEXT = 200_000  # characters that are read; an answer is far shorter
SIGNATURE_IMAGE = 5 * 1024  # bytes: a smaller picture is a logo or a tracking pixel
LOGO_IMAGE = 20 * 1024  # bytes: so is one that the signature shows inline and calls so
_LOGO = re.compile(r"logo|sign|icon|spacer|signature|avatar|头像|签名|名片", re.I)
_SECRET = re.compile(r"(?i)(/answer(?:-[a-z]+)?/)[\w-]{8,}|(reply\+)[a-z0-9]{8,}")
_ENDING = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}


@dataclass
class Letter:
    """What a mail holds: its plain text (from HTML where there is none), HTML text aside, and (name, content) of the files."""

    message: Message
    text: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list)


def letter_of(raw: bytes) -> Letter:
    """Read a raw mail. Of a mail too tangled to take apart the headers and the body as it stands are left."""
    try:
        message = message_from_bytes(raw, policy=compat32)
        return _read(message)
    except Exception as error:  # RecursionError of a thousand nested parts among them
        log.warning("mail not taken apart: %s", type(error).__name__)
        return Letter(headers_of(raw), veil(clean(decoded(split(raw)[1][:MOST_TEXT]))))


def veil(text: str) -> str:
    """Without the secrets of a quoted mail: whoever reads a comment must not be able to answer as the department."""
    return _SECRET.sub(lambda found: f"{found[1] or found[2]}······", text)


def leaves(message: Message) -> Iterator[Message]:
    """The parts without parts, in reading order, within bounds; an attached mail is one part."""
    waiting, seen = [(message, 0)], 0
    while waiting and seen < MOST_PARTS:
        part, depth = waiting.pop()
        seen += 1
        payload = part.get_payload() if part.get_content_maintype() == "multipart" else None
        if isinstance(payload, list):
            if depth < DEEPEST:
                waiting += [(child, depth + 1) for child in reversed(payload)]
        else:
            yield part


def content_of(part: Message) -> bytes:
    """A part's bytes with its transfer encoding undone; of an attached mail its source."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\n".join(child.as_bytes() for child in payload)
    try:
        return part.get_payload(decode=True) or b""
    except Exception:  # a broken uuencode or charset
        return str(payload).encode("utf-8", "replace")


def text_of(part: Message) -> str:
    """A text part's characters."""
    try:
        charset = part.get_param("charset")
    except Exception:  # a malformed Content-Type
        charset = None
    charset = charset[2] if isinstance(charset, tuple) else charset
    text = decoded(content_of(part)[: MOST_TEXT * 4], str(charset or ""))
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))[:MOST_TEXT]


def _read(message: Message) -> Letter:
    plain, rich, letter = [], [], Letter(message)
    for part in leaves(message):
        kind, name = part.get_content_type(), _file_name(part)
        attached = header(part, "Content-Disposition").lower().startswith("attachment") or bool(name)
        if kind == "text/plain" and not attached:
            plain.append(text_of(part))
        elif kind == "text/html" and not attached:
            rich.append(text_of(part))
        elif attached or part.get_content_maintype() in {"image", "application", "message"}:
            _take_file(letter, part, name or f"附件{len(letter.files) + 1}{_ENDING.get(kind, '')}")
    letter.text = veil("\n".join(plain).strip() or html_to_text("\n".join(rich)))
    return letter


def _file_name(part: Message) -> str:
    try:
        found = part.get_filename()
    except Exception:  # malformed RFC 2231 parameters
        found = None
    name = words(found).replace("\\", "/").rpartition("/")[2]
    return name[-120:].strip(". ")


def _take_file(letter: Letter, part: Message, name: str) -> None:
    content = content_of(part)
    if part.get_content_maintype() == "image" and _is_decoration(part, name, len(content)):
        return
    if part.get_content_type() in {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "message/delivery-status",
    }:
        return
    letter.files.append((name, content))


def _is_decoration(part: Message, name: str, size: int) -> bool:
    """A logo of the signature. A photo pasted into the text stays: telephones and Outlook send them so."""
    if size < SIGNATURE_IMAGE:
        return True
    inline = bool(header(part, "Content-ID")) and not header(part, "Content-Disposition").lower().startswith("attach")
    return inline and size < LOGO_IMAGE and bool(_LOGO.search(name) or part.get_content_subtype() == "gif")
