"""The outbox: a mail is a row of the business transaction, one per recipient; a worker sends it (reliability.md 1).

Claim with SKIP LOCKED and commit a lease with a token; send; complete where the token still holds. The lease is short, so
that a killed worker's mails go out soon, and is renewed while a batch is being sent. 4xx backs off, 5xx goes to the dead-letter
list. The Message-ID is fixed at enqueue, so that a repeat after an ambiguous answer is recognisable.

Each mail is marked as sent by itself, right after the server's 250, without waiting for the disk: a killed worker repeats the
one mail that it was sending, a crashed database those of its last half second, and nothing is ever lost.
"""

import logging
import smtplib
import time
import uuid
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection, models, transaction
from django.db.models import F, Q

from . import clock
from .hints import hint
from .letter import Letter, address, letter
from .links import fill_marks, marked_links
from .policy import policy
from .scope import ScopedQuerySet
from .ui.choices import StyledChoices

log = logging.getLogger(__name__)
SEND_TASK = "governance.outbox_send"
LEASE = timedelta(seconds=30)  # longer than one mail may take (SMTP timeout), short enough to recover within a minute
RENEW = 10  # seconds between renewals of the leases of a batch
LONGEST = 8  # seconds that a batch may take before the rest of it is given back: a task is killed after 30
DEAD_LINE = 2  # failures of the line in a row, after which the rest of a batch waits
BREATH = timedelta(seconds=5)  # for which it waits then
# One message to the database, which is one transaction of its own, or a part of the caller's.
_SENT = """SET LOCAL synchronous_commit = off;
UPDATE governance_outboxmail SET state = 'sent', sent_at = %s, last_error = '', lease_until = NULL, lease_token = NULL
WHERE id = %s AND lease_token = %s AND state = 'pending'"""


class MailState(StyledChoices):
    """Where a mail is."""

    PENDING = "pending", "待发送", "info", "clock"
    DIGEST = "digest", "待并入摘要", "muted", "list"
    SENT = "sent", "已发送", "success", "check"
    DIGESTED = "digested", "已并入摘要", "muted", "list"
    DEAD = "dead", "未能送达", "danger", "alert"


class OutboxMail(models.Model):
    """One mail to one recipient."""

    key = models.CharField(max_length=120, unique=True)
    thread = models.CharField("所属事项", max_length=40)
    to_address = models.EmailField("收件地址")
    to_name = models.CharField("收件单位", max_length=80, blank=True)
    subject = models.CharField("标题", max_length=250)
    text = models.TextField("正文")
    html = models.TextField("网页正文", blank=True)
    reply_to = models.CharField(max_length=120, blank=True)
    message_id = models.CharField(max_length=160, unique=True)
    urgent = models.BooleanField("紧急", default=False)
    state = models.CharField("状态", max_length=9, choices=MailState, default=MailState.PENDING)
    created_at = models.DateTimeField("生成时间", default=clock.now)
    not_before = models.DateTimeField("不早于", default=clock.now)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    last_error = models.CharField("错误", max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "发件箱"
        indexes = [
            models.Index(fields=["-urgent", "not_before"], condition=Q(state="pending"), name="outbox_pending"),
            models.Index(fields=["to_address", "created_at"], name="outbox_recipient"),
            models.Index(fields=["thread", "id"], name="outbox_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to_address}"


def thread_reference(thread: str) -> str:
    """The stable first entry of References: every mail of a case hangs on it, whatever was lost on the way."""
    return f"<{thread.replace(':', '.')}.{settings.MAIL_INSTANCE}@{settings.MAIL_DOMAIN}>"


def mail_enqueue(
    *, key: str, thread: str, to_address: str, to_name: str = "", subject: str, text: str, html: str = "",
    reply_to: str = "", urgent: bool = False, digestible: bool = False,
) -> OutboxMail:  # fmt: skip
    """Put one mail into the caller's transaction. ``key`` is its identity: the same key again is the same mail.

    Not urgent: waits for the end of the quiet hours. Digestible: joins the recipient's digest when he already got many.
    """
    mail = mail_new(
        key=key, thread=thread, to_address=to_address, to_name=to_name, subject=subject, text=text, html=html,
        reply_to=reply_to, urgent=urgent, digestible=digestible,
    )  # fmt: skip
    return mails_enqueue([mail])[0]


def mails_enqueue(mails: list[OutboxMail]) -> list[OutboxMail]:
    """Put mails made by ``mail_new`` into the caller's transaction with one statement."""
    made = OutboxMail.objects.bulk_create(mails, ignore_conflicts=True, batch_size=500)
    if made:
        hint(SEND_TASK)
    return made


def mail_new(*, subject: str, to_address: str, urgent: bool = False, digestible: bool = False, **more) -> OutboxMail:
    """A mail with the fields of ``mail_enqueue``, not yet put in."""
    moment = clock.now()
    if any(mark in subject for mark in "\r\n"):
        subject = " ".join(subject.split())
    flooded = digestible and not urgent and _recent(to_address) >= policy("mail.flood_per_hour")
    return OutboxMail(
        **more, to_address=to_address, subject=subject[:250], urgent=urgent, created_at=moment,
        message_id=f"<{uuid.uuid4().hex}.{settings.MAIL_INSTANCE}@{settings.MAIL_DOMAIN}>",
        state=MailState.DIGEST if flooded else MailState.PENDING,
        not_before=moment if urgent else clock.quiet_until(moment),
    )  # fmt: skip


def _recent(address: str) -> int:
    return OutboxMail.objects.filter(to_address=address, created_at__gt=clock.now() - timedelta(hours=1)).count()


def outbox_claim(*, limit: int = 100) -> list[OutboxMail]:
    """Lease due mails to this worker, urgent first, and commit the lease."""
    moment = clock.db_now()
    with transaction.atomic():
        rows = list(
            OutboxMail.objects.select_for_update(skip_locked=True)
            .filter(Q(lease_until=None) | Q(lease_until__lt=moment), state=MailState.PENDING, not_before__lte=moment)
            .order_by("-urgent", "not_before", "id")[:limit]  # what waited for the morning goes in its own order
        )
        token, until = uuid.uuid4(), clock.now() + LEASE
        OutboxMail.objects.filter(pk__in=[row.pk for row in rows]).update(
            lease_until=until, lease_token=token, attempts=F("attempts") + 1
        )
    for row in rows:
        row.lease_until, row.lease_token, row.attempts = until, token, row.attempts + 1
    return rows


class _Batch:
    """What the mails of a batch need besides their own rows, read with two queries for all of them."""

    def __init__(self, mails: list[OutboxMail]):
        self.links = marked_links(*(text for row in mails for text in (row.text, row.html, row.reply_to)))
        self.sent: dict[tuple[str, str], list[tuple[int, str]]] = {}
        earlier = OutboxMail.objects.filter(
            thread__in={row.thread for row in mails}, to_address__in={row.to_address for row in mails}
        ).order_by("id")
        for number, thread, recipient, message_id in earlier.values_list("id", "thread", "to_address", "message_id"):
            self.sent.setdefault((thread, recipient), []).append((number, message_id))

    def earlier(self, mail: OutboxMail) -> list[str]:
        """Message-IDs of the same thread to the same person before this one: first 4 and last 6 of a long chain."""
        rows = self.sent.get((mail.thread, mail.to_address), ())
        ids = [message_id for number, message_id in rows if number < mail.pk]
        return ids if len(ids) <= 10 else ids[:4] + ids[-6:]


def build_message(mail: OutboxMail, batch: _Batch | None = None) -> Letter:
    """The mail as it goes out: threading, loop and list headers, links filled in only now."""
    batch = batch or _Batch([mail])
    root = thread_reference(mail.thread)
    headers = {
        "From": _sender(settings.DEFAULT_FROM_EMAIL),
        "To": address(mail.to_name, mail.to_address),
        "Message-ID": mail.message_id,
        "In-Reply-To": root,
        "References": " ".join([root, *batch.earlier(mail)]),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"<whistle.{settings.MAIL_DOMAIN}>",
    }
    if mail.reply_to:
        headers["Reply-To"] = fill_marks(mail.reply_to, batch.links)
    text, html = fill_marks(mail.text, batch.links), fill_marks(mail.html, batch.links)
    return Letter(mail.to_address, letter(headers, subject=mail.subject, text=text, html=html))


def _sender(written: str) -> str:
    return address(*parseaddr(written))


def outbox_send(*, limit: int = 100) -> int:
    """Claim one batch and send it over one connection. Returns how many were claimed (0: nothing due)."""
    mails = outbox_claim(limit=limit)
    if not mails:
        return 0
    batch, smtp = _Batch(mails), get_connection()
    began = renewed = time.monotonic()
    failures = 0
    try:
        for number, mail in enumerate(mails):
            if failures >= DEAD_LINE or time.monotonic() - began > LONGEST:
                _give_back(mails[number:], BREATH if failures else timedelta())
                break
            if time.monotonic() - renewed > RENEW:
                renewed = time.monotonic()
                if not _renew(mails[number:]):
                    break
            failures = 0 if _send_one(smtp, mail, batch) else failures + 1
    finally:
        _hang_up(smtp)
    return len(mails)


def _give_back(mails: list[OutboxMail], wait: timedelta) -> None:
    """Let others have the rest of a batch, which was not tried."""
    ours = OutboxMail.objects.filter(
        pk__in=[row.pk for row in mails], lease_token=mails[0].lease_token, state=MailState.PENDING
    )
    changes = {"not_before": clock.now() + wait, "last_error": "邮件服务器没有应答"} if wait else {}
    ours.update(lease_until=None, lease_token=None, attempts=F("attempts") - 1, **changes)


def _renew(mails: list[OutboxMail]) -> bool:
    """Keep the rest of a batch; False when another worker has taken over some of it, which then sends all of it."""
    ours = OutboxMail.objects.filter(pk__in=[row.pk for row in mails], lease_token=mails[0].lease_token)
    return ours.update(lease_until=clock.now() + LEASE) == len(mails)


def _send_one(smtp, mail: OutboxMail, batch: _Batch) -> bool:
    """Send and note what came of it; False when nobody answered properly."""
    try:
        smtp.open()
        smtp.send_messages([build_message(mail, batch)])
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        _failed(mail, code, text)
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
        _hang_up(smtp)
        _failed(mail, error.smtp_code, error.smtp_error)
        return False
    except smtplib.SMTPResponseException as error:
        _failed(mail, error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        _hang_up(smtp)
        _failed(mail, 0, f"{type(error).__name__}: {error}")
        return False
    else:
        _sent(mail)
    return True


def _hang_up(smtp) -> None:
    try:
        smtp.close()
    except (OSError, smtplib.SMTPException):
        smtp.connection = None


def _failed(mail: OutboxMail, code: int, text: bytes | str) -> None:
    """Back off on a temporary refusal, give up on a permanent one or after the last attempt."""
    reason = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    error = f"{code or ''} {reason}".strip()[:300]
    if code >= 500 or mail.attempts >= policy("mail.attempts"):
        _complete(mail, state=MailState.DEAD, last_error=error)
        log.error("mail %s to %s is dead: %s", mail.pk, mail.to_address, error)
    else:
        ceiling = 600 if code else 20  # seconds: a server's "later" is respected, a dead line is tried again soon
        wait = timedelta(seconds=min(ceiling, 2**mail.attempts))
        _complete(mail, not_before=clock.now() + wait, last_error=error)


def _sent(mail: OutboxMail) -> None:
    """Note the server's 250, if the lease is still ours."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [clock.now(), mail.pk, mail.lease_token])
        _told(mail, cursor.rowcount)


def _complete(mail: OutboxMail, **changes) -> None:
    """Write the result only while the lease is still ours."""
    ours = OutboxMail.objects.filter(pk=mail.pk, lease_token=mail.lease_token, state=MailState.PENDING)
    _told(mail, ours.update(lease_until=None, lease_token=None, **changes))


def _told(mail: OutboxMail, written: int) -> None:
    if not written:
        log.warning("mail %s: the lease was lost before the result was written", mail.pk)


def mail_retry(*, mail: OutboxMail) -> None:
    """Send a dead mail again (a person has corrected the address or the server)."""
    OutboxMail.objects.filter(pk=mail.pk, state=MailState.DEAD).update(
        state=MailState.PENDING, attempts=0, not_before=clock.now(), last_error=""
    )
    hint(SEND_TASK)


@transaction.atomic
def digests_build() -> int:
    """Turn each recipient's waiting notices into one mail, once the oldest has waited long enough. Returns mails made."""
    ripe = clock.now() - timedelta(minutes=policy("mail.digest_minutes"))
    addresses = list(
        OutboxMail.objects.filter(state=MailState.DIGEST).values_list("to_address", flat=True)
        .annotate(oldest=models.Min("created_at")).filter(oldest__lte=ripe).order_by("to_address")
    )  # fmt: skip
    return sum(_digest(address) for address in addresses)


def _digest(address: str) -> int:
    waiting = OutboxMail.objects.select_for_update(skip_locked=True).filter(state=MailState.DIGEST, to_address=address)
    rows = list(waiting.order_by("id")[:200])
    if not rows:
        return 0
    lines = [f"{number}. {row.subject}\n{row.text}" for number, row in enumerate(rows, 1)]
    mail_enqueue(
        key=f"digest:{address}:{rows[-1].pk}", thread=f"digest:{rows[0].pk}", to_address=address, to_name=rows[0].to_name,
        subject=f"【摘要】{len(rows)} 件吹哨事项有新进展", text="\n\n".join(lines),
    )  # fmt: skip
    OutboxMail.objects.filter(pk__in=[row.pk for row in rows]).update(state=MailState.DIGESTED)
    return 1
