"""The link's pages on a telephone of 390 pixels, in a real Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from governance.whistles.models import Ticket
from tests_support import stories
from tests_support.window import window

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SMALLEST = 40  # pixels: what a thumb hits


def problems(page) -> list[str]:
    """What is wrong with the page that is shown: too wide, too small to hit, refused by the CSP, not accessible."""
    found = list(page.complaints)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the screen")
    for button in page.locator("main .btn:visible").all():
        if button.bounding_box()["height"] < SMALLEST:
            found.append(f"{button.inner_text()} is too small")
    grave = [row for row in Axe().run(page).response["violations"] if row["impact"] in ("serious", "critical")]
    return found + [f"{row['id']}: {row['nodes'][0]['html'][:80]}" for row in grave]


def test_every_page_fits_and_is_accessible(strict, make_ticket, address_of):
    """The ticket in three states, and every form that a department meets."""
    signing, working, hung = (make_ticket(status) for status in ("pending_sign", "handling", "hung"))
    paths = [address_of(ticket) for ticket in (signing, working, hung)]
    paths += [f"{paths[0]}object/", f"{paths[0]}comment/", f"{paths[2]}write_off/"]
    paths += [f"{paths[1]}{name}/" for name in ("report_done", "consult", "ask_extension", "ask_hold")]
    with window(strict) as page:
        for path in paths:
            page.goto(path)
            assert problems(page) == [], path


def test_one_tap_signs(strict, make_ticket, address_of):
    ticket = make_ticket()
    with window(strict) as page:
        page.goto(address_of(ticket))
        page.get_by_role("button", name="签收").click()
        page.wait_for_url("**/?done=accept")
        assert page.get_by_text("已登记").is_visible()
    assert Ticket.objects.get(pk=ticket.pk).status == "pending_arrive"


def test_report_without_javascript(strict, make_ticket, address_of):
    """A mistake first: the words stay; then it goes through."""
    ticket = make_ticket("handling")
    with window(strict, script=False) as page:
        page.goto(f"{address_of(ticket)}report_done/")
        page.get_by_label("解决措施").fill(stories.REPORT["measures"])
        page.get_by_role("button", name="报办结").click()
        assert page.get_by_label("解决措施").input_value() == stories.REPORT["measures"]
        assert page.locator("#id_talked_with_error").is_visible()
        page.get_by_label("与谁沟通").fill("街道综合指挥中心")
        page.get_by_role("button", name="报办结").click()
        page.wait_for_url("**/?done=report_done")
    assert Ticket.objects.get(pk=ticket.pk).status == "pending_verify"
