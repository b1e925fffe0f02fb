"""Links that expired, were taken back or belong to somebody else."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.links import AnswerLink, link_find, link_for, token_of
from governance.kernel.outbox import OutboxMail
from governance.kernel.policy import policy
from governance.whistles import services
from governance.whistles.models import Ticket
from tests_support import stories

pytestmark = pytest.mark.django_db


def renewals():
    return OutboxMail.objects.filter(key__startswith="renew:")


def expire(address: str) -> AnswerLink:
    link = link_find(address.split("/")[2])
    AnswerLink.objects.filter(pk=link.pk).update(expires_at=clock.now() - timedelta(minutes=1))
    return link


def test_expired_link_says_so_shows_nothing_and_offers_a_new_one(client, make_ticket, address_of):
    ticket = make_ticket()
    address = address_of(ticket)
    with clock.travel(clock.now() + timedelta(days=policy("mail.link_days"), minutes=1)):
        for path in (address, f"{address}accept/"):
            response = client.get(path)
            page = response.content.decode()
            assert response.status_code == 410
            assert "链接已失效" in page and "发送新链接到登记地址" in page
            assert ticket.whistle.title not in page
        assert client.post(f"{address}accept/").status_code == 410
    assert Ticket.objects.get(pk=ticket.pk).status == "pending_sign"


def test_new_link_goes_to_the_registered_address_and_nowhere_else(client, make_ticket, address_of, departments):
    ticket = make_ticket()
    address = address_of(ticket)
    dead = expire(address)
    response = client.post(f"{address}renew/", {"email": "spy@evil.example", "to": "spy@evil.example"})
    assert response.status_code == 302
    mail = renewals().get()
    assert mail.to_address == departments[0].email
    live = link_for(subject_type="ticket", subject_id=ticket.pk, recipient=departments[0].email)
    assert live.pk != dead.pk and f"LINK:{live.pk}%%" in mail.text
    assert "spy" not in client.get(response["Location"]).content.decode()
    assert client.get(f"/answer/{token_of(live)}/").status_code == 200


def test_asking_again_and_again_is_one_mail(client, make_ticket, address_of, at):
    ticket = make_ticket()
    address = address_of(ticket)
    expire(address)
    with at(clock.now().replace(minute=1)):
        for _ in range(5):
            client.post(f"{address}renew/")
    assert renewals().count() == 1


def test_signalen_after_rerouting_the_old_department_still_reads_the_ticket(client, make_ticket, actors, address_of):
    """Here its link dies with the ruling: nothing of the case is shown, nothing can be done, no new link is to be had."""
    ticket = make_ticket("disputed")
    address = address_of(ticket)
    assert client.get(address).status_code == 200
    services.objection_reassign(
        ticket=stories.fresh(ticket),
        by=actors.adjudicator,
        department=stories.departments(ticket.street)[2],
        note="归消防",
    )
    for path in ("", "accept/", "comment/", "files/1/"):
        response = client.get(f"{address}{path}")
        page = response.content.decode()
        assert response.status_code == 410
        assert "不再由贵单位办理" in page and "发送新链接" not in page
        assert ticket.whistle.title not in page and ticket.whistle.number not in page
    assert client.post(f"{address}comment/", {"body": "还想说一句"}).status_code == 410
    client.post(f"{address}renew/")
    assert not renewals().exists()


def test_link_dies_when_the_department_changes_its_address(client, make_ticket, address_of, departments):
    """The right belongs to the registered address; a new link goes to the new one."""
    ticket = make_ticket()
    address = address_of(ticket)
    departments[0].email = "new-office@dept.example"
    departments[0].save()
    assert client.get(address).status_code == 410
    client.post(f"{address}renew/")
    assert renewals().get().to_address == "new-office@dept.example"


def test_link_of_one_ticket_opens_no_other(client, make_ticket, address_of):
    """The address names no ticket: there is nothing to exchange."""
    mine, other = make_ticket(), make_ticket(title="另一件")
    page = client.get(f"{address_of(mine)}?ticket={other.pk}&pk={other.pk}").content.decode()
    assert "另一件" not in page


def test_foreign_departments_address_has_no_right(client, make_ticket, cast):
    """A link made for an address that is not the ticket's opens nothing."""
    ticket = make_ticket()
    link = link_for(subject_type="ticket", subject_id=ticket.pk, recipient="someone@dept.example")
    response = client.get(f"/answer/{token_of(link)}/")
    assert response.status_code == 410 and ticket.whistle.title not in response.content.decode()


def test_closed_ticket_is_read_only(client, make_ticket, address_of):
    ticket = make_ticket("closed")
    address = address_of(ticket)
    assert "已办结" in client.get(address).content.decode()
    response = client.post(f"{address}accept/")
    assert response.status_code == 200 and "无需重复" in response.content.decode()
    assert Ticket.objects.get(pk=ticket.pk).status == "closed"
