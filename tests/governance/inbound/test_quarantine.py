"""A person looks at what could not be trusted, and decides."""

import pytest
from django.urls import reverse

from governance.kernel.audit import AuditEvent
from governance.kernel.outbox import OutboxMail
from governance.whistles.models import InboundMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(make_ticket, reply_to, write, deliver):
    """A mail to the right reply address from an unknown sender: (ticket, mail)."""
    ticket = make_ticket("pending_sign")
    to = reply_to(ticket)
    text = "签收\n<script>alert(1)</script>"
    raw = write("签收", sender="someone@other.example", to=to, subject=f"{text} 回复".replace("\n", " "))
    return ticket, deliver(raw, "someone@other.example", to)


def test_only_the_two_roles_see_it(client, cast, stranger):
    _, mail = stranger
    for name in ("city", "sysadmin"):
        client.force_login(getattr(cast, name))
        assert client.get(reverse("quarantine")).status_code == 200
        assert client.get(reverse("quarantine-mail", args=[mail.pk])).status_code == 200
    for name in ("leader", "dept", "auditor", "secadmin", "outsider"):
        client.force_login(getattr(cast, name))
        for url in (reverse("quarantine"), reverse("quarantine-mail", args=[mail.pk])):
            assert client.get(url).status_code in (403, 404), (name, url)
        assert client.post(reverse("quarantine-release", args=[mail.pk]), {"ticket": 1}).status_code in (403, 404)


def test_look_at_it(client, cast, stranger):
    _, mail = stranger
    client.force_login(cast.city)
    page = client.get(reverse("quarantine")).content.decode()
    assert "发件人不是该单位登记的地址" in page and "<script>alert" not in page
    page = client.get(reverse("quarantine-mail", args=[mail.pk])).content.decode()
    assert "someone@other.example" in page and "理解为：签收" in page and "<script>alert" not in page
    assert "来信" in client.get(reverse("quarantine") + "?state=all&q=other.example&days=7").content.decode()
    assert client.get(reverse("quarantine") + "?export=xlsx").status_code == 200


def test_release(client, cast, stranger):
    ticket, mail = stranger
    client.force_login(cast.city)
    url = reverse("quarantine-release", args=[mail.pk])
    assert ticket.whistle.number in client.get(url).content.decode()
    assert client.post(url, {"ticket": ticket.pk}).status_code == 302
    ticket.refresh_from_db()
    mail.refresh_from_db()
    assert (ticket.status, mail.state, mail.ticket_id) == ("pending_arrive", "done", ticket.pk)
    assert OutboxMail.objects.get(key__startswith=f"confirm:{mail.pk}:").to_address == ticket.department.email
    event = AuditEvent.objects.get(action="mail.release")
    assert event.actor_id == cast.city.pk and "someone@other.example" in event.note
    assert "放行" in AuditEvent.objects.get(action="ticket.accept", subject_id=ticket.pk).actor_label
    assert client.post(url, {"ticket": ticket.pk}).status_code == 409


def test_system_administrator_releases_only_where_the_address_points(client, cast, stranger, make_ticket):
    ticket, mail = stranger
    other = make_ticket("pending_sign", title="另一件")
    client.force_login(cast.sysadmin)
    url = reverse("quarantine-release", args=[mail.pk]) + f"?q={other.whistle.number}"
    page = client.get(url).content.decode()
    assert ticket.whistle.number in page
    assert client.post(url, {"ticket": other.pk}).status_code == 422


def test_discard_needs_a_reason(client, cast, stranger):
    ticket, mail = stranger
    client.force_login(cast.city)
    url = reverse("quarantine-discard", args=[mail.pk])
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "冒名来信"}).status_code == 302
    mail.refresh_from_db()
    ticket.refresh_from_db()
    assert mail.state == "discarded" and "冒名来信" in mail.reason and ticket.status == "pending_sign"
    assert AuditEvent.objects.filter(action="mail.discard", subject_id=mail.pk).exists()
    assert InboundMail.objects.filter(pk=mail.pk).exists()


def test_release_of_a_mail_without_reply_address(client, cast, make_ticket, write, deliver, settings):
    ticket = make_ticket("pending_sign")
    sender, to = ticket.department.email, f"whistle@{settings.MAIL_DOMAIN}"
    mail = deliver(write("签收", sender=sender, to=to, subject=f"Re: {ticket.whistle.number}"), sender, to)
    client.force_login(cast.city)
    url = reverse("quarantine-release", args=[mail.pk])
    assert client.post(url + f"?q={ticket.whistle.number}", {"ticket": ticket.pk}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "pending_arrive"


def test_a_second_click_releases_once(client, cast, stranger):
    ticket, mail = stranger
    client.force_login(cast.city)
    url, key = reverse("quarantine-release", args=[mail.pk]), "3f0e8a5c-0d57-4b51-9a0f-0c8e6b1d2a34"
    for _ in range(2):
        assert client.post(url, {"ticket": ticket.pk, "form_key": key}).status_code == 302
    assert AuditEvent.objects.filter(action="mail.release").count() == 1
