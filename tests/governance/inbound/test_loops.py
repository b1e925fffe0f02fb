"""Mail that nobody wrote is recorded and never answered; bounces mark the mail that came back."""

import pytest

from governance.kernel.outbox import MailState, OutboxMail, mail_enqueue
from governance.whistles.inbound.process import inbound_process
from governance.whistles.inbound.receive import inbound_receive
from governance.whistles.models import Comment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; why=vacation"},
        {"X-Autoreply": "yes"},
        {"X-Autorespond": "vacation"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Subject": "自动回复：【吹哨】占道经营"},
        {"Subject": "Automatic reply: hello"},
    ],
    ids=lambda headers: "/".join(f"{k}={v}" for k, v in headers.items()),
)
def test_auto_reply(make_ticket, reply, headers):
    """freescout#2445, zammad#5428: wars of auto-responders."""
    ticket = make_ticket("pending_sign")
    mail = reply(ticket, "签收", headers=headers)
    assert (mail.state, ticket.status) == ("auto", "pending_sign")
    assert not Comment.objects.filter(ticket=ticket).exists()
    assert not OutboxMail.objects.filter(key__startswith="confirm:").exists()


def test_auto_submitted_no_is_a_person(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    reply(ticket, "签收", headers={"Auto-Submitted": "no"})
    assert ticket.status == "pending_arrive"


def test_null_sender(make_ticket, reply_to, write):
    ticket = make_ticket("pending_sign")
    to = reply_to(ticket)
    raw = write("签收", sender=ticket.department.email, to=to)
    mail = inbound_receive(raw=raw, envelope_from="", recipients=[to])
    inbound_process()
    mail.refresh_from_db()
    assert mail.state == "auto"


def test_our_own_mail_comes_back(make_ticket, reply, settings):
    """glpi: the instance in the Message-ID stops the loop."""
    ticket = make_ticket("pending_sign")
    own = f"<{'a' * 32}.{settings.MAIL_INSTANCE}@{settings.MAIL_DOMAIN}>"
    assert reply(ticket, "签收", headers={"Message-ID": own}).state == "auto"
    assert ticket.status == "pending_sign"


REPORT = """\
From: MAILER-DAEMON@mail.other.example
To: whistle@portal.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn-1@mail.other.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=utf-8

This is the mail system. I'm sorry.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.other.example

Final-Recipient: rfc822; gone@other.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--B
Content-Type: text/rfc822-headers

Message-ID: {original}
Subject: whistle

--B--
"""


def bounced(status: str, action: str = "failed"):
    sent = mail_enqueue(key="k", thread="whistle:1", to_address="gone@other.example", subject="s", text="t")
    OutboxMail.objects.filter(key="k").update(state=MailState.SENT)
    raw = REPORT.format(status=status, action=action, original=sent.message_id).encode()
    mail = inbound_receive(raw=raw, envelope_from="", recipients=["whistle@portal.example"])
    inbound_process()
    mail.refresh_from_db()
    return mail, OutboxMail.objects.get(key="k")


def test_unknown_address_bounces():
    mail, sent = bounced("5.1.1")
    assert mail.state == "bounce" and "5.1.1" in mail.reason
    assert (sent.state, sent.last_error) == ("dead", "退信 5.1.1：收件地址不存在")


def test_delay_is_only_noted():
    mail, sent = bounced("4.4.1", "delayed")
    assert (mail.state, sent.state) == ("bounce", "sent")


def test_chinese_bounce_without_report():
    sent = mail_enqueue(key="k", thread="whistle:1", to_address="gone@other.example", subject="s", text="t")
    OutboxMail.objects.filter(key="k").update(state=MailState.SENT)
    text = f"抱歉，您的邮件被退回来了……\n收件人邮件地址不存在，5.1.1\n原邮件 {sent.message_id}"
    raw = f"From: PostMaster@other.example\nSubject: 系统退信\nMessage-ID: <q@other>\n\n{text}".encode()
    mail = inbound_receive(raw=raw, envelope_from="", recipients=["whistle@portal.example"])
    inbound_process()
    mail.refresh_from_db()
    sent = OutboxMail.objects.get(key="k")
    assert (mail.state, sent.state) == ("bounce", "dead")


def test_forged_report_about_nothing_of_ours():
    raw = REPORT.format(status="5.1.1", action="failed", original="<somebody@else.example>").encode()
    mail = inbound_receive(raw=raw, envelope_from="", recipients=["whistle@portal.example"])
    inbound_process()
    mail.refresh_from_db()
    assert mail.state == "bounce" and "未能对应" in mail.reason
