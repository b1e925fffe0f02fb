"""The demo's mailbox: a newcomer reads the department's mail and answers it over real SMTP."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from governance.kernel.outbox import OutboxMail, build_message
from governance.whistles.inbound.parse import understand
from governance.whistles.mailbox.forms import FILLS
from governance.whistles.mailbox.services import mailbox_store, root_of
from governance.whistles.models import MailboxMessage
from tests_support.photos import jpeg
from tests_support.postbox import Postbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def office(departments):
    return departments[0].email


@pytest.fixture
def received(make_ticket, office, office_hours):
    """The mail about a new whistle, as it lies in the department's mailbox."""
    ticket = make_ticket()
    mail = OutboxMail.objects.get(thread=ticket.thread, to_address=office)
    mailbox_store(recipients=[office], content=build_message(mail).message().as_bytes())
    return MailboxMessage.objects.get()


@pytest.fixture
def portal(settings):
    """The portal's inbound port."""
    box = Postbox().start()
    settings.INBOUND_SMTP_HOST, settings.INBOUND_SMTP_PORT = "127.0.0.1", box.port
    yield box
    box.stop()


def test_mailboxes_are_listed_with_what_is_unread(client, received, office, departments):
    page = client.get("/mailbox/").content.decode()
    assert departments[0].short_name in page and "未读 1" in page
    assert office not in client.get("/mailbox/", {"q": "查无此局"}).content.decode()
    assert office in client.get("/mailbox/", {"q": departments[0].short_name}).content.decode()
    assert received.subject.split(" – ")[0] in client.get("/mailbox/", {"box": office}).content.decode()


def test_message_offers_the_answer_link_and_is_read_then(client, received):
    page = client.get(f"/mailbox/{received.pk}/").content.decode()
    path = page.split('href="/answer/')[1].split('"')[0]
    assert client.get(f"/answer/{path}").status_code == 200
    assert MailboxMessage.objects.get(pk=received.pk).is_read


def test_message_is_shown_as_text_only(client, office):
    """Whatever a mail holds, the page runs none of it."""
    content = (
        b"From: x@y.example\r\nSubject: <img src=x onerror=alert(1)>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<script>alert(1)</script>"
    )
    mailbox_store(recipients=[office], content=content)
    page = client.get(f"/mailbox/{MailboxMessage.objects.get().pk}/").content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page


def test_reply_goes_out_as_a_mail_program_would_send_it(client, received, portal, office):
    form = {"first": "签收", "body": "马上安排", "photos": [SimpleUploadedFile("现场.jpg", jpeg(), "image/jpeg")]}
    response = client.post(f"/mailbox/{received.pk}/", form)
    assert response.status_code == 302
    ((recipients, message),) = portal.mails
    assert recipients == [received.reply_to] and message["From"] == office
    assert message["In-Reply-To"] == received.message_id
    assert message["References"].split()[-1] == received.message_id
    assert root_of(received) in message["References"]
    body = message.get_body(("plain",)).get_content()
    assert body.splitlines()[0] == "签收" and "> —— 请在此行以上回复 ——" in body
    assert [part.get_filename() for part in message.iter_attachments()] == ["现场.jpg"]
    assert "我的回信" in client.get(response["Location"]).content.decode()


def test_double_click_sends_one_reply(client, received, portal):
    form = {"first": "办结：已清理", "form_key": "0b0e7a7e-6d0f-4a51-9f0f-3d7c2b1a9e10"}
    for _ in range(2):
        photo = SimpleUploadedFile("现场.jpg", jpeg(), "image/jpeg")
        assert client.post(f"/mailbox/{received.pk}/", {**form, "photos": [photo]}).status_code == 302
    assert len(portal.mails) == 1
    assert MailboxMessage.objects.filter(headers__Sent="1").count() == 1


def test_portal_down_keeps_the_words(client, received, portal):
    portal.stop()
    response = client.post(f"/mailbox/{received.pk}/", {"first": "签收", "body": "已安排值班人员"})
    assert response.status_code == 409
    assert "已安排值班人员" in response.content.decode() and "收信服务没有接收" in response.content.decode()
    assert not MailboxMessage.objects.filter(headers__Sent="1").exists()


@pytest.mark.parametrize(("name", "actions"), [
    ("accept", ("accept",)), ("contact", ("contact",)), ("arrive", ("arrive",)), ("object", ("object",)),
    ("report_done", ("report_done",)), ("comment", ()),
])  # fmt: skip
def test_each_button_writes_what_the_portal_understands(client, received, name, actions):
    page = client.get(f"/mailbox/{received.pk}/?fill={name}").content.decode()
    _, first, body = FILLS[name]
    assert first in page
    intent = understand(f"{first}\n{body}")
    assert intent.actions == actions and intent.missing == ()


def test_quiet_hours_can_be_skipped_in_the_demo(client, make_ticket, at):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    with at(datetime(2026, 11, 24, 22, 0, tzinfo=ZoneInfo("Asia/Shanghai"))):
        make_ticket()
        assert "静默时段" in client.get("/mailbox/").content.decode()
        client.post("/mailbox/release/")
        assert "静默时段" not in client.get("/mailbox/").content.decode()


def test_without_demo_there_is_no_mailbox(client, received, settings):
    settings.DEMO = False
    for path in ("/mailbox/", f"/mailbox/{received.pk}/"):
        assert client.get(path).status_code == 404
    assert client.post("/mailbox/release/").status_code == 404
    with pytest.raises(CommandError):
        call_command("mailbox")


def test_server_says_250_only_for_what_is_kept(monkeypatch, office):
    """When the database refuses, the sender is asked to come again."""
    from django.db import DatabaseError

    from governance.whistles.mailbox import server

    def refuse(**kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr(server, "mailbox_store", refuse)
    monkeypatch.setattr(server, "close_old_connections", lambda: None)
    monkeypatch.setattr(server.connection, "close", lambda: None, raising=False)
    assert server._keep([office], b"Subject: x\r\n\r\ny").startswith("451")
    monkeypatch.undo()
    monkeypatch.setattr(server, "close_old_connections", lambda: None)
    assert server._keep([office, "b@dept.example"], b"Subject: x\r\n\r\ny").startswith("250")
    assert MailboxMessage.objects.count() == 2
