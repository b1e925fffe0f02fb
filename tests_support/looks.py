"""What a person would notice on a page in Chromium: what axe finds of consequence, anything wider than the window."""

from axe_playwright_python.sync_playwright import Axe
from django.test import Client


def faults(page) -> list[str]:
    """What axe finds of consequence, and anything wider than its window."""
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [row["id"] for row in found if row["impact"] in ("serious", "critical")] + (["too wide"] if wide else [])


def signed_in(user) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user)
    return client
