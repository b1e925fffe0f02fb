"""The sender of a reply learns what it was taken for."""

import pytest

from governance.kernel.outbox import OutboxMail
from governance.whistles.mail import confirm

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(departments):
    return departments[0].email


def confirmations():
    return OutboxMail.objects.filter(key__startswith="confirm:")


def test_what_was_understood_is_said(make_ticket, office):
    confirm(ticket=make_ticket("pending_arrive"), address=office, key="inbound:1", understood="签收")
    mail = confirmations().get()
    assert "您的回复已登记为：签收" in mail.text
    assert mail.to_address == office and mail.urgent


def test_unclear_reply_is_told_how_to_say_it(make_ticket, office):
    confirm(ticket=make_ticket(), address=office, key="inbound:2", kind="comment", note="请问在哪里？")
    text = confirmations().get().text
    assert "作为留言" in text and "签收" in text and "请问在哪里？" in text


def test_refused_reply_is_told_why(make_ticket, office):
    confirm(
        ticket=make_ticket("handling"),
        address=office,
        key="inbound:3",
        kind="refused",
        understood="签收",
        note="已签收",
    )
    mail = confirmations().get()
    assert "没有办成" in mail.subject and "原因：已签收" in mail.text


def test_the_same_reply_is_confirmed_once(make_ticket, office):
    ticket = make_ticket()
    for _ in range(2):
        confirm(ticket=ticket, address=office, key="inbound:4", understood="签收")
    assert confirmations().count() == 1


def test_a_stranger_gets_no_answer(make_ticket):
    """An answer to a forged sender would be a mail bomb; only the ticket's own addresses are written to."""
    confirm(ticket=make_ticket(), address="stranger@evil.example", key="inbound:5", understood="签收")
    assert not confirmations().exists()


def test_former_department_learns_nothing_more(make_ticket, office):
    confirm(ticket=make_ticket("reassigned", facts="具体情况"), address=office, key="inbound:6", kind="comment")
    mail = confirmations().get()
    assert "具体情况" not in mail.text and "LINK" not in mail.text and mail.reply_to == ""
