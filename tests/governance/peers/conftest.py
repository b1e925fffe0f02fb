"""What both peers' tests share."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from governance.kernel import clock
from tests_support.postbox import Postbox


@pytest.fixture(autouse=True)
def _no_rates(settings, tmp_path):
    settings.API_RATES = {"user": None, "anon": None}
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def office_hours():
    """Tuesday, ten in the morning: no mail waits for the end of the quiet hours."""
    with clock.travel(datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))):
        yield


@pytest.fixture
def postbox(settings):
    """The portal's SMTP relay, real and running."""
    box = Postbox().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    yield box
    box.stop()
