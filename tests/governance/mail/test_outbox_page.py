"""/outbox/: who looks after dead letters sees them and sends them again."""

import pytest

from governance.kernel.outbox import MailState, OutboxMail, outbox_send
from governance.territory.models import Department

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]


@pytest.fixture
def dead(make_ticket, postbox, departments):
    postbox.handler.refused_recipients[departments[0].email] = "550 5.1.1 no such user"
    make_ticket()
    outbox_send()
    return OutboxMail.objects.get(to_address=departments[0].email)


def test_dead_mail_is_listed_with_its_reason(client, cast, dead):
    client.force_login(cast.city)
    page = client.get("/outbox/").content.decode()
    assert dead.to_address in page and "550" in page and "重发" in page
    assert "LINK" not in page


def test_retry_sends_it_again(client, cast, dead, postbox):
    client.force_login(cast.city)
    postbox.handler.refused_recipients.clear()
    assert client.post(f"/outbox/{dead.pk}/retry/").status_code == 302
    outbox_send()
    assert OutboxMail.objects.get(pk=dead.pk).state == MailState.SENT
    assert len(postbox.to(dead.to_address)) == 1


@pytest.mark.parametrize("name", ["staff", "leader", "dept", "social", "auditor", "community", "outsider"])
def test_nobody_else_may_look_or_retry(client, cast, dead, name):
    client.force_login(getattr(cast, name))
    assert client.get("/outbox/").status_code == 403
    assert client.post(f"/outbox/{dead.pk}/retry/").status_code == 403
    assert OutboxMail.objects.get(pk=dead.pk).state == MailState.DEAD


def test_retry_by_get_does_nothing(client, cast, dead):
    client.force_login(cast.city)
    assert client.get(f"/outbox/{dead.pk}/retry/").status_code == 405
    assert OutboxMail.objects.get(pk=dead.pk).state == MailState.DEAD


def test_departments_without_an_address_are_named(client, cast, departments):
    Department.objects.filter(pk=departments[2].pk).update(email="")
    client.force_login(cast.sysadmin)
    assert departments[2].short_name in client.get("/outbox/").content.decode()


def test_other_tabs_show_what_waits(client, cast, make_ticket):
    make_ticket()
    client.force_login(cast.city)
    assert "待发送" in client.get("/outbox/?state=pending").content.decode()
    assert client.get("/outbox/?state=nonsense").status_code == 200
