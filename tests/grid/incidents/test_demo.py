"""The demo's incidents: in all states, marked, once, and nobody is mailed about old history."""

import pytest

from governance.kernel.outbox import OutboxMail
from grid.incidents import demo
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
