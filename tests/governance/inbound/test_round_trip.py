"""Our own mail, quoted as the programs quote it, and answered."""

from email import message_from_bytes
from email.policy import default

import pytest

from governance.kernel.outbox import OutboxMail, build_message
from governance.whistles.inbound.html import html_to_text
from governance.whistles.inbound.process import inbound_process
from governance.whistles.inbound.quotes import own_text
from governance.whistles.inbound.receive import inbound_receive
from governance.whistles.mailbox.services import _reply
from governance.whistles.models import Comment, MailboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(make_ticket):
    """(ticket, the message that its department got)."""
    ticket = make_ticket("pending_sign")
    row = OutboxMail.objects.get(thread=ticket.thread, to_address=ticket.department.email)
    return ticket, message_from_bytes(build_message(row).content, policy=default)


def test_answer_from_the_demo_mailbox(sent):
    ticket, message = sent
    kept = MailboxMessage(
        address=ticket.department.email, message_id=message["Message-ID"], sender=message["From"],
        reply_to=message["Reply-To"], subject=message["Subject"],
        text=message.get_body(("plain",)).get_content(), headers={name: str(message[name]) for name in message},
    )  # fmt: skip
    mail = _reply(kept, body="签收", key="k1", photos=())
    inbound_receive(raw=mail.as_bytes(), envelope_from=kept.address, recipients=[kept.reply_to])
    inbound_process()
    ticket.refresh_from_db()
    assert ticket.status == "pending_arrive"
    assert not Comment.objects.filter(ticket=ticket).exists()


QUOTING = {
    "qq": lambda html: f"<div>签收</div><div>------------------ 原始邮件 ------------------</div><div>{html}</div>",
    "163": lambda html: (
        f'<div>签收</div><div id="isReplyContent">在 2026-11-23 09:12:33，"平台" 写道：<blockquote>{html}</blockquote></div>'
    ),
    "outlook": lambda html: f"<p>签收</p><p><b>发件人:</b> 平台<br><b>发送时间:</b> 2026年11月23日<br></p>{html}",
    "gmail": lambda html: (
        f'<div>签收</div><div class="gmail_quote">平台于2026年11月23日写道：<blockquote>{html}</blockquote></div>'
    ),
    "nothing-around": lambda html: f"<div>签收</div><div>{html}</div>",
}


@pytest.mark.parametrize("program", QUOTING)
def test_our_page_quoted_as_html(sent, program):
    _, message = sent
    html = message.get_body(("html",)).get_content()
    assert own_text(html_to_text(QUOTING[program](html))) == "签收"
