"""Who sees which dashboard, and that every figure is as long as the list behind it."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from governance.dashboards.cards import NONE
from governance.dashboards.panels import panels_of
from governance.kernel.metrics import CARDS
from governance.whistles import services
from tests_support import stories
from tests_support.queries import BASELINE

pytestmark = pytest.mark.django_db
HOME, FOREIGN = "/dashboard/210202/", "/dashboard/210203/"


@pytest.fixture
def opened(client, cast):
    """``opened("city", path)``: the answer to that person."""

    def get(who, path="/dashboard/", **more):
        client.force_login(getattr(cast, who))
        return client.get(path, **more)

    return get


@pytest.mark.parametrize(
    ("who", "city", "home", "foreign"),
    [
        ("city", 200, 200, 200), ("auditor", 200, 200, 200), ("social", 302, 200, 404), ("finance", 302, 200, 404),
        ("adjudicator", 302, 200, 404), ("foreign_social", 302, 404, 200), ("leader", 403, 403, 403),
        ("staff", 403, 403, 403), ("dept", 403, 403, 403), ("community", 403, 403, 403), ("grid_worker", 403, 403, 403),
        ("sysadmin", 403, 403, 403), ("outsider", 403, 403, 403),
    ],
)  # fmt: skip
def test_the_city_sees_all_and_a_district_itself(opened, who, city, home, foreign):
    assert opened(who).status_code == city
    assert opened(who, HOME).status_code == home
    assert opened(who, FOREIGN).status_code == foreign


def test_nobody_looks_in_without_signing_in(client):
    for path in ("/dashboard/", HOME, "/dashboard/tickets/", "/dashboard/whistles/"):
        assert client.get(path)["Location"].startswith("/sign-in")


def test_a_districts_people_land_on_their_own(opened):
    assert opened("social", "/dashboard/?period=year")["Location"] == f"{HOME}?period=year"
    assert opened("city", "/dashboard/?unit=210203&period=30d")["Location"] == f"{FOREIGN}?period=30d"
    assert opened("city", "/dashboard/000000/").status_code == 404


def _counts(panel):
    """Every linked count of a panel: tiles, table, marks of the chart."""
    yield from ((tile.figure.href, tile.figure.value) for tile in panel.tiles
                if tile.figure.href and tile.figure.card.unit == "件")  # fmt: skip
    yield from ((cell.href, cell.value) for row in panel.rows for cell in row
                if cell.href and cell.value and isinstance(cell.value, int))  # fmt: skip
    for href, said in re.findall(r'href="([^"]+)" aria-label="([^"]+?) 件"', panel.chart):
        if panel.key != "units":  # the map's links are dashboards
            yield unescape(href), int(said.rpartition("：")[2])


@pytest.mark.parametrize(("who", "path"), [("city", "/dashboard/"), ("social", HOME), ("foreign_social", FOREIGN)])
def test_every_figure_is_as_long_as_its_list(opened, story, who, path):
    """Each linked count of tiles and tables, and each mark of the charts, opens a list of that many rows."""
    page = opened(who, f"{path}?period=30d")
    checked = {href: value for panel in page.context["panels"] for href, value in _counts(panel)}
    assert len(checked) >= 6
    for href, value in checked.items():
        answer = opened(who, href)
        assert answer.status_code == 200, href
        assert answer.context["filterset"].is_valid(), href
        assert answer.context["count"].number == value, href
    if path != FOREIGN:
        assert sum(checked.values()) > 40


def test_figures_tell_the_story(story, numbers):
    seen = {tile.figure.card.key: tile.figure for panel in panels_of(numbers()) for tile in panel.tiles}
    value = {key.removeprefix("dashboard."): figure.value for key, figure in seen.items()}
    assert (value["open"], value["overdue"], value["late"], value["hung"]) == (7, 1, 1, 1)
    assert (value["unsigned"], value["verifying"]) == (2, 1)
    assert (value["whistles"], value["tickets"], value["closed"]) == (10, 11, 3) if "whistles" in value else True
    assert value["resolution"] == value["satisfaction"] == 100
    assert seen["dashboard.hold_rate"].denominator == 3 + 1 + 1


def test_another_district_has_nothing_of_it(story, numbers, foreign_street):
    found = numbers(foreign_street.unit)
    assert not found.stock
    assert not found.total


def test_few_ratings_are_not_shown(numbers, make_ticket, monday):
    make_ticket("closed")
    rates = next(panel for panel in panels_of(numbers()) if panel.key == "rates")
    shown = {tile.figure.card.title: (tile.shown, tile.note) for tile in rates.tiles}
    assert shown["满意率"] == shown["解决率"] == ("暂无", "不足 3 件，不显示")
    assert shown["响应率"][0] == "100"


def test_a_rating_is_never_told_apart_in_a_list(opened, story):
    for measure in ("satisfied", "solved", "unsolved", "dissatisfied"):
        answer = opened("city", f"/dashboard/tickets/?measure={measure}&from=2026-11-01&to=2026-11-30")
        assert answer.context["count"].number == 0
        assert answer.context["filterset"].form.errors


def test_an_empty_city_says_that_there_is_nothing(opened):
    page = opened("city")
    text = page.content.decode()
    assert page.status_code == 200
    rates = {tile.figure.card.key: tile.shown for panel in page.context["panels"] for tile in panel.tiles
             if tile.figure.card.unit == "%"}  # fmt: skip
    assert set(rates.values()) == {"暂无"}
    assert "100%" not in text
    assert '>0<span class="unit">%' not in text


@pytest.mark.parametrize("who", ["city", "social"])
def test_a_page_takes_a_constant_number_of_queries(client, cast, story, make_ticket, monday, who):
    """At most twelve; more tickets and longer periods take no more (tests/baselines/queries.json)."""
    client.force_login(getattr(cast, who))
    path = "/dashboard/" if who == "city" else HOME
    client.get(path)
    assert _queries(client, path) == BASELINE[f"{who} {path}"] <= 12
    make_ticket("closed")
    assert _queries(client, f"{path}?period=year") == BASELINE[f"{who} {path}"]


def _queries(client, path) -> int:
    """Statements of one page without what the process keeps for some seconds anyway (session, rules, calendar)."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    kept = ("SAVEPOINT", "RELEASE", "django_session", "governance_policyrule", "governance_holiday")
    return len([row for row in seen if not any(word in row["sql"] for word in kept)])


def test_the_live_part_comes_alone(opened, story):
    answer = opened("city", "/dashboard/?part=live")
    text = answer.content.decode()
    assert "<html" not in text
    assert "更新于" in text
    assert text.count("<section") == 8
    assert "part=live" not in text


@pytest.mark.parametrize("key", ["now", "rates", "trend", "units", "late", "holds", "origin", "matter"])
def test_a_panel_is_exported_with_its_metric_card(opened, story, key):
    answer = opened("city", f"/dashboard/?export={key}")
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer))).get_sheet_by_index(0).to_python()
    head = " ".join(str(cell) for row in rows[:4] for cell in row)
    assert all(word in head for word in ("口径：", "分子：", "截至：", "期间：本季"))
    panel = next(panel for panel in opened("city").context["panels"] if panel.key == key)
    assert [str(cell) for cell in rows if cell[: len(panel.heads)] == panel.heads]


def test_an_unknown_panel_is_not_found(opened):
    assert opened("city", "/dashboard/?export=nothing").status_code == 404


def test_every_metric_card_is_complete(opened):
    mine = {key: card for key, card in CARDS.items() if key.startswith("dashboard.")}
    for key, card in mine.items():
        assert all((card.definition, card.numerator, card.denominator, card.as_of, card.source, card.version)), key
        assert card.unit != "%" or card.denominator != NONE, key
        assert opened("city", f"/metrics/{key}/").status_code == 200
    used = {tile.figure.card.key for panel in opened("city").context["panels"] for tile in panel.tiles}
    assert used <= set(mine)


def test_streets_are_in_the_order_of_their_codes_and_departments_ranked(story, numbers, street):
    panels = {panel.key: panel for panel in panels_of(numbers(street.unit))}
    names = [row[0].value for row in panels["streets"].rows]
    assert len(names) > 3
    assert names == [place.name for place in sorted(numbers(street.unit).streets, key=lambda place: place.code12)]
    late = [row[1].value for row in panels["late"].rows]
    assert late == sorted(late, reverse=True)
    assert late[0] == 1


def test_stories_stand_in_their_own_street(street):
    assert street.code12 == stories.STREET


def test_an_explanation_still_owed_on_a_closed_ticket_is_not_overdue_work(opened, actors, make_ticket, monday, at):
    """The clock of a red card's explanation runs on after the ticket closed; open work is what the figure counts."""
    with at(monday - timedelta(days=20)):
        ticket = make_ticket("pending_verify")
        services.ticket_rework(ticket=ticket, by=actors.staff, note="虚报办结", is_false=True)
        services.ticket_report_done(ticket=stories.fresh(ticket), by=actors.dept, **stories.REPORT)
        services.ticket_verify(ticket=stories.fresh(ticket), by=actors.staff)
        services.ticket_rate(ticket=stories.fresh(ticket), by=actors.staff, **stories.STARS)
    assert stories.fresh(ticket).is_late
    panel = opened("city").context["panels"][0]
    overdue = next(tile.figure for tile in panel.tiles if tile.figure.card.key == "dashboard.overdue")
    assert overdue.value == opened("city", overdue.href).context["count"].number == 0
