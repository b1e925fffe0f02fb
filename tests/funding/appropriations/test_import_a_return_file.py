"""The bank's file: right ones are posted once however often they come, wrong ones are refused row by row (issue 5)."""

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from funding.appropriations import services
from funding.appropriations.models import BankReturn, DisbursementLine
from funding.appropriations.selectors import place_funds, unit_balance
from funding.ledger.models import Account, Entry, Journal
from funding.ledger.states import Fund
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.kernel.ui.exports import write_xlsx
from tests_support import entitlements as story
from tests_support.bombs import bomb, doubled
from tests_support.databases import at_once


@pytest.fixture
def sent(unit, payees):
    """A batch at the bank."""
    story.run(unit)
    return story.batch(unit)


def preview(batch, rows):
    return services.return_preview(by=story.finance(batch.unit), batch=batch, upload=story.bank_file(rows))


def errors(batch, rows) -> list[tuple[int, str]]:
    found = preview(batch, rows)
    assert found.status == "refused"
    with pytest.raises(Conflict, match="没有登记任何一笔"):
        services.return_apply(by=story.finance(batch.unit), bank_return=found)
    assert not Journal.objects.filter(kind__in=["arrive", "bounce"]).exists()
    return [(one["row"], one["message"]) for one in found.errors]


def test_success_and_failure_reach_the_books(sent, unit, places, year):
    back = story.returned(sent, bounce=(2,))
    sent.refresh_from_db()
    assert (back.status, back.arrived, back.bounced, sent.status) == ("applied", sent.count - 1, 1, "settled")
    bounced = sent.lines.get(number=2)
    assert (bounced.status, bounced.reason) == ("bounced", "账户已销户")
    first = next(row for row in place_funds(sent.lines.get(number=1).community, year) if row.fund == Fund.SERVICE_MASS)
    assert (first.arrived, first.transit, first.available) == (50_000_00, 0, 50_000_00)
    assert Account.objects.get(kind="transit", community=bounced.community).balance_fen == 0
    granted = sent.count * 200_000_00
    assert unit_balance(unit, Fund.SERVICE_MASS, year) == granted - sent.total_fen + 50_000_00
    assert Journal.objects.filter(kind="bounce").get().memo.endswith("退回：账户已销户")


def test_the_bank_may_fill_in_our_own_workbook(unit, payees):
    """The file that went out, head block and all, with three more columns."""
    story.run(unit, is_synthetic=True)
    batch = story.batch(unit, is_synthetic=True)
    buffer = io.BytesIO()
    write_xlsx(services.bank_file(batch=batch, by=story.finance(unit)), buffer)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(buffer.getvalue())).get_sheet_by_index(0).to_python()
    head = next(at for at, row in enumerate(rows) if row[0] == "批次号")
    rows[head] += ["结果", "失败原因", "银行流水号"]
    for number, row in enumerate(rows[head + 1 : -1]):
        row += ["成功", "", f"YH{number}"]
    found = services.return_preview(
        by=story.finance(unit), batch=batch, upload=story.bank_file(rows[1:], headings=rows[0])
    )
    assert (found.errors, found.status, found.arrived) == ([], "preview", batch.count)


def test_what_bounced_may_be_paid_again(sent, unit):
    story.returned(sent, bounce=(2,))
    again = story.batch(unit, percent=100)
    line = again.lines.get(community=sent.lines.get(number=2).community)
    assert line.amount_fen == 200_000_00
    assert set(again.lines.exclude(pk=line.pk).values_list("amount_fen", flat=True)) == {150_000_00}


def test_the_way_of_each_yuan(sent, year):
    from funding.ledger.selectors import way_of

    story.returned(sent)
    line = sent.lines.get(number=1)
    entry = Entry.objects.get(account__community=line.community, account__kind="available", journal__kind="arrive")
    assert [step.journal.kind for step in way_of(entry)] == ["budget", "appropriate", "disburse", "arrive"]
    assert {step.fen for step in way_of(entry)} == {50_000_00}


def test_the_file_comes_in_parts(sent):
    story.returned(sent, only=(1, 2))
    sent.refresh_from_db()
    assert sent.status == "partly_returned"
    rest = tuple(range(3, sent.count + 1))
    story.returned(sent, only=rest, bounce=(3,))
    sent.refresh_from_db()
    assert (sent.status, Journal.objects.filter(kind="arrive").count()) == ("settled", sent.count - 1)


def test_the_same_file_twice(sent):
    upload = story.answer(sent)
    by = story.finance(sent.unit)
    first = services.return_apply(by=by, bank_return=services.return_preview(by=by, batch=sent, upload=upload))
    again = services.return_preview(by=by, batch=sent, upload=upload)
    assert again == first
    assert services.return_apply(by=by, bank_return=again).applied_at == first.applied_at
    assert Journal.objects.filter(kind="arrive").count() == sent.count


def change(batch, place, column, value):
    rows = story.rows_of(batch)
    last = story.control(batch, rows)
    rows[place][column] = value
    return [*rows, last]


@pytest.mark.parametrize(
    ("place", "column", "value", "message"),
    [
        (0, 0, "BF-210202-2020-999", "不是本批次"),
        (0, 1, "9999", "本批次没有送出这一行"),
        (0, 2, "别的社区", "户名与送出的"),
        (0, 3, "000000000000", "账号与送出的不符"),
        (0, 3, "", "账号与送出的不符"),
        (0, 4, 50_000.01, "金额与送出的 50,000.00 元不符"),
        (0, 4, "五万", "应为金额（元）"),
        (0, 4, "1.234", "应为金额（元）"),
        (0, 4, "-5", "应为金额（元）"),
        (0, 5, "处理中", "应为“成功”或“失败”"),
        (0, 5, "失败", "失败须写明原因"),
        (0, 5, "", "应为“成功”或“失败”"),
        (0, 7, "YH-1", ""),
    ],
)
def test_one_wrong_row_is_named_and_nothing_is_posted(sent, place, column, value, message):
    rows = change(sent, place, column, value)
    if not message:
        assert preview(sent, rows).status == "preview"
        return
    found = errors(sent, rows)
    assert any(row == 2 and message in text for row, text in found), found


def test_every_wrong_row_is_listed(sent):
    rows = story.rows_of(sent)
    rows[0][4], rows[1][3], rows[2][5] = 1, "0000", "不明"
    found = errors(sent, [*rows, story.control(sent, rows)])
    assert [row for row, _ in found] == [2, 3, 4]


def test_a_line_twice(sent):
    rows = story.rows_of(sent)
    twin = [*rows[0][:7], "另一流水"]
    found = errors(sent, [*rows, twin, story.control(sent, [*rows, twin])])
    assert found == [(len(rows) + 2, "行号重复（与第 2 行相同）")]


def test_a_line_as_success_and_as_failure(sent):
    rows = story.rows_of(sent)
    twin = [*rows[0][:5], "失败", "余额不足", "另一流水"]
    found = errors(sent, [*rows, twin, story.control(sent, [*rows, twin])])
    assert found == [(len(rows) + 2, "同一行既有成功又有失败（见第 2 行）")]


def test_a_reference_twice(sent):
    rows = story.rows_of(sent)
    rows[1][7] = rows[0][7]
    assert errors(sent, [*rows, story.control(sent, rows)]) == [(2, "银行流水号重复"), (3, "银行流水号重复")]


def test_a_line_that_is_settled_already(sent):
    story.returned(sent, only=(1,))
    rows = story.rows_of(sent)
    found = preview(sent, [*rows, story.control(sent, rows)])
    assert found.errors == [
        {"row": 2, "column": "行号", "value": "1", "message": "这一行已登记为“已到账”，不能再次登记"}
    ]


@pytest.mark.parametrize(("off", "message"), [(0.01, "控制合计"), (-1, "控制合计")])
def test_a_wrong_control_sum(sent, off, message):
    rows = story.rows_of(sent)
    last = story.control(sent, rows)
    last[4] += off
    found = errors(sent, [*rows, last])
    assert [row for row, text in found if message in text] == [len(rows) + 2]


def test_a_control_row_alone(sent):
    assert errors(sent, [story.control(sent, [])]) == [(2, "没有明细行")]


def test_no_control_row_or_two(sent):
    rows = story.rows_of(sent)
    assert "缺少“合计”行" in errors(sent, rows)[0][1]
    last = story.control(sent, rows)
    assert "只能有一行" in errors(sent, [*rows, last, last])[0][1]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("x.xlsx", b"not a workbook", "."), ("x.csv", "甲,乙\n1,2\n".encode(), "缺少列"), ("x.xlsx", b"", ".")],
)
def test_what_is_no_table_at_all(sent, name, content, message):
    with pytest.raises(Invalid, match=message) as refused:
        services.return_preview(
            by=story.finance(sent.unit), batch=sent, upload=SimpleUploadedFile(name, content or b" ")
        )
    assert set(refused.value.fields) == {"file"}
    assert not BankReturn.objects.exists()


def with_formula(batch, column: int, formula: str, shown) -> SimpleUploadedFile:
    """An honest file but for one cell of the first line, which is a formula that shows a value."""
    rows = story.rows_of(batch)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, line in enumerate([story.HEADINGS, *rows, story.control(batch, rows)]):
        sheet.write_row(at, 0, line)
    sheet.write_formula(1, column, formula, None, shown)
    book.close()
    return SimpleUploadedFile("回盘.xlsx", buffer.getvalue())


def test_formula_cells_are_named(sent):
    """What a formula shows is whatever its writer says: the file is refused, the cell named."""
    with pytest.raises(Invalid, match="单元格 E2 含公式"):
        services.return_preview(
            by=story.finance(sent.unit), batch=sent, upload=with_formula(sent, 4, "=25000*2", 50_000)
        )
    assert not BankReturn.objects.exists()


@pytest.mark.parametrize("column", [2, 3, 6, 7])
def test_text_that_would_become_a_formula(sent, column):
    found = errors(sent, change(sent, 0, column, '=HYPERLINK("http://x/")'))
    assert any(row == 2 and "疑似公式" in text for row, text in found), found


@pytest.mark.parametrize("made", [lambda: bomb(316, filler=b"<row/>"), lambda: doubled(bomb(316))])
def test_a_bomb_is_refused_on_the_page(sent, client, cast, made):
    """Who uploads reads why next to the field; test_read_table holds its time and memory."""
    client.force_login(cast.finance)
    answer = client.post(
        reverse("disbursement-return", args=[sent.pk]), {"file": SimpleUploadedFile("回盘.xlsx", made())}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": ["文件解压后过大，已拒绝读取（疑似压缩炸弹）。"]}
    assert "疑似压缩炸弹" in answer.content.decode()
    assert not BankReturn.objects.exists()
    assert not Journal.objects.filter(kind__in=["arrive", "bounce"]).exists()


def test_the_file_of_another_batch(sent, unit):
    """Right in every row, but for another batch: each row says so."""
    other = story.batch(unit, percent=10)
    rows = story.rows_of(other)
    found = errors(sent, [*rows, story.control(other, rows)])
    assert {row for row, text in found if "不是本批次" in text} == set(range(2, len(rows) + 3))


def test_a_changed_file_of_what_was_posted(sent):
    """Other bytes, the same lines: nothing is posted a second time."""
    story.returned(sent, only=(1, 2))
    posted = Journal.objects.count()
    rows = story.rows_of(sent, only=(1, 2))
    found = preview(sent, [[*row[:7], f"另{row[7]}"] for row in rows] + [story.control(sent, rows)])
    assert {one["message"] for one in found.errors} == {"这一行已登记为“已到账”，不能再次登记"}
    with pytest.raises(Conflict, match="没有登记任何一笔"):
        services.return_apply(by=story.finance(sent.unit), bank_return=found)
    assert Journal.objects.count() == posted


def test_a_batch_that_is_not_at_the_bank(unit, payees, actors):
    story.run(unit)
    batch = story.batch(unit, "approved")
    with pytest.raises(Conflict, match="不在银行"):
        services.return_preview(by=actors.finance, batch=batch, upload=story.bank_file([["x"]]))
    with pytest.raises(Forbidden):
        services.return_preview(by=actors.community, batch=batch, upload=story.bank_file([["x"]]))


def test_the_batch_changed_between_preview_and_posting(sent):
    rows = story.rows_of(sent)
    first = preview(sent, [*rows, story.control(sent, rows)])
    second = preview(sent, [*rows[:1], story.control(sent, rows[:1])])
    services.return_apply(by=story.finance(sent.unit), bank_return=second)
    with pytest.raises(Conflict, match="预览之后批次已变化"):
        services.return_apply(by=story.finance(sent.unit), bank_return=first)
    assert Journal.objects.filter(kind="arrive").count() == 1


def test_a_posted_file_is_never_changed(sent):
    back = story.returned(sent)
    for change in ({"status": "preview"}, {"rows": []}):
        with pytest.raises(IntegrityError, match="bank_return_fixed"), transaction.atomic():
            BankReturn.objects.filter(pk=back.pk).update(**change)


def test_four_clicks_on_send_are_one(throwaway_db):
    from tests_support import stories

    unit = stories.street().unit
    services.payees_load(unit=unit)
    story.run(unit)
    batch = story.batch(unit, "approved")
    answers = at_once(4, lambda number: services.batch_export(batch=batch, by=story.finance(unit)))
    assert sum(isinstance(one, Conflict) for one in answers) == 3, answers
    assert Journal.objects.filter(kind="disburse").count() == batch.count


def test_eight_uploads_at_once_have_one_effect(throwaway_db):
    """Eight people upload and confirm the same file in the same moment, with real commits."""
    from tests_support import stories

    unit = stories.street().unit
    services.payees_load(unit=unit)
    story.run(unit)
    batch = story.batch(unit)
    rows = story.rows_of(batch)
    upload = story.bank_file([*rows, story.control(batch, rows)])
    content = upload.read()

    def work(number):
        file = SimpleUploadedFile("回盘.xlsx", content)
        back = services.return_preview(by=story.finance(unit), batch=batch, upload=file)
        return services.return_apply(by=story.finance(unit), bank_return=back)

    answers = at_once(8, work)
    good = [one for one in answers if isinstance(one, BankReturn)]
    assert len(good) + sum(isinstance(one, Conflict) for one in answers) == 8, answers
    assert len({one.pk for one in good}) == 1
    assert BankReturn.objects.filter(status="applied").count() == 1
    assert Journal.objects.filter(kind="arrive").count() == batch.count
    assert set(DisbursementLine.objects.values_list("status", flat=True)) == {"arrived"}
    assert sum(Account.objects.values_list("balance_fen", flat=True)) == 0
