"""The lists are public: versions, items, one item with its history, the comparison on screen, on paper and in Excel."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from communities.admission.catalogues.loading import catalogues_load
from communities.admission.catalogues.selectors import catalogue_in_force
from communities.admission.catalogues.services import catalogue_draft
from communities.admission.models import AdmissionItem, Catalogue
from tests_support.queries import BASELINE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists(cast):
    catalogues_load()


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_versions_without_signing_in(client):
    page = text(client.get(reverse("catalogues")))
    assert "2022 年城市社区准入清单" in page and "2026 年农村（村）准入清单" in page
    assert ">102<" in page and ">143<" in page and ">66<" in page and ">80<" in page


def test_items_show_what_holds_today(client):
    rows = client.get(reverse("admission-items"), {"place": "urban"}).context["count"]
    assert str(rows) == "69"  # 66 and what is forbidden
    old = client.get(reverse("admission-items"), {"place": "urban", "year": 2022}).context["count"]
    assert str(old) == "105"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"klass": "forbidden", "place": "rural"}, 3),
        ({"q": "SQ-U-2022-001"}, 1),
        ({"form": "signboard"}, 0),
        ({"year": "x"}, 0),
    ],
)
def test_filters(client, asked, expected):
    assert int(str(client.get(reverse("admission-items"), asked).context["count"])) == expected


def test_an_item_shows_basis_gate_and_history(client):
    item = AdmissionItem.objects.get(catalogue=catalogue_in_force("urban"), code="SQ-U-2022-011")
    page = text(client.get(item.get_absolute_url()))
    assert "大连适用" in page and "每年最多" in page and "示例文字" in page
    assert "2022 年城市社区准入清单" in page and "由 SQ-U-2022-012" in page


def test_a_merged_item_says_where_it_went(client):
    old = AdmissionItem.objects.get(catalogue__place="urban", catalogue__year=2022, code="SQ-U-2022-012")
    page = text(client.get(old.get_absolute_url()))
    assert "并入 SQ-U-2022-011" in page and "现在不能据此下达要求" in page


@pytest.mark.parametrize(("place", "words"), [("urban", "35.29"), ("rural", "44.06")])
def test_the_comparison(client, place, words):
    for more in ({}, {"print": 1}, {"old": 2026, "new": 2022}):
        assert words in text(client.get(reverse("catalogue-compare"), {"place": place, **more}))


def test_the_comparison_in_excel(client):
    response = client.get(reverse("catalogue-compare"), {"place": "urban", "export": "xlsx"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0)
    cells = [cell for row in sheet.to_python() for cell in row]
    assert cells.count("合并") + cells.count("退出") + cells.count("修改") + cells.count("保留") >= 102
    assert any("35.29%" in str(cell) for cell in cells)
    assert any("演示数据" in str(cell) for cell in cells)


def test_nonsense_in_the_address_is_no_error(client):
    assert client.get(reverse("catalogue-compare"), {"place": "moon", "old": "x", "new": "9999"}).status_code == 200


def test_a_draft_is_not_public(client, cast, actors):
    draft = catalogue_draft(by=actors.city, place="urban", year=2027)
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(draft.items.first().get_absolute_url()).status_code == 404
    client.force_login(cast.dept)
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_the_review_on_the_pages(client, cast):
    client.force_login(cast.city)
    made = client.post(reverse("catalogue-draft"), {"place": "urban", "year": "2027"})
    draft = Catalogue.objects.get(status="draft")
    assert made.headers["Location"] == draft.get_absolute_url()
    code = "SQ-U-2022-011"
    decide = reverse("catalogue-decide", args=[draft.pk, code])
    refused = client.post(decide, {"verdict": "merge"})
    assert refused.status_code == 422 and "请选择要并入的事项" in refused.content.decode()
    kept = client.post(decide, {"verdict": "change", "name": "", "minutes": "77"})
    assert kept.status_code == 422 and 'value="77"' in kept.content.decode()
    assert client.post(decide, {"verdict": "change", "name": "改写的事项", "minutes": "77"}).status_code == 302
    assert draft.items.get(code=code).name == "改写的事项"
    assert "改为：改写的事项" in text(client.get(draft.get_absolute_url()))
    issue = reverse("catalogue-issue", args=[draft.pk])
    assert client.post(issue, {"effective_from": "2025-01-01", "document": "文号"}).status_code == 422
    assert client.post(issue, {"effective_from": "2027-01-01", "document": "文号〔2027〕1 号"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.effective_from) == ("in_force", date(2027, 1, 1))


@pytest.mark.parametrize("name", ["social", "dept", "staff", "community", "adjudicator", "outsider"])
def test_only_the_city_office_reviews(client, cast, name):
    client.force_login(getattr(cast, name))
    assert client.get(reverse("catalogue-draft")).status_code == 403
    assert client.post(reverse("catalogue-draft"), {"place": "urban", "year": "2027"}).status_code == 403
    assert not Catalogue.objects.filter(status="draft").exists()


@pytest.mark.parametrize("address", ["/catalogues/", "/admission-items/", "/catalogues/compare/", "item"])
def test_statements(client, address):
    """Pinned in tests/baselines/queries.json."""
    url = (
        AdmissionItem.objects.filter(catalogue__year=2026).first().get_absolute_url() if address == "item" else address
    )
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    assert len(seen) == BASELINE[f"anonymous {address}"]


def test_public_pages_are_light(client):
    for url in (reverse("catalogues"), reverse("admission-items"), reverse("catalogue-compare")):
        assert len(client.get(url).content) < 100_000
