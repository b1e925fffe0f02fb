"""Addresses of a department: for those who deal with it, not for everybody with an account."""

import pytest

from governance.territory.models import Department

pytestmark = pytest.mark.django_db
OWN = ("staff", "leader", "social", "adjudicator", "finance", "city", "sysadmin", "dept", "city_dept")
OTHERS = (
    "foreign_staff",
    "foreign_dept",
    "community",
    "grid_worker",
    "building_head",
    "liaison",
    "secadmin",
    "outsider",
)


@pytest.fixture
def lead(departments) -> Department:
    return departments[0]


def page(client, cast, who: str, department: Department) -> str:
    client.force_login(getattr(cast, who))
    return client.get(department.get_absolute_url()).content.decode()


def told(client, cast, who: str, department: Department) -> tuple[str, str]:
    client.force_login(getattr(cast, who))
    data = client.get(f"/api/v1/departments/{department.code}/").json()
    return data["email"], data["phone"]


@pytest.mark.parametrize("who", OWN)
def test_who_deals_with_it_reads_its_addresses(client, cast, lead, who):
    if who == "city_dept":
        lead = lead.superior
    assert lead.email in page(client, cast, who, lead)
    assert told(client, cast, who, lead) == (lead.email, lead.phone)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_does(client, cast, lead, who):
    shown = page(client, cast, who, lead)
    assert lead.name in shown and lead.email not in shown and lead.phone not in shown
    assert told(client, cast, who, lead) == ("", "")


def test_the_city_department_is_reached_from_every_district(client, cast, lead):
    assert lead.superior.email in page(client, cast, "foreign_staff", lead.superior)


def test_the_list_and_its_export_carry_no_addresses(client, cast, lead):
    client.force_login(cast.staff)
    for query in ("", "?export=csv"):
        answer = client.get(f"/territory/departments/{query}")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b".example" not in body
