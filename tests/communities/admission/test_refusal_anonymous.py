"""Anonymous upward: no page, list, export, mail or answer of the API tells a department, unit or city who refused."""

import io

import pytest
from python_calamine import CalamineWorkbook

from communities.admission.gate import services as gate
from communities.admission.models import Demand, DemandTarget, Refusal
from communities.admission.refusals.anonymity import POOL, pooled
from governance.kernel.audit import AuditEvent
from governance.kernel.outbox import OutboxMail
from governance.territory.models import Department
from tests_support import demands, stories

pytestmark = pytest.mark.django_db
UPPER = ("dept", "dept_head", "city_dept", "social", "adjudicator", "finance", "city")
NEAR = ("community", "staff", "leader")
STRANGERS = ("sibling_staff", "foreign_staff", "foreign_social", "foreign_dept", "other_dept", "outsider", "liaison")
STATES = ("filed", "in_ruling", "withdrawn", "amended", "upheld", "overruled")


def own():
    """The cast's own community, which refuses."""
    return demands.communities(1)[0]


def pages(refusal: Refusal) -> list[str]:
    pk, demand = refusal.pk, refusal.demand_id
    return [
        "/desk/", "/demands/", f"/demands/{demand}/", "/demands/?export=csv", "/refusals/", f"/refusals/{pk}/",
        "/refusals/?export=csv", "/burden/", "/burden/?export=csv", f"/api/v1/demands/{demand}/", "/api/v1/demands/",
        "/api/v1/refusals/", f"/api/v1/refusals/{pk}/", "/api/v1/targets/", f"/api/v1/targets/{refusal.target_id}/",
        "/targets/", f"/targets/{refusal.target_id}/", "/targets/?export=csv",
    ]  # fmt: skip


def text_of(response) -> str:
    body = b"".join(response) if response.streaming else response.content
    return body.decode("utf-8", "replace")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", UPPER)
def test_no_page_names_it(client, cast, actors, who, state):
    refusal = demands.refusal(actors, state)
    names = (
        own().name,
        own().code12,
        cast.community.name if cast.community.name != "community" else "青泥洼桥街道 community",
    )
    client.force_login(getattr(cast, who))
    seen = 0
    for path in pages(refusal):
        response = client.get(path)
        if response.status_code == 200:
            seen += 1
            text = text_of(response)
            assert not [name for name in names if name in text], path
    assert seen >= 6
    assert client.get(f"/targets/{refusal.target_id}/").status_code in (403, 404)
    assert client.get(f"/api/v1/targets/{refusal.target_id}/").status_code == 404


@pytest.mark.parametrize("who", UPPER)
def test_no_excel_names_it(client, cast, actors, who):
    demands.refusal(actors)
    client.force_login(getattr(cast, who))
    for path in ("/refusals/?export=xlsx", "/demands/?export=xlsx", "/burden/?export=xlsx"):
        response = client.get(path)
        if response.status_code != 200:
            continue
        body = b"".join(response) if response.streaming else response.content
        cells = [
            str(cell)
            for row in CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
            for cell in row
        ]
        assert cells
        assert not any(own().name in cell or own().code12 in cell for cell in cells), path


@pytest.mark.parametrize("who", UPPER)
def test_a_single_parts_state_is_nobodys_above_the_street(actors, who):
    """The department knows whom it asked: one row's state would tell it who refused."""
    refusal = demands.refusal(actors)
    assert not DemandTarget.objects.visible_to(getattr(actors, who)).exists()
    assert Refusal.objects.visible_to(getattr(actors, who)).filter(pk=refusal.pk).exists()
    assert Demand.objects.visible_to(getattr(actors, who)).filter(pk=refusal.demand_id).exists()


@pytest.mark.parametrize("who", NEAR)
def test_the_community_and_its_street_know(client, cast, actors, who):
    refusal = demands.refusal(actors)
    client.force_login(getattr(cast, who))
    assert own().name in client.get(f"/refusals/{refusal.pk}/").content.decode()
    assert client.get(f"/targets/{refusal.target_id}/").status_code == 200
    assert client.get(f"/api/v1/refusals/{refusal.pk}/").json()["community"] == own().code12


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_find_nothing(client, cast, actors, who):
    refusal = demands.refusal(actors)
    client.force_login(getattr(cast, who))
    for path in (f"/refusals/{refusal.pk}/", f"/demands/{refusal.demand_id}/", f"/api/v1/refusals/{refusal.pk}/"):
        assert client.get(path).status_code == 404, path
    assert client.get(f"/targets/{refusal.target_id}/").status_code in (403, 404)


def test_a_sibling_community_sees_only_its_own_part(client, cast, actors):
    refusal = demands.refusal(actors)
    client.force_login(cast.sibling_community)
    assert client.get(f"/refusals/{refusal.pk}/").status_code == 404
    page = client.get(f"/demands/{refusal.demand_id}/").content.decode()
    assert own().name not in page
    assert demands.communities(2)[1].name in page


def test_progress_counts_a_refused_part_as_going_on(client, cast, actors):
    demand = demands.send(actors)
    client.force_login(cast.dept)
    before = client.get(f"/api/v1/demands/{demand.pk}/").json()["streets"]
    demands.refusal(actors, part=demand.targets.get(community=own()))
    after = client.get(f"/api/v1/demands/{demand.pk}/").json()["streets"]
    assert before == after == [
        {"street": stories.street().name, "unit": stories.street().unit.short_name, "asked": 4, "done": 0, "going": 4, "off": 0}
    ]  # fmt: skip


def test_mails_upward_name_the_street_only(actors, cast):
    Department.objects.filter(pk=stories.departments(stories.street())[0].pk).update(email="dept@example.com")
    cast.social.email = "social@example.com"
    cast.social.save()
    for state in ("upheld", "amended"):
        demands.refusal(actors, state)
    mails = OutboxMail.objects.filter(subject__contains="拒收")
    assert mails.count() >= 3
    for mail in mails:
        assert own().name not in mail.subject + mail.text + mail.html
        assert "community" not in mail.text
    assert any(stories.street().name in mail.text for mail in mails)
    office = Department.objects.filter(name__contains="社会工作部", unit=stories.street().unit).values_list(
        "email", flat=True
    )
    told = {mail.to_address for mail in mails}
    assert told == {"dept@example.com", *filter(None, office)}


@pytest.mark.parametrize(("asked", "shown"), [(2, False), (3, True)])
def test_a_street_with_few_communities_is_not_shown(client, cast, actors, asked, shown):
    part = demands.target(actors, places=demands.communities(asked))
    refusal = demands.refusal(actors, part=part)
    street = stories.street()
    assert refusal.street_shown == shown
    client.force_login(cast.dept)
    page = client.get(f"/refusals/{refusal.pk}/").content.decode()
    assert (street.name in page) == shown
    assert (client.get(f"/api/v1/refusals/{refusal.pk}/").json()["street"] == street.code12) == shown
    found = client.get(f"/api/v1/refusals/?street={street.code12}").json()["results"]
    assert bool(found) == shown
    client.force_login(cast.staff)
    assert client.get(f"/api/v1/refusals/?street={street.code12}").json()["results"]


def test_the_refusals_own_history_names_nobody(actors):
    refusal = demands.refusal(actors, "upheld")
    for event in AuditEvent.objects.filter(subject_type="refusal", subject_id=refusal.pk):
        if event.action == "refusal.file":
            assert (event.actor_id, event.actor_label) == (None, "社区（依规匿名）")
        assert own().name not in event.actor_label + event.note


def test_results_are_shown_without_whose_they_are(client, cast, actors):
    demand = demands.send(actors)
    gate.target_complete(target=demand.targets.get(community=own()), by=actors.community, result="有清雪队 2 支")
    client.force_login(cast.dept)
    page = client.get(f"/demands/{demand.pk}/").content.decode()
    assert "有清雪队 2 支" in page
    assert own().name not in page


def count(name: str, asked: int, off: int = 0) -> dict:
    return {
        "street__name": name,
        "unit__short_name": "中山区",
        "asked": asked,
        "done": 0,
        "going": asked - off,
        "off": off,
    }


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([count("甲", 4), count("乙", 5)], [("甲", 4), ("乙", 5)]),
        ([count("甲", 1, 1), count("乙", 2), count("丙", 5)], [("丙", 5), (POOL, 3)]),
        ([count("甲", 1, 1), count("乙", 5), count("丙", 4)], [("乙", 5), (POOL, 5)]),
        ([count("甲", 1, 1)], [(POOL, 1)]),
    ],
)
def test_streets_with_few_communities_are_counted_together(rows, shown):
    """Else "one asked, one let off" would say who refused."""
    found = pooled(rows, 3)
    assert [(row["street__name"], row["asked"]) for row in found] == shown
    assert sum(row["off"] for row in found) == sum(row["off"] for row in rows)
