"""A telephone on a real server, in this process, over a database of its own."""

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread


@pytest.fixture
def server(throwaway_db, settings, tmp_path):
    """The portal at an address, everything committed for real."""
    settings.MEDIA_ROOT, settings.ALLOWED_HOSTS = str(tmp_path), ["*"]
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    assert thread.is_ready.wait(30) and not thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture
def phone(server):
    """``phone(user)``: a signed-in window of 390 px."""
    from django.test import Client

    from tests_support.chromium import chromium

    opened = []
    with chromium() as browser:

        def open_one(user, width: int = 390):
            client = Client()
            client.force_login(user)
            context = browser.new_context(
                viewport={"width": width, "height": 844}, locale="zh-CN", base_url=server, has_touch=True
            )
            opened.append(context)
            context.set_default_timeout(10_000)
            context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server}])
            return context

        yield open_one
        for context in opened:
            context.close()
        connections.close_all()  # those opened beside Playwright's event loop are not the teardown's
