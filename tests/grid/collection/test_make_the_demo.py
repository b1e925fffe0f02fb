"""The demo's collection: every stage on show, made by the services after the demo's admission, sound and marked."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from communities.demo import communities_demo_load
from communities.disclosure.selectors import white_paper
from governance.accounts.demo import demo_accounts_load
from governance.invariants import broken
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from grid.collection.audit import form_rule_breaches
from grid.collection.demo import collection_demo_load
from grid.collection.measures import measures
from grid.collection.models import DataTaking, Fact, Form

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_everything_is_on_show_marked_and_sound(settings):
    settings.DEMO, settings.DEMO_WHISTLES = True, 20
    with clock.travel(NOW):
        demo_accounts_load()
        communities_demo_load(now=NOW)
        assert collection_demo_load(now=NOW) > 4000
        states = set(Form.objects.values_list("status", flat=True))
        assert states >= {"draft", "pending", "collecting", "summarised", "answered", "joined", "retired"}
        for model in (Fact, Form, DataTaking):
            assert not model.objects.filter(is_synthetic=False).exists(), model
        assert Fact.objects.filter(is_correction=True).exists()
        sent = Form.objects.exclude(dispatched_at=None).values_list("dispatched_at", flat=True)
        assert {timezone.localtime(at).hour for at in sent} == {10}  # in Dalian, whatever the zone of ``now``
        figures = {one.key: one for one in measures(2026, SYSTEM)}
        assert figures["collection.prefill"].value >= 80
        assert figures["collection.manual_most"].value <= 15 and figures["collection.twice"].value == 0
        assert {line.key: line.value for line in white_paper(2026).lines}["paper.duplicates"] >= 2
        assert form_rule_breaches() == [] and broken() == {}
        assert collection_demo_load(now=NOW) == 0
