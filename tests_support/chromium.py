"""The one Chromium of this process. Playwright keeps an event loop on its thread, so a second one cannot be started beside it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_running: list[Browser] = []


def find_chromium() -> str | None:
    """The Chromium named by CHROMIUM or found on the path."""
    return os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that runs already, else one that ends with this block. Close the contexts that you open.

    Django would refuse its database beside an event loop; within the block it is told not to.
    """
    if _running:
        yield _running[0]
        return
    path = find_chromium()
    if not path:
        raise RuntimeError("Chromium is not installed; `make test` installs it where it may")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            _running.append(playwright.chromium.launch(executable_path=path, args=FLAGS))
            try:
                yield _running[0]
            finally:
                _running.pop().close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
