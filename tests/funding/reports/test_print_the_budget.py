"""The budget form and the final account as PDF: the right figures, nothing of a text is taken for markup, quickly made."""

import re
import time
import zlib
from datetime import date

import pytest
from django.urls import reverse

from funding.ledger.states import Fund
from funding.reports import papers
from funding.reports.budget import BUDGET, FINAL, lines, paper
from funding.reports.scope import Scope
from tests.funding.disclosure.conftest import YEAR

pytestmark = pytest.mark.django_db
EVIL = '#panic("x") $y$ *b* `c` @d <e> \\ #{read("/etc/passwd")} ]#'


def letters(pdf: bytes) -> set[str]:
    """Every character that the PDF's fonts map back to text (ToUnicode)."""
    found = set()
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            text = zlib.decompress(raw.rstrip(b"\r\n"))
        except zlib.error:
            continue
        if b"beginbfchar" not in text and b"beginbfrange" not in text:
            continue
        for code in re.findall(rb"<[0-9a-fA-F]+>\s*<([0-9a-fA-F]+)>", text):
            found |= set(bytes.fromhex(code.decode()).decode("utf-16-be", "ignore"))
    return found


@pytest.fixture
def spent(money):
    money.give()
    money.pay(1_234_56, date(YEAR, 7, 1))
    money.pay(20_00, date(YEAR, 9, 30), economic="30214")
    return money


def _scope(place, fund=Fund.SERVICE_MASS) -> Scope:
    return Scope(YEAR, place.unit, place.street, place, fund.value)


def test_rows_by_economic_code(spent):
    rows = lines(_scope(spent.place))
    assert [(code, paid) for code, _name, _budget, paid in rows] == [("30214", 20_00), ("30218", 1_234_56), ("", 0)]
    assert rows[-1][1:3] == ("待立项安排", 200_000_00)


def test_the_forms_say_what_the_books_say(spent):
    form, final = paper(_scope(spent.place), BUDGET), paper(_scope(spent.place), FINAL)
    assert form["title"] == "社区服务群众专项经费预算表"
    assert form["capitals"] == [{"label": "预算合计", "value": "贰拾万元整"}]
    assert final["total"] == ["", "合计", "200,000.00", "1,254.56", "198,745.44"]
    assert final["capitals"][0]["value"] == "壹仟贰佰伍拾肆元伍角陆分"


def test_the_pdf_holds_the_text_and_is_made_at_once(spent):
    begun = time.monotonic()
    pdf = papers.typeset(paper(_scope(spent.place), FINAL))
    assert time.monotonic() - begun < 2
    assert pdf.startswith(b"%PDF")
    missing = set(
        "社区服务群众专项经费决算表专用材料费租赁费壹仟贰佰伍拾肆元角陆分1,254.56盖章" + spent.place.name
    ) - letters(pdf)
    assert not missing


def test_markup_in_a_text_stays_text(spent):
    evil = paper(_scope(spent.place), BUDGET) | {"holder": EVIL, "title": EVIL, "notes": [EVIL]}
    assert set("#$*`@<>\\{}/") <= letters(papers.typeset(evil))


def test_a_broken_paper_is_refused_in_words(spent):
    with pytest.raises(papers.NotTypeset, match="排版失败"):
        papers.typeset({"title": "只有标题"})


def test_control_characters_and_length_are_cut():
    assert papers._cut({"a": ["x\x00\x1b" + "y" * 1000]}) == {"a": ["x" + "y" * 399]}


def test_a_paper_that_takes_too_long_is_stopped(spent, monkeypatch):
    monkeypatch.setattr(papers, "SECONDS", 0.001)
    with pytest.raises(papers.NotTypeset, match="超时"):
        papers.typeset(paper(_scope(spent.place), BUDGET))


@pytest.mark.parametrize("kind", [BUDGET, FINAL])
def test_print_from_the_report(client, cast, spent, kind):
    client.force_login(cast.community)
    query = {"year": YEAR, "fund": "service_mass"}
    assert reverse("funding-paper", args=[kind]) in client.get(reverse("funding-report"), query).content.decode()
    answer = client.get(reverse("funding-paper", args=[kind]), query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


@pytest.mark.parametrize(
    ("who", "kind", "query", "status"),
    [("community", "other", {"fund": "office"}, 404), ("community", "budget", {}, 404), ("community", "budget", {"fund": "x"}, 404),
     ("outsider", "budget", {"fund": "office"}, 403), ("dept", "budget", {"fund": "office"}, 403)],
)  # fmt: skip
def test_no_such_paper(client, cast, spent, who, kind, query, status):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("funding-paper", args=[kind]), query).status_code == status
