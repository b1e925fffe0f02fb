"""Answer links and reply addresses: a right to act on one ticket, carried by mail.

The token is an HMAC of a random nonce: 256 bits, stored only as a hash, recomputed when the mail is sent, so that neither a
database dump nor a stored mail body opens anything. GET never changes state (reliability.md 10).
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.encoding import force_bytes

from . import clock
from .policy import policy
from .scope import ScopedQuerySet

LINK_MARK, REPLY_MARK = "%%LINK:{}%%", "%%REPLY:{}%%"
_MARKS = re.compile(r"%%(LINK|REPLY):(\d+)%%")
PAGES = {"ticket": "answer"}  # subject type: where its pages begin; slices add theirs


class AnswerLink(models.Model):
    """A recipient's right to answer for one subject until it expires or is revoked."""

    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    recipient = models.EmailField("收件地址")
    nonce = models.BinaryField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    reply_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("生成时间", default=clock.now)
    expires_at = models.DateTimeField("失效时间")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理链接"
        indexes = [models.Index(fields=["subject_type", "subject_id", "recipient"], name="answer_link_subject")]

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and clock.now() < self.expires_at


def _mac(purpose: str, nonce: bytes) -> bytes:
    return hmac.new(force_bytes(settings.SECRET_KEY), purpose.encode() + bytes(nonce), hashlib.sha256).digest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(link: AnswerLink) -> str:
    """The secret part of the link's address."""
    return base64.urlsafe_b64encode(_mac("link", link.nonce)).rstrip(b"=").decode()


def reply_token_of(link: AnswerLink) -> str:
    """The secret part of the reply address: lower-case letters and digits, 160 bits, safe to retype."""
    return base64.b32encode(_mac("reply", link.nonce)[:20]).decode().lower()


def link_for(*, subject_type: str, subject_id: int, recipient: str) -> AnswerLink:
    """Return the live link of this recipient for this subject, making one when there is none."""
    wanted = (subject_id, recipient)
    return links_for(subject_type=subject_type, wanted=[wanted])[wanted]


def links_for(*, subject_type: str, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], AnswerLink]:
    """The live link of every (subject, recipient), with two statements however many there are."""
    wanted = set(wanted)
    if not wanted:
        return {}
    live = AnswerLink.objects.filter(
        subject_type=subject_type, subject_id__in={subject for subject, _ in wanted}, revoked_at=None,
        recipient__in={recipient for _, recipient in wanted}, expires_at__gt=clock.now() + timedelta(days=1),
    )  # fmt: skip
    found = {(link.subject_id, link.recipient): link for link in live.order_by("id")}
    missing = sorted(wanted - found.keys())
    made = AnswerLink.objects.bulk_create(_new(subject_type, *pair) for pair in missing)
    return {pair: link for pair, link in found.items() if pair in wanted} | dict(zip(missing, made, strict=True))


def _new(subject_type: str, subject_id: int, recipient: str) -> AnswerLink:
    link = AnswerLink(
        subject_type=subject_type, subject_id=subject_id, recipient=recipient, nonce=secrets.token_bytes(32)
    )
    link.token_hash, link.reply_hash = _hash(token_of(link)), _hash(reply_token_of(link))
    link.expires_at = clock.now() + timedelta(days=policy("mail.link_days"))
    return link


def link_find(token: str) -> AnswerLink | None:
    """Return the link of an address token, live or not; None when there is none."""
    return AnswerLink.objects.filter(token_hash=_hash(token)).first()


def link_find_by_reply(token: str) -> AnswerLink | None:
    """Return the link of a reply token, tolerant of case and of the misreadings 1/l and 0/o."""
    clean = token.lower().replace("1", "l").replace("0", "o")
    return AnswerLink.objects.filter(reply_hash=_hash(clean)).first()


def links_revoke(*, subject_type: str, subject_id: int) -> int:
    """Take the right to answer back from everybody who has it for a subject (re-routing, merging)."""
    live = AnswerLink.objects.filter(subject_type=subject_type, subject_id=subject_id, revoked_at=None)
    return live.update(revoked_at=clock.now())


def marked_links(*texts: str) -> dict[int, AnswerLink]:
    """The links that are marked in any of these texts, read with one query."""
    ids = {int(number) for text in texts for _, number in _MARKS.findall(text)}
    return AnswerLink.objects.in_bulk(ids) if ids else {}


def fill_marks(text: str, links: dict[int, AnswerLink] | None = None) -> str:
    """Replace the marks of links and reply addresses by the real thing: done only while a mail is being sent."""
    links = marked_links(text) if links is None else links

    def put(match: re.Match) -> str:
        link = links.get(int(match[2]))
        if link is None:
            return ""
        if match[1] == "LINK":
            return f"{settings.BASE_URL}/{PAGES[link.subject_type]}/{token_of(link)}/"
        return f"reply+{reply_token_of(link)}@{settings.MAIL_DOMAIN}"

    return _MARKS.sub(put, text)
