"""A district imports its survey: preview with errors by row and column, then all rows in one transaction or none."""

import io
import re
import time

import pytest
from django.db import connection
from django.urls import reverse

from communities.signboards.models import Rectification, Signboard
from governance.kernel.actor import Actor, Post
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.territory.batches import ImportBatch
from governance.territory.importing.services import import_confirm, import_preview
from governance.territory.models import Department, Division, ManagementUnit

from .survey import HEAD, book, broken_files, text, upload, with_cell, wrong_cells

pytestmark = pytest.mark.django_db
ROWS = 5000
SECONDS = 10


@pytest.fixture
def row(community, department) -> list:
    """A right row of the home street."""
    return [
        community.code12,
        "社区图书室",
        department.code,
        "图书室",
        None,
        "200",
        "35",
        "金属",
        "大厅内",
        "2021-05-01",
        None,
    ]


def preview(by, file) -> ImportBatch:
    return import_preview(by=by, kind="signboards", upload=file)


def errors(by, *rows) -> list[tuple[int, str, str]]:
    batch = preview(by, text(HEAD, *rows))
    assert batch.status == "refused"
    assert not Signboard.objects.exists()
    return [(error["row"], error["column"], error["message"]) for error in batch.errors]


def test_preview_writes_nothing_and_confirming_writes_all(actors, row):
    rows = [row, with_cell(with_cell(row, "name", "某某工作室"), "entry_name", None)]
    batch = preview(actors.social, upload(book(HEAD, *rows)))
    assert (batch.status, batch.summary["add"]) == ("preview", 2)
    assert not Signboard.objects.exists()
    import_confirm(by=actors.social, batch=batch)
    assert dict(Signboard.objects.values_list("name", "status")) == {
        "社区图书室": "registered",
        "某某工作室": "unadmitted",
    }
    assert Rectification.objects.get().boards.get().name == "某某工作室"
    assert Signboard.objects.filter(batch=batch).count() == 2
    assert AuditEvent.objects.filter(action="signboard.register").count() == 2
    import_confirm(by=actors.social, batch=batch)
    assert Signboard.objects.count() == 2


def test_a_second_survey_changes_what_differs_and_leaves_the_state(actors, row):
    import_confirm(by=actors.social, batch=preview(actors.social, text(HEAD, row)))
    batch = preview(actors.social, text(HEAD, with_cell(row, "length_cm", "90")))
    assert batch.summary["change"] == 1
    import_confirm(by=actors.social, batch=batch)
    board = Signboard.objects.get()
    assert (board.length_cm, board.status) == (90, "registered")
    assert preview(actors.social, text(HEAD, with_cell(row, "length_cm", "90"))).summary["same"] == 1


def test_errors_name_row_and_column(actors, row, foreign_street):
    far = Division.objects.filter(street=foreign_street).order_by("code12").first().code12
    found = errors(
        actors.social, row, row, with_cell(row, "community_code", far),
        [*with_cell(with_cell(row, "name", "在册"), "entry_name", None)[:-1], "在册"],
    )  # fmt: skip
    assert (3, "牌子名称", "同一社区的牌子重复（与第 2 行相同）") in found
    assert (4, "社区代码", "不在您的辖区内") in found
    assert any(number == 5 and column == "状态" and "不能在册" in message for number, column, message in found)


def test_over_the_cap_is_refused_by_row(actors, row, lists):
    rows = [with_cell(row, "name", f"牌子 {number}") for number in range(17)]
    assert [(number, column) for number, column, message in errors(actors.social, *rows) if "上限 15 块" in message] == [
        (17, "状态"), (18, "状态"),
    ]  # fmt: skip


def test_what_hangs_already_counts_towards_the_cap(actors, row, full):
    full()
    batch = preview(actors.social, text(HEAD, row))
    assert "上限 15 块" in batch.errors[0]["message"]
    assert preview(actors.social, text(HEAD, [*row[:-1], "待清理"])).status == "preview"


def test_the_cap_reached_after_the_preview_refuses_the_whole(actors, row, full):
    batch = preview(actors.social, text(HEAD, row))
    before = full()
    with pytest.raises(Conflict, match="没有写入任何一行"):
        import_confirm(by=actors.social, batch=batch)
    assert Signboard.objects.count() == before


@pytest.mark.parametrize("who", ["community", "dept", "city", "sysadmin", "outsider", "grid_worker"])
def test_who_may_not_import(who, actors, row):
    with pytest.raises(Forbidden):
        preview(getattr(actors, who), text(HEAD, row))


def test_a_street_imports_its_own_only(actors, row):
    assert preview(actors.staff, text(HEAD, row)).status == "preview"
    assert preview(actors.sibling_staff, text(HEAD, row)).errors[0]["message"] == "不在您的辖区内"


def everywhere() -> Actor:
    """A person who answers for all districts: as many communities as there are."""
    units = ManagementUnit.objects.values_list("pk", flat=True)
    return Actor(label="全市摸底", posts=tuple(Post(role="unit_social", unit_id=unit) for unit in units))


def survey_rows() -> list[list]:
    """5,000 boards of 1,250 communities: four fifths with an entry, the others without."""
    offices = dict(Department.objects.filter(level="unit", kind="civil").values_list("unit_id", "code"))
    places = Division.objects.communities().filter(unit__in=offices).order_by("code12")[: ROWS // 4]
    entries = ("党组织", "人民调解委员会", "图书室", "警务室")
    rows = []
    for place in places:
        for entry in entries:
            outside = len(rows) % 5 == 4
            rows.append([place.code12, f"{place.name}{entry}", offices[place.unit_id], None if outside else entry, None,
                         "200", "35", "金属", "大厅内", "2021-05-01", None])  # fmt: skip
    return rows


def test_five_thousand_rows_are_written_in_one_transaction_in_ten_seconds(capsys):
    by, rows = everywhere(), survey_rows()
    assert len(rows) == ROWS
    file = upload(book(HEAD, *rows))
    begin = time.perf_counter()
    batch = preview(by, file)
    looked = time.perf_counter()
    assert batch.errors == []
    import_confirm(by=by, batch=batch)
    connection.check_constraints()
    done = time.perf_counter()
    with capsys.disabled():
        print(f" preview {looked - begin:.1f} s, import {done - looked:.1f} s ", end="")
    assert Signboard.objects.registered().count() == ROWS * 4 // 5
    assert Signboard.objects.count() == ROWS
    assert looked - begin < SECONDS
    assert done - looked < SECONDS


def test_one_wrong_row_among_five_thousand_writes_nothing():
    rows = survey_rows()
    rows[4321] = with_cell(rows[4321], "length_cm", "长")
    batch = preview(everywhere(), upload(book(HEAD, *rows)))
    assert [(error["row"], error["column"]) for error in batch.errors] == [(4323, "长（厘米）")]
    with pytest.raises(Conflict):
        import_confirm(by=everywhere(), batch=batch)
    assert not Signboard.objects.exists()


def test_three_hundred_broken_files_are_refused_in_words_and_nothing_is_written(actors, row):
    """One test for all: each file passes the same bounded reader as an upload does."""
    refused, wrong = list(broken_files(row)), list(wrong_cells(row))
    stories = []
    for name, file, words in refused:
        try:
            batch = preview(actors.social, file)
        except Invalid as error:
            ok = re.search(words, error.fields.get("file", ""))
        else:
            ok = batch.status == "refused" and re.search(words, str(batch.errors))
        stories += [] if ok else [name]
    for name, file, label in wrong:
        batch = preview(actors.social, file)
        blamed = {error["column"] for error in batch.errors}
        stories += [] if batch.status == "refused" and label in blamed else [f"{name}: {blamed}"]
    assert stories == []
    assert len(refused) + len(wrong) >= 300
    assert not Signboard.objects.exists()
    assert not Rectification.objects.exists()


def test_the_pages(client, cast, row):
    client.force_login(cast.social)
    assert client.get(reverse("signboard-import")).status_code == 200
    template = client.get(reverse("signboard-import-template"))
    assert template.content[:2] == b"PK"
    answer = client.post(reverse("signboard-import"), {"file": text(HEAD, row, row)})
    page = client.get(answer["Location"])
    assert "有错误，不能导入" in page.content.decode()
    assert "第 2 行相同" in page.content.decode()
    assert client.get(f"{answer['Location']}errors/").content[:2] == b"PK"
    good = client.post(reverse("signboard-import"), {"file": text(HEAD, row)})["Location"]
    assert client.post(f"{good}confirm/")["Location"] == good
    assert Signboard.objects.count() == 1
    client.force_login(cast.staff)
    assert client.get(good).status_code == 404
    assert client.get(reverse("signboard-import")).status_code == 200
    client.force_login(cast.community)
    assert client.get(reverse("signboard-import")).status_code == 403


def test_the_template_is_itself_a_survey(actors, client, cast, row):
    """What is downloaded, filled in from line 4 and uploaded is understood."""
    from python_calamine import CalamineWorkbook

    client.force_login(cast.social)
    content = client.get(reverse("signboard-import-template")).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    filled = [*rows, row]
    assert preview(actors.social, upload(book(*filled))).summary["add"] == 1
