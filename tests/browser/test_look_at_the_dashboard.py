"""The dashboard as the city's leaders look at it: on a desk and on a telephone, with axe, by keyboard, with a figure behind each number."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.timeout(300)
CITY = "shi.lingdao"


def wrong(page) -> list[str]:
    """What axe finds of consequence, with the first place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{row['id']}: {row['nodes'][0]['html'][:120]}" for row in found if row["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("phone", [False, True])
def test_everybody_can_read_it(screen, phone):
    window = screen(CITY, phone=phone)
    window.page.goto("/dashboard/?period=year")
    expect(window.page.get_by_role("heading", level=1)).to_contain_text("看板")
    assert window.page.locator(".dash-panel").count() == 8
    assert window.fits()
    assert not wrong(window.page)


def test_a_figure_leads_to_its_definition_and_its_list(screen):
    page = screen(CITY).page
    page.goto("/dashboard/")
    panel = page.get_by_role("region", name="现在有多少件在办、多少逾期？")
    panel.locator(".figure-value a, a.figure-value, .figure a").first.click()
    page.wait_for_url(re.compile(r"/(tickets|metrics|dashboard/tickets|cards)/?"))
    page.go_back()
    page.locator("#panel-late").get_by_role("link", name=re.compile("口径卡$")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("部门逾期")


def test_a_district_is_one_choice_away(screen):
    page = screen(CITY).page
    page.goto("/dashboard/?period=month")
    page.get_by_label("范围").select_option(label="中山区")
    page.get_by_role("button", name="切换").click()
    page.wait_for_url(re.compile(r"/dashboard/210202/\?period=month"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("中山区看板")


@pytest.mark.parametrize("phone", [False, True])
def test_tables_end_between_two_rows(screen, phone):
    page = screen(CITY, phone=phone).page
    page.goto("/dashboard/?period=year")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.dash-panel .table-wrap')].filter((box) => {
            if (box.scrollHeight <= box.clientHeight + 1 || !box.clientHeight) return false;
            const end = box.getBoundingClientRect().top + box.clientTop + box.clientHeight;
            return [...box.querySelectorAll('tr')].some((row) => {
                const at = row.getBoundingClientRect();
                return at.top < end - 6 && at.bottom > end + 6;
            });
        }).map((box) => box.getAttribute('aria-label'))"""
    )
    assert not cut
