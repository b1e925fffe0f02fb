"""Execution against time, risks by rule, compliance: the right figures, within one's own place, exported, never a ranking."""

import io
from datetime import date

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from funding.disclosure.models import Disclosure
from funding.disclosure.services import disclosure_publish
from funding.reports import execution
from funding.reports.facts import Payment
from funding.reports.risks import RISKS, concentration, december, findings, same_day, split
from funding.reports.scope import Scope
from governance.kernel import clock
from governance.kernel.metrics import CARDS
from tests.funding.disclosure.conftest import YEAR, noon
from tests_support.queries import BASELINE

pytestmark = pytest.mark.django_db


def paid(fen, day=date(YEAR, 5, 4), payee="甲公司", community=1):
    return Payment(community, "社区", payee, fen, day, f"单据 {fen}", "/x/")


@pytest.mark.parametrize(
    ("amounts", "hit"),
    [([("甲公司", 3001), ("乙公司", 6999)], ["乙公司", "甲公司"]), ([("甲公司", 3000), ("乙公司", 7000)], ["乙公司"]),
     ([("甲公司", 10000)], []), ([("", 5000), ("甲公司", 1000)], []), ([("甲公司", 3), ("乙公司", 7)], [])],
)  # fmt: skip
def test_concentration(amounts, hit):
    found = concentration([paid(fen, payee=payee) for payee, fen in amounts], percent=30, from_fen=1000)
    assert sorted(row.text.split(" ")[0] for row in found) == sorted(hit)


@pytest.mark.parametrize(
    ("rows", "hit"),
    [([(9500, 1), (9900, 20)], True), ([(9500, 1), (9900, 32)], False), ([(9500, 1), (10000, 2)], False),
     ([(8999, 1), (9900, 2)], False), ([(9000, 1), (9999, 1)], True), ([(9500, 1)], False)],
)  # fmt: skip
def test_split(rows, hit):
    many = [paid(fen, date.fromordinal(date(YEAR, 1, 1).toordinal() + day)) for fen, day in rows]
    assert bool(split(many, limit_fen=10000, margin=10, days=30, count=2)) == hit


@pytest.mark.parametrize(("payees", "hit"), [("甲甲甲", True), ("甲甲乙", False), ("甲甲", False)])
def test_same_day(payees, hit):
    assert bool(same_day([paid(100, payee=payee) for payee in payees], count=3)) == hit


@pytest.mark.parametrize(("late", "hit"), [(4001, True), (4000, False), (900, False)])
def test_december(late, hit):
    rows = [paid(late, date(YEAR, 12, 3)), paid(10000 - late if late > 1000 else 100)]
    assert bool(december(rows, percent=40, from_fen=1000)) == hit


def test_every_risk_has_its_words_and_rules():
    from governance.kernel.policy import policy

    assert len({row.key for row in RISKS}) == len(RISKS) >= 5
    assert all(policy(key) is not None for row in RISKS for key in row.rules)


@pytest.mark.parametrize(
    ("today", "share"),
    [((2025, 12, 31), 0), ((2026, 1, 1), 0.3), ((2026, 7, 2), 50.1), ((2026, 12, 31), 100), ((2027, 3, 1), 100)],
)
def test_share_of_the_year(today, share):
    assert execution.share_of_year(2026, date(*today)) == share


@pytest.fixture
def spent(money):
    money.give()
    money.give(100_000_00, to=money.other)
    money.pay(50_000_00, date(YEAR, 7, 1))
    money.pay(20_000_00, date(YEAR, 8, 1), economic="30214")
    return money


def test_by_place_and_by_code(spent, actors):
    scope = Scope(YEAR, spent.place.unit, spent.place.street)
    lines = {row.name: row for row in execution.by_place(scope, actors.city)}
    own = lines[spent.place.name]
    assert (own.paid, own.held, own.basis, own.percent) == (70_000_00, 130_000_00, 200_000_00, 35.0)
    whole = execution.total(list(lines.values()))
    assert (whole.paid, whole.basis) == (70_000_00, 300_000_00)
    parts = execution.by_economic_code(scope, actors.city)
    assert [(row.name[:5], row.percent) for row in parts] == [("30214", 28.6), ("30218", 71.4)]


def test_lines_by_code_never_by_result(spent, actors):
    spent.pay(90_000_00, date(YEAR, 9, 1), of=spent.other)
    names = [row.name for row in execution.by_place(Scope(YEAR, spent.place.unit, spent.place.street), actors.city)]
    assert names == [spent.place.name, spent.other.name]


def test_levels_lead_down(spent, actors):
    city = execution.by_place(Scope(YEAR), actors.city)
    assert [row.name for row in city] == [spent.place.unit.short_name]
    assert f"unit={spent.place.unit.code}" in city[0].url
    unit = execution.by_place(Scope(YEAR, spent.place.unit), actors.city)
    assert f"street={spent.place.street.code12}" in unit[0].url


def test_compliance_counts_what_has_come(spent, actors):
    rows = spent.opened()
    with clock.travel(noon(10, 5)):
        disclosure_publish(disclosure=rows[-1], by=actors.community)
        figure = execution.compliance(Scope(YEAR, community=spent.place), actors.city)
    assert (figure.numerator, figure.denominator) == (1, 1)
    with clock.travel(noon(12, 1)):
        figure = execution.compliance(Scope(YEAR, community=spent.place), actors.city)
    assert figure.denominator == Disclosure.objects.filter(community=spent.place).count()


def test_an_overdue_disclosure_is_a_risk_with_its_document(spent, actors):
    spent.opened()
    spent.lapsed()
    found = findings(Scope(YEAR), actors.city)["overdue"]
    assert {row.url for row in found} == {row.get_absolute_url() for row in Disclosure.objects.overdue()}


def test_december_rush_from_the_books(spent, actors):
    spent.pay(100_000_00, date(YEAR, 12, 3))
    found = findings(Scope(YEAR), actors.city)["december"]
    assert [(row.fen, row.place) for row in found] == [(100_000_00, spent.place.name)]
    assert findings(Scope(YEAR), actors.foreign_social)["december"] == []


@pytest.mark.parametrize(
    ("who", "report", "risks"),
    [("city", 200, 200), ("auditor", 200, 200), ("finance", 200, 200), ("social", 200, 200), ("leader", 200, 200),
     ("community", 200, 403), ("dept", 403, 403), ("outsider", 403, 403), ("grid_worker", 403, 403)],
)  # fmt: skip
def test_who_reads(client, cast, spent, who, report, risks):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("funding-report"), {"year": YEAR}).status_code == report
    assert client.get(reverse("funding-risks"), {"year": YEAR}).status_code == risks


@pytest.mark.parametrize(
    ("who", "level", "status"),
    [("city", "unit", 200), ("finance", "unit", 200), ("leader", "unit", 404), ("leader", "street", 200), ("leader", "community", 200),
     ("sibling_leader", "street", 404), ("sibling_leader", "community", 404), ("community", "community", 200),
     ("community", "street", 404), ("foreign_social", "unit", 404)],
)  # fmt: skip
def test_nobody_asks_beyond_his_place(client, cast, spent, who, level, status):
    client.force_login(getattr(cast, who))
    code = {"unit": spent.place.unit.code, "street": spent.place.street.code12, "community": spent.place.code12}[level]
    assert client.get(reverse("funding-report"), {"year": YEAR, level: code}).status_code == status


@pytest.mark.parametrize("query", ["year=20x6", "year=1999", "unit=000000", "street=1", "community=%00", "fund=x"])
def test_nonsense_is_not_found(client, cast, query):
    client.force_login(cast.city)
    assert client.get(f"{reverse('funding-report')}?{query}").status_code == 404


def test_the_page_shows_figures_with_their_cards(client, cast, spent):
    client.force_login(cast.leader)
    page = client.get(reverse("funding-report"), {"year": YEAR}).content.decode()
    assert "70,000.00" in page
    assert "<meter" in page
    for key in ("funding.executed", "funding.time", "funding.disclosed"):
        assert reverse("metric-card", args=[key]) in page
        assert CARDS[key].definition


@pytest.mark.parametrize(
    ("name", "key"), [("funding-report", "places"), ("funding-report", "codes"), ("funding-risks", "december")]
)
def test_export(client, cast, spent, name, key):
    spent.pay(100_000_00, date(YEAR, 12, 3))
    client.force_login(cast.city)
    raw = b"".join(client.get(reverse(name), {"year": YEAR, "export": key}).streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
    cells = [cell for row in sheet.to_python() for cell in row]
    assert any(cell in (70_000, 100_000, 150_000, 170_000) for cell in cells)


@pytest.mark.parametrize("name", ["funding-report", "funding-risks"])
@pytest.mark.parametrize("who", ["city", "leader"])
def test_statements(client, cast, spent, name, who, django_assert_num_queries):
    """Pinned in tests/baselines/queries.json; more payments, no more."""
    client.force_login(getattr(cast, who))
    path = reverse(name)
    client.get(path, {"year": YEAR})
    for number in range(5):
        spent.pay(100 + number, date(YEAR, 9, 1))
    with django_assert_num_queries(BASELINE[f"{who} {path}"]):
        assert client.get(path, {"year": YEAR}).status_code == 200
