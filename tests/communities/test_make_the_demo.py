"""The demo's admission: lists that reproduce the reform's figures, every stage on show, made by the services, and sound."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from communities.admission.models import (
    AdmissionApplication,
    AdmissionItem,
    BlockedDemand,
    Demand,
    DemandTarget,
    Refusal,
)
from communities.demo import communities_demo_load
from communities.disclosure.selectors import white_paper
from governance.accounts.demo import demo_accounts_load
from governance.invariants import broken

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def made(settings):
    settings.DEMO, settings.DEMO_WHISTLES = True, 20
    demo_accounts_load()
    return communities_demo_load(now=NOW)


def test_everything_is_on_show_marked_and_sound(made):
    assert made > 300
    assert set(AdmissionApplication.objects.values_list("status", flat=True)) >= {
        "draft", "checking", "consulting", "publicity", "in_force",
    }  # fmt: skip
    assert DemandTarget.objects.filter(status="done").count() > 20
    assert DemandTarget.objects.filter(status="open").exists()
    assert set(Refusal.objects.values_list("status", flat=True)) >= {"filed", "withdrawn", "in_ruling"}
    assert BlockedDemand.objects.exists()
    for model in (AdmissionItem, AdmissionApplication, Demand, DemandTarget, Refusal, BlockedDemand):
        assert not model.objects.filter(is_synthetic=False).exists(), model
    assert broken() == {}
    assert communities_demo_load(now=NOW) == 0  # a second load adds nothing


def test_the_white_paper_counts_it(made):
    figures = {line.key: line.value for line in white_paper(2026).lines}
    live = DemandTarget.objects.exclude(status__in=["refused", "released"])
    assert figures["paper.minutes"] == sum(live.values_list("minutes", flat=True)) > 0
    assert figures["paper.parts"] == live.count()
    assert figures["paper.blocked"] == BlockedDemand.objects.count() > 0
    assert figures["paper.refused"] == Refusal.objects.count() > figures["paper.upheld"] > 0
