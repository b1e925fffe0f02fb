"""A real Chromium whose requests the Django test client answers, inside the test's own transaction: no server, no ports."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import connections
from django.test import Client
from playwright.sync_api import Page, Route

from governance.kernel import clock

from .chromium import chromium

ORIGIN = "http://testserver"


def _answer(route: Route, client: Client, connection, moment, follow: bool) -> None:
    connections["default"] = connection
    with clock.travel(moment) if moment else nullcontext():
        _fulfil(route, client, follow)


def _fulfil(route: Route, client: Client, follow: bool) -> None:
    request = route.request
    path = request.url.removeprefix(ORIGIN)
    if path.startswith("/static/"):
        file = Path(finders.find(path.removeprefix("/static/").split("?")[0]))
        route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "text/plain")
        return
    if request.method == "POST":
        kind = request.headers.get("content-type", "")
        response = client.generic("POST", path, request.post_data_buffer or b"", content_type=kind)
        if follow and response.status_code == 302:
            response = client.get(response["Location"])
    else:
        response = client.get(path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    route.fulfill(status=response.status_code, headers=dict(response.headers), body=body)


@contextmanager
def window(client: Client, *, width: int = 390, script: bool = True, follow: bool = False) -> Iterator[Page]:
    """A page of this width, with or without JavaScript; ``page.complaints`` collects what the console says
    about the CSP; requests are answered at ``page.moment``, at first the moment to which the test has travelled (they run outside its context).
    ``follow``: the click that posts already shows the page that the answer leads to (its address stays the form's)."""
    connection = connections["default"]
    with chromium() as browser:
        connections["default"] = connection  # Playwright's event loop has connections of its own
        context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=script, base_url=ORIGIN
        )
        page = context.new_page()
        page.complaints, page.moment = [], clock.travelled()
        page.on("console", lambda line: "Content Security" in line.text and page.complaints.append(line.text))
        page.route("**/*", lambda route: _answer(route, client, connection, page.moment, follow))
        try:
            yield page
        finally:
            context.close()
