"""Issue 4, walked in Chromium: a department sends a form of 20 fields, communities answer on their telephones, a second
department asks for the same 20 and has its answers at once, and the public white paper shows the refused duplicate."""

from datetime import timedelta

import pytest
from django.test import Client

from communities.admission.models import DemandTarget
from governance.invariants import broken
from governance.kernel.outbox import OutboxMail
from grid.collection.models import DataTaking, Form
from tests_support import collection, demands
from tests_support.collection import ANSWERS, BY_HAND, MORNING, TWENTY
from tests_support.looks import faults, signed_in
from tests_support.window import window

pytestmark = pytest.mark.django_db
FIRST, SECOND = "社区服务保障基本情况表", "社区基本情况摸底表"


def design(page, title: str, item) -> None:
    """A department ticks the twenty fields for two communities, writes the marks, keeps the draft."""
    page.goto("/forms/new/")
    page.get_by_label("表名").fill(title)
    page.get_by_label("用途").fill("冬季服务保障安排。")
    for theme in page.locator("details.elements").all():
        if theme.get_attribute("open") is None:
            theme.locator("summary").click()
    for code in TWENTY:
        page.locator(f"input[name=elements][value={code}]").check()
    page.get_by_label("只要部分社区").fill("\n".join(row.code12 for row in demands.communities(2)))
    page.get_by_label("准入事项").select_option(str(item.pk))
    for label, words in (("表号", "大城管统 1 表"), ("制定机关", "区城市管理局"), ("批准或备案文号", "区统备〔2026〕7 号"),
                         ("有效期至", "2027-06-30"), ("完成日期", "2026-12-10")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(words)


def keep_and_dispatch(page) -> None:
    page.get_by_role("button", name="存为草稿").click()
    page.get_by_role("link", name="下发", exact=True).click()
    page.get_by_role("button", name="下发", exact=True).click()


def answer(page) -> None:
    """A community: its list, the form, five fields, one button."""
    page.goto("/targets/")
    page.get_by_role("link", name=FIRST).click()
    page.get_by_role("link", name="去填表").click()
    assert page.get_by_text("只需填这 5 项").is_visible() and page.get_by_text("已经填好的 15 项").is_visible()
    assert page.get_by_text("按准入制度可依规拒收").is_visible() and "统计法" not in page.content()
    assert faults(page) == []
    for code in BY_HAND:
        control = page.locator(f"[name=v_{code}]")
        if control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(ANSWERS[code])
        else:
            control.fill(ANSWERS[code])
    page.get_by_role("button", name="全部正确，提交").click()
    assert page.get_by_text("今后一年内，任何部门不会再让您填这几项").is_visible()


def mails_to(department) -> list[str]:
    return list(OutboxMail.objects.filter(to_address=department.email).order_by("pk").values_list("subject", flat=True))


def test_the_second_department_has_its_answers_at_once_and_the_white_paper_says_so(cast):
    places = demands.communities(2)
    collection.feed_twenty(places=places)
    items = collection.item(), collection.other_item()
    with window(signed_in(cast.dept), width=1440, follow=True) as page:
        page.moment = MORNING
        design(page, FIRST, items[0])
        keep_and_dispatch(page)
        assert page.get_by_text("已下发：剔除 15 项，2 个社区各填 5 项").is_visible()
        assert faults(page) == []
    first = Form.objects.get(title=FIRST)
    assert mails_to(first.department) == []
    for number, user in enumerate((cast.community, cast.sibling_community), 1):
        with window(signed_in(user), width=390, follow=True) as page:
            page.moment = MORNING + timedelta(hours=number)
            answer(page)
    assert mails_to(first.department) == [f"【答案已齐】{FIRST}"]  # one, when the last has answered
    targets = DemandTarget.objects.count()
    with window(signed_in(cast.assistant_dept), width=1440, follow=True) as page:
        page.moment = MORNING + timedelta(hours=4)
        design(page, SECOND, items[1])
        page.get_by_text("一项也不用填").wait_for()
        keep_and_dispatch(page)
        assert page.get_by_text("自动应答：人工填写 0 项，0 分钟").is_visible()
        assert page.get_by_text("31 人").count() == 2 and page.get_by_text("每季度").count() == 2
        assert faults(page) == [] and page.complaints == []
    second = Form.objects.get(title=SECOND)
    assert (second.status, second.manual_count, second.minutes, second.reached) == ("answered", 0, 0, 0)
    assert DemandTarget.objects.count() == targets  # no community heard of it
    assert mails_to(second.department) == [f"【自动应答】{SECOND}"]
    assert DataTaking.objects.get(form=second).facts == 40  # what it got is in the register
    for width in (1440, 390):
        with window(Client(), width=width) as page:
            page.moment = MORNING + timedelta(hours=5)
            page.goto("/public/white-paper/")
            row = page.get_by_role("row").filter(has_text=SECOND)
            assert row.get_by_text("平台已有答案，自动应答").is_visible()
            assert places[0].name not in row.inner_text() and FIRST not in row.inner_text()
            assert faults(page) == []
    assert broken() == {}
