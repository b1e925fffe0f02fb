"""The demo's incidents: in all states, marked, once, and nobody is mailed about old history."""

import pytest
from django.utils import timezone

from governance.kernel.audit import AuditEvent
from governance.kernel.links import AnswerLink
from governance.kernel.outbox import OutboxMail
from governance.kernel.rollup import rollup_fold
from grid.incidents import demo, figures
from grid.incidents.models import Incident
from grid.incidents.states import Door, IncidentStatus


@pytest.mark.django_db
def test_the_demo_has_a_history(monkeypatch):
    monkeypatch.setattr(demo, "COUNT", 25)
    assert demo.incidents_demo_load() == 25
    rows = Incident.objects.all()
    assert rows.count() == 25 and not rows.filter(is_synthetic=False).exists()
    assert {IncidentStatus.EVALUATED, IncidentStatus.CLOSED} <= set(rows.values_list("status", flat=True))
    assert not OutboxMail.objects.filter(thread__startswith="incident:").exists()
    assert rows.filter(door=Door.OPEN311).count() == 4
    assert demo.incidents_demo_load() == 0
    hours = AuditEvent.objects.filter(thread__startswith="incident:").values_list("at", flat=True)
    assert len(hours) > 50 and {timezone.localtime(at).hour for at in hours} <= {*range(7, 22)}  # nobody works at night


@pytest.mark.django_db
def test_the_demo_has_a_duty_that_is_unclear(actors):
    """The heat map and the admission list have something to show; links and mails are not made of old history."""
    demo.incidents_demo_load()
    while rollup_fold():
        pass
    found = figures.unclear(actors.city)
    assert [one.category.code for one in found] == ["G201"] and found[0].reasons
    assert not AnswerLink.objects.filter(subject_type="incident").exists()
