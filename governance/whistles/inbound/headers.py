"""Headers as text: tolerant of raw GBK, broken encoded words and control characters; nothing here raises."""

import re
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "hz-gb-2312": "hz", "unknown-8bit": "utf-8"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_ADDRESS = re.compile(r"^[^@\s<>\"(),;]+@[a-z0-9.-]+$")
MOST = 20_000  # characters of one header that are looked at: several megabytes are an attack


def decoded(content: bytes, charset: str | None = None) -> str:
    """Bytes as text: the declared charset, else UTF-8, else GB18030 (what a Chinese client sends unlabelled), else with marks."""
    declared = (charset or "").strip().strip("\"'").lower()
    for name in (CHARSETS.get(declared, declared), "utf-8", "gb18030"):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode(CHARSETS.get(declared, "utf-8") if declared in CHARSETS else "utf-8", "replace")


def clean(text: str) -> str:
    """Text that the database keeps and a page shows: no control or direction marks, no lone surrogates."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if _has_surrogates(text) else text
    return _INVISIBLE.sub("", _CONTROL.sub("", text)).encode("utf-8", "ignore").decode()


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= mark <= "\udfff" for mark in text)


def words(value: object) -> str:
    """One header's value in one line, encoded words decoded."""
    text = str(value or "")[:MOST]
    if _has_surrogates(text):
        text = decoded(text.encode("utf-8", "surrogateescape"))
    try:
        parts = decode_header(" ".join(text.split()))
        text = "".join(decoded(part, charset) if isinstance(part, bytes) else part for part, charset in parts)
    except Exception:  # a broken encoded word is shown as it came
        text = " ".join(text.split())
    return " ".join(clean(text).split())


def header(message: Message, name: str) -> str:
    """The first header of that name, decoded; "" when missing."""
    return words(next(iter(all_raw(message, name)), ""))


def all_raw(message: Message, name: str) -> list[str]:
    """Every value of a header as it came, top to bottom."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def addresses(message: Message, *names: str) -> list[str]:
    """The plain lower-case addresses in these headers; what does not look like one is left out."""
    values = [" ".join(value.split())[:MOST] for name in names for value in all_raw(message, name)]
    try:
        pairs = getaddresses(values)
    except Exception:  # the standard parser stumbles over some malformed lists
        pairs = []
    found = [address.strip().lower() for _, address in pairs]
    return [address for address in found if _ADDRESS.match(address) and not _has_surrogates(address)]


def sender_of(message: Message) -> str:
    """The one address of the one From header; "" when there is none or more than one (a known way to spoof)."""
    if len(all_raw(message, "From")) != 1:
        return ""
    found = addresses(message, "From")
    return found[0][:250] if len(found) == 1 else ""
