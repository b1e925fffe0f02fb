"""Mail over a real SMTP server: threading, one row per recipient, and every way in which a server can misbehave."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.outbox import MailState, OutboxMail, mail_retry, outbox_send, thread_reference
from governance.whistles import services
from governance.whistles.models import Ticket
from tests_support import stories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]


@pytest.fixture
def office(departments):
    return departments[0].email


def later(seconds: float):
    return clock.travel(clock.now() + timedelta(seconds=seconds))


def test_each_recipient_gets_one_message_of_his_own(make_whistle, postbox):
    """One row, one message, one recipient: no address learns the others'."""
    make_whistle()
    outbox_send()
    rows = OutboxMail.objects.all()
    assert len(postbox.mails) == rows.count() == 3
    assert all(len(recipients) == 1 for recipients, _ in postbox.mails)
    assert {message["Message-ID"] for _, message in postbox.mails} == set(rows.values_list("message_id", flat=True))
    outbox_send()
    assert len(postbox.mails) == 3


def test_django_helpdesk_update_mail_carries_no_threading_headers(make_ticket, actors, postbox, office):
    """Here every update does: References begin with the whistle's stable root and go on with what was sent before."""
    ticket = make_ticket()
    services.ticket_comment(ticket=ticket, by=actors.staff, body="请带登高车")
    outbox_send()
    first, second = postbox.to(office)
    root = thread_reference(ticket.thread)
    assert first["References"].split() == [root]
    assert second["References"].split() == [root, first["Message-ID"]]
    assert first["In-Reply-To"] == second["In-Reply-To"] == root
    beginning = f"【吹哨】{ticket.whistle.number} {ticket.whistle.title} – "
    assert {message["Subject"].strip().startswith(beginning) for message in (first, second)} == {True}


def test_headers_that_keep_loops_away(make_ticket, postbox, office, settings):
    make_ticket()
    outbox_send()
    (message,) = postbox.to(office)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert settings.MAIL_DOMAIN in message["List-Id"]
    assert message["Reply-To"].startswith("reply+")
    assert {part.get_content_type() for part in message.walk()} >= {"text/plain", "text/html"}
    link = f"{settings.BASE_URL}/answer/"
    assert link in message.get_body(("plain",)).get_content() and link in message.get_body(("html",)).get_content()


def test_django_helpdesk_smtp_down_raises_out_of_the_update(make_ticket, actors, postbox, office):
    """Here the update succeeds, nothing is raised, and the mail goes out once the server is back."""
    postbox.stop()
    ticket = make_ticket()
    services.ticket_accept(ticket=ticket, by=actors.dept)
    outbox_send()
    assert Ticket.objects.get(pk=ticket.pk).status == "pending_arrive"
    waiting = OutboxMail.objects.filter(to_address=office)
    assert set(waiting.values_list("state", flat=True)) == {MailState.PENDING}
    assert waiting.first().last_error
    postbox.start()
    with later(30):
        outbox_send()
    assert len(postbox.to(office)) == waiting.count()


def test_signalen_broker_down_and_the_mail_is_never_sent(make_ticket, postbox, office, settings):
    """Here the row is the queue: no broker is asked, the next sweep sends it."""
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    make_ticket()
    outbox_send()
    assert len(postbox.to(office)) == 1


def test_temporary_refusal_backs_off_and_is_tried_again(make_ticket, postbox, office):
    postbox.handler.refused_recipients[office] = "451 4.7.1 try again later"
    make_ticket()
    outbox_send()
    mail = OutboxMail.objects.get(to_address=office)
    assert mail.state == MailState.PENDING and mail.not_before > clock.now()
    assert "451" in mail.last_error
    outbox_send()
    assert OutboxMail.objects.get(to_address=office).attempts == 1
    del postbox.handler.refused_recipients[office]
    with later(700):
        outbox_send()
    assert OutboxMail.objects.get(to_address=office).state == MailState.SENT
    assert len(postbox.to(office)) == 1


def test_permanent_refusal_goes_to_the_dead_letters_and_holds_nobody_up(make_ticket, postbox, office):
    postbox.handler.refused_recipients[office] = "550 5.1.1 no such user"
    make_ticket()
    outbox_send()
    dead = OutboxMail.objects.get(to_address=office)
    assert dead.state == MailState.DEAD and "550" in dead.last_error
    assert not OutboxMail.objects.exclude(to_address=office).exclude(state=MailState.SENT).exists()
    postbox.handler.refused_recipients.clear()
    mail_retry(mail=dead)
    outbox_send()
    assert len(postbox.to(office)) == 1


def test_connection_lost_after_acceptance_repeats_the_same_message(make_ticket, postbox, office):
    """Ambiguous: the server has it but never said so. The repeat carries the same Message-ID, so it is recognisable."""
    postbox.handler.drop = 1
    make_ticket()
    outbox_send()
    with later(60):
        outbox_send()
    sent = [message["Message-ID"] for _, message in postbox.mails]
    assert len(sent) > len(set(sent))
    assert set(sent) == set(OutboxMail.objects.values_list("message_id", flat=True))
    assert not OutboxMail.objects.exclude(state=MailState.SENT).exists()


def test_a_mail_leased_by_a_worker_is_not_sent_by_another(make_ticket, postbox):
    from governance.kernel.outbox import outbox_claim

    make_ticket()
    claimed = outbox_claim()
    assert claimed and outbox_claim() == []
    assert outbox_send() == 0
    assert postbox.mails == []


def test_the_same_event_twice_is_one_mail(make_ticket, actors, office):
    """Retries cannot double a mail: its key is the event, the row and the address."""
    from governance.whistles.mail import on_event

    ticket = make_ticket("pending_eval")
    before = OutboxMail.objects.count()
    on_event(event="ticket.verify", ticket=ticket, by=actors.staff, note="")
    assert OutboxMail.objects.count() == before


def test_line_breaks_in_a_title_make_no_header(make_ticket, postbox, office):
    make_ticket(title="占道\r\nBcc: spy@evil.example")
    outbox_send()
    (message,) = postbox.to(office)
    assert message["Bcc"] is None
    assert "占道 Bcc:" in message["Subject"]


def test_long_conversation_keeps_first_four_and_last_six(make_ticket, actors, postbox, office):
    ticket = make_ticket("handling")
    for number in range(12):
        services.ticket_comment(ticket=stories.fresh(ticket), by=actors.staff, body=f"第 {number} 句")
    OutboxMail.objects.update(state=MailState.PENDING)
    outbox_send()
    last = OutboxMail.objects.filter(to_address=office).order_by("-id").first()
    message = next(m for m in postbox.to(office) if m["Message-ID"] == last.message_id)
    assert len(message["References"].split()) == 11
