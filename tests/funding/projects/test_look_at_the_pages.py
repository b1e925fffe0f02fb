"""Lists of projects, payments and payees: what each role finds there, at a price that does not grow with the rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from funding.projects.selectors import files_of
from tests_support.looks import faults, signed_in
from tests_support.queries import BASELINE
from tests_support.window import window

pytestmark = pytest.mark.django_db
OURS = {
    name: count for name, count in BASELINE.items() if name.split()[1] in ("/projects/", "/payments/", "/suppliers/")
}
FOUND = {
    "/projects/": "三号楼楼道照明改造",
    "/payments/": "照明改造第一期工程款",
    "/suppliers/": "亮堂照明工程有限公司",
}


@pytest.fixture
def rows(tell, settings, tmp_path):
    """One project with two payments, another with one, a payee each."""
    settings.MEDIA_ROOT = str(tmp_path)
    tell.one = tell.payment("paid")
    tell.payment("submitted", project=tell.one.project)
    tell.payment("approved", project=tell.project("implementing"), supplier=tell.supplier("另一家服务中心"))
    return tell


def page(client, path: str, user, status: int = 200) -> str:
    """What a person gets."""
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.mark.parametrize("name", OURS)
def test_a_list_costs_what_it_cost(client, cast, rows, name):
    role, path = name.split()
    assert FOUND[path] in page(client, path, getattr(cast, role))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get(path)
    rows.payment("approved", project=rows.one.project, supplier=rows.supplier("第三家服务中心"))
    with CaptureQueriesContext(connection) as later:
        client.get(path)
    assert len(seen) == len(later) == OURS[name] <= 10


def test_the_neighbour_finds_nothing(client, cast, rows):
    for path, words in FOUND.items():
        assert words not in page(client, path, cast.sibling_community)
    page(client, rows.one.get_absolute_url(), cast.sibling_community, 404)
    page(client, rows.one.project.get_absolute_url(), cast.sibling_leader, 404)


def test_lists_are_narrowed_by_state(client, cast, rows):
    assert "照明改造第一期工程款" not in page(client, "/payments/?status=bounced", cast.finance)
    assert rows.one.number in page(client, "/payments/?status=paid", cast.finance)


def test_a_payment_shows_no_whole_account_number(client, cast, rows):
    for user in (cast.community, cast.finance, cast.auditor):
        text = page(client, rows.one.get_absolute_url(), user)
        assert "0000123456789012" not in text
        assert "9012" in text


def test_office_money_is_asked_for_on_its_own_page(client, cast, rows):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(cast.community)
    facts = {"supplier": rows.supplier().pk, "economic_code": "30201", "amount_fen": "350.50", "purpose": "打印纸", "fund": "office",
             "quote1": "甲", "price1": "360", "files": SimpleUploadedFile("纸.pdf", b"%PDF-1.4 paper")}  # fmt: skip
    answer = client.post("/payments/new/", facts, follow=True)
    assert "350.50" in answer.content.decode()
    row = rows.one.__class__.objects.order_by("-id").first()
    assert (row.fund, row.amount_fen, row.quotes) == ("office", 350_50, [{"name": "甲", "fen": 360_00}])


def test_a_meeting_without_votes_keeps_its_list_of_names(tell, actors, cast):
    """Refused for what is missing, the form still has the picked file; the second try stores it (at a telephone's width)."""
    project = tell.project()
    with window(signed_in(cast.community), follow=True) as page:
        page.goto(reverse("project-meeting", args=[project.pk, "propose"]))
        page.locator("input[type=file]").set_input_files(
            {"name": "到会名单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 names"}
        )
        for name, value in (("eligible", "30"), ("present", "24"), ("people", "书记等 24 人"), ("minutes", "同意")):
            page.fill(f"[name={name}]", value)
        page.locator(".form button[type=submit]").first.click()
        assert "请填写同意" in page.inner_text("main") and "不用重选" in page.inner_text("main")
        assert page.get_by_label("到会名单.pdf").is_checked()
        assert faults(page) == []
        page.fill("[name=agree]", "24")
        page.locator(".form button[type=submit]").first.click()
        assert "到会名单.pdf" in page.inner_text("main")
    project.refresh_from_db()
    assert project.status == "proposed"
    assert [file.name for file in files_of(project.thread)] == ["到会名单.pdf"]
