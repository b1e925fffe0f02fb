"""Everybody's pages of the signboards: they open, filter, page and export in a fixed number of statements."""

import pytest
from django.urls import reverse

from communities.signboards import services
from communities.signboards.models import Signboard
from tests_support.queries import BASELINE, statements

pytestmark = pytest.mark.django_db
OURS = {name: number for name, number in BASELINE.items() if "/signboards/" in name}
LISTS = (
    "signboards",
    "signboard-audits",
    "signboard-audit-items",
    "rectifications",
    "signboard-rechecks",
    "signboard-lists",
)


@pytest.fixture
def some_of_all(make_audit, make_recheck, make_rectification):
    """One of each kind."""
    return make_audit("comparing"), make_recheck(), make_rectification()


def names(client, path) -> list[str]:
    """The boards that a list shows."""
    page = client.get(path).context["page"]
    return sorted(row.name for row in page.rows)


@pytest.mark.parametrize("who", ["staff", "social", "city", "dept", "community", "auditor"])
@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_filters_and_exports(client, cast, some_of_all, who, name):
    client.force_login(getattr(cast, who))
    address = reverse(name)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}?status=nonsense&export=csv").status_code == 200
    assert b"".join(client.get(f"{address}?export=xlsx"))[:2] == b"PK"


@pytest.mark.parametrize("who", ["staff", "social", "city", "dept"])
def test_every_single_page_opens(client, cast, some_of_all, make_board, lists, who):
    client.force_login(getattr(cast, who))
    audit, recheck, rectification = some_of_all
    objects = [audit, audit.items.first(), recheck, rectification, make_board("removed"), make_board("to_clear"),
               lists.by_place["urban"]]  # fmt: skip
    assert [client.get(one.get_absolute_url()).status_code for one in objects] == [200] * len(objects)


@pytest.mark.parametrize("who", ["social", "city", "leader", "finance", "auditor"])
def test_the_figures(client, cast, some_of_all, who):
    client.force_login(getattr(cast, who))
    page = client.get(reverse("signboard-report")).content.decode()
    for words in ("摸底数", "清理率", "回潮率", "节约制作费用（估算）", "不排名"):
        assert words in page
    assert client.get(f"{reverse('signboard-report')}?export=places").status_code == 200


def test_the_figures_are_right(actors, make_board, make_recheck, client, cast):
    (
        make_board(name="留"),
        make_board("unadmitted", name="违规"),
        make_recheck("reappeared"),
        make_board("removed", name="摘除"),
    )
    client.force_login(cast.social)
    context = client.get(reverse("signboard-report")).context
    assert {figure.card.key: figure.value for figure in context["figures"]} == {
        "signboard.found": 4, "signboard.kept": 1, "signboard.removed": 1, "signboard.clear_rate": 33.3,
        "signboard.reappear_rate": 100.0, "signboard.savings": 380,
    }  # fmt: skip
    assert [row["count"] for row in context["panels"][1]["rows"]] == [2]


def test_filters(client, cast, make_board, community):
    make_board(name="甲"), make_board("unadmitted", name="乙"), make_board("removed", name="丙")
    client.force_login(cast.social)
    address = reverse("signboards")
    assert names(client, f"{address}?status=hanging") == ["乙", "甲"]
    assert names(client, f"{address}?status=removed") == ["丙"]
    assert names(client, f"{address}?q=甲&klass=work&place=urban&community={community.code12}") == ["甲"]
    assert names(client, f"{address}?place=rural") == []


def test_registering_on_the_page(client, cast, community, department, lists):
    client.force_login(cast.staff)
    address = reverse("signboard-new")
    assert client.get(address).status_code == 200
    typed = {
        "community": community.code12, "name": "图书室", "department": department.code, "length_cm": 200, "width_cm": 35,
        "material": "metal", "position": "hall", "entry": lists.entry(community, "图书室").pk,
    }  # fmt: skip
    answer = client.post(address, typed)
    assert Signboard.objects.get().status == "registered"
    assert answer["Location"] == Signboard.objects.get().get_absolute_url()
    again = client.post(address, typed)
    assert again.status_code == 422
    assert "同名" in again.content.decode()
    assert 'value="图书室"' in again.content.decode()


def test_over_the_cap_the_page_says_why_and_shows_the_rectification(client, cast, community, department, lists, full):
    full()
    client.force_login(cast.staff)
    typed = {
        "community": community.code12, "name": "再来一块", "department": department.code, "length_cm": 200, "width_cm": 35,
        "material": "metal", "position": "hall", "entry": lists.entry(community, "图书室").pk,
    }  # fmt: skip
    page = client.post(reverse("signboard-new"), typed, follow=True).content.decode()
    assert "没有登记" in page
    assert "已达上限 15 块" in page
    assert not Signboard.objects.filter(name="再来一块").exists()


def test_the_department_removes_on_the_page_and_the_photos_are_seen_there(client, cast, make_board, photo):
    from django.core.files.uploadedfile import SimpleUploadedFile

    board = make_board("to_clear")
    client.force_login(cast.dept)
    address = reverse("signboard-remove", args=[board.pk])
    assert client.post(address, {"before": SimpleUploadedFile("a.jpg", photo[1])}).status_code == 422
    files = {name: SimpleUploadedFile(f"{name}.jpg", photo[1]) for name in ("before", "after")}
    assert client.post(address, files).status_code == 302
    page = client.get(board.get_absolute_url())
    for one in page.context["photos"]:
        assert client.get(one["url"])["Content-Type"] == "image/jpeg"
    client.force_login(cast.sibling_staff)
    assert client.get(page.context["photos"][0]["url"]).status_code == 404


def test_a_community_is_asked_for_nothing(client, cast, make_board):
    """No panel, no photo, no form but the voluntary one (domain-rules 13.3)."""
    board = make_board()
    client.force_login(cast.community)
    assert "牌子" not in client.get(reverse("desk")).content.decode().partition("<main")[2]
    page = client.get(board.get_absolute_url()).content.decode()
    assert "提出意见" in page
    assert "上传照片" not in page


@pytest.mark.parametrize("who", ["dept", "staff", "social"])
def test_the_desk_shows_what_waits(client, cast, some_of_all, who, at):
    from datetime import timedelta

    from governance.kernel import clock

    client.force_login(getattr(cast, who))
    with at(clock.now() + timedelta(days=40)):
        client.force_login(getattr(cast, who))
        page = client.get(reverse("desk")).content.decode()
    assert {"dept": "待整改的牌子", "staff": "到期的回潮复查", "social": "进行中的牌子核查"}[who] in page


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_page_takes_a_constant_number_of_queries(client, cast, some_of_all, make_board, actors, name):
    """Pinned in tests/baselines/queries.json; more rows, no more statements."""
    who, path = name.split(" ")
    client.force_login(getattr(cast, who))
    client.get(path)
    assert statements(client, path) == OURS[name]
    make_board("removed", name="又一块"), make_board("unadmitted", name="再一块")
    services.audit_open(by=actors.social, unit=actors_unit(actors), kind="look_back", title="回头看")
    assert statements(client, path) == OURS[name]
    assert OURS[name] <= 10


def actors_unit(actors):
    """The home district."""
    from governance.territory.models import ManagementUnit

    return ManagementUnit.objects.get(pk=actors.social.posts[0].unit_id)
