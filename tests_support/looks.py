"""What a person would notice on a page in Chromium: what axe finds of consequence, what is too wide, what says nothing."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.test import Client

# On a telephone a row is a card and each cell a line with its label: a line without content is noise.
SILENT = """[...document.querySelectorAll(".table td")].some(
    cell => cell.offsetParent && getComputedStyle(cell).display === "block" && !cell.innerText.trim() && !cell.querySelector("svg, img, input")
)"""


def faults(page) -> list[str]:
    """What axe finds of consequence, anything wider than its window, a card's line that says nothing."""
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    seen = [row["id"] for row in found if row["impact"] in ("serious", "critical")]
    return seen + (["too wide"] if wide else []) + (["silent cell"] if page.evaluate(SILENT) else [])


def shoot(page, name: str) -> None:
    """Nothing is ever wider than its window; keep a picture when somebody wants to look (SHOTS=folder)."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def signed_in(user) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user)
    return client
