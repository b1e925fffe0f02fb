"""Whom the portal does not believe: each case waits for a person, nothing happens, nobody is answered."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.links import AnswerLink, links_revoke
from governance.kernel.outbox import OutboxMail
from governance.kernel.policy import policy
from governance.territory.models import Department
from governance.whistles.inbound.process import inbound_process
from governance.whistles.inbound.receive import inbound_receive
from governance.whistles.models import Comment, InboundMail

pytestmark = pytest.mark.django_db


def held(mail, ticket, reason: str) -> None:
    ticket.refresh_from_db()
    assert mail.state == "quarantine" and reason in mail.reason, (mail.state, mail.reason)
    assert ticket.status == "pending_sign"
    assert not Comment.objects.filter(ticket=ticket).exists()
    assert not OutboxMail.objects.filter(key__startswith="confirm:").exists()


@pytest.fixture
def ticket(make_ticket):
    return make_ticket("pending_sign")


def test_a_stranger_quoting_the_id_posts_nothing(ticket, write, deliver, settings):
    """django-helpdesk: a stranger quoting the id posts a public reply."""
    to = f"whistle@{settings.MAIL_DOMAIN}"
    subject = f"Re: 【吹哨】{ticket.whistle.number} [{ticket.pk}]"
    raw = write("签收", sender="stranger@other.example", to=to, subject=subject)
    held(deliver(raw, "stranger@other.example", to), ticket, "不是寄往回复地址")


def test_the_department_quoting_the_id_without_the_reply_address(ticket, write, deliver, settings):
    """zammad#5064: a number in the subject is not identity, not even for a known sender."""
    to, sender = f"whistle@{settings.MAIL_DOMAIN}", ticket.department.email
    held(deliver(write("签收", sender=sender, to=to, subject=ticket.whistle.number), sender, to), ticket, "不是寄往")


def test_forwarded_reply_address(ticket, reply):
    held(reply(ticket, "签收", sender="colleague@other.example"), ticket, "发件人不是该单位登记的地址")


def test_another_departments_address(ticket, reply):
    other = Department.objects.exclude(pk=ticket.department_id).exclude(email="").order_by("code").first()
    held(reply(ticket, "签收", sender=other.email), ticket, "发件人不是")


def test_unknown_token(ticket, write, deliver, settings):
    to = f"reply+{'a' * 32}@{settings.MAIL_DOMAIN}"
    sender = ticket.department.email
    held(deliver(write("签收", sender=sender, to=to), sender, to), ticket, "回复地址无效")


def test_token_at_another_domain(ticket, write, deliver, reply_to):
    to = reply_to(ticket).split("@")[0] + "@evil.example"
    sender = ticket.department.email
    held(deliver(write("签收", sender=sender, to=to), sender, to), ticket, "不是寄往")


def test_two_senders(ticket, write, deliver, reply_to):
    sender, to = ticket.department.email, reply_to(ticket)
    raw = write("签收", sender=sender, to=to).replace(b"From: ", b"From: Boss <boss@other.example>\r\nFrom: ", 1)
    held(deliver(raw, sender, to), ticket, "不止一个")


def test_expired_link(ticket, reply_to, write, deliver):
    sender, to = ticket.department.email, reply_to(ticket)
    AnswerLink.objects.update(expires_at=clock.now() - timedelta(minutes=1))
    held(deliver(write("签收", sender=sender, to=to), sender, to), ticket, "已过期")


def test_revoked_link(ticket, reply_to, write, deliver):
    sender, to = ticket.department.email, reply_to(ticket)
    links_revoke(subject_type="ticket", subject_id=ticket.pk)
    held(deliver(write("签收", sender=sender, to=to), sender, to), ticket, "已作废")


def test_former_department_after_reassignment(make_ticket, write, deliver, settings):
    """Signalen: after re-routing the old department still reads the ticket."""
    row = make_ticket("reassigned")
    link = AnswerLink.objects.filter(subject_id=row.pk).first()
    from governance.kernel.links import reply_token_of

    to, sender = f"reply+{reply_token_of(link)}@{settings.MAIL_DOMAIN}", row.department.email
    mail = deliver(write("签收", sender=sender, to=to), sender, to)
    assert mail.state == "quarantine"
    assert not Comment.objects.filter(ticket__whistle=row.whistle).exists()


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ("mx.portal.example; dmarc=fail header.from=city.example", "DMARC"),
        ("mx.portal.example; spf=softfail smtp.mailfrom=x; dkim=none", "SPF"),
        ("other.example; dmarc=pass", "缺少邮件服务器的认证结果"),
        (None, "缺少邮件服务器的认证结果"),
    ],
)
def test_spoofed_sender(ticket, reply, settings, result, reason):
    settings.INBOUND_AUTHSERV_ID = "mx.portal.example"
    headers = {"Authentication-Results": result} if result else {}
    held(reply(ticket, "签收", headers=headers), ticket, reason)


def test_sender_that_our_server_vouches_for(ticket, reply, settings):
    settings.INBOUND_AUTHSERV_ID = "mx.portal.example"
    results = "mx.portal.example (test); spf=fail smtp.mailfrom=x; dmarc=pass (p=reject) header.from=y"
    reply(ticket, "签收", headers={"Authentication-Results": results})
    assert ticket.status == "pending_arrive"


def test_registered_alternate_address_in_capitals(ticket, reply):
    Department.objects.filter(pk=ticket.department_id).update(alternate_emails=["Duty.Desk@other.example"])
    reply(ticket, "签收", sender="DUTY.desk@Other.example")
    assert ticket.status == "pending_arrive"


def test_station_answers_for_its_department(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    if ticket.station is None:
        pytest.skip("the lead has no station in this street")
    reply(ticket, "签收", sender=ticket.station.email)
    assert ticket.status == "pending_arrive"


def test_retyped_reply_address(ticket, reply_to, write, deliver):
    """fixmystreet: tolerant of the misreadings of l and o, and of case."""
    sender, to = ticket.department.email, reply_to(ticket)
    token = to[6 : to.index("@")].replace("l", "1").replace("o", "0").upper()
    to = f"Reply+{token}@{to.split('@')[1].upper()}"
    deliver(write("签收", sender=sender, to=to), sender, to)
    ticket.refresh_from_db()
    assert ticket.status == "pending_arrive"


def test_same_message_twice_has_one_effect(ticket, reply_to, write):
    """django-helpdesk: the same message twice makes two tickets."""
    sender, to = ticket.department.email, reply_to(ticket)
    raw = write("情况如下，请知悉。", sender=sender, to=to)
    assert inbound_receive(raw=raw, envelope_from=sender, recipients=[to]) is not None
    assert inbound_receive(raw=b"Received: again\r\n" + raw, envelope_from=sender, recipients=[to]) is None
    while inbound_process():
        pass
    assert Comment.objects.filter(ticket=ticket).count() == 1
    assert OutboxMail.objects.filter(key__startswith="confirm:").count() == 1


def test_same_message_for_two_tickets_by_two_deliveries(make_ticket, reply_to, write):
    first = make_ticket("pending_sign")
    second = make_ticket("pending_sign", title="另一件")
    sender, to = first.department.email, [reply_to(first), reply_to(second)]
    raw = write("签收", sender=sender, to=", ".join(to))
    for address in to:
        assert inbound_receive(raw=raw, envelope_from=sender, recipients=[address]) is not None
        assert inbound_receive(raw=raw, envelope_from=sender, recipients=[address]) is None
    while inbound_process():
        pass
    for ticket in (first, second):
        ticket.refresh_from_db()
        assert ticket.status == "pending_arrive"


def test_endless_sender(ticket, reply):
    """freescout#2445: auto-responder wars end at the limit."""
    InboundMail.objects.bulk_create(
        InboundMail(message_id=f"<{n}@x>", body_hash=str(n), sender=ticket.department.email, raw=b"", state="comment")
        for n in range(policy("mail.inbound_per_hour"))
    )
    held(reply(ticket, "签收"), ticket, "过于频繁")
