"""Polling a mailbox over real IMAP."""

import pytest
from django.db import OperationalError

from governance.whistles.inbound import imap
from governance.whistles.inbound.imap import inbound_poll
from governance.whistles.inbound.process import inbound_process
from governance.whistles.models import InboundMail

from .imap_server import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings):
    """``mailbox(raw, …)``: a server that holds these mails; the portal polls it."""
    servers = []

    def start(*mails: bytes) -> Mailbox:
        server = Mailbox(list(mails))
        servers.append(server)
        settings.INBOUND_IMAP_URL = server.url
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_poll(make_ticket, reply_to, write, mailbox):
    ticket = make_ticket("pending_sign")
    sender, to = ticket.department.email, reply_to(ticket)
    raw = write("签收", sender=sender, to=f"Whistle <{to}>", headers={"Return-Path": f"<{sender}>"})
    server = mailbox(raw, raw)
    assert inbound_poll() == 2
    assert server.flags == {1: {"\\Seen"}, 2: {"\\Seen"}}
    inbound_process()
    ticket.refresh_from_db()
    assert ticket.status == "pending_arrive"
    mail = InboundMail.objects.get()
    assert bytes(mail.raw) == raw and mail.recipients == [to]
    assert inbound_poll() == 0


def test_read_mark_only_after_it_is_kept(write, mailbox, monkeypatch):
    server = mailbox(write("签收", sender="a@b.example", to="whistle@portal.example"))
    with monkeypatch.context() as down:
        down.setattr(imap, "inbound_receive", _down)
        with pytest.raises(OperationalError):
            inbound_poll()
    assert server.flags == {1: set()} and not InboundMail.objects.exists()
    assert inbound_poll() == 1
    assert server.flags == {1: {"\\Seen"}} and InboundMail.objects.count() == 1


def _down(**_):
    raise OperationalError("the connection is closed")


def test_too_large_is_flagged_for_a_person(mailbox, monkeypatch):
    server = mailbox(b"Subject: x\r\n\r\nx")
    monkeypatch.setattr("governance.whistles.inbound.receive.policy", lambda key: 0)
    assert inbound_poll() == 1
    assert server.flags == {1: {"\\Seen", "\\Flagged"}} and not InboundMail.objects.exists()


def test_bounce_in_the_mailbox(mailbox):
    mailbox(b"Return-Path: <>\r\nFrom: someone@b.example\r\nTo: whistle@portal.example\r\n\r\nx")
    inbound_poll()
    inbound_process()
    assert InboundMail.objects.get().state == "auto"


def test_no_mailbox_is_set(settings):
    settings.INBOUND_IMAP_URL = ""
    assert inbound_poll() == 0


def test_replies_not_fetched_for_long_are_told_but_do_not_make_the_portal_unwell(client, settings, mailbox, write):
    from datetime import timedelta

    from django.utils import timezone

    from governance.kernel.health import Heartbeat, health
    from governance.tasks import inbound_poll as task

    server = mailbox(write("签收", sender="a@b.example", to="whistle@portal.example"))
    assert task() == 1 and health()["mail-fetch"] == ""
    server.shutdown()
    server.server_close()
    assert task() == 0  # it fails, is logged and tried again
    assert health()["mail-fetch"] == ""
    Heartbeat.objects.filter(name="mail-fetch").update(at=timezone.now() - timedelta(minutes=11))
    assert health()["mail-fetch"] == "not fetched"
    others = {name: wrong for name, wrong in health().items() if name != "mail-fetch"}
    assert client.get("/healthz").status_code == (503 if any(others.values()) else 200)
    settings.INBOUND_IMAP_URL = ""
    assert "mail-fetch" not in health()
