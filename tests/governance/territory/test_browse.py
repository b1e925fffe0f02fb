"""Looking at the territory on pages."""

import io

import pytest
from django.urls import reverse

from governance.territory.batches import ImportBatch
from governance.territory.models import Department, Division

from . import cast
from .books import upload, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("territory")]
PAGES = ["/territory/", "/territory/departments/", "/territory/units/210204/", "/territory/units/2102GX/",
         "/territory/divisions/210200000000/", "/territory/divisions/210204000000/",
         "/territory/divisions/210211016000/", "/territory/divisions/210204010001/",
         "/territory/departments/210204-CGJ/"]  # fmt: skip
IMPORT_PAGES = ["/territory/imports/", *(f"/territory/imports/new/{kind}/" for kind in ImportBatch.Kind.values)]


@pytest.fixture
def leader(client, territory):
    client.force_login(cast.street_leader())
    return client


@pytest.fixture
def admin(client, territory):
    client.force_login(cast.importer())
    return client


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize("page", PAGES + IMPORT_PAGES)
def test_a_stranger_is_sent_to_sign_in(client, page, settings):
    settings.LOGIN_URL = "/sign-in/"
    response = client.get(page)
    assert response.status_code == 302 and response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("page", PAGES)
def test_whoever_is_signed_in_sees_places_and_offices(leader, page):
    assert "<h1>" in text(leader.get(page))


@pytest.mark.parametrize("page", PAGES + IMPORT_PAGES)
def test_pages_need_few_statements(admin, page, django_assert_max_num_queries):
    admin.get(page)
    with django_assert_max_num_queries(16):
        text(admin.get(page))


@pytest.mark.parametrize("page", PAGES)
def test_pages_carry_no_inline_style_or_script(leader, page):
    page = text(leader.get(page))
    assert "<style" not in page and " style=" not in page and " onclick=" not in page


def test_the_top_counts_and_names_the_units(leader):
    page = text(leader.get("/territory/"))
    for words in ("152", "1832", "102 街道、33 镇、14 乡、3 类似乡级", "高新区", "长兴岛", "演示数据"):
        assert words in page


def test_an_entrusted_street_says_to_be_confirmed(leader):
    for page in ("/territory/divisions/210211016000/", "/territory/units/2102GX/", "/territory/units/210211/"):
        assert "待核" in text(leader.get(page))
    assert "待核" not in text(leader.get("/territory/divisions/210204010000/"))


def test_one_walks_from_unit_to_grid(leader):
    street, community = "/territory/divisions/210204010000/", "/territory/divisions/210204010001/"
    assert street in text(leader.get("/territory/units/210204/"))
    page = text(leader.get(street))
    assert community in page and "黑石礁派出所" in page
    assert "210204010001001" in text(leader.get(community))


@pytest.mark.parametrize(
    "page", ["/territory/divisions/999999999999/", "/territory/units/XX/", "/territory/departments/NO/"]
)
def test_what_is_not_there_is_404(leader, page):
    assert leader.get(page).status_code == 404


def test_departments_filter_and_page(leader):
    page = text(leader.get("/territory/departments/", {"unit": "210204", "kind": "police", "level": "station"}))
    assert "黑石礁派出所" in page and "葵英派出所" not in page
    first = leader.get("/territory/departments/").context["page"]
    assert len(first) == 50 and first.next
    second = leader.get("/territory/departments/", {"cursor": first.next}).context["page"]
    assert not {row.pk for row in first} & {row.pk for row in second}


def test_departments_are_found_by_words(leader):
    page = text(leader.get("/territory/departments/", {"q": "黑石礁"}))
    assert page.count("黑石礁派出所") >= 1 and "李家派出所" not in page


def test_a_wrong_filter_finds_nothing_and_says_so(leader):
    assert "没有符合条件的记录" in text(leader.get("/territory/departments/", {"unit": "nowhere"}))


def test_departments_export_as_filtered_and_marked(leader):
    from python_calamine import CalamineWorkbook

    response = leader.get("/territory/departments/", {"unit": "210204", "level": "unit", "export": "xlsx"})
    content = b"".join(response.streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    flat = "\n".join("\t".join(map(str, row)) for row in rows)
    assert "演示数据" in flat and "210204-CGJ" in flat and "210202-CGJ" not in flat


def test_a_department_shows_line_and_place(leader):
    page = text(leader.get("/territory/departments/210204010-PCS/"))
    assert "/territory/departments/210204-GAJ/" in page and "/territory/divisions/210204010000/" in page


@pytest.mark.parametrize("page", [*IMPORT_PAGES, "/territory/imports/template/divisions/"])
def test_imports_are_closed_to_others(leader, page):
    assert leader.get(page).status_code == 403


def test_imports_are_offered_only_to_those_who_may(leader, admin):
    admin.force_login(cast.street_leader())
    assert reverse("imports") not in text(admin.get("/territory/"))
    admin.force_login(cast.importer())
    assert reverse("imports") in text(admin.get("/territory/"))


def test_an_unknown_kind_is_404(admin):
    assert admin.get("/territory/imports/new/people/").status_code == 404


@pytest.mark.parametrize("kind", ImportBatch.Kind.values)
def test_a_template_downloads(admin, kind):
    response = admin.get(f"/territory/imports/template/{kind}/")
    assert response.content.startswith(b"PK") and "attachment" in response["Content-Disposition"]


def send(client, *rows, name="新街道.xlsx"):
    head = ["code12", "name", "valid_from"]
    return client.post("/territory/imports/new/divisions/", {"file": upload(workbook(head, *rows), name)}, follow=True)


def test_upload_preview_confirm(admin):
    page = send(admin, ["210204098000", "试验街道", "2026-01-01"])
    batch = ImportBatch.objects.get()
    assert "新增" in text(page) and "确认导入" in text(page)
    assert not Division.objects.filter(code12="210204098000").exists()
    done = admin.post(f"/territory/imports/{batch.pk}/confirm/", follow=True)
    assert "已导入" in text(done)
    assert Division.objects.filter(code12="210204098000").exists()
    assert "确认导入" not in text(done)


def test_wrong_rows_are_shown_and_downloaded_and_cannot_be_confirmed(admin):
    page = text(send(admin, ["210204698000", "<b>越界</b>", "2026-01-01"]))
    batch = ImportBatch.objects.get()
    assert "有错误，不能导入" in page and "区划代码" in page and "确认导入" not in page
    assert "<b>越界</b>" not in page
    assert admin.get(f"/territory/imports/{batch.pk}/errors/").content.startswith(b"PK")
    admin.post(f"/territory/imports/{batch.pk}/confirm/")
    batch.refresh_from_db()
    assert batch.status == ImportBatch.Status.REFUSED


def test_a_refused_file_says_why_next_to_the_field(admin):
    response = admin.post("/territory/imports/new/divisions/", {"file": upload(b"\x89PNG\r\n\x1a\n\x00", "x.png")})
    assert response.status_code == 422 and "这不是表格文件" in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_no_file_says_so(admin):
    response = admin.post("/territory/imports/new/divisions/", {})
    assert response.status_code == 422 and "请选择一个文件" in response.content.decode()


def test_anothers_upload_does_not_exist(admin):
    send(admin, ["210204098000", "试验街道", "2026-01-01"])
    batch = ImportBatch.objects.get()
    admin.force_login(cast.importer())
    for page in ("", "errors/"):
        assert admin.get(f"/territory/imports/{batch.pk}/{page}").status_code == 404
    assert admin.post(f"/territory/imports/{batch.pk}/confirm/").status_code == 404


def test_an_empty_list_says_what_to_do(admin):
    assert "还没有导入过" in text(admin.get("/territory/imports/"))
    send(admin, ["210204098000", "试验街道", "2026-01-01"])
    assert "新街道.xlsx" in text(admin.get("/territory/imports/"))


def test_departments_without_a_unit_list_too(leader):
    assert "市公安局" in text(leader.get("/territory/departments/", {"level": "city"}))
    assert Department.objects.filter(level="city", unit=None).exists()
