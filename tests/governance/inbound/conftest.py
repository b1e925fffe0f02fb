"""Mails as departments write them, received by the real handler and read by the real processor."""

from email.message import EmailMessage
from email.utils import make_msgid
from types import SimpleNamespace

import pytest

from governance.kernel.links import link_for, reply_token_of
from governance.whistles.inbound.process import inbound_process
from governance.whistles.inbound.receive import inbound_receive
from governance.whistles.inbound.server import keep
from governance.whistles.models import InboundMail


@pytest.fixture
def reply_to(settings):
    """``reply_to(ticket)``: the secret reply address of the ticket's department."""

    def address(ticket, recipient: str = "") -> str:
        link = link_for(subject_type="ticket", subject_id=ticket.pk, recipient=recipient or ticket.department.email)
        return f"reply+{reply_token_of(link)}@{settings.MAIL_DOMAIN}"

    return address


@pytest.fixture
def write():
    """``write(text, sender=, to=, …)``: the bytes of a mail; ``headers`` override, ``files`` are (name, type, content)."""

    def make(
        text: str, *, sender: str, to: str, subject: str = "回复：【吹哨】", headers=None, files=(), html: str = ""
    ) -> bytes:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = make_msgid(domain="mail.example")
        for name, value in (headers or {}).items():
            del message[name]
            message[name] = value
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        for name, kind, content in files:
            main, _, sub = kind.partition("/")
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return message.as_bytes()

    return make


@pytest.fixture
def deliver():
    """``deliver(raw, sender, to)``: receive and read; returns the stored mail as it is then."""

    def run(raw: bytes, sender: str, to: str) -> InboundMail:
        mail = inbound_receive(raw=raw, envelope_from=sender, recipients=[to])
        while inbound_process():
            pass
        if mail is not None:
            mail.refresh_from_db()
        return mail

    return run


@pytest.fixture
def reply(reply_to, write, deliver):
    """``reply(ticket, text, …)``: the department answers by mail; returns (mail, ticket) afterwards."""

    def run(ticket, text: str, *, sender: str = "", **more) -> SimpleNamespace:
        sender, to = sender or ticket.department.email, reply_to(ticket)
        mail = deliver(write(text, sender=sender, to=to, **more), sender, to)
        ticket.refresh_from_db()
        return mail

    return run


@pytest.fixture
def say():
    """The SMTP answer of the listener for one mail, in this test's own transaction."""
    return lambda raw, sender, to: keep(raw, sender, [to])
