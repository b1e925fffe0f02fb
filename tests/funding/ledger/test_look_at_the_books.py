"""The city and the auditor see all the books, the others their own; every balance opens to its documents."""

import pytest
from django.urls import reverse

from funding.ledger.models import Entry, Journal
from funding.ledger.states import JournalKind
from tests_support.queries import BASELINE, statements

pytestmark = pytest.mark.django_db
OURS = {name: count for name, count in BASELINE.items() if " /ledger/" in name}


@pytest.fixture
def books(purse):
    """Money that has gone all its way."""
    purse.give(200_000_00)
    purse.post(JournalKind.ALLOT, purse.community, purse.project, 50_000_00, "allot")
    purse.post(JournalKind.RESERVE, purse.project, purse.reserved, 1_234_56, "reserve")
    purse.post(JournalKind.PAY, purse.reserved, purse.paid, 1_234_56, "pay")
    return purse


def page(client, url, status=200):
    """The page's text."""
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_the_trial_balance_adds_up_to_nothing(client, cast, books):
    client.force_login(cast.city)
    text = page(client, reverse("ledger"))
    assert "-200,000.00" in text and "合计" in text and ">0.00<" in text


def test_a_past_day_is_shown_as_it_was(client, cast, books):
    client.force_login(cast.city)
    assert "200,000.00" not in page(client, f"{reverse('ledger')}?on={books.year}-01-01")
    assert (
        "200,000.00"
        not in page(client, f"{books.community.get_absolute_url()}?on={books.year - 1}-12-31").split("看某一天")[0]
    )


def test_an_account_opens_to_its_entries_and_their_journals(client, cast, books):
    client.force_login(cast.city)
    text = page(client, books.paid.get_absolute_url())
    journal = Journal.objects.get(key="pay")
    assert "1,234.56" in text and journal.get_absolute_url() in text
    entry = Entry.objects.get(journal=journal, account=books.paid)
    way = page(client, reverse("entry-way", args=[entry.pk])).split("先进先出")[1]
    places = [way.index(word) for word in ("预算安排", "分配下达", "拨付", "到账", "项目额度", "申请待付")]
    assert places == sorted(places)


def test_a_community_sees_its_own_money_only(client, cast, books):
    own = books.community
    for who, seen in (("community", 200), ("leader", 200), ("finance", 200), ("sibling_community", 404)):
        client.force_login(getattr(cast, who))
        page(client, own.get_absolute_url(), seen)
        page(client, books.city.get_absolute_url(), 404)
    for who in ("dept", "outsider"):
        client.force_login(getattr(cast, who))
        page(client, own.get_absolute_url(), 403)


def test_a_journal_is_reversed_on_its_page(client, cast, books):
    journal = Journal.objects.get(key="allot")
    client.force_login(cast.city)
    assert "红字冲销" in page(client, journal.get_absolute_url())
    form = page(client, reverse("journal-reverse", args=[journal.pk]))
    key = form.split('name="form_key" value="')[1].split('"')[0]
    answer = client.post(reverse("journal-reverse", args=[journal.pk]), {"reason": "记错了社区", "form_key": key})
    assert answer.status_code == 409  # the money has moved on: an overdraft, said in words
    assert "余额不足" in answer.content.decode() and "记错了社区" in answer.content.decode()
    paid = Journal.objects.get(key="pay")
    form = page(client, reverse("journal-reverse", args=[paid.pk]))
    key = form.split('name="form_key" value="')[1].split('"')[0]
    answer = client.post(reverse("journal-reverse", args=[paid.pk]), {"reason": "重复支付", "form_key": key})
    assert answer.status_code == 302
    assert "已被冲销" in page(client, paid.get_absolute_url())


def test_lists_filter_and_export(client, cast, books):
    client.force_login(cast.city)
    text = page(client, f"{reverse('accounts')}?kind=project&year={books.year}")
    assert "48,765.44" in text and "1,234.56" not in text
    assert client.get(f"{reverse('journals')}?kind=pay&export=xlsx").status_code == 200
    assert "没有符合条件" in page(client, f"{reverse('journals')}?q=没有这回事")


def test_the_api_gives_the_legs_in_scope(client, cast, books):
    client.force_login(cast.finance)
    rows = client.get("/api/v1/journals/", {"kind": "appropriate"}).json()["results"]
    assert [entry["fen"] for entry in rows[0]["entries"]] == [200_000_00]  # the city's own leg is not theirs
    assert client.get("/api/v1/accounts/", {"kind": "paid"}).json()["results"][0]["balance_fen"] == 1_234_56


def test_a_month_is_closed_on_its_page(client, cast, books):
    client.force_login(cast.finance)
    assert client.get(reverse("ledger-close")).status_code == 403
    client.force_login(cast.city)
    form = page(client, reverse("ledger-close"))
    key = form.split('name="form_key" value="')[1].split('"')[0]
    answer = client.post(reverse("ledger-close"), {"year": books.year, "month": 1, "form_key": key})
    assert answer.status_code == 302
    assert "已结账：1 月" in page(client, answer["Location"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_page_takes_a_constant_number_of_queries(client, cast, books, name):
    """Pinned in tests/baselines/queries.json; more rows, no more statements."""
    who, path = name.split(" ")
    client.force_login(getattr(cast, who))
    client.get(path)
    assert statements(client, path) == OURS[name] <= 10
    books.give(100, "more")
    assert statements(client, path) == OURS[name]
