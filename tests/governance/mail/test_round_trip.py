"""Out and in again: the portal's mail, the department's plain reply, the confirmation; real SMTP both ways."""

import pytest

from governance.kernel.outbox import OutboxMail, outbox_send
from governance.whistles.inbound.process import inbound_process
from governance.whistles.inbound.receive import inbound_receive
from governance.whistles.mailbox.services import mailbox_reply, mailbox_store
from governance.whistles.models import Comment, MailboxMessage
from tests_support import stories
from tests_support.photos import jpeg
from tests_support.postbox import Postbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]


@pytest.fixture
def portal(settings):
    """The portal's inbound port."""
    box = Postbox().start()
    settings.INBOUND_SMTP_HOST, settings.INBOUND_SMTP_PORT = "127.0.0.1", box.port
    yield box
    box.stop()


@pytest.fixture
def answer(postbox, portal):
    """``answer(address, body, photos)``: the office's mail program replies to its latest mail, and the portal reads it."""

    def send(address: str, body: str, photos=()) -> str:
        outbox_send()
        message = postbox.to(address)[-1]
        mailbox_store(recipients=[address], content=message.as_bytes())
        latest = MailboxMessage.objects.filter(address=address).exclude(headers__has_key="Sent").latest("id")
        mailbox_reply(message=latest, body=body, key=f"k{len(portal.mails)}", photos=photos)
        recipients, reply = portal.mails[-1]
        inbound_receive(raw=reply.as_bytes(), envelope_from=address, recipients=recipients)
        while inbound_process():
            pass
        outbox_send()
        return postbox.to(address)[-1].get_body(("plain",)).get_content()

    return send


@pytest.fixture
def office(departments):
    return departments[0].email


def test_a_department_works_by_plain_replies_alone(make_ticket, answer, office):
    """签收, 报到, 办结 with a photo: each is done, and confirmed in the same conversation."""
    ticket = make_ticket()
    assert "您的回复已登记为：签收" in answer(office, "签收")
    assert stories.fresh(ticket).status == "pending_arrive"
    assert "报到" in answer(office, "报到")
    assert stories.fresh(ticket).status == "handling"
    answer(
        office, "办结：已清理占道物品；受理时间：当日 9 时；沟通：街道指挥中心；解决时限：即日", [("现场.jpg", jpeg())]
    )
    assert stories.fresh(ticket).status == "pending_verify"
    report = ticket.reports.get()
    assert report.measures == "已清理占道物品" and report.reported_by.endswith("（邮件）")


def test_an_unclear_reply_is_kept_and_answered(make_ticket, answer, office):
    ticket = make_ticket()
    confirmation = answer(office, "请问现场联系人在哪里等候？")
    assert "作为留言" in confirmation and "签收" in confirmation
    assert Comment.objects.get(ticket=ticket).body.startswith("请问现场联系人在哪里等候？")
    assert stories.fresh(ticket).status == "pending_sign"


def test_an_objection_by_mail(make_ticket, answer, office):
    ticket = make_ticket()
    answer(office, "异议：该路段由交通部门管护；依据：权责清单第 12 项；建议：交通运输局")
    assert stories.fresh(ticket).status == "disputed"
    assert OutboxMail.objects.filter(key__startswith="confirm:", to_address=office).count() == 1


def test_a_merged_tickets_reply_follows_to_the_main_whistle(make_whistle, actors, answer, office):
    from governance.whistles import services

    main, first = make_whistle(title="主哨单"), make_whistle(title="先到的")
    services.whistle_merge(whistle=first, into=main, by=actors.staff, note="同一事项")
    assert "签收" in answer(office, "签收")
    assert main.tickets.get(role="lead").status == "pending_arrive"
