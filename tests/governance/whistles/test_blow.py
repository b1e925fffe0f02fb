"""A street official blows: what is refused and why, what is kept, and what a second click does."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.kernel.errors import Invalid
from governance.territory.models import Department, Division, Grid
from governance.territory.selectors import communities_of
from governance.whistles import services
from governance.whistles.models import Whistle
from tests_support.queries import BASELINE
from tests_support.stories import DONE_ALREADY, content

URL = "/whistles/blow/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(street, departments, category):
    """A complete form."""
    return {
        "scene": "joint_enforce", "category": category.pk, "title": "夜市占道经营反复", "facts": "夜间摊贩占用人行道。",
        "source": "patrol", "place": "友好路路口", "community": communities_of(street).first().pk, "done_already": DONE_ALREADY,
        "lead": departments[0].pk, "assistants": [departments[1].pk], "tier": "district", "households": 30,
        "form_key": str(uuid.uuid4()), "do": "submit",
    }  # fmt: skip


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


def refused(response, field: str) -> str:
    """The error next to ``field``; nothing was stored and what was typed is still there."""
    assert response.status_code == 422
    assert not Whistle.objects.exists()
    form = response.context["form"]
    assert set(form.errors) == {field}
    assert "夜市占道经营反复" in response.content.decode()
    return form.errors[field][0]


def test_a_complete_whistle_waits_for_review(staff, typed, street):
    response = staff.post(URL, typed)
    whistle = Whistle.objects.get()
    assert response["Location"] == whistle.get_absolute_url()
    assert (whistle.status, whistle.street, whistle.households) == ("pending_review", street, 30)
    assert whistle.number.startswith("DLS-210202-")
    assert sorted(whistle.proposals.values_list("role", flat=True)) == ["assist", "lead"]


def test_a_double_click_stores_one_whistle_and_leads_to_it_twice(staff, typed):
    first, second = staff.post(URL, typed), staff.post(URL, typed)
    assert Whistle.objects.count() == 1
    assert first["Location"] == second["Location"]


@pytest.mark.parametrize("words", ["", "已协调", "　" * 30, "一" * 19])
def test_without_what_the_street_did_it_is_refused(staff, typed, words):
    error = refused(staff.post(URL, typed | {"done_already": words}), "done_already")
    assert "街道已" in error


def test_twenty_characters_are_enough(staff, typed):
    assert staff.post(URL, typed | {"done_already": "一" * 20}).status_code == 302


def test_to_no_department_it_is_refused(staff, typed):
    error = refused(staff.post(URL, typed | {"lead": ""}), "lead")
    assert "必须有部门" in error


def test_to_a_community_it_is_refused(staff, typed, street):
    """A community is no department; neither its number nor its code passes for one."""
    community = communities_of(street).first()
    error = refused(staff.post(URL, typed | {"lead": community.code12}), "lead")
    assert "社区（村）不能作为承办单位" in error


def test_to_a_department_of_another_district_it_is_refused(staff, typed, cast):
    foreign = cast.foreign_dept.appointments.get().department
    assert "不是本街道" in refused(staff.post(URL, typed | {"lead": foreign.pk}), "lead")


def test_to_a_station_it_is_refused(staff, typed, street):
    station = Department.objects.filter(level="station", street=street).first()
    refused(staff.post(URL, typed | {"assistants": [station.pk]}), "assistants")


def test_outside_ones_street_it_is_refused(staff, typed, sibling_street):
    other = communities_of(sibling_street).first()
    assert "本街道的社区" in refused(staff.post(URL, typed | {"community": other.pk}), "community")


def test_a_grid_of_another_community_is_refused(staff, typed, street):
    other = Grid.objects.filter(street=street).exclude(community_id=typed["community"]).first()
    refused(staff.post(URL, typed | {"grid": other.pk}), "grid")


def test_a_grid_brings_its_community_along(staff, typed, street):
    grid = Grid.objects.filter(street=street).last()
    staff.post(URL, typed | {"grid": grid.pk, "community": ""})
    assert Whistle.objects.get().community == grid.community


def test_the_lead_is_not_its_own_assistant(staff, typed):
    refused(staff.post(URL, typed | {"assistants": [typed["lead"]]}), "assistants")


def test_a_title_of_two_lines_is_refused(staff, typed):
    response = staff.post(URL, typed | {"title": "占道\nBcc: x@example.org"})
    assert response.status_code == 422
    assert "title" in response.context["form"].errors


def test_what_looks_the_same_is_shown_before_it_goes_out(staff, typed):
    staff.post(URL, typed)
    first = Whistle.objects.get()
    again = typed | {"title": "又一处占道", "form_key": str(uuid.uuid4())}
    shown = staff.post(URL, again)
    assert shown.status_code == 200
    assert Whistle.objects.count() == 1
    assert "请重新选择照片" not in shown.content.decode()
    assert first.number in shown.content.decode()
    assert "又一处占道" in shown.content.decode()
    assert staff.post(URL, again | {"do": "anyway"}).status_code == 302
    assert Whistle.objects.count() == 2


def test_another_streets_whistles_are_no_hint(staff, client, cast, typed, make_whistle, sibling_street, departments):
    staff.post(URL, typed)
    client.force_login(cast.sibling_staff)
    theirs = typed | {"community": communities_of(sibling_street).first().pk, "form_key": str(uuid.uuid4())}
    assert client.post(URL, theirs).status_code == 302


def test_a_draft_needs_only_a_title_and_a_category(staff, typed, category):
    sparse = {name: typed[name] for name in ("scene", "source", "tier", "title", "form_key")}
    response = staff.post(URL, sparse | {"category": category.pk, "do": "draft"})
    whistle = Whistle.objects.get()
    assert response["Location"] == whistle.get_absolute_url()
    assert (whistle.status, whistle.number) == ("draft", None)


def test_a_draft_is_completed_and_submitted(staff, typed):
    staff.post(URL, typed | {"facts": "", "done_already": "", "lead": "", "do": "draft"})
    draft = Whistle.objects.get()
    page = staff.get(f"/whistles/{draft.pk}/edit/")
    assert "夜市占道经营反复" in page.content.decode()
    sent = typed | {"version": draft.version, "form_key": str(uuid.uuid4())}
    assert staff.post(f"/whistles/{draft.pk}/edit/", sent).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.facts) == ("pending_review", "夜间摊贩占用人行道。")


def test_a_submitted_whistle_cannot_be_edited(staff, typed, make_whistle):
    whistle = make_whistle(status="pending_review")
    response = staff.post(f"/whistles/{whistle.pk}/edit/", typed | {"title": "改动", "do": "draft"})
    assert response.status_code in (409, 422)
    whistle.refresh_from_db()
    assert whistle.title != "改动"


def test_two_people_on_one_draft_do_not_overwrite_each_other(staff, client, cast, typed):
    staff.post(URL, typed | {"do": "draft"})
    draft = Whistle.objects.get()
    old, address = draft.version, f"/whistles/{draft.pk}/edit/"
    client.force_login(cast.leader)
    client.post(address, typed | {"title": "负责人改过", "do": "draft", "version": old, "form_key": str(uuid.uuid4())})
    client.force_login(cast.staff)
    response = client.post(address, typed | {"facts": "经办人补充", "version": old, "form_key": str(uuid.uuid4())})
    assert response.status_code == 409
    assert "已有别人改过" in response.content.decode()
    assert "经办人补充" in response.content.decode()
    assert response.context["changed"] == ["青泥洼桥街道 leader 修改"]
    draft.refresh_from_db()
    assert draft.title == "负责人改过"
    newest = response.context["form"]["version"].value()
    again = typed | {"facts": "经办人补充", "version": newest, "form_key": str(uuid.uuid4())}
    assert client.post(address, again).status_code == 302


@pytest.mark.parametrize("draft", [True, False])
def test_a_draft_is_no_way_round_the_street(actors, cast, street, sibling_street, make_whistle, draft):
    """Checked by the service, for whoever comes without the form."""
    foreign = cast.foreign_dept.appointments.get().department
    wrong = content(street, lead=foreign, community=communities_of(sibling_street).first())
    with pytest.raises(Invalid) as refusal:
        if draft:
            services.whistle_blow(by=actors.staff, street=street, content=wrong, draft=True)
        else:
            services.whistle_edit(whistle=make_whistle(status="draft"), by=actors.staff, content=wrong)
    assert set(refusal.value.fields) == {"lead", "community"}


def test_a_photo_goes_with_the_whistle(staff, typed, photo):
    staff.post(URL, typed | {"files": [photo]})
    page = staff.get(Whistle.objects.get().get_absolute_url())
    assert [file["name"] for file in page.context["files"]] == ["现场.jpg"]


def test_a_refused_photo_stores_no_whistle(staff, typed):
    from django.core.files.uploadedfile import SimpleUploadedFile

    fake = SimpleUploadedFile("现场.jpg", b"<script>alert(1)</script>", "image/jpeg")
    response = staff.post(URL, typed | {"files": [fake]})
    assert "打不开" in refused(response, "files")
    assert "请重新选择照片" in response.content.decode()


def test_only_the_own_streets_places_are_offered(staff, street):
    form = staff.get(URL).context["form"]
    communities = set(form.fields["community"].queryset)
    assert communities == set(communities_of(street))
    assert len(communities) < 60
    assert Division.objects.communities().count() > 1800


def test_every_limit_on_the_page_is_a_rule(staff):
    limits = staff.get(URL).context["limits"]
    assert len(limits) == 4
    shown = {limit.rule.key: limit.text for scene in limits for limit in scene["limits"]}
    assert shown["whistle.arrive.emergency"] == "30 分钟"
    assert shown["whistle.finish.hard_demand"] == "20 工作日"


@pytest.mark.parametrize("who", ["dept", "adjudicator", "community", "city", "auditor", "outsider"])
def test_others_cannot_blow(client, cast, typed, who):
    client.force_login(getattr(cast, who))
    assert client.get(URL).status_code == 403
    assert client.post(URL, typed).status_code == 403
    assert not Whistle.objects.exists()


def test_it_takes_few_statements(staff, typed):
    """Pinned in tests/baselines/queries.json: session, account, posts, look-alikes and all that is written."""
    staff.post(URL, typed | {"form_key": str(uuid.uuid4())})
    with CaptureQueriesContext(connection) as seen:
        assert staff.post(URL, typed | {"form_key": str(uuid.uuid4()), "do": "anyway"}).status_code == 302
    sent = [row["sql"] for row in seen if not row["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(sent) == BASELINE["blow a whistle"], sent


def test_a_closed_account_is_out_at_once(staff, typed, cast):
    """Rights are read with every request: nothing of a person is kept between two."""
    staff.post(URL, typed)
    cast.staff.appointments.update(valid_to="2020-01-02", valid_from="2020-01-01")
    assert staff.post(URL, typed | {"form_key": str(uuid.uuid4())}).status_code == 403
    type(cast.staff).objects.filter(pk=cast.staff.pk).update(is_active=False)
    assert "/sign-in/" in staff.post(URL, typed)["Location"]


def test_a_department_closed_a_moment_ago_is_refused(staff, typed, departments):
    """The form's choices may be some seconds old, the service's are not."""
    staff.post(URL, typed)
    Department.objects.filter(pk=departments[0].pk).update(is_active=False)
    count = Whistle.objects.count()
    response = staff.post(URL, typed | {"form_key": str(uuid.uuid4()), "do": "anyway"})
    assert (response.status_code, Whistle.objects.count()) == (422, count)
    assert "lead" in response.context["form"].errors
