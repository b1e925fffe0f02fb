"""A mail is never lost: kept before 250, tried again after an error, in quarantine at the end."""

import datetime

import pytest
from django.db import OperationalError

from governance.kernel import clock
from governance.kernel.policy import policy
from governance.whistles.inbound import process, server
from governance.whistles.inbound.receive import TooLarge, inbound_receive
from governance.whistles.models import InboundMail

pytestmark = pytest.mark.django_db


def test_error_while_reading_keeps_the_mail_and_tries_again(make_ticket, reply_to, write, monkeypatch):
    """Signalen: a mail receiver's error is swallowed."""
    ticket = make_ticket("pending_sign")
    sender, to = ticket.department.email, reply_to(ticket)
    mail = inbound_receive(raw=write("签收", sender=sender, to=to), envelope_from=sender, recipients=[to])
    with monkeypatch.context() as broken:
        broken.setattr(process, "letter_of", lambda raw: 1 / 0)
        process.inbound_process()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("received", 1) and "ZeroDivisionError" in mail.reason
    assert process.inbound_process() == 0  # waits for its time
    with clock.travel(clock.now() + datetime.timedelta(minutes=11)):
        assert process.inbound_process() == 1
    mail.refresh_from_db()
    ticket.refresh_from_db()
    assert (mail.state, ticket.status) == ("done", "pending_arrive")


def test_error_that_stays_ends_in_quarantine(write, monkeypatch):
    mail = inbound_receive(raw=write("签收", sender="a@x.example", to="b@x.example"), envelope_from="a", recipients=[])
    monkeypatch.setattr(process, "letter_of", lambda raw: 1 / 0)
    moment = clock.now()
    for _ in range(policy("mail.inbound_attempts") + 1):
        moment += datetime.timedelta(hours=1)
        with clock.travel(moment):
            process.inbound_process()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("quarantine", policy("mail.inbound_attempts"))
    assert "ZeroDivisionError" in mail.reason


def test_mail_that_kills_its_worker_does_not_come_back_for_ever(write):
    mail = inbound_receive(raw=write("签收", sender="a@x.example", to="b@x.example"), envelope_from="a", recipients=[])
    for hour in range(policy("mail.inbound_attempts")):
        with clock.travel(clock.now() + datetime.timedelta(hours=hour + 1)):
            assert process._claim(5) == [mail.pk]  # claimed and committed; then the worker dies
            assert process._claim(5) == []
    with clock.travel(clock.now() + datetime.timedelta(days=1)):
        process.inbound_process()
    mail.refresh_from_db()
    assert (mail.state, mail.reason) == ("quarantine", "处理时反复中断")


def test_answers_of_the_listener(say, write, monkeypatch):
    raw = write("你好", sender="a@x.example", to="b@portal.example")
    assert say(raw, "a@x.example", "b@portal.example").startswith("250")
    assert say(raw, "a@x.example", "b@portal.example").startswith("250")  # the duplicate
    assert InboundMail.objects.count() == 1
    monkeypatch.setattr(server, "inbound_receive", _down)
    assert say(raw, "a@x.example", "b@portal.example").startswith("451")


def _down(**_):
    raise OperationalError("the connection is closed")


def test_too_large(say):
    raw = b"Subject: x\r\n\r\n" + b"x" * (policy("mail.inbound_megabytes") * 1024 * 1024)
    assert say(raw, "a@x.example", "b@portal.example").startswith("552")
    with pytest.raises(TooLarge):
        inbound_receive(raw=raw, envelope_from="", recipients=[])
    assert not InboundMail.objects.exists()


def test_mail_without_message_id(write):
    raw = write("你好", sender="a@x.example", to="b@portal.example").replace(b"Message-ID", b"X-Other")
    first = inbound_receive(raw=raw, envelope_from="a", recipients=["b@portal.example"])
    assert first.message_id.startswith("<") and "unnamed" in first.message_id
    assert inbound_receive(raw=raw, envelope_from="a", recipients=["b@portal.example"]) is None
    other = raw.replace(b"Subject: ", b"Subject: Re ", 1)
    assert inbound_receive(raw=other, envelope_from="a", recipients=["b@portal.example"]) is not None


def test_the_original_is_kept_byte_by_byte(make_ticket, reply_to, write):
    """freescout#349, osTicket#5548: stripping loses answers."""
    ticket = make_ticket("pending_sign")
    sender, to = ticket.department.email, reply_to(ticket)
    raw = write("情况说明。\n\n发自我的iPhone\n\n> 引用", sender=sender, to=to)
    mail = inbound_receive(raw=raw, envelope_from=sender, recipients=[to])
    process.inbound_process()
    mail.refresh_from_db()
    assert bytes(mail.raw) == raw and mail.ticket_id == ticket.pk


def test_secrets_of_the_quoted_mail_never_become_a_comment(make_ticket, reply, reply_to):
    """A comment is read by the street: it must not hold the department's link."""
    from governance.kernel.links import AnswerLink, token_of

    ticket = make_ticket("pending_sign")
    address = reply_to(ticket)
    secret = token_of(AnswerLink.objects.filter(subject_id=ticket.pk).order_by("-id").first())
    reply(ticket, f"这个链接打不开：http://127.0.0.1:8000/answer/{secret}/ ，回信地址是 {address} 吗？")
    body = ticket.comments.get().body
    assert "链接打不开" in body and secret not in body and address not in body
