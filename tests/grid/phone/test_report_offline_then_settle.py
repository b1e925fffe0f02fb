"""Offline report → online → exactly one incident in its grid → street → whistle → closes with its ticket; cut answers, two tabs."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from governance.kernel import clock
from governance.kernel.files import StoredFile
from governance.territory.models import Grid
from grid.boundaries import services as boundaries
from grid.incidents import services
from grid.incidents.models import Incident
from tests_support import stories
from tests_support.photos import jpeg

pytestmark = pytest.mark.timeout(120)
WORDS = "楼道口垃圾没人清运"


def serve(user, actors) -> Grid:
    """Give a grid worker the second grid of his community."""
    grid = Grid.objects.filter(community_id=actors.grid_worker.posts[0].community_id).order_by("code15")[1]
    facts = boundaries.PostFacts(grid, "worker", user.name, "0411-82000000", clock.today(), user=user)
    boundaries.post_appoint(by=actors.staff, facts=facts)
    return grid


def kept(page) -> None:
    """Open the page and wait until the telephone holds it."""
    page.goto("/report/")
    page.evaluate(  # wait_for_function takes a promise itself for true
        "async () => { while (!(navigator.serviceWorker.controller && await caches.match('/report/shell/')))"
        " await new Promise((go) => setTimeout(go, 50)); }"
    )


def write(page, words: str = WORDS) -> None:
    page.get_by_label(re.compile("^发生了什么")).fill(words)
    page.locator(".report-chip").first.click()
    page.get_by_role("button", name="上报", exact=True).click()


def test_offline_report_is_sent_once_and_settles(phone, throwaway_db):
    cast, actors = throwaway_db.cast, throwaway_db.actors
    services.routing_load()
    grid = serve(cast.grid_worker, actors)
    context = phone(cast.grid_worker)
    page, foreign = context.new_page(), []
    page.on("pageerror", lambda error: foreign.append(str(error)))
    kept(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not Axe().run(page).response["violations"]
    weight = page.evaluate("performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
                           ".reduce((sum, one) => sum + one.encodedBodySize, 0)")  # fmt: skip
    assert weight < 150 * 1024

    context.set_offline(True)
    page.reload()
    expect(page.get_by_text("现在没有网络").first).to_be_visible()
    assert cast.grid_worker.name not in page.content()
    assert not Axe().run(page).response["violations"]
    page.locator("input[type=file]").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": jpeg(size=(2400, 1200))}
    )
    write(page)
    expect(page.locator(".report-draft.is-waiting")).to_have_count(1)
    page.reload()
    expect(page.locator(".report-draft.is-waiting")).to_contain_text(WORDS)
    assert not Incident.objects.exists()

    second = context.new_page()
    second.goto("/report/")
    context.set_offline(False)
    for tab in (page, second):
        tab.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".report-draft.is-sent")).to_have_count(1)
    expect(second.locator(".report-draft.is-sent")).to_have_count(1)
    expect(page.get_by_text("现在没有网络")).to_have_count(0)
    incident = Incident.objects.get()
    assert incident.words == WORDS and incident.grid == grid
    expect(page.locator(".report-draft")).to_contain_text(incident.number)
    with Image.open(StoredFile.objects.get(thread=incident.thread).content) as photo:
        assert photo.size == (1600, 800)  # made smaller before it was kept

    # The answer is lost after the server committed: the same number is sent again and is the same incident.
    lost = []

    def cut(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.goto("/report/")
    page.route("**/report/send/", cut)
    second.close()
    write(page, "墙上又贴了小广告")
    expect(page.locator(".report-draft.is-sent")).to_have_count(2)
    assert lost == [200] and Incident.objects.count() == 2
    assert not foreign

    services.incident_accept(incident=incident, by=actors.community)
    incident.refresh_from_db()
    for who in (actors.grid_worker, actors.community):
        if incident.level != "street":
            services.incident_escalate(incident=incident, by=who, note="超出本级能力")
            incident.refresh_from_db()
    assert incident.level == "street"
    street = phone(cast.staff).new_page()
    street.goto(f"/incidents/{incident.pk}/blow/")
    street.get_by_label(re.compile("^街道已做工作")).fill(stories.DONE_ALREADY)
    street.get_by_role("button", name=re.compile("提交")).click()
    street.wait_for_url(re.compile(r"/whistles/\d+/"))
    incident.refresh_from_db()
    assert incident.status == "whistled"

    stories._closed(actors, incident.whistle)
    incident.refresh_from_db()
    assert incident.status == "closed"


def test_a_refused_draft_keeps_everything(phone, throwaway_db):
    page = phone(throwaway_db.cast.grid_worker).new_page()
    page.goto("/report/")
    page.get_by_label(re.compile("^发生了什么")).fill("某某")  # on no list of words
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.locator(".is-refused")).to_contain_text("请选择分类")
    page.get_by_role("button", name="修改").click()
    expect(page.get_by_label(re.compile("^发生了什么"))).to_have_value("某某")
    assert not Incident.objects.exists()


def test_a_look_alike_is_shown_while_writing(phone, throwaway_db):
    services.routing_load()
    actor = throwaway_db.actors.grid_worker
    first = services.incident_report(
        by=actor, content=services.IncidentInput(words="二号楼电梯困人，按钮失灵", place="2 号楼")
    )
    page = phone(throwaway_db.cast.grid_worker).new_page()
    page.goto("/report/")
    page.get_by_label(re.compile("^在哪里")).fill("2号楼")
    page.get_by_label(re.compile("^发生了什么")).fill("二号楼电梯又困人了")
    hint = page.locator("[data-near-found]")
    expect(hint).to_contain_text(first.number)
    expect(hint).to_contain_text("照常上报")
    assert not Axe().run(page).response["violations"]
    page.get_by_role("button", name="上报", exact=True).click()  # a hint, not a hurdle
    expect(page.locator(".report-draft.is-sent")).to_have_count(1)
    expect(hint).to_be_empty()
    assert Incident.objects.count() == 2
