"""What the API tests share."""

import pytest
from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def _own_folder_and_no_rates(settings, tmp_path):
    """Uploads go away with the test; nobody waits for a minute to pass."""
    settings.MEDIA_ROOT = tmp_path
    settings.API_RATES = {"user": None, "anon": None}


@pytest.fixture
def api(cast):
    """``api("staff")``: a client signed in as one of the cast by session."""

    def sign_in(name: str) -> APIClient:
        client = APIClient()
        client.force_login(getattr(cast, name))
        return client

    return sign_in


@pytest.fixture
def blow_body():
    """``blow_body(title=…)``: the body of a whistle; reads departments when called."""
    from tests_support import stories

    def body(**changes) -> dict:
        lead, assistant, _ = stories.departments(stories.street())
        known = {
            "scene": "joint_enforce", "category": stories.category().code, "title": "夜市占道经营反复",
            "facts": "夜间摊贩占用人行道。", "source": "patrol", "place": "青泥街与友好路路口",
            "done_already": stories.DONE_ALREADY, "lead": lead.code, "assistants": [assistant.code],
        }  # fmt: skip
        return {**known, **changes}

    return body


@pytest.fixture
def blow(db, blow_body):
    """The same within the test's transaction."""
    return blow_body
