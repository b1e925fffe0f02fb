"""The routing rules and a reported incident."""

import pytest

from grid.incidents import services
from grid.incidents.routing import rules_forget
from grid.incidents.services import IncidentInput


@pytest.fixture(autouse=True)
def _rules(db):
    services.routing_load()
    yield
    rules_forget()


@pytest.fixture
def report(actors):
    """Report in the grid worker's own community."""

    def make(words: str = "楼道电梯困人", by=None, **more):
        return services.incident_report(by=by or actors.grid_worker, content=IncidentInput(words=words, **more))

    return make
