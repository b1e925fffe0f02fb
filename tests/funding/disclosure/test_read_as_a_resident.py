"""Anybody finds a community, reads its money, follows each amount and asks; no login, light, no person's name."""

import re
from datetime import date

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.urls import reverse

from funding.disclosure import selectors, services
from funding.disclosure.limits import too_many
from funding.disclosure.masking import harmless, payee_name
from funding.disclosure.models import MoneyQuestion
from funding.ledger.models import Entry
from funding.ledger.states import AccountKind
from governance.kernel import clock

from .conftest import YEAR, noon

pytestmark = pytest.mark.django_db
MOST_BYTES = 150 * 1024


@pytest.fixture
def told(money, actors):
    """A community with two payments and one published quarter; ``told.entry`` is the last payment."""
    money.give()
    money.pay(1_234_56, date(YEAR, 7, 1))
    money.entry = money.pay(20_00, date(YEAR, 8, 1))
    for row in money.opened():
        with clock.travel(noon(10, 5)):
            money.row = services.disclosure_publish(disclosure=row, by=actors.community)
    money.url = reverse("money", args=[money.place.code12])
    return money


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13800138000找我", "电话138****8000找我"), ("138 0013 8000", "138****8000"), ("１３８００１３８０００", "138****8000"),
        ("身份证210204199001011234", "身份证2102**********4"), ("21020419900101123X。", "2102**********X。"),
        ("账号6222021234567890123", "账号6222****23"), ("a.b@c.com 写信", "（邮箱已隐去） 写信"),
        ("2026 年 3 月 200000 元", "2026 年 3 月 200000 元"),
    ],
)  # fmt: skip
def test_numbers_are_masked(text, shown):
    assert harmless(text) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("大连明光照明有限公司", "大连明光照明有限公司"), ("惠民便利店", "惠民便利店"), ("张三", "张*"), ("欧阳小明", "欧***"), ("", ""),
        ("晨光物业", "晨光物业"), ("明光商贸有限公司（大连）", "明光商贸有限公司（大连）"), ("李四 13800138000", "李"),
    ],
)  # fmt: skip
def test_organisations_by_name_persons_not(name, shown):
    assert payee_name(name).startswith(shown)
    assert "李四" not in payee_name(name)


def test_find_by_steps_and_words(client, told):
    place = told.place
    assert place.unit.short_name in text_of(client.get("/money/"))
    assert place.street.name in text_of(client.get("/money/", {"unit": place.unit.code}))
    assert told.url in text_of(client.get("/money/", {"street": place.street.code12}))
    assert told.url in text_of(client.get("/money/", {"q": f"{place.street.name} {place.name[:2]}"}))
    assert "没有找到" in text_of(client.get("/money/", {"q": "没有这个地方"}))


@pytest.mark.parametrize("query", ["?q=%00", "?unit=999", "?street=abc", "?q=" + "长" * 100])
def test_find_takes_anything(client, query):
    assert client.get(f"/money/{query}").status_code == 200


def test_the_page_shows_budget_payments_and_what_was_published(client, told):
    page = text_of(client.get(told.url))
    assert "200,000.00" in page
    assert "1,254.56" in page
    assert "198,745.44" in page
    assert "2026 年第 3 季度" in page
    assert reverse("money-way", args=[told.place.code12, told.entry.pk]) in page
    assert "13800138000" not in page
    assert "138****8000" in page


def test_every_amount_has_its_way(client, told):
    page = text_of(client.get(reverse("money-way", args=[told.place.code12, told.entry.pk])))
    for holder in ("市级", told.place.unit.short_name, told.place.name):
        assert holder in page
    assert page.index("市级") < page.index("已支付")


def test_only_this_communitys_money(client, told):
    told.give(to=told.other)
    foreign = Entry.objects.filter(account__community=told.other, account__kind=AccountKind.AVAILABLE).first()
    assert client.get(reverse("money-way", args=[told.place.code12, foreign.pk])).status_code == 404
    assert client.get(reverse("money-disclosure", args=[told.other.code12, told.row.pk])).status_code == 404
    upper = Entry.objects.filter(account__community=None).first()
    assert client.get(reverse("money-way", args=[told.place.code12, upper.pk])).status_code == 404


def test_what_is_not_published_is_not_shown(client, money):
    money.give()
    row = money.opened()[-1]
    assert client.get(reverse("money-disclosure", args=[money.place.code12, row.pk])).status_code == 404
    assert "历次公布" in text_of(client.get(reverse("money", args=[money.place.code12])))


def test_the_published_page_says_its_digest(client, told):
    page = text_of(client.get(told.row.public_url))
    assert told.row.digest in page
    assert "1,254.56" in page


@pytest.mark.parametrize("path", ["/money/000000000000/", "/money/210200000000/", "/money/abc/"])
def test_no_such_community(client, db, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("year", ["1999", "abc", "２０２６"])
def test_no_such_year(client, told, year):
    assert client.get(told.url, {"year": year}).status_code == 404


def _bytes(client, url: str) -> int:
    """The page with every file that it loads, not compressed."""
    answer = client.get(url)
    assert not answer.cookies.get("sessionid")
    html = answer.content
    assert not re.search(r'(?:href|src)="(?:https?:)?//', html.decode())
    paths = set(re.findall(r'(?:href|src)="/static/([^"?#]+)', html.decode()))
    named = {re.sub(r"\.[0-9a-f]{12}(?=\.)", "", path) for path in paths}
    return len(html) + sum(len(open(finders.find(path), "rb").read()) for path in named)


def test_light(client, told):
    for number in range(selectors.PAGE):
        told.pay(100 + number, date(YEAR, 9, 1))
    for url in ("/money/", told.url, told.row.public_url, reverse("money-ask", args=[told.place.code12])):
        assert _bytes(client, url) < MOST_BYTES, url


def test_older_payments_on_the_next_page(client, told, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE", 3)
    for number in range(3):
        told.pay(100 + number, date(YEAR, 9, 1))
    first = text_of(client.get(told.url))
    older = re.search(r"before=(\d+)", first)[1]
    second = text_of(client.get(told.url, {"before": older}))
    assert "1,234.56" not in first.split('id="payments"')[1]
    assert "1,234.56" in second.split('id="payments"')[1]


def test_the_page_costs_the_same_however_much_there_is(client, told, django_assert_max_num_queries):
    for number in range(4):
        told.pay(100 + number, date(YEAR, 9, 1))
    with django_assert_max_num_queries(14):
        client.get(told.url)


@pytest.fixture
def fresh_counts():
    cache.clear()
    yield
    cache.clear()


def test_ask_and_read_the_answer(client, told, actors, fresh_counts):
    ask = reverse("money-ask", args=[told.place.code12])
    done = client.post(ask, {"text": "楼道灯花了多少？我的电话 13800138000"})
    assert done.status_code == 302
    question = MoneyQuestion.objects.get()
    assert question.text == "楼道灯花了多少？我的电话 138****8000"
    assert "楼道灯花了多少" not in text_of(client.get(told.url))
    services.question_step(question=question, action="answer", by=actors.community, note="共 1,254.56 元。")
    page = text_of(client.get(told.url))
    assert "楼道灯花了多少" in page
    assert "共 1,254.56 元" in page


def test_a_declined_question_is_never_shown(client, told, actors):
    row = services.question_ask(community=told.place, text="与经费无关的话", by=actors.community)
    services.question_step(question=row, action="decline", by=actors.staff, note="与经费无关")
    assert "与经费无关" not in text_of(client.get(told.url))


@pytest.mark.parametrize("text", ["", "   ", "长" * 301])
def test_bad_questions_stay_with_their_reason(client, told, fresh_counts, text):
    answer = client.post(reverse("money-ask", args=[told.place.code12]), {"text": text})
    assert answer.status_code == 422
    assert not MoneyQuestion.objects.exists()


def test_a_flood_is_stopped(client, told, fresh_counts):
    ask = reverse("money-ask", args=[told.place.code12])
    codes = [client.post(ask, {"text": f"问题 {number}"}).status_code for number in range(7)]
    assert codes == [302] * 5 + [429] * 2
    assert MoneyQuestion.objects.count() == 5


def test_without_the_cache_questions_still_wait_for_a_person(rf, told, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    assert too_many(rf.post("/")) is False


def test_too_many_waiting(client, told, actors, fresh_counts):
    from governance.kernel.policy import policy_change

    policy_change(key="disclosure.questions_waiting", value=1, effective_from=date(2025, 1, 1))
    ask = reverse("money-ask", args=[told.place.code12])
    assert client.post(ask, {"text": "一"}).status_code == 302
    answer = client.post(ask, {"text": "二"})
    assert answer.status_code == 409
    assert "待答复的提问已经很多" in text_of(answer)


def test_a_script_in_a_question_is_text(client, told, actors):
    row = services.question_ask(community=told.place, text="<script>alert(1)</script>", by=actors.community)
    services.question_step(question=row, action="answer", by=actors.community, note="<b>好</b>")
    page = text_of(client.get(told.url))
    assert "<script>alert" not in page
    assert "<b>好" not in page


def test_the_api_is_open_and_shows_what_was_published(client, told):
    answer = client.get("/api/v1/disclosures/", {"community": told.place.code12})
    assert answer.status_code == 200
    rows = answer.json()["results"]
    assert {row["community"] for row in rows} == {told.place.code12}
    newest = next(row for row in rows if row["id"] == told.row.pk)
    assert newest["digest"] == services.digest_of(newest["figures"])
    assert client.get(f"/api/v1/disclosures/{told.row.pk}/").status_code == 200
    assert client.get("/api/v1/disclosures/", {"community": told.other.code12}).json()["results"] == []
