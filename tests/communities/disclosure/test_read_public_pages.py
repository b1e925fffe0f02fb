"""Anybody reads the public pages: no login, no person, light, printable."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from communities.disclosure.certificates import certificates

pytestmark = pytest.mark.django_db
MOST_BYTES = 100 * 1024
PAGES = [("certificates", []), ("certificate-notice", ["kinship"]), ("white-paper", [])]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_open_to_everybody(client, name, args):
    page = client.get(reverse(name, args=args))
    assert page.status_code == 200
    assert not page.cookies.get("sessionid")


def _bytes(client, url: str) -> int:
    """The page with every file that it loads, not compressed."""
    html = client.get(url).content
    paths = set(re.findall(r'(?:href|src)="/static/([^"?#]+)', html.decode()))
    assert paths
    assert not re.search(r'(?:href|src)="(?:https?:)?//', html.decode())
    named = {re.sub(r"\.[0-9a-f]{12}(?=\.)", "", path) for path in paths}
    return len(html) + sum(len(open(finders.find(path), "rb").read()) for path in named)


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_under_100_kb(client, name, args):
    assert _bytes(client, reverse(name, args=args)) < MOST_BYTES


def test_all_twenty_with_their_issuer(client):
    text = client.get(reverse("certificates")).content.decode()
    assert len(certificates()) == 20
    assert all(row.name in text and row.issuer in text and row.how in text for row in certificates())
    assert "民发〔2020〕20号" in text


@pytest.mark.parametrize(("words", "found"), [("财产", "居民财产证明"), ("公证 继承", "遗产继承权证明")])
def test_find_by_words(client, words, found):
    text = client.get(reverse("certificates"), {"q": words}).content.decode()
    assert found in text
    assert "居民养犬证明" not in text


def test_nothing_found_says_what_to_do(client):
    text = client.get(reverse("certificates"), {"q": "<script>"}).content.decode()
    assert "没有找到这种证明" in text
    assert "<script>" not in text.split("<main")[1]


@pytest.mark.parametrize("row", certificates(), ids=lambda row: row.slug)
def test_every_certificate_has_its_notice(client, row):
    text = client.get(reverse("certificate-notice", args=[row.slug])).content.decode()
    assert row.name in text
    assert row.issuer in text
    assert "12345" in text


@pytest.mark.parametrize("slug", ["none", "kinship2"])
def test_no_such_notice(client, slug):
    assert client.get(f"/public/certificates/{slug}/").status_code == 404


@pytest.mark.parametrize("year", ["1990", "abcd", "99999", "２０２６", "-1"])
def test_no_such_paper(client, year):
    assert client.get(reverse("white-paper"), {"year": year}).status_code == 404


def test_the_white_paper_costs_the_same_statements_however_much_there_is(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get(reverse("white-paper"))


def test_the_white_paper_as_excel(client):
    answer = client.get(reverse("white-paper"), {"export": "xlsx"})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"
