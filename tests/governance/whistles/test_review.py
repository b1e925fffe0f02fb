"""The street's leader reviews on the whistle page: approves, returns, declines; others are kept out."""

import uuid

import pytest

from governance.whistles.models import Whistle

pytestmark = pytest.mark.django_db


@pytest.fixture
def pending(make_whistle):
    return make_whistle(status="pending_review")


@pytest.fixture
def press(client, cast):
    """``press("leader", whistle, "approve", note=…)``: sign in and press a button of the whistle page."""

    def do(who, whistle, action, **data):
        client.force_login(getattr(cast, who))
        return client.post(f"/whistles/{whistle.pk}/{action}/", {"form_key": str(uuid.uuid4()), **data})

    return do


def buttons(response) -> set[str]:
    return {move["name"] for move in response.context["moves"]}


def test_the_leader_sees_what_can_be_done(client, cast, pending):
    client.force_login(cast.leader)
    assert buttons(client.get(pending.get_absolute_url())) == {"approve", "return", "decline", "withdraw", "merge"}


def test_staff_may_not_review(client, cast, pending, press):
    client.force_login(cast.staff)
    assert buttons(client.get(pending.get_absolute_url())) == {"withdraw", "merge"}
    assert press("staff", pending, "approve").status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("adjudicator", 403),
        ("city", 403),
        ("community", 403),
        ("sibling_leader", 404),
        ("dept", 404),
        ("outsider", 404),
    ],
)
def test_others_may_read_at_most(who, status, press, pending):
    assert press(who, pending, "approve").status_code == status


def test_approving_brings_it_to_the_command_centre(press, pending):
    assert press("leader", pending, "approve", version=pending.version).status_code == 302
    pending.refresh_from_db()
    assert pending.status == "pending_dispatch"


def test_returning_asks_for_a_reason_and_keeps_the_page(press, pending):
    response = press("leader", pending, "return", note="  ")
    assert response.status_code == 422
    assert "note" in response.context["form"].errors
    assert press("leader", pending, "return", note="请补充照片").status_code == 302
    pending.refresh_from_db()
    assert pending.status == "draft"


def test_the_reason_is_read_by_whoever_rewrites_it(client, cast, press, pending):
    press("leader", pending, "return", note="请补充照片")
    client.force_login(cast.staff)
    page = client.get(pending.get_absolute_url())
    assert "请补充照片" in page.content.decode()
    assert buttons(page) == {"submit", "edit"}


def test_declining_ends_it(press, pending):
    press("leader", pending, "decline", note="可由社区协商解决")
    pending.refresh_from_db()
    assert pending.status == "terminated"


def test_a_second_press_does_nothing_twice(client, cast, pending):
    client.force_login(cast.leader)
    data = {"form_key": str(uuid.uuid4()), "version": pending.version}
    answers = {client.post(f"/whistles/{pending.pk}/approve/", data)["Location"] for _ in range(2)}
    assert answers == {pending.get_absolute_url()}


def test_an_illegal_step_is_explained(press, pending):
    response = press("staff", pending, "dispatch")
    assert response.status_code == 409
    assert "“待审核”状态下不能派发" in response.content.decode()


def test_an_old_page_says_what_happened_since(press, pending):
    old = pending.version
    press("leader", pending, "return", note="请补充")
    response = press("staff", Whistle.objects.get(), "submit", version=old)
    assert response.status_code == 409
    page = response.content.decode()
    assert "已有新的进展" in page
    assert "退回修改" in page
    assert response.context["form"]["version"].value() == Whistle.objects.get().version


@pytest.mark.parametrize("action", ["settle", "archive", "end", "nonsense"])
def test_what_only_the_system_does_has_no_address(press, pending, action):
    assert press("leader", pending, action, note="x").status_code == 404


def test_merging_needs_another_open_whistle_of_the_street(press, pending, make_whistle):
    other, closed = make_whistle(title="同一处占道"), make_whistle(status="terminated")
    for wrong in (pending.pk, closed.pk, ""):
        assert "into" in press("staff", pending, "merge", into=wrong, note="同一事项").context["form"].errors
    assert press("staff", pending, "merge", into=other.pk, note="同一事项").status_code == 302
    pending.refresh_from_db()
    assert (pending.status, pending.merged_into) == ("merged", other)
    assert press("staff", pending, "unmerge").status_code == 302
    pending.refresh_from_db()
    assert pending.status == "pending_review"
