"""The door for drafts, without a browser."""

import uuid

import pytest

from governance.accounts.models import Appointment
from governance.kernel.cached import forget_all
from governance.territory.models import Category
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


def test_a_draft_sent_again_is_recognised_though_its_category_was_closed(client, cast):
    client.force_login(cast.grid_worker)
    category = Category.objects.get(code="0101")
    sent = draft(category=category.pk)
    first = client.post("/report/send/", sent).json()
    Category.objects.filter(pk=category.pk).update(is_active=False)
    forget_all()
    assert client.post("/report/send/", sent).json() == first
    assert client.post("/report/", sent)["Location"] == first["url"] == client.post("/incidents/new/", sent)["Location"]
    other, already = sent | {"words": "别的"}, f"已经上报为 {first['number']}"
    assert (
        already in client.post("/report/send/", other).json()["errors"][""]
        and already in client.post("/report/", other).text
    )
    assert "category" in client.post("/report/send/", draft(category=category.pk)).json()["errors"]
    assert Incident.objects.count() == 1


def test_who_moved_since_is_told_the_number(client, cast):
    client.force_login(cast.grid_worker)
    sent = draft()
    client.post("/report/", sent)
    Appointment.objects.filter(user=cast.grid_worker).update(
        community=cast.sibling_community.appointments.get().community_id
    )
    answer = client.post("/report/", sent, follow=True)
    assert Incident.objects.get().number in answer.text and answer.redirect_chain == [("/report/mine/", 302)]


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


def test_look_alikes_are_asked_for_while_writing(client, cast):
    client.force_login(cast.grid_worker)
    client.post("/report/send/", draft(words="二号楼电梯困人，按钮失灵", place="2 号楼"))
    near = client.post("/report/near/", {"words": "二号楼电梯又困人了", "place": "2号楼"}).json()["alike"]
    assert [one["number"] for one in near] == [Incident.objects.get().number] and "相似" in near[0]["how"]
    assert client.post("/report/near/", {"words": "墙上贴了小广告", "place": "2号楼"}).json()["alike"] == []
    assert client.post("/report/near/", {"words": ""}).json()["alike"] == []
    assert client.get("/report/near/").status_code == 405 and Incident.objects.count() == 1


@pytest.mark.parametrize("page", ["/report/", "/incidents/new/"])
def test_without_a_script_they_are_shown_once_before_it_is_sent(client, cast, page):
    client.force_login(cast.grid_worker)
    client.post("/report/send/", draft(words="二号楼电梯困人，按钮失灵", place="2 号楼"))
    assert 'name="ask"' in client.get(page).text
    sent = draft(words="二号楼电梯又困人了", place="2 号楼")
    shown = client.post(page, {**sent, "ask": "1"})
    assert "附近可能已有人报过" in shown.text and 'name="ask"' not in shown.text and Incident.objects.count() == 1
    assert client.post(page, sent).status_code == 302 and Incident.objects.count() == 2
    assert client.post(page, draft(words="墙上又贴了小广告", ask="1")).status_code == 302  # nothing alike: sent at once
