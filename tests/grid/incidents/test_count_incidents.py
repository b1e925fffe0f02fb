"""The indicators: counted as things happen, counted anew, counted from the rows – the same figures each time; of units, never of people."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from communities.admission.applications.selectors import unclear_duties
from governance.kernel import clock
from governance.kernel.rollup import RollupDay, RollupDelta, rollup_fold
from governance.territory.models import Department, Division
from grid.incidents import demo, figures, services
from grid.incidents.measures import MEASURES
from grid.incidents.models import Incident
from grid.incidents.rollups import rollup_rebuild

pytestmark = pytest.mark.django_db


def folded() -> None:
    while rollup_fold():
        pass


def rows() -> list:
    return sorted(RollupDay.objects.filter(measure__startswith="incident_").exclude(amount=0).values_list(
        "day", "measure", "unit_id", "street_id", "department_id", "category_id", "amount"))  # fmt: skip


def plain(found: figures.Numbers) -> tuple:
    """Its counts without what is zero."""
    return tuple({key: +count for key, count in counts.items() if +count} for counts in (found.units, found.months))


def seen(actor) -> tuple:
    return plain(figures.numbers(actor))


def by_hand(actor) -> tuple:
    """The same from the actor's own rows."""
    found = figures.Numbers()
    figures._from_rows(found, actor, None)
    figures._late_now(found, actor, None)
    return plain(found)


@pytest.fixture
def history(monkeypatch, report, actors):
    """The demo's months, and by hand what the demo does rarely: late, reworked, rejected, sent back, merged ways."""
    monkeypatch.setattr(demo, "COUNT", 40)
    demo.incidents_demo_load()
    moment = clock.now() - timedelta(days=40)
    with clock.travel(moment):
        row = services.incident_accept(incident=report("暖气不热"), by=actors.community)
        services.incident_reject(incident=report("花园里全是生活垃圾"), by=actors.community, note="不实")
        waiting = report("楼道电梯困人")
    with clock.travel(moment + timedelta(days=12)):  # past every limit
        row = services.incident_handle(incident=row, by=actors.staff_of(row), note="修了")
        row = services.incident_rework(incident=row, by=actors.community, note="没修好")
        row = services.incident_handle(incident=row, by=actors.staff_of(row), note="修好了")
        row = services.incident_verify(incident=row, by=actors.community)
        row = services.incident_close(incident=row, by=actors.community)
        waiting = services.incident_accept(incident=waiting, by=actors.community)
    assert (row.handled_in_time, row.late_count) == (True, 1) and waiting.late_count == 1


@pytest.fixture
def actors(actors):
    """With somebody who handles for the department that has an incident."""
    actors.staff_of = lambda row: demo._department(row)
    return actors


def test_fold_rebuild_and_rows_agree(history, actors):
    folded()
    kept = rows()
    assert rollup_rebuild() == 0 and rows() == kept and kept
    whole, street = seen(actors.city), actors.staff.posts[0].street_id
    assert whole == by_hand(actors.city) and sum(whole[0].popitem()[1].values()) > 0
    assert {row[3] for row in kept} >= {0, street}
    assert seen(actors.staff)[1]  # a street reads its own rows


def test_a_district_and_a_street_count_what_their_rows_say(history, actors):
    folded()
    for actor in (actors.social, actors.staff):
        assert seen(actor) == by_hand(actor)


def test_the_rebuild_mends_what_was_lost_or_doubled(history):
    folded()
    kept = rows()
    RollupDay.objects.filter(measure="incident_closed", street_id=0).update(amount=999)
    RollupDay.objects.filter(measure="incident_reported").delete()
    RollupDelta.objects.create(day=clock.today().replace(day=1), measure="incident_handled", amount=5)
    assert rollup_rebuild() > 0
    folded()
    assert rows() == kept and rollup_rebuild() == 0


def test_what_is_late_and_what_is_in_time(report, actors):
    row = services.incident_accept(incident=report("暖气不热"), by=actors.community)
    folded()
    rates = {one.card.key: one for one in figures.rates_of(figures.numbers(actors.social).total)}
    assert rates["incident.on_time"].value is None and rates["incident.accepted"].value == 100
    with clock.travel(row.due_at + timedelta(hours=1)):
        rates = {one.card.key: one for one in figures.rates_of(figures.numbers(actors.social).total)}
        assert (rates["incident.on_time"].numerator, rates["incident.on_time"].denominator) == (0, 1)
        row = services.incident_handle(incident=row, by=actors.staff_of(row), note="修了")
        row = services.incident_verify(incident=row, by=actors.community)
        row = services.incident_close(incident=row, by=actors.community)
        folded()
        rates = {one.card.key: one for one in figures.rates_of(figures.numbers(actors.social).total)}
        assert rates["incident.on_time"].value == rates["incident.closed_on_time"].value == 0
        assert rates["incident.closed"].value == 100
    assert row.handled_in_time is False


def test_a_recurrence_counts_once_it_is_accepted(report, actors):
    first = services.incident_accept(incident=report("花园里全是生活垃圾"), by=actors.community)
    first = services.incident_handle(incident=first, by=actors.grid_worker, note="清了")
    first = services.incident_verify(incident=first, by=actors.community)
    services.incident_close(incident=first, by=actors.community)
    again = report("花园里又是生活垃圾")
    folded()
    assert figures.numbers(actors.city).total["again"] == 0
    services.incident_accept(incident=again, by=actors.community)
    folded()
    assert figures.numbers(actors.city).total["again"] == 1
    with clock.travel(clock.now() + timedelta(days=95)):
        late = report("花园里还是生活垃圾")
    assert again.recurrence_of_id == first.pk and late.recurrence_of_id is None


def bounce(report, actors, times: int) -> Department:
    for number in range(times):
        row = services.incident_accept(incident=report(f"暖气不热 {number}"), by=actors.community)
        office = row.department
        services.incident_send_back(incident=row, by=actors.staff_of(row), note=f"产权不在我局 {number}")
    folded()
    return office


def test_the_heat_map_names_who_had_it(report, actors):
    office = bounce(report, actors, 3)
    row = services.incident_accept(incident=report("楼道电梯困人"), by=actors.community)
    services.incident_reroute(incident=row, by=actors.staff, level="community", note="先看看")
    folded()
    for actor in (actors.city, actors.social, actors.staff, actors.community):
        seen_heat = figures.heat(actor)
        assert seen_heat.handlers == [office.short_name, "街道"]
        (first, cells, count), (_, others, _) = seen_heat.rows
        assert (first.code, count, cells[0].tone, cells[1].count, others[1].tone) == ("G201", 3, 4, 0, 2)
    assert figures.heat(actors.foreign_social).rows == []


def test_unclear_duties_reach_the_admission_list(report, actors):
    bounce(report, actors, 2)
    assert figures.unclear(actors.social) == [] and unclear_duties(actors.adjudicator) == []
    bounce(report, actors, 1)
    (one,) = figures.unclear(actors.social)
    assert (one.category.code, one.count) == ("G201", 3) and one.reasons[0] == "产权不在我局 0"
    (duty,) = unclear_duties(actors.adjudicator)
    assert (duty.category, duty.whistles, duty.others) == (one.category, 0, (("网格事件", 3),))
    assert unclear_duties(actors.foreign_social) == []


def test_the_page_shows_rates_heat_and_reasons(client, cast, report, actors, django_assert_max_num_queries):
    bounce(report, actors, 3)
    client.force_login(cast.city)
    client.get("/incidents/figures/")
    with django_assert_max_num_queries(12):
        text = client.get("/incidents/figures/").text
    assert "按期结案率" in text and 'class="heat-4"' in text and "产权不在我局 0" in text
    unit = Incident.objects.first().unit
    assert unit.name in client.get(f"/incidents/figures/?unit={unit.code}").text
    assert client.get("/incidents/figures/?unit=x").status_code == 404


def table(answer) -> tuple[dict, list[dict]]:
    """The head and the rows of an exported figure, as Excel reads them or as CSV."""
    if answer["Content-Type"].startswith("text/csv"):
        lines = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
        lines = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    top = next(number for number, line in enumerate(lines) if not any(line))
    heads = [one for one in lines[top + 1] if one]
    return {line[0]: line[1] for line in lines[:top]}, [
        dict(zip(heads, line, strict=False)) for line in lines[top + 2 :]
    ]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_figures_are_exported_as_the_page_shows_them(client, cast, history, report, actors, ending):
    bounce(report, actors, 3)
    elsewhere = Division.objects.communities().filter(street=actors.foreign_staff.posts[0].street_id).first()
    report("花园里全是生活垃圾", by=actors.foreign_staff, community=elsewhere)
    folded()
    client.force_login(cast.city)
    unit, found = Incident.objects.earliest("id").unit, figures.numbers(actors.city)
    head, lines = table(client.get(f"/incidents/figures/?export={ending}"))
    assert head["筛选"] == "全部" and ("说明" in head) == Incident.objects.latest("id").is_synthetic
    assert len(lines) == len(found.cells) > len({line["区县"] for line in lines}) > 1
    assert sum(int(line["上报"]) for line in lines) == found.total["reported"]
    for line in lines:
        closed, accepted = int(line["结案"]), int(line["立案"])
        assert str(line["结案率（%）"]) == (str(round(100 * closed / accepted, 1)) if accepted else "")
    head, some = table(client.get(f"/incidents/figures/?unit={unit.code}&export={ending}"))
    assert head["筛选"] == f"区县：{unit.name}" and some == [line for line in lines if line["区县"] == unit.name]
    head, heat = table(client.get(f"/incidents/figures/?table=heat&export={ending}"))
    seen_heat = figures.heat(actors.city)
    assert [(row["分类"], int(row["合计"])) for row in heat] == [(row.name, count) for row, _, count in seen_heat.rows]
    assert [int(heat[0][name]) for name in seen_heat.handlers] == [cell.count for cell in seen_heat.rows[0][1]]
    assert "改派和退回" in head
    client.force_login(cast.foreign_social)
    assert unit.name not in {line["区县"] for line in table(client.get(f"/incidents/figures/?export={ending}"))[1]}


def test_no_figure_is_of_a_person(report, actors):
    bounce(report, actors, 3)
    for actor in (actors.social, actors.community):
        with CaptureQueriesContext(connection) as captured:
            found = figures.numbers(actor)
            figures.unclear(actor)
        grouped = [query["sql"].partition("GROUP BY")[2] for query in captured.captured_queries]
        assert any(grouped) and not any("reporter" in sql or "actor" in sql for sql in grouped)
        assert len(captured) == 6  # counts and what is late; the map, its departments and categories; the reasons
        assert set(found.total) <= {*MEASURES, "overdue", "late_open"}
