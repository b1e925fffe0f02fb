"""A batch from drawing up to the bank: who waits and why, never more than granted, four eyes, the file."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from python_calamine import CalamineWorkbook

from funding.appropriations import holds, services
from funding.appropriations.models import DisbursementBatch, DisbursementLine, PayeeAccount
from funding.appropriations.selectors import place_funds, unit_balance
from funding.ledger.models import Account, Journal
from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund
from governance.kernel.actor import SYSTEM
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, IllegalTransition, Invalid
from governance.kernel.ui.exports import write_xlsx
from tests_support import entitlements as story


@pytest.fixture
def granted(unit, payees):
    return story.run(unit)


@pytest.fixture
def late(places):
    """The first community's disclosure is overdue."""

    def hold(community, fund, year):
        return "一季度收支未公开，先公开再拨付" if community == places[0] else None

    holds.register_hold(hold)
    yield places[0]
    holds.forget_hold(hold)


def test_a_quarter_for_every_community(granted, unit, year):
    batch = story.batch(unit, "draft", quarter=1)
    assert batch.count == granted.communities
    assert batch.total_fen == granted.total_fen // 4
    assert batch.measure == "第 1 季度，年度核定额的 25%"
    assert not Journal.objects.filter(kind="disburse").exists()


def test_an_overdue_disclosure_waits_and_says_why(granted, unit, late):
    batch = story.batch(unit, "draft")
    line = batch.lines.get(status="held")
    assert (line.community, line.reason) == (late, "一季度收支未公开，先公开再拨付")
    assert batch.count == granted.communities - 1
    batch = services.batch_export(batch=story.batch(unit, "approved", fund=Fund.SERVICE_MASS), by=story.finance(unit))
    assert batch.lines.get(community=late).status == "dropped"


def test_a_hold_that_comes_later_stops_the_batch(granted, unit, places):
    batch = story.batch(unit, "approved")

    def hold(community, fund, year):
        return "逾期" if community == places[1] else ""

    holds.register_hold(hold)
    try:
        with pytest.raises(IllegalTransition, match=str(places[1])):
            services.batch_export(batch=batch, by=story.finance(unit))
    finally:
        holds.forget_hold(hold)


def test_holds_may_be_asked_all_at_once(granted, unit, places):
    asked = []

    def many(communities, fund, year):
        asked.append(len(communities))
        return {places[0].pk: "甲"}

    holds.register_hold(str, many=many)
    try:
        assert story.batch(unit, "draft").lines.filter(status="held").count() == 1
    finally:
        holds.forget_hold(str)
    assert asked == [granted.communities]


def test_without_an_account_it_waits(unit, year):
    story.run(unit)
    batch = story.batch(unit, "draft")
    assert (batch.count, set(batch.lines.values_list("status", "reason"))) == (0, {("held", "没有登记收款账户")})
    with pytest.raises(IllegalTransition, match="没有可以拨付"):
        services.batch_step(batch=batch, action="check", by=story.finance(unit))


def test_redrafting_takes_what_changed(granted, unit, late, actors):
    batch = story.batch(unit, "draft")
    holds._holds.clear()
    batch = services.batch_redraft(batch=batch, by=actors.finance)
    assert batch.count == granted.communities
    assert not batch.lines.filter(status="held").exists()


def test_never_more_than_granted(granted, unit, places):
    story.batch(unit, "checked", percent=60)
    second = story.batch(unit, "draft", percent=60)
    assert set(second.lines.values_list("amount_fen", flat=True)) == {80_000_00}
    third = story.batch(unit, "draft", percent=60)
    assert third.lines.count() == 0
    line = second.lines.first()
    with pytest.raises(IntegrityError, match="disbursement_over"), transaction.atomic():
        DisbursementLine.objects.filter(pk=line.pk).update(amount_fen=80_000_01)


def test_an_amount_for_each(granted, unit):
    batch = story.batch(unit, "draft", amount_fen=12_345_67)
    assert set(batch.lines.values_list("amount_fen", flat=True)) == {12_345_67}
    with pytest.raises(Invalid, match="二者选一"):
        services.batch_draft(by=story.finance(unit), unit=unit, fund=Fund.SERVICE_MASS, year=2026)
    with pytest.raises(Invalid, match="二者选一"):
        services.batch_draft(
            by=story.finance(unit), unit=unit, fund=Fund.SERVICE_MASS, year=2026, percent=Decimal(5), amount_fen=5
        )


def test_who_drew_it_up_cannot_approve_it(granted, unit, actors, cast):
    batch = story.batch(unit, "checked", by=actors.finance)
    with pytest.raises(IllegalTransition, match="须由另一人批准"):
        services.batch_step(batch=batch, action="approve", by=actors.finance)
    with pytest.raises(IntegrityError, match="disbursement_four_eyes"), transaction.atomic():
        DisbursementBatch.objects.filter(pk=batch.pk).update(
            status="approved", approved_by=cast.finance, approved_label="x"
        )
    assert services.batch_step(batch=batch, action="approve", by=actors.city).approved_by_id == cast.city.pk


def test_sending_moves_the_money_into_transit(granted, unit, places, year):
    batch = story.batch(unit)
    purse = unit_balance(unit, Fund.SERVICE_MASS, year)
    assert purse == granted.total_fen - batch.total_fen
    assert Journal.objects.filter(kind="disburse", document_id=batch.pk).count() == batch.count
    row = next(one for one in place_funds(places[0], year) if one.fund == Fund.SERVICE_MASS)
    assert (row.granted, row.transit, row.arrived, row.waiting) == (200_000_00, 50_000_00, 0, 150_000_00)
    connection.check_constraints()


def test_a_unit_without_the_money_sends_nothing(granted, unit, year):
    batch = story.batch(unit, "approved", percent=100)
    purse = account_for(kind=AccountKind.AVAILABLE, fund=Fund.SERVICE_MASS, year=year, unit=unit)
    journal_post(
        by=SYSTEM, kind="lapse", memo="另有用途", key="elsewhere",
        legs=move(purse, account_for(kind=AccountKind.SOURCE, fund=Fund.SERVICE_MASS, year=year), 1_00),
    )  # fmt: skip
    with pytest.raises(IllegalTransition, match="不足以拨付"):
        services.batch_export(batch=batch, by=story.finance(unit))
    assert not Journal.objects.filter(kind="disburse").exists()


def test_the_file_for_the_bank(granted, unit, year):
    batch = story.batch(unit)
    buffer = io.BytesIO()
    write_xlsx(services.bank_file(batch=batch, by=story.finance(unit)), buffer)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(buffer.getvalue())).get_sheet_by_index(0).to_python()
    head = next(at for at, row in enumerate(rows) if row[0] == "批次号")
    body = rows[head + 1 :]
    assert len(body) == batch.count + 1
    payee = batch.lines.get(number=1).payee
    assert body[0][:6] == [batch.number, "1", payee.name, payee.bank, payee.number, 50_000]
    assert body[-1][1:3] == ["合计", f"{batch.count} 笔"]
    assert body[-1][5] == batch.total_fen / 100 == sum(row[5] for row in body[:-1])
    assert any(batch.number in str(cell) for cell in rows[2])
    event = AuditEvent.objects.get(action="disbursementbatch.file")
    assert event.data == {"lines": batch.count}


def test_the_file_is_not_to_be_had_before_or_by_others(granted, unit, actors):
    batch = story.batch(unit, "approved")
    with pytest.raises(Conflict, match="送银行后"):
        services.bank_file(batch=batch, by=story.finance(unit))
    with pytest.raises(Forbidden):
        services.bank_file(batch=batch, by=actors.city)


def test_formulas_in_names_stay_text(granted, unit, places, actors):
    services.payee_set(
        by=actors.finance, community=places[0], name='=HYPERLINK("x")', bank="@SUM(A1)", number="0000 9999 8888"
    )
    batch = story.batch(unit)
    buffer = io.BytesIO()
    write_xlsx(services.bank_file(batch=batch, by=story.finance(unit)), buffer)
    cells = [
        cell
        for row in CalamineWorkbook.from_filelike(io.BytesIO(buffer.getvalue())).get_sheet_by_index(0).to_python()
        for cell in row
    ]
    assert '=HYPERLINK("x")' in cells
    assert "000099998888" in cells


def test_a_batch_that_is_cancelled_frees_its_grant(granted, unit):
    batch = story.batch(unit, "checked", percent=100)
    services.batch_step(batch=batch, action="cancel", by=story.finance(unit), note="改由下季度拨付")
    assert set(batch.lines.values_list("status", flat=True)) == {"dropped"}
    assert story.batch(unit, "draft", percent=100).count == batch.count


@pytest.mark.parametrize("number", ["6222020200112233", "0000123", "0000abcd12345678", ""])
def test_only_test_numbers_are_taken(actors, places, number):
    with pytest.raises(Invalid, match="测试账号"):
        services.payee_set(by=actors.finance, community=places[0], name="户名", bank="银行", number=number)


def test_an_account_changes_by_a_new_row(granted, unit, actors, places):
    batch = story.batch(unit, "draft")
    old = batch.lines.get(community=places[0]).payee
    services.payee_set(by=actors.finance, community=places[0], name="新户名", bank="银行", number="000012345678")
    assert PayeeAccount.objects.filter(community=places[0]).count() == 2
    assert batch.lines.get(community=places[0]).payee == old
    assert not PayeeAccount.objects.get(pk=old.pk).is_current
    assert old.masked == f"**** {old.number[-4:]}"
    with pytest.raises(Forbidden):
        services.payee_set(by=actors.community, community=places[0], name="x", bank="x", number="000012345678")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funding_disbursementline SET amount_fen = amount_fen - 1 WHERE batch_id = {}",
        "DELETE FROM funding_disbursementline WHERE batch_id = {}",
        "UPDATE funding_disbursementline SET status = 'arrived' WHERE batch_id = {} AND status = 'bounced'",
        "UPDATE funding_disbursementbatch SET total_fen = 1 WHERE id = {}",
        "UPDATE funding_disbursementbatch SET status = 'settled' WHERE id = {}",
        "UPDATE funding_disbursementbatch SET unit_id = unit_id + 1 WHERE id = {}",
        "DELETE FROM funding_disbursementbatch WHERE id = {}",
    ],
)
def test_raw_sql_cannot_change_what_was_sent(granted, unit, statement):
    batch = story.batch(unit)
    story.returned(batch, bounce=(1,), only=(1,))
    with (
        pytest.raises(Exception, match=r"fixed|Cannot|open|transition|edit"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(batch.pk))


def test_a_supplement_of_a_closed_community_cannot_be_paid_twice(granted, unit, places, year):
    from governance.territory.models import Division

    story.batch(unit, percent=50)
    Division.objects.filter(pk=places[0].pk).update(valid_to=date(year, 7, 1))
    story.run(unit, kind="supplement")
    rest = story.batch(unit, "draft", percent=100)
    assert not rest.lines.filter(community=places[0]).exists()
    assert Account.objects.filter(kind="transit", community=places[0]).get().balance_fen == 100_000_00
