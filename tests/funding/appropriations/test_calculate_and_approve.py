"""A run from calculation to the unit's purse: one calculates, another approves, the books say the same."""

import time
from datetime import date

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import Sum

from funding.appropriations import selectors, services
from funding.appropriations.models import EntitlementLine, EntitlementRun
from funding.appropriations.states import RunKind
from funding.ledger.models import Account, Journal
from funding.ledger.states import Fund
from governance.kernel.errors import Conflict, Forbidden, IllegalTransition, Invalid
from governance.kernel.policy import policy_change
from governance.territory.models import Division
from tests_support import entitlements as story


def urban(unit=None):
    rows = Division.objects.communities().exclude(village_type__contains="villagers")
    return rows.filter(unit=unit) if unit else rows


def test_the_whole_city_within_two_seconds(actors, year):
    started = time.perf_counter()
    run = services.run_calculate(by=actors.city, year=year, fund=Fund.SERVICE_MASS)
    spent = time.perf_counter() - started
    assert spent < 2
    assert run.communities == urban().count() > 1000
    assert run.total_fen == run.communities * 200_000_00
    assert {row["rule"] for row in run.rules} == {"funding.service.community_yuan"}
    assert all(row.basis for row in run.lines.all()[:5])


def test_it_takes_the_same_statements_for_many(actors, year, unit, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        services.run_calculate(by=actors.finance, year=year, fund=Fund.OFFICE, unit=unit)


def test_villages_by_size(actors, year):
    run = services.run_calculate(by=actors.city, year=year, fund=Fund.VILLAGE)
    sums = dict(run.lines.order_by().values_list("size").annotate(fen=Sum("amount_fen")))
    large = run.lines.filter(size="large").count()
    assert set(sums) == {"small", "large"}
    assert sums["large"] == large * 100_000_00
    assert run.total_fen == sum(sums.values())
    assert not run.lines.filter(size="small", households__gte=700).exists()


def test_from_calculation_to_the_units_purse(actors, unit, year):
    run = services.run_calculate(by=actors.finance, year=year, fund=Fund.SERVICE_MASS, unit=unit)
    run = services.run_step(run=run, action="submit", by=actors.finance)
    run = services.run_step(run=run, action="approve", by=actors.city)
    assert not Journal.objects.exists()
    run = services.run_step(run=run, action="appropriate", by=actors.city)
    assert (run.status, run.approved_label) == ("appropriated", actors.city.label)
    assert selectors.unit_balance(unit, Fund.SERVICE_MASS, year) == run.total_fen == urban(unit).count() * 200_000_00
    assert [row.kind for row in Journal.objects.order_by("id")] == ["budget", "appropriate"]
    assert {row.document_id for row in Journal.objects.all()} == {run.pk}
    assert Account.objects.get(kind="source", fund=Fund.SERVICE_MASS).balance_fen == -run.total_fen
    connection.check_constraints()


def test_who_calculated_cannot_approve(actors, year):
    run = services.run_calculate(by=actors.city, year=year, fund=Fund.OFFICE)
    run = services.run_step(run=run, action="submit", by=actors.city)
    with pytest.raises(IllegalTransition, match="须由另一人批准"):
        services.run_step(run=run, action="approve", by=actors.city)


def test_the_database_wants_four_eyes_too(unit, cast):
    run = story.run(unit, "submitted")
    who = cast.city.pk
    EntitlementRun.objects.filter(pk=run.pk).update(calculated_by=who)
    for change in ({"approved_by": who}, {"approved_label": run.calculated_label}, {}):
        EntitlementRun.objects.filter(pk=run.pk).update(calculated_by=who if change.get("approved_by") else None)
        with pytest.raises(IntegrityError, match="entitlement_four_eyes"), transaction.atomic():
            EntitlementRun.objects.filter(pk=run.pk).update(status="approved", **change)


def test_a_draft_follows_the_rules_until_it_is_submitted(actors, unit, year):
    run = services.run_calculate(by=actors.finance, year=year, fund=Fund.SERVICE_MASS, unit=unit)
    policy_change(key="funding.service.community_yuan", value=210_000, effective_from=date(year, 1, 1))
    run = services.run_recalculate(run=run, by=actors.finance)
    assert run.total_fen == run.communities * 210_000_00
    run = services.run_step(run=run, action="submit", by=actors.finance)
    with pytest.raises(Conflict, match="测算中"):
        services.run_recalculate(run=run, by=actors.finance)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funding_entitlementline SET amount_fen = amount_fen + 1, full_fen = full_fen + 1 WHERE run_id = {}",
        "DELETE FROM funding_entitlementline WHERE run_id = {}",
        "UPDATE funding_entitlementrun SET total_fen = total_fen + 1 WHERE id = {}",
        "UPDATE funding_entitlementrun SET year = year + 1 WHERE id = {}",
        "DELETE FROM funding_entitlementrun WHERE id = {}",
        "UPDATE funding_entitlementrun SET status = 'closed' WHERE id = {}",
        "INSERT INTO funding_entitlementline (run_id, year, fund, kind, community_id, street_id, unit_id, amount_fen, full_fen,"
        " given_fen, months, size, basis, is_synthetic) SELECT run_id, year, fund, kind, street_id, street_id, unit_id, 1, 1, 0, 1,"
        " '', '[]', false FROM funding_entitlementline WHERE run_id = {} LIMIT 1",
    ],
)
def test_raw_sql_cannot_change_what_was_submitted(unit, statement):
    run = story.run(unit, "submitted")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(run.pk))


def test_the_sum_must_be_that_of_the_lines(unit, year):
    run = story.run(unit, "draft")
    with pytest.raises(IntegrityError, match="entitlement_sum"), transaction.atomic():
        EntitlementRun.objects.filter(pk=run.pk).update(total_fen=1, status="submitted")


def test_a_year_is_granted_once(actors, unit, year):
    story.run(unit)
    with pytest.raises(Conflict, match="补充核定"):
        services.run_calculate(by=actors.city, year=year, fund=Fund.SERVICE_MASS)


def test_one_open_run_of_a_kind(actors, unit, year):
    story.run(unit, "draft")
    with pytest.raises(Conflict, match="未批准的核定"):
        services.run_calculate(by=actors.finance, year=year, fund=Fund.SERVICE_MASS, unit=unit)


def test_a_voided_draft_makes_room(actors, unit, year):
    run = services.run_calculate(by=actors.finance, year=year, fund=Fund.SERVICE_MASS, unit=unit)
    run = services.run_step(run=run, action="void", by=actors.finance, note="测算范围有误")
    assert (run.status, run.communities, run.lines.count()) == ("void", 0, 0)
    assert services.run_calculate(by=actors.finance, year=year, fund=Fund.SERVICE_MASS, unit=unit).communities


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"fund": Fund.ERRAND}, Invalid),
        ({"year": 2019}, Invalid),
        ({"year": 2099}, Invalid),
        ({"unit": None}, Forbidden),
    ],
)
def test_what_cannot_be_calculated(actors, unit, year, change, error):
    with pytest.raises(error):
        services.run_calculate(**{"by": actors.finance, "year": year, "fund": Fund.OFFICE, "unit": unit, **change})


def test_office_money_out_of_bounds_stops_the_run(actors, year):
    policy_change(key="funding.office.community_yuan", value=70_000, effective_from=date(year, 1, 1))
    with pytest.raises(Invalid, match="不在 50,000 至 60,000"):
        services.run_calculate(by=actors.city, year=year, fund=Fund.OFFICE)


def new_place(street, code, **dates):
    return Division.objects.create(
        code12=code, name="新设社区", level="community", village_type="residents", parent=street, valid_from=dates.pop("valid_from"),
        households=1500, **dates,
    )  # fmt: skip


def test_a_supplement_grants_a_new_community_its_months(actors, street, unit, year):
    story.run(unit)
    new_place(street, "210202008998", valid_from=date(year, 10, 12))
    run = services.run_calculate(
        by=actors.finance, year=year, fund=Fund.SERVICE_MASS, unit=unit, kind=RunKind.SUPPLEMENT
    )
    line = run.lines.get()
    assert (line.months, line.amount_fen, line.given_fen) == (3, 50_000_00, 0)


def test_a_merger_deducts_what_was_given(actors, street, unit, places, year):
    story.run(unit)
    day = date(year, 7, 1)
    Division.objects.filter(pk=places[0].pk).update(valid_to=day)
    new_place(street, "210202008998", valid_from=day)
    before = selectors.unit_balance(unit, Fund.SERVICE_MASS, year)
    run = story.run(unit, by=actors.finance, kind=RunKind.SUPPLEMENT)
    old, new = run.lines.order_by("amount_fen")
    assert (old.community, old.full_fen, old.given_fen, old.amount_fen) == (
        places[0],
        100_000_00,
        200_000_00,
        -100_000_00,
    )
    assert (new.months, new.amount_fen) == (6, 100_000_00)
    assert "减 100,000.00 元" in old.basis[-1]["text"]
    assert run.total_fen == 0
    assert selectors.unit_balance(unit, Fund.SERVICE_MASS, year) == before
    again = services.run_calculate(
        by=actors.finance, year=year, fund=Fund.SERVICE_MASS, unit=unit, kind=RunKind.SUPPLEMENT
    )
    assert again.communities == 0
    with pytest.raises(IllegalTransition, match="没有需要核定"):
        services.run_step(run=again, action="submit", by=actors.finance)


def test_a_closing_gives_money_back_to_the_treasury(unit, places, year):
    story.run(unit)
    before = selectors.unit_balance(unit, Fund.SERVICE_MASS, year)
    Division.objects.filter(pk=places[0].pk).update(valid_to=date(year, 7, 1))
    run = story.run(unit, kind=RunKind.SUPPLEMENT)
    assert run.total_fen == -100_000_00
    assert selectors.unit_balance(unit, Fund.SERVICE_MASS, year) == before - 100_000_00
    assert list(Journal.objects.filter(document_id=run.pk).order_by("id").values_list("kind", flat=True)) == [
        "appropriate",
        "lapse",
    ]
    assert Account.objects.get(kind="available", unit=None, fund=Fund.SERVICE_MASS).balance_fen == 0
    connection.check_constraints()


def test_a_run_overtaken_by_another_is_not_approved(actors, street, unit, year):
    story.run(unit)
    new_place(street, "210202008998", valid_from=date(year, 10, 12))
    mine = story.run(unit, "submitted", kind=RunKind.SUPPLEMENT)
    story.run(None, "approved", kind=RunKind.SUPPLEMENT, by=actors.city)
    with pytest.raises(IllegalTransition, match="另行核定"):
        services.run_step(run=mine, action="approve", by=actors.city)
    with pytest.raises(IntegrityError, match="entitlement_stale"), transaction.atomic():
        EntitlementRun.objects.filter(pk=mine.pk).update(status="approved", approved_label="绕过")


def test_last_year_beside_this_one(actors, unit, places, year):
    story.run(unit, "approved", year=year - 1)
    policy_change(key="funding.service.community_yuan", value=210_000, effective_from=date(year, 1, 1))
    run = story.run(unit, "submitted")
    count = urban(unit).count()
    (row,) = selectors.compare_units(run, actors.city)
    assert (row.count, row.last_count, row.diff) == (count, count, count * 10_000_00)
    changed = selectors.compare_places(run, actors.city)
    assert len(changed) == min(count, 200)
    assert {one["diff"] for one in changed} == {10_000_00}


def test_a_run_is_closed_after_its_year(actors, unit, year):
    run = story.run(unit)
    with pytest.raises(IllegalTransition, match="还没有结束"):
        services.run_step(run=run, action="close", by=actors.city)
    past = story.run(unit, "approved", year=year - 1)
    past = services.run_step(run=past, action="appropriate", by=actors.city)
    assert services.run_step(run=past, action="close", by=actors.city).status == "closed"


def test_what_each_role_sees(actors, unit, street):
    run = story.run(unit, "draft")
    lines = EntitlementLine.objects.filter(run=run)

    def seen(name):
        actor = getattr(actors, name)
        return EntitlementRun.objects.visible_to(actor).count(), lines.visible_to(actor).count()

    everything = run.communities
    assert seen("city") == seen("finance") == seen("auditor") == (1, everything)
    assert {seen(name) for name in ("leader", "community", "dept", "outsider", "foreign_social")} == {(0, 0)}
    services.run_step(run=run, action="submit", by=actors.finance)
    assert seen("leader") == (0, 0)
    services.run_step(run=run, action="approve", by=actors.city)
    assert seen("leader") == (0, urban().filter(street=street).count())
    assert seen("community") == (0, 1)
    assert seen("sibling_leader")[1] > 0
    assert {seen(name) for name in ("dept", "outsider", "foreign_social", "grid_worker")} == {(0, 0)}
