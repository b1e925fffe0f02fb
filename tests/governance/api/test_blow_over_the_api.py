"""A whistle over the API: the same rules as on the page."""

import base64

import pytest

from governance.kernel.audit import AuditEvent
from governance.whistles.models import Whistle
from tests_support import photos, stories

pytestmark = pytest.mark.django_db
URL = "/api/v1/whistles/"


def test_a_street_blows_and_the_whistle_waits_for_its_leader(api, blow, street):
    answer = api("staff").post(URL, blow(), format="json")
    assert answer.status_code == 201, answer.json()
    whistle = Whistle.objects.get(pk=answer.json()["id"])
    assert (whistle.status, whistle.street) == ("pending_review", street)
    assert answer.json()["number"] == whistle.number and answer.json()["proposals"][0]["role"] == "lead"
    assert AuditEvent.objects.filter(thread=whistle.thread, via="api").exists()


def test_a_draft_needs_less_and_is_completed_later(api, blow):
    staff = api("staff")
    kept = staff.post(
        URL,
        {"scene": "emergency", "category": "0101", "title": "井盖缺失", "source": "grid", "draft": True},
        format="json",
    )
    assert kept.status_code == 201 and kept.json()["status"] == "draft"
    url = f"{URL}{kept.json()['id']}/"
    assert staff.post(f"{url}submit/", {}, format="json").status_code == 409
    full = staff.post(f"{url}edit/", blow(version=kept.json()["version"]), format="json")
    assert full.status_code == 200, full.json()
    assert (
        staff.post(f"{url}submit/", {"version": full.json()["version"]}, format="json").json()["status"]
        == "pending_review"
    )


def test_an_edit_of_an_older_version_is_409(api, blow):
    staff = api("staff")
    kept = staff.post(URL, blow(draft=True), format="json").json()
    url = f"{URL}{kept['id']}/edit/"
    assert staff.post(url, blow(title="改一", version=kept["version"]), format="json").status_code == 200
    late = staff.post(url, blow(title="改二", version=kept["version"]), format="json")
    assert late.status_code == 409 and Whistle.objects.get(pk=kept["id"]).title == "改一"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"done_already": "已协调。"}, "done_already"),
        ({"lead": ""}, "lead"),
        ({"lead": None}, "lead"),
        ({"lead": "nobody"}, "lead"),
        ({"community": "210204010001"}, "community"),
        ({"category": "9999"}, "category"),
        ({"assistants": ["nobody"]}, "assistants"),
        ({"scene": "party"}, "scene"),
        ({"title": "一行\n两行"}, "title"),
        ({"households": -1}, "households"),
        ({"expected_at": "0001-01-01T00:00:00Z"}, "expected_at"),
        ({"street": stories.FOREIGN}, "street"),
        ({"status": "closed"}, "status"),
        ({"number": "DLS-1"}, "number"),
        ({"created_by": 1}, "created_by"),
        ({"is_synthetic": True}, "is_synthetic"),
        ({"files": [{"name": "a.svg", "content": base64.b64encode(b"<svg/>").decode()}]}, "files"),
        ({"files": [{"name": "a.jpg", "content": "***"}]}, "files.0.content"),
    ],
)
def test_a_bad_body_is_400_with_the_field_named(api, blow, change, field):
    answer = api("staff").post(URL, blow(**change), format="json")
    assert answer.status_code == 400, answer.content
    assert field in answer.json()["fields"], answer.json()
    assert not Whistle.objects.exists()


@pytest.mark.parametrize("body", [b'{"\\ud800": 1}', b'{"title": "\\ud800"}', b'{"title": "\\u0000"}', b"[]", b"1", b"{", b'{"a": NaN}',
                                  b"[" * 100_000, b"\xff"])  # fmt: skip
def test_a_broken_body_is_400(api, body):
    answer = api("staff").post(URL, body, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["code"] in ("invalid", "parse_error")


def test_a_body_past_the_limit_is_413_and_another_type_415(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    staff = api("staff")
    assert staff.post(URL, {"title": "大" * 1000}, format="json").status_code == 413
    assert staff.post(URL, "<a/>", content_type="application/xml").status_code == 415


def test_a_foreign_department_or_community_in_the_body_is_400(api, blow, foreign_street):
    foreign = stories.departments(foreign_street)[0]
    assert "lead" in api("staff").post(URL, blow(lead=foreign.code), format="json").json()["fields"]


@pytest.mark.parametrize("name", ["dept", "community", "auditor", "social", "outsider", "city", "sysadmin"])
def test_only_streets_blow(api, blow, name):
    assert api(name).post(URL, blow(), format="json").status_code == 403
    assert not Whistle.objects.exists()


def test_a_photo_comes_along_in_base64_and_can_be_fetched_again(api, blow):
    photo = {"name": "现场.jpg", "content": base64.b64encode(photos.jpeg()).decode()}
    staff = api("staff")
    answer = staff.post(URL, blow(files=[photo]), format="json").json()
    (file,) = answer["files"]
    assert staff.get(f"/api/v1/files/{file['id']}/").json()["sha256"] == file["sha256"]
    content = staff.get(file["download"], HTTP_ACCEPT="image/*")
    assert content.status_code == 200 and b"".join(content.streaming_content)[:3] == b"\xff\xd8\xff"
    for stranger in ("sibling_staff", "foreign_staff", "outsider"):
        assert api(stranger).get(file["download"]).status_code == 404
        assert api(stranger).get(f"/api/v1/files/{file['id']}/").status_code == 404


def test_a_street_official_of_another_street_gets_404(api, make_whistle):
    whistle = make_whistle()
    for name in ("sibling_staff", "foreign_staff", "outsider", "foreign_dept", "other_dept"):
        assert api(name).get(f"{URL}{whistle.pk}/").status_code == 404
        assert api(name).post(f"{URL}{whistle.pk}/merge/", {}, format="json").status_code == 404
        assert api(name).get(URL).json()["results"] == []


def test_a_merge_into_another_streets_whistle_is_400(api, make_whistle, actors, foreign_street):
    from governance.whistles import services

    foreign = services.whistle_blow(by=actors.foreign_staff, street=foreign_street, content=stories.content(
        foreign_street, lead=stories.departments(foreign_street)[0], assistants=()))  # fmt: skip
    answer = api("staff").post(
        f"{URL}{make_whistle().pk}/merge/", {"into": foreign.pk, "note": "同一事项"}, format="json"
    )
    assert answer.status_code == 400 and "into" in answer.json()["fields"]


def test_the_loop_from_review_to_dispatch(api, blow):
    row = api("staff").post(URL, blow(), format="json").json()
    url = f"{URL}{row['id']}/"
    assert api("staff").post(f"{url}approve/", {}, format="json").status_code == 403
    approved = api("leader").post(f"{url}approve/", {"version": row["version"]}, format="json")
    assert approved.json()["status"] == "pending_dispatch" and approved.json()["actions"] == [
        "dispatch",
        "withdraw",
        "merge",
    ]
    sent = api("staff").post(f"{url}dispatch/", {}, format="json").json()
    assert sent["status"] == "in_progress" and {part["role"] for part in sent["parts"]} == {"lead", "assist"}
    again = api("staff").post(f"{url}dispatch/", {}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")
