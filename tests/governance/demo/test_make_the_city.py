"""The demo city: every state on show, made by the services, marked, and sound."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from governance.accounts.demo import demo_accounts_load
from governance.demo.city import demo_city_load
from governance.demo.live import demo_live
from governance.invariants import broken, queries
from governance.kernel.audit import AuditEvent
from governance.whistles.models import MailboxMessage, Ticket, Whistle
from governance.whistles.states import TicketStatus, WhistleStatus

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def city(settings):
    """A small city of the same making."""
    settings.DEMO_WHISTLES = 20
    demo_accounts_load()
    made = demo_city_load(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # one transaction has no statistics of what it wrote
    return made


def test_every_state_is_on_show_marked_and_sound(city):
    assert city == Whistle.objects.count() > 20
    shown = set(Whistle.objects.values_list("status", flat=True))
    assert shown >= set(WhistleStatus.values) - {"archived", "terminated"}
    tickets = set(Ticket.objects.values_list("status", flat=True))
    assert tickets >= set(TicketStatus.values) - {"reassigned", "terminated", "hung"}
    assert not Whistle.objects.filter(is_synthetic=False).exists()
    assert not Ticket.objects.filter(is_synthetic=False).exists()
    assert not MailboxMessage.objects.exists()  # mail comes by SMTP, never by hand
    told = set(AuditEvent.objects.filter(subject_type="whistle").values_list("subject_id", flat=True))
    assert told == set(Whistle.objects.values_list("pk", flat=True))
    assert len(queries()) >= 10
    assert broken() == {}
    assert demo_city_load(now=NOW) == 0  # a second load adds nothing


def test_live_days_blow_and_answer():
    assert demo_live(speed=500_000, minutes=0.03, per_day=6, say=lambda text: None, seed=5) > 0
    assert Whistle.objects.filter(is_synthetic=True).exists()


def test_live_days_are_for_the_demo_only(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo_live")
