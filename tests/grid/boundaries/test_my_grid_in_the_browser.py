"""A resident finds his grid worker on a telephone without JavaScript; an official moves the map, which the CSP lets be drawn."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from grid.boundaries import services
from tests_support.window import window

pytestmark = pytest.mark.django_db


def fits(page) -> bool:
    """Nothing is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def faults(page) -> list[str]:
    """What axe finds of consequence."""
    found = Axe().run(page).response["violations"]
    return [
        f"{row['id']}: {row['nodes'][0]['html'][:120]}" for row in found if row["impact"] in ("serious", "critical")
    ]


def test_who_is_my_grid_worker(cast, drawn, grid):
    facts = services.PostFacts(grid, "worker", "王敏", "0411-82000000", clock.today())
    services.post_appoint(by=SYSTEM, facts=facts)
    with window(Client(), width=390, script=False) as page:
        page.goto("/my-grid/")
        page.get_by_label("住址或社区名称").fill("青泥洼桥街道上海社区 12 号")
        page.get_by_role("button", name="查找").click()
        page.get_by_role("link", name=grid.community.name).click()
        page.locator("svg.grid-svg a").first.click()  # a click on the drawing
        assert page.get_by_role("heading", name=grid.name).is_visible()
        assert page.get_by_text("王敏").first.is_visible()
        assert page.get_by_role("link", name="0411-82000000").get_attribute("href") == "tel:0411-82000000"
        assert fits(page)
        page.goto(f"/my-grid/?community={grid.community.code12}")
        for _ in range(200):  # by the keyboard alone, down to the first shape of the drawing
            page.keyboard.press("Tab")
            if page.locator("svg.grid-svg a:focus").count():
                break
        name = page.locator("svg.grid-svg a:focus").get_attribute("aria-label")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=name, exact=True).wait_for()
    with window(Client(), width=390) as page:
        # The device: Chromium gives a place to secure origins only.
        at = f"{{coords: {{longitude: {grid.shape.lon}, latitude: {grid.shape.lat}}}}}"
        page.add_init_script(f"navigator.geolocation.getCurrentPosition = (found) => found({at})")
        page.goto(f"/my-grid/?community={grid.community.code12}")
        assert not faults(page)
        page.get_by_role("button", name="用我现在的位置查").click()
        page.get_by_role("heading", name=grid.name).wait_for()
        assert "lon=" not in page.url  # no log keeps where somebody stood
        assert not faults(page)
    official = Client()
    official.force_login(cast.staff)
    with window(official, width=1440) as page:
        page.goto(grid.get_absolute_url())
        page.locator(".grid-map.is-live path.leaflet-interactive").first.wait_for()
        assert not faults(page)
        assert fits(page)
        assert page.complaints == []
