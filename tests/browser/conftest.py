"""A real Chromium on a whole running portal; one per test session."""

import os
import re

import pytest

from tests_support.live import Live, live_portal

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    """The portal with the demo's people and no whistles yet."""
    home = tmp_path_factory.mktemp("portal")
    home.chmod(0o755)
    for parent in list(home.parents)[:3]:  # PostgreSQL runs as an unprivileged user when we are root
        if parent.stat().st_uid == os.getuid() and parent.name:
            parent.chmod(parent.stat().st_mode | 0o055)
    with live_portal(home) as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright."""
    from tests_support import chromium

    with chromium.chromium() as browser:
        yield browser


class Screen:
    """One person's browser window: only what a person could do."""

    def __init__(self, browser, portal: Live, size: dict):
        self.context = browser.new_context(viewport=size, locale="zh-CN", base_url=portal.url, has_touch=size is PHONE)
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.foreign, self.errors = [], []
        self.page.on("request", lambda request: self._watch(request, portal))
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _watch(self, request, portal: Live) -> None:
        if not request.url.startswith((portal.url, "data:", "blob:", "about:")):
            self.foreign.append(request.url)

    def _listen(self, message) -> None:
        """Keep script errors; an answer of 4xx is the portal's own refusal."""
        if message.type == "error" and "status of 4" not in message.text:
            self.errors.append(message.text)

    def sign_in(self, username: str, password: str) -> "Screen":
        self.page.goto("/sign-in/")
        self.page.get_by_label(re.compile("^用户名")).fill(username)
        self.page.get_by_label(re.compile("^口令")).fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_url(re.compile("/desk/"))
        return self

    def fits(self) -> bool:
        """Nothing sticks out to the right: no sideways scrolling."""
        return self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture
def screen(chromium, portal):
    """``screen("jd.zhihui")``: a signed-in window; ``screen()``: nobody's. Fails on foreign requests and script errors."""
    from governance.accounts.demo import PASSWORD

    opened = []

    def open_one(username: str = "", *, phone: bool = False) -> Screen:
        window = Screen(chromium, portal, PHONE if phone else DESKTOP)
        opened.append(window)
        return window.sign_in(username, PASSWORD) if username else window

    yield open_one
    for window in opened:
        window.context.close()
    assert not [url for window in opened for url in window.foreign]
    assert not [text for window in opened for text in window.errors]
