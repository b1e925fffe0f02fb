"""An empty city: the real places, no invented offices."""

import pytest
from django.core.management import call_command

from governance.territory import selectors, services
from governance.territory.models import Department, Division, Grid, ManagementUnit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_city")]


def test_without_demo_there_are_real_places_only(capsys):
    call_command("load_territory", "--no-demo")
    assert Division.objects.count() == 1995 and ManagementUnit.objects.count() == 12
    assert not Department.objects.exists() and not Grid.objects.exists()
    assert not Division.objects.exclude(households=None).exists()
    assert not Division.objects.filter(is_synthetic=True).exists()
    assert "divisions +1995" in capsys.readouterr().out


def test_an_empty_city_made_a_demo_later_equals_the_one_loaded_at_once(empty_city):
    services.territory_load(demo=False)
    counts = services.territory_load()
    assert counts.divisions == 0 and counts.grids > 0
    assert selectors.fingerprint() == empty_city
