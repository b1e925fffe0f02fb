"""What the tests start from: a unit with few communities, and its second finance officer."""

import pytest

from funding.appropriations import holds, services
from governance.kernel import clock
from governance.territory.models import Division


@pytest.fixture(autouse=True)
def _no_other_holds(monkeypatch) -> None:
    """Each test registers its own reasons to wait; those of upper slices have their own tests."""
    monkeypatch.setattr(holds, "_holds", {})


@pytest.fixture
def year() -> int:
    """The year of the books."""
    return clock.today().year


@pytest.fixture
def unit(street):
    """The home street's unit."""
    return street.unit


@pytest.fixture
def places(street):
    """The home street's urban communities."""
    rows = (
        Division.objects.communities().filter(street=street, village_type="residents").select_related("street", "unit")
    )
    return list(rows.order_by("code12"))


@pytest.fixture
def payees(unit):
    """Every community of the unit has an account."""
    return services.payees_load(unit=unit)
