"""A real SMTP server, and a moment in office hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from governance.kernel import clock
from tests_support.postbox import Postbox

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def office_hours(db):
    """Tuesday, ten in the morning: nothing waits for the end of the quiet hours."""
    with clock.travel(TUESDAY):
        yield TUESDAY


@pytest.fixture
def postbox(settings):
    """The portal's SMTP relay, real and running."""
    box = Postbox().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    yield box
    box.stop()
