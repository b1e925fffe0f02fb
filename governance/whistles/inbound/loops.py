"""Mail that nobody wrote: auto-replies, lists, our own mail come back, and bounces. It is recorded and never answered."""

import logging
import re
from email.message import Message

from django.conf import settings

from governance.kernel.outbox import MailState, OutboxMail

from ..models import InboundMail
from .headers import header
from .mime import content_of, leaves

log = logging.getLogger(__name__)
_AUTO_SUBJECT = re.compile(
    r"^\s*(?:自动回复|自動回覆|自动答复|假期自动回复|Auto(?:matic)?[- ]?(?:reply|response)|Out of Office)\s*[:：]", re.I
)
_DAEMON = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon)@", re.I)
_STATUS = re.compile(r"^Status:\s*([245])\.(\d{1,3})\.(\d{1,3})", re.M | re.I)
_CODE = re.compile(r"\b(5)\.(\d{1,3})\.(\d{1,3})\b")
_ACTION = re.compile(r"^Action:\s*(\w+)", re.M | re.I)
_MOST = 64 * 1024


def auto_reason(mail: InboundMail, message: Message) -> str:
    """Why a mail counts as automatic; "" when a person seems to have written it."""
    submitted = header(message, "Auto-Submitted").lower().split(";")[0].strip()
    precedence = header(message, "Precedence").lower()
    signs = {
        "自动提交": submitted not in ("", "no"),
        "空信封发件人": mail.envelope_from in ("", "<>"),
        "自动回复标记": any(header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")),
        "群发或自动邮件": precedence in {"bulk", "junk", "auto_reply", "list"},
        "自动回复标题": bool(_AUTO_SUBJECT.match(mail.subject)),
        "本平台自己的邮件": bool(_own_ids().search(mail.message_id)),
    }
    return next((reason for reason, holds in signs.items() if holds), "")


def _own_ids() -> re.Pattern:
    """The Message-IDs that the outbox gives."""
    tail = re.escape(f".{settings.MAIL_INSTANCE}@{settings.MAIL_DOMAIN}")
    return re.compile(rf"<[0-9a-f]{{32}}{tail}>", re.I)


def bounce_of(mail: InboundMail, message: Message) -> tuple[str, str] | None:
    """(status such as "5.1.1", our mail's Message-ID or "") of a delivery report; None when it is none."""
    is_report = (
        message.get_content_type() == "multipart/report"
        and "disposition" not in header(message, "Content-Type").lower()
    )
    by_daemon = mail.envelope_from in ("", "<>") and _DAEMON.match(mail.sender or "")
    if not (is_report or by_daemon):
        return None
    report = "\n".join(content_of(part)[:_MOST].decode("utf-8", "replace") for part in leaves(message))
    status = _STATUS.search(report) or (_CODE.search(report) if not _ACTION.search(report) else None)
    original = _own_ids().search(report)
    if not is_report and not (status and original):
        return None
    return ".".join(status.groups()) if status else "", original[0] if original else ""


def bounce_record(*, status: str, message_id: str) -> str:
    """Mark our mail as not delivered when the failure is permanent. Returns what is noted with the report."""
    if not message_id:
        return f"退信 {status}，未能对应原邮件".replace("  ", " ")
    if not status.startswith("5"):
        return f"暂时未送达 {status}"
    error = f"退信 {status}：{'收件地址不存在' if status == '5.1.1' else '对方服务器拒收'}"
    marked = OutboxMail.objects.filter(message_id=message_id, state=MailState.SENT)
    if marked.update(state=MailState.DEAD, last_error=error):
        log.error("mail %s came back: %s", message_id, status)
    return error
