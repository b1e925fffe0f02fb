"""Everybody's pages of the grids: with a drawing even without JavaScript, in a fixed number of statements."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.territory.models import Grid
from grid.boundaries import services
from tests_support.queries import BASELINE, statements

pytestmark = pytest.mark.django_db
OURS = {name: number for name, number in BASELINE.items() if "/grids/" in name or "/my-grid/" in name}
LIGHT = 150 * 1024


@pytest.fixture
def staffed(drawn, grid):
    """Sketches, a worker and a helper in the home grid."""
    today = clock.today()
    facts = [services.PostFacts(grid, "worker", "王敏", "0411-82000000", today),
             services.PostFacts(grid, "volunteer", "赵刚", "13812345678", today)]  # fmt: skip
    services.posts_load(by=SYSTEM, many=facts)
    return grid


@pytest.mark.parametrize("who", ["staff", "social", "community", "grid_worker", "dept", "auditor"])
def test_the_list_and_a_grid(client, cast, staffed, who):
    client.force_login(getattr(cast, who))
    listed = client.get(reverse("grids"), {"street": staffed.street.code12})
    assert "王敏" in listed.content.decode()
    page = client.get(staffed.get_absolute_url()).content.decode()
    assert 'class="grid-svg"' in page
    assert "0411-82000000" in page
    assert ("13812345678" in page) == (who in ("staff", "community"))
    assert ("任命网格员" in page) == (who in ("staff", "social", "community"))
    assert 'style="' not in page.partition("<main")[2]


def test_filters_and_files(client, cast, staffed):
    client.force_login(cast.staff)
    address, street = reverse("grids"), {"street": staffed.street.code12}
    count = lambda **more: len(client.get(address, street | more).context["page"].rows)  # noqa: E731
    everything = Grid.objects.filter(street=staffed.street).count()
    assert count(staffed="yes") == 1
    assert count(staffed="no") == min(everything - 1, 50)
    assert count(shape="surveyed") == count(shape="none") == 0
    assert count(q=staffed.code15) == 1
    ended = Grid.objects.filter(street=staffed.street).exclude(pk=staffed.pk).first()
    Grid.objects.filter(pk=ended.pk).update(ended_on=clock.today())
    assert count(q=ended.code15) == 0
    assert count(q=ended.code15, state="ended") == 1
    Grid.objects.filter(pk=ended.pk).update(ended_on=None)
    assert b"".join(client.get(address, street | {"export": "xlsx"}))[:2] == b"PK"
    answer = client.get(reverse("grid-export"), street)
    assert answer["Content-Type"] == "application/geo+json"
    grids = [row for row in answer.json()["features"] if row["properties"]["kind"] != "community"]
    assert len(grids) == everything
    assert client.get(reverse("grid-export")).status_code == 400  # the whole city is too much for one file


@pytest.mark.parametrize("query", ["", "unit=210202", "street=210202008000", "community=210202008001", "q=上海"])
def test_my_grid_step_by_step_without_javascript(client, staffed, query):
    page = client.get(f"{reverse('my-grid')}?{query}")
    text = page.content.decode()
    assert page.status_code == 200
    assert len(page.content) < LIGHT
    assert (
        "?unit=210202" in text
        or "?street=210202008000" in text
        or "community=210202008001" in text
        or staffed.code15 in text
    )
    assert ('class="grid-svg"' in text) == (not query.startswith("q="))


def test_the_answer(client, staffed):
    page = client.get(reverse("my-grid"), {"grid": staffed.code15})
    text = page.content.decode()
    for words in (
        "王敏",
        "tel:0411-82000000",
        "监督电话",
        "12345",
        staffed.code15,
        "赵刚",
        "138****5678",
        'class="own"',
    ):
        assert words in text
    assert "13812345678" not in text  # a helper's own telephone
    assert len(page.content) < LIGHT


def test_a_community_publishes_names_telephones_and_where_to_complain(client, staffed):
    """网格信息公示 (domain-rules 5.1): name, range, worker, telephone, supervision; helpers are named on the grid's own page."""
    text = client.get(reverse("my-grid"), {"community": staffed.code15[:12]}).content.decode()
    for words in ("王敏 0411-82000000", "网格员正在配备", "监督电话", "12345", staffed.street.name):
        assert words in text
    assert "5678" not in text


def test_who_reads_out_the_whole_city_is_stopped(client, cast, staffed, settings):
    settings.VISITOR_RATE = "3/min"
    cache.clear()
    answers = [client.get(reverse("my-grid"), {"grid": staffed.code15}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "过于频繁" in answers[3].content.decode() and "王敏" not in answers[3].content.decode()
    assert client.post(reverse("my-grid"), {"lon": "121", "lat": "38"}).status_code == 429
    client.force_login(cast.staff)
    assert client.get(reverse("my-grid"), {"grid": staffed.code15}).status_code == 200
    cache.clear()


def test_by_the_telephones_place(client, staffed):
    shape = staffed.shape
    sent = client.post(reverse("my-grid"), {"lon": str(shape.lon), "lat": str(shape.lat)}).content.decode()
    assert "王敏" in sent
    sea = client.get(reverse("my-grid"), {"lon": "121.0", "lat": "38.0"})
    assert "不在任何网格内" in sea.content.decode()
    wrong = client.get(reverse("my-grid"), {"lon": "38.9", "lat": "121.6"})
    assert wrong.status_code == 400
    assert "写反" in wrong.content.decode()


@pytest.mark.parametrize(
    "query", ["grid=999999999999999", "community=210202008999", "street=210299008000", "unit=999999"]
)
def test_what_does_not_exist(client, db, query):
    assert client.get(f"{reverse('my-grid')}?{query}").status_code == 404


@pytest.mark.parametrize(
    "query", ["q=%00", "grid=abc", "lon=x", "q=" + "长" * 500, "unit[]=1", "community=2102020080０1"]
)
def test_nonsense_is_no_error(client, db, query):
    assert client.get(f"{reverse('my-grid')}?{query}").status_code in (200, 400)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("中山区青泥洼桥街道上海社区人民路 1 号", "210202008001"),
        ("上海社区", "210202008001"),
        ("青泥洼桥", "210202008001"),
    ],
)
def test_an_address_leads_to_its_community(client, db, words, first):
    page = client.get(reverse("my-grid"), {"q": words})
    assert page.context["places"][0].code12 == first
    assert client.get(reverse("my-grid"), {"q": "没有这样的地方"}).context["places"] == []


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_page_takes_a_constant_number_of_queries(client, cast, staffed, name):
    """Pinned in tests/baselines/queries.json; more rows, no more statements."""
    who, path = name.split(" ")
    if who != "anonymous":
        client.force_login(getattr(cast, who))
    path = path.replace("{grid}", staffed.code15)
    client.get(path)
    assert statements(client, path) == OURS[name]
    grids = Grid.objects.filter(community=staffed.community).exclude(pk=staffed.pk)
    facts = [services.PostFacts(grid, "worker", "又一位", "0411-1", clock.today()) for grid in grids]
    services.posts_load(
        by=SYSTEM, many=[*facts, services.PostFacts(staffed, "property", "物业", "0411-2", clock.today())]
    )
    assert statements(client, path) == OURS[name]
    assert OURS[name] <= 10
