"""Whoever has posts in several streets says for which one he blows."""

import uuid

import pytest

from governance.accounts.models import Appointment
from governance.territory.selectors import communities_of
from governance.whistles.models import Whistle
from tests_support import stories

URL = "/whistles/blow/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def of_two(client, cast, sibling_street):
    """The street's member of staff, seconded to the next street too."""
    Appointment.objects.create(
        user=cast.staff, role="street_staff", unit=sibling_street.unit, street=sibling_street, valid_from="2026-01-01"
    )
    client.force_login(cast.staff)
    return client


def typed(street) -> dict:
    lead = stories.departments(street)[0]
    return {
        "scene": "joint_enforce", "category": stories.category().pk, "title": "夜市占道", "facts": "占用人行道。",
        "source": "patrol", "place": "路口", "community": communities_of(street).first().pk, "tier": "district",
        "done_already": stories.DONE_ALREADY, "lead": lead.pk, "form_key": str(uuid.uuid4()), "do": "submit",
    }  # fmt: skip


def test_the_page_says_for_which_and_offers_the_other(of_two, street, sibling_street):
    page = of_two.get(URL).content.decode()
    assert f"<strong>{street.name}</strong>" in page and f"?street={sibling_street.code12}" in page
    other = of_two.get(URL, {"street": sibling_street.code12}).content.decode()
    assert f"<strong>{sibling_street.name}</strong>" in other
    assert communities_of(sibling_street).first().name in other


def test_the_chosen_street_blows(of_two, street, sibling_street):
    assert of_two.post(f"{URL}?street={sibling_street.code12}", typed(sibling_street)).status_code == 302
    assert Whistle.objects.get().street == sibling_street


def test_without_a_choice_it_is_the_first_post(of_two, street):
    assert of_two.post(URL, typed(street)).status_code == 302
    assert Whistle.objects.get().street == street


def test_a_place_of_the_other_street_is_refused(of_two, street, sibling_street):
    body = typed(street) | {"community": communities_of(sibling_street).first().pk}
    assert of_two.post(URL, body).status_code == 422
    assert not Whistle.objects.exists()


@pytest.mark.parametrize("code", [stories.FOREIGN, "x", "210202008001"])
def test_a_street_without_a_post_is_404(of_two, code):
    assert of_two.get(URL, {"street": code}).status_code == 404
    assert not Whistle.objects.exists()


def test_one_street_is_no_choice(client, cast):
    client.force_login(cast.leader)
    assert "换一个街道" not in client.get(URL).content.decode()
