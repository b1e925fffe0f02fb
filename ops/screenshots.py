"""`make screenshots`: the README's pictures, taken from a running demo portal by a real Chromium.

Starts a portal of its own with a fresh demo city under var/screenshots, or uses the one that runs at URL
(``make screenshots URL=http://127.0.0.1:8000``). ARGS names pictures: ``make screenshots ARGS="desk dashboard"``.
Drives the pages by what a person sees; knows no model.
"""

import io
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ops.check import CheckFailed, guarded, need_browser
from ops.net import kept_or_free
from ops.run import Run
from ops.services import ROOT, Choice
from ops.supervisor import Stopped

FOLDER = ROOT / "docs" / "screenshots"
MOST_BYTES = 250_000
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=zh-CN", "--disable-background-networking"]
START_SECONDS = 900  # making the demo city's history takes minutes
TALLEST = 1500  # of a wide page, in pixels: the rest is cut off


@dataclass(frozen=True)
class Shot:
    """One picture: who looks, how to get there, on what screen."""

    name: str
    user: str
    visit: Callable[[Page], None]
    size: dict
    tallest: int = TALLEST


def at(path: str) -> Callable[[Page], None]:
    """Open one address."""
    return lambda page: page.goto(path)


def _first(path: str, inside: str = "") -> Callable[[Page], None]:
    """Open the first entry of a list whose page has ``inside`` (a selector), else simply the first."""

    def visit(page: Page) -> None:
        page.goto(path)
        links = page.locator("table .row-link")
        targets = [links.nth(index).get_attribute("href") for index in range(min(links.count(), 12))]
        if not targets:
            raise CheckFailed(f"{path} is empty")
        base = page.url
        for target in targets:
            page.goto(urljoin(base, target))
            if not inside or page.locator(inside).count():
                return
        page.goto(urljoin(base, targets[0]))

    return visit


def _letter(page: Page) -> None:
    """In the demo's mailbox: the latest letter with a link that still lets the department sign."""
    page.goto("/mailbox/")
    boxes = [link.get_attribute("href") for link in page.locator("table .row-link").all()]
    for box in boxes[:40]:
        page.goto(urljoin(page.url, box))
        waiting = page.get_by_role("link", name=re.compile("需签收"))
        for letter in [link.get_attribute("href") for link in waiting.all()][:2]:
            page.goto(urljoin(page.url, letter))
            if page.get_by_role("link", name="打开办理链接").count() and _can_sign(page):
                return
    raise CheckFailed("no letter in the mailbox waits for a signature")


def _can_sign(page: Page) -> bool:
    """Whether the letter's link offers 签收; comes back to the letter."""
    letter = page.url
    page.get_by_role("link", name="打开办理链接").first.click()
    found = page.get_by_role("button", name="签收").count() or page.get_by_role("link", name="签收").count()
    page.goto(letter)
    return bool(found)


def _answer(page: Page) -> None:
    _letter(page)
    page.get_by_role("link", name="打开办理链接").first.click()


def _api(page: Page) -> None:
    page.goto("/api/docs/")
    page.locator(".opblock").first.wait_for(timeout=60_000)


STREET, CITY, RULING = "jd.zhihui", "shi.lingdao", "qu.caijue"
SHOTS = (
    Shot("sign-in", "", at("/sign-in/"), WIDE),
    Shot("desk", STREET, at("/desk/"), WIDE),
    Shot("desk-phone", STREET, at("/desk/"), PHONE, 844),
    Shot("blow", STREET, at("/whistles/blow/"), WIDE),
    Shot("whistle", STREET, _first("/whistles/?status=in_progress", "text=协办"), WIDE),
    Shot("mailbox", "", at("/mailbox/"), WIDE, 900),
    Shot("mail", "", _letter, WIDE),
    Shot("answer-phone", "", _answer, PHONE, 1688),
    Shot("ticket-ruling", RULING, _first("/tickets/?status=reassigned", "text=裁决理由"), WIDE),
    Shot("scores", CITY, at("/scores/"), WIDE, 1100),
    Shot("scorecard", CITY, _first("/scores/"), WIDE),
    Shot("ratings", STREET, at("/ratings/"), WIDE, 900),
    Shot("rule", CITY, _first("/rules/?q=签收时限"), WIDE, 900),
    Shot("dashboard", CITY, at("/dashboard/"), WIDE, 2400),
    Shot("api", CITY, _api, WIDE, 1100),
)


class Camera:
    """One browser; a window per person and screen, signed in by the demo's button."""

    def __init__(self, browser: Browser, url: str):
        self.browser, self.url, self.windows = browser, url, {}

    def window(self, shot: Shot) -> Page:
        """The window of this shot's person."""
        key = (shot.user, shot.size["width"])
        if key not in self.windows:
            context = self.browser.new_context(
                viewport=shot.size,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                base_url=self.url,
                reduced_motion="reduce",
            )
            context.set_default_timeout(30_000)
            self.windows[key] = context.new_page()
            if shot.user:
                self._sign_in(self.windows[key], shot.user)
        return self.windows[key]

    @staticmethod
    def _sign_in(page: Page, user: str) -> None:
        page.goto("/sign-in/")
        page.locator(f"button[name=username][value='{user}']").click()
        page.wait_for_url(re.compile("/desk/"))

    def take(self, shot: Shot) -> bytes:
        """Visit and photograph, no taller than the shot allows."""
        page = self.window(shot)
        shot.visit(page)
        page.wait_for_load_state("networkidle")
        height = min(page.evaluate("document.documentElement.scrollHeight"), shot.tallest)
        page.set_viewport_size({"width": shot.size["width"], "height": max(height, shot.size["height"])})
        picture = page.screenshot(animations="disabled")
        page.set_viewport_size(shot.size)
        return picture


def optimise(picture: bytes) -> bytes:
    """The picture as a palette PNG, with as many colours as fit into MOST_BYTES."""
    with Image.open(io.BytesIO(picture)) as image:
        plain = image.convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        plain.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() < MOST_BYTES:
            break
    return out.getvalue()


@contextmanager
def own_portal(home: Path) -> Iterator[str]:
    """A portal with a fresh demo city, on a thread that lives as long as its programs. Yields its address."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    portal = Run(Choice(kept_or_free(None), True, home))
    portal.first.write_text("a fresh city for every series of pictures\n")
    ready, failure = threading.Event(), []

    def live() -> None:
        try:
            portal.up()
            ready.set()
            portal.supervisor.wait(lambda: False)
        except Stopped:
            pass
        except BaseException as error:
            failure.append(error)
        finally:
            portal.supervisor.stop_all()
            ready.set()

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    try:
        if not ready.wait(START_SECONDS) or failure:
            raise CheckFailed(f"the portal did not start: {failure}")
        yield portal.choice.url
    finally:
        portal.supervisor.stopping = True
        thread.join(60)
        shutil.rmtree(home, ignore_errors=True)


def take_all(url: str, names: list[str]) -> None:
    """Take the named pictures (all without any); every one is tried, the failures are told at the end."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=need_browser(), args=FLAGS, env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        camera = Camera(browser, url)
        for shot in SHOTS:
            if names and shot.name not in names:
                continue
            try:
                picture = optimise(camera.take(shot))
            except Exception as error:
                failed.append(f"{shot.name}: {str(error).splitlines()[0]}")
                continue
            (FOLDER / f"{shot.name}.png").write_bytes(picture)
            print(f"{shot.name}.png  {len(picture) // 1000} KB", flush=True)
        browser.close()
    if failed:
        raise CheckFailed("Not taken:\n" + "\n".join(failed))


def screenshots(names: list[str]) -> None:
    """Take the pictures from URL, or from a portal of our own."""
    unknown = set(names) - {shot.name for shot in SHOTS}
    if unknown:
        raise CheckFailed(
            f"No such picture: {', '.join(sorted(unknown))}. There are: {', '.join(s.name for s in SHOTS)}"
        )
    if url := os.environ.get("URL"):
        return take_all(url.rstrip("/"), names)
    with own_portal(ROOT / "var" / "screenshots") as url:
        take_all(url, names)


if __name__ == "__main__":
    sys.exit(guarded(screenshots, sys.argv[1:]))
