"""Our own mail, quoted as the programs quote it, and answered."""

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
    return ticket, build_message(row)


def test_answer_from_the_demo_mailbox(sent):
    ticket, message = sent
    kept = MailboxMessage(
        address=ticket.department.email, message_id=message.extra_headers["Message-ID"], sender=message.from_email,
        reply_to=message.reply_to[0], subject=message.subject, text=message.body, headers=dict(message.extra_headers),
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
    html = next(str(part.content) for part in message.alternatives if part.mimetype == "text/html")
    assert own_text(html_to_text(QUOTING[program](html))) == "签收"
