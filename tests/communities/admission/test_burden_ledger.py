"""负担账本: quotas that only fall, a community's own weeks, departments by minutes and never communities."""

import pytest

from communities.admission.burden import selectors, services
from communities.admission.gate import rules
from communities.admission.gate import services as gate
from communities.admission.models import BurdenQuota, Refusal
from governance.invariants import broken
from governance.kernel import clock
from governance.kernel.errors import Forbidden
from governance.kernel.metrics import CARDS
from tests_support import demands, stories
from tests_support.demands import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        yield


@pytest.mark.parametrize(
    ("index", "level"), [(0, "green"), (30, "green"), (59.9, "green"), (60, "yellow"), (89.9, "yellow"), (90, "red")]
)
def test_levels(index, level):
    assert rules.level_of(index, [30, 60, 90]) == level


def test_a_year_opens_with_last_years_actual_times_the_factor(actors):
    lead, second, third = stories.departments(stories.street())
    BurdenQuota.objects.create(department=lead, year=2025, minutes=10_000, used=8_000)
    BurdenQuota.objects.create(department=second, year=2025, minutes=10_000, extra=5_000, used=12_000)
    assert services.quotas_open(year=2026, by=actors.city) == 2
    assert services.quotas_open(year=2026, by=actors.city) == 0
    found = dict(BurdenQuota.objects.filter(year=2026).values_list("department_id", "minutes"))
    assert found == {lead.pk: 7_600, second.pk: 9_500}
    assert selectors.quota_terms(third, 2026) == 60_000


@pytest.mark.parametrize("who", ["dept", "social", "community", "auditor"])
def test_only_the_city_opens_a_year(actors, who):
    with pytest.raises(Forbidden):
        services.quotas_open(year=2026, by=getattr(actors, who))


def test_a_communitys_own_weeks(client, cast, actors):
    item = demands.item(minutes=900)
    demands.send(actors, items=item)
    demands.refusal(actors, part=demands.target(actors, items=item))
    rows = selectors.weeks_of(demands.DemandTarget.objects.visible_to(actors.community))
    assert [(row["minutes"], row["index"], row["level"]) for row in rows] == [(900, 60.0, "yellow")]
    client.force_login(cast.community)
    page = client.get("/burden/weeks/").content.decode()
    assert demands.communities(1)[0].name in page and demands.communities(2)[1].name not in page
    for who in ("dept", "social", "city"):
        client.force_login(getattr(cast, who))
        assert client.get("/burden/weeks/").status_code == 403


def test_departments_by_minutes_and_no_community(client, cast, actors):
    demands.send(actors)
    client.force_login(cast.social)
    page = client.get("/burden/").content.decode()
    assert stories.departments(stories.street())[0].short_name in page
    assert "80" in page
    assert not any(row.name in page for row in demands.communities())
    client.force_login(cast.community)
    assert client.get("/burden/").status_code == 403


def test_the_city_opens_the_year_by_page(client, cast):
    lead = stories.departments(stories.street())[0]
    BurdenQuota.objects.create(department=lead, year=2025, minutes=1_000, used=1_000)
    client.force_login(cast.city)
    assert "锁定 2026 年额度" in client.get("/burden/").content.decode()
    client.post("/burden/open/")
    assert BurdenQuota.objects.get(year=2026).minutes == 950
    client.force_login(cast.dept)
    assert client.post("/burden/open/").status_code == 403


@pytest.mark.parametrize("who", ["dept", "city_dept", "social", "city", "auditor"])
def test_who_sees_a_departments_quota(actors, who):
    demands.send(actors)
    assert BurdenQuota.objects.visible_to(getattr(actors, who)).exists()


@pytest.mark.parametrize("who", ["other_dept", "foreign_social", "community", "staff", "outsider"])
def test_who_does_not(actors, who):
    demands.send(actors)
    assert not BurdenQuota.objects.visible_to(getattr(actors, who)).exists()


def test_every_figure_has_its_card(client, cast):
    client.force_login(cast.city)
    for key in ("burden.index", "burden.used", "burden.quota", "refusal.filed"):
        assert key in CARDS
        assert client.get(f"/metrics/{key}/").status_code == 200


def test_the_invariants_hold_after_every_story_and_find_what_was_bent(actors):
    for state in ("filed", "in_ruling", "withdrawn", "amended", "upheld", "overruled"):
        demands.refusal(actors, state)
    gate.demand_withdraw(demand=demands.send(actors), by=actors.dept, note="撤回")
    BurdenQuota.objects.update(minutes=BurdenQuota.objects.get().used)
    demands.send(actors, over_quota_reason="专项部署")
    assert broken() == {}
    BurdenQuota.objects.update(used=1)
    Refusal.objects.filter(status="filed").update(status="withdrawn")
    assert set(broken()) == {
        "a quota's used minutes are those of its live targets",
        "a refused target has a refusal that waits",
    }
