"""The door for drafts, without a browser."""

import uuid

import pytest

from grid.incidents.models import Incident

pytestmark = pytest.mark.django_db


def draft(**more) -> dict:
    return {"form_key": str(uuid.uuid4()), "words": "路面塌陷，楼道堆放杂物", **more}


def test_the_same_draft_is_the_same_incident(client, cast):
    client.force_login(cast.grid_worker)
    sent = draft()
    first, again = (client.post("/report/send/", sent) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json() and Incident.objects.count() == 1


def test_bad_input_says_why(client, cast):
    client.force_login(cast.grid_worker)
    assert "words" in client.post("/report/send/", draft(words=" ")).json()["errors"]
    assert client.post("/report/send/", {"words": "路面塌陷"}).status_code == 422
    assert not Incident.objects.exists()


def test_without_sign_in_or_right_nothing_is_taken(client, cast):
    assert client.post("/report/send/", draft()).status_code == 401
    assert client.get("/report/token/").status_code == 401
    client.force_login(cast.auditor)
    assert client.post("/report/send/", draft()).status_code == 403
    assert not Incident.objects.exists()


def test_works_without_a_script(client, cast):
    client.force_login(cast.grid_worker)
    answer = client.post("/report/", draft())
    assert answer["Location"] == Incident.objects.get().get_absolute_url()
    assert Incident.objects.get().number in client.get("/report/mine/").content.decode()


def test_what_a_telephone_keeps_names_nobody(client, cast):
    client.force_login(cast.grid_worker)
    page = client.get("/report/shell/")
    assert cast.grid_worker.name not in page.content.decode() and "csrfmiddlewaretoken" not in page.content.decode()
    worker = client.get("/report/worker.js")
    assert (
        worker["Content-Type"].startswith("text/javascript")
        and "worker-src 'self'" in worker["Content-Security-Policy"]
    )
