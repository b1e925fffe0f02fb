"""Nobody is disturbed at night or flooded by news (domain-rules B07; fixmystreet#3610)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from governance.kernel.outbox import MailState, OutboxMail, digests_build, outbox_send
from governance.kernel.policy import policy
from governance.whistles import services
from tests_support import stories

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 24, 22, 30, tzinfo=ZONE)
FRIDAY_EVENING = datetime(2026, 11, 27, 19, 30, tzinfo=ZONE)


@pytest.fixture
def office(departments):
    return departments[0].email


def test_at_night_mail_waits_until_eight(make_ticket, postbox, at):
    with at(NIGHT):
        make_ticket()
        outbox_send()
    assert postbox.mails == []
    assert {mail.not_before.astimezone(ZONE) for mail in OutboxMail.objects.all()} == {
        datetime(2026, 11, 25, 8, 0, tzinfo=ZONE)
    }
    with at(datetime(2026, 11, 25, 8, 0, 1, tzinfo=ZONE)):
        outbox_send()
    assert len(postbox.mails) == 2


def test_on_the_weekend_mail_waits_until_monday(make_ticket, at):
    with at(FRIDAY_EVENING):
        make_ticket()
    assert OutboxMail.objects.first().not_before.astimezone(ZONE) == datetime(2026, 11, 30, 8, 0, tzinfo=ZONE)


def test_an_emergency_knows_no_quiet_hours(make_ticket, postbox, at):
    with at(NIGHT):
        make_ticket(scene="emergency")
        outbox_send()
    assert len(postbox.mails) == 2


def test_floods_of_news_become_one_digest(make_ticket, actors, postbox, office, office_hours, at):
    """News beyond the hourly cap waits; the digest has every line of it, once."""
    ticket = make_ticket("handling")
    cap = policy("mail.flood_per_hour")
    for number in range(cap + 5):
        services.ticket_comment(ticket=stories.fresh(ticket), by=actors.staff, body=f"进展{number:02d}号")
    held = OutboxMail.objects.filter(to_address=office, state=MailState.DIGEST)
    kept = held.count()
    assert kept > 0
    with at(office_hours + timedelta(minutes=policy("mail.digest_minutes") + 1)):
        assert digests_build() >= 1
        outbox_send()
    digest = [message for message in postbox.to(office) if "摘要" in message["Subject"]]
    assert len(digest) == 1
    assert f"{kept} 件" in digest[0]["Subject"]
    assert f"进展{cap + 4:02d}号" in digest[0].get_body(("plain",)).get_content()
    assert "请在此行以上回复" not in digest[0].get_body(("plain",)).get_content()
    assert not held.exists()


def test_what_asks_for_an_answer_is_never_held_back(make_ticket, actors, office, office_hours):
    """However many mails an office got this hour, a new whistle reaches it at once."""
    ticket = make_ticket("handling")
    for number in range(policy("mail.flood_per_hour") + 2):
        services.ticket_comment(ticket=stories.fresh(ticket), by=actors.staff, body=f"进展{number}")
    make_ticket(title="另一件")
    mail = OutboxMail.objects.filter(key__startswith="ticket.dispatch:", to_address=office).order_by("-id").first()
    assert mail.state == MailState.PENDING and mail.not_before == office_hours


def test_what_waited_for_the_morning_goes_out_in_its_own_order(make_ticket, actors, postbox, office, at):
    with at(NIGHT):
        ticket = make_ticket("handling")
        for number in range(6):
            services.ticket_comment(ticket=stories.fresh(ticket), by=actors.staff, body=f"进展{number}")
    with at(datetime(2026, 11, 25, 8, 0, 1, tzinfo=ZONE)):
        outbox_send()
    sent = [message["Message-ID"] for message in postbox.to(office)]
    assert sent == list(
        OutboxMail.objects.filter(to_address=office).order_by("id").values_list("message_id", flat=True)[: len(sent)]
    )
    assert len(sent) > 5
