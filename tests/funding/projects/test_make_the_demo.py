"""The demo's projects: every main state, a finding allowed and refused, one archived with its final account; nobody is mailed."""

from datetime import datetime

import pytest
from django.utils import timezone

from funding.appropriations.demo import appropriations_demo_load
from funding.projects.demo import projects_demo_load
from funding.projects.models import Finding, PaymentRequest, Project, Refund
from funding.projects.states import ProjectStatus
from governance.invariants import broken
from governance.kernel import clock
from governance.kernel.deadlines import Deadline
from governance.kernel.outbox import OutboxMail

pytestmark = pytest.mark.django_db


def load(settings, tmp_path, month: int, day: int) -> int:
    """The money, then the projects, as on a day of the year."""
    settings.MEDIA_ROOT = str(tmp_path)
    moment = timezone.make_aware(datetime(2026, month, day, 15))
    with clock.travel(moment):
        appropriations_demo_load(now=moment)
    before = OutboxMail.objects.count()
    made = projects_demo_load(now=moment)
    assert OutboxMail.objects.count() == before
    assert projects_demo_load(now=moment) == 0
    return made


def test_every_main_state(settings, tmp_path, client):
    load(settings, tmp_path, 11, 26)
    states = set(Project.objects.values_list("status", flat=True))
    assert states == set(ProjectStatus.values)
    assert set(Finding.objects.values_list("status", flat=True)) == {"appealed", "upheld"}
    assert {"paid", "approved", "second", "submitted", "bounced"} <= set(
        PaymentRequest.objects.values_list("status", flat=True)
    )
    assert Project.objects.filter(is_synthetic=False).count() == 0
    back = Refund.objects.get()
    assert (back.status, back.amount_fen, back.payment.refunded_fen) == ("posted", 360_00, 360_00)
    assert not Deadline.objects.filter(subject_type="project", steps__isnull=False).exists()
    assert broken() == {}
    done = Project.objects.get(status="archived")
    page = client.get(f"/money/{done.community.code12}/projects/{done.number}/").content.decode()
    assert "决算" in page
    assert "1,500.00" in page  # 37,600 budgeted, 36,100 paid


def test_early_in_the_year_the_stories_stop_where_time_does(settings, tmp_path):
    load(settings, tmp_path, 2, 1)
    assert Project.objects.exists()
    assert not Project.objects.filter(status__in=("archived", "final")).exists()
    assert broken() == {}
