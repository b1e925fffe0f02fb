"""Six defects reproduced in django-helpdesk; each test shows the opposite here."""

from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from zoneinfo import ZoneInfo

import pytest

from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.clock import Holiday
from governance.kernel.links import link_for, reply_token_of, token_of
from governance.kernel.outbox import MailState, OutboxMail, outbox_send, thread_reference
from governance.whistles import services
from governance.whistles.forms.ticket_actions import TICKET_ACTIONS
from governance.whistles.inbound.process import inbound_process
from governance.whistles.inbound.receive import inbound_receive
from governance.whistles.models import Comment, InboundMail, Ticket, Whistle
from tests_support import stories

pytestmark = pytest.mark.django_db


def mail(text: str, sender: str, to: str, subject: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = make_msgid(domain="mail.example")
    message.set_content(text)
    return message.as_bytes()


def receive(raw: bytes, sender: str, to: str) -> InboundMail | None:
    kept = inbound_receive(raw=raw, envelope_from=sender, recipients=[to])
    while inbound_process():
        pass
    if kept:
        kept.refresh_from_db()
    return kept


def test_a_stranger_quoting_the_id_posts_a_public_reply(make_ticket, settings):
    """Here a number is no identity: the mail waits in quarantine, the ticket does not move, nobody reads it."""
    ticket, to, sender = make_ticket(), f"whistle@{settings.MAIL_DOMAIN}", "stranger@other.example"
    kept = receive(mail("签收", sender, to, f"Re: {ticket.whistle.number} [{ticket.pk}]"), sender, to)
    assert kept.state == "quarantine"
    assert stories.fresh(ticket).status == "pending_sign"
    assert not Comment.objects.filter(ticket=ticket).exists()


def test_the_same_message_twice_makes_two_tickets(make_ticket, settings):
    """Here the second delivery of a message is known by its Message-ID and body: one comment, no whistle."""
    ticket = make_ticket()
    sender = ticket.department.email
    link = link_for(subject_type="ticket", subject_id=ticket.pk, recipient=sender)
    to = f"reply+{reply_token_of(link)}@{settings.MAIL_DOMAIN}"
    raw, before = mail("情况如下，请知悉。", sender, to, "回复"), Whistle.objects.count()
    assert receive(raw, sender, to) is not None
    assert receive(b"Received: once more\r\n" + raw, sender, to) is None
    assert Comment.objects.filter(ticket=ticket).count() == 1
    assert Whistle.objects.count() == before


def test_a_get_link_closes_a_ticket_without_login(client, make_ticket):
    """Here no address behind a mailed link does anything on GET or HEAD, in any state of the ticket."""
    for status in ("pending_sign", "handling"):
        ticket = make_ticket(status)
        link = link_for(subject_type="ticket", subject_id=ticket.pk, recipient=ticket.department.email)
        before = (stories.fresh(ticket).version, AuditEvent.objects.count(), OutboxMail.objects.count())
        for name in ("", "renew/", *(f"{action}/" for action in TICKET_ACTIONS)):
            for method in (client.get, client.head):
                assert method(f"/answer/{token_of(link)}/{name}").status_code < 500
        assert (stories.fresh(ticket).version, AuditEvent.objects.count(), OutboxMail.objects.count()) == before


def test_a_holiday_makes_escalation_earlier():
    """Here a day off moves every limit of working days one day later, and none earlier."""
    start = datetime(2026, 12, 14, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    before = {days: clock.add(start, days, "workday") for days in range(1, 12)}
    Holiday.objects.create(date=date(2026, 12, 16), kind=Holiday.Kind.OFF, name="临时放假")
    clock.forget_calendar()
    after = {days: clock.add(start, days, "workday") for days in range(1, 12)}
    assert all(after[days] >= before[days] for days in before)
    assert after[3] == before[3] + timedelta(days=1)


def test_smtp_down_raises_out_of_the_update(make_ticket, actors, postbox, office_hours):
    """Here the update succeeds and the mail waits for the server."""
    postbox.stop()
    ticket = make_ticket()
    services.ticket_accept(ticket=ticket, by=actors.dept)
    outbox_send()
    assert Ticket.objects.get(pk=ticket.pk).status == "pending_arrive"
    waiting = OutboxMail.objects.filter(to_address=ticket.department.email)
    assert set(waiting.values_list("state", flat=True)) == {MailState.PENDING} and waiting.first().last_error
    postbox.start()
    with clock.travel(clock.now() + timedelta(seconds=60)):
        outbox_send()
    assert len(postbox.to(ticket.department.email)) == waiting.count()


def test_update_mail_carries_no_threading_headers(make_ticket, actors, postbox, office_hours):
    """Here every mail of a case hangs on one stable root and names what was sent before."""
    ticket = make_ticket()
    services.ticket_comment(ticket=ticket, by=actors.staff, body="请带登高车")
    outbox_send()
    first, second = postbox.to(ticket.department.email)
    root = thread_reference(ticket.thread)
    assert first["Message-ID"] != second["Message-ID"]
    assert second["In-Reply-To"] == root
    assert second["References"].split() == [root, first["Message-ID"]]
