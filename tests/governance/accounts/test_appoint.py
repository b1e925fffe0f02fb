"""Accounts and appointments: the security administrator gives posts to others, never to himself."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.accounts import services
from governance.accounts.models import Appointment, User
from governance.accounts.selectors import actor_of, locked_accounts
from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.territory.models import Division


@pytest.fixture
def secadmin(client, cast):
    client.force_login(cast.secadmin)
    return client


def appoint(client, user, role, *, place=None, **more):
    data = {"title": "", "valid_from": clock.today().isoformat(), "valid_to": "", **more}
    if place is not None:
        data["place"] = place.pk
    return client.post(f"/users/{user.pk}/appoint/?role={role}&q=", data)


def test_a_new_account_gets_a_password_shown_once(secadmin):
    page = secadmin.post("/users/new/", {"username": "new.person", "name": "新人", "phone": "13800001234"})
    user = User.objects.get(username="new.person")
    password = page.context["password"]
    assert user.check_password(password)
    assert user.must_change_password
    assert page["Cache-Control"] == "no-store"
    assert password not in secadmin.get(f"/users/{user.pk}/").content.decode()
    assert password not in str(list(AuditEvent.objects.values_list("data", "note")))
    assert AuditEvent.objects.filter(action="user.add", subject_id=user.pk).exists()


@pytest.mark.parametrize("name", ["staff", "STAFF", "两个字", "ab"])
def test_a_taken_or_odd_name_is_refused(secadmin, name):
    answer = secadmin.post("/users/new/", {"username": name, "name": "新人"})
    assert answer.status_code == 422
    assert "username" in answer.context["form"].errors


def test_an_appointment_opens_its_place(secadmin, cast, street):
    assert (
        appoint(secadmin, cast.outsider, "street_staff", place=street, title="主任")["Location"]
        == f"/users/{cast.outsider.pk}/"
    )
    post = actor_of(cast.outsider).posts[0]
    assert (post.role, post.street_id, post.unit_id, post.title) == ("street_staff", street.pk, street.unit_id, "主任")
    row = Appointment.objects.get(user=cast.outsider)
    assert row.appointed_by_id == cast.secadmin.pk
    event = AuditEvent.objects.get(action="appointment.add", subject_id=row.pk)
    assert event.actor_id == cast.secadmin.pk


@pytest.mark.parametrize(
    ("role", "words", "found"),
    [("street_staff", "青泥洼桥", "青泥洼桥街道"), ("community", "210202008", "社区"), ("adjudicator", "中山", "中山区"),
     ("dept_handler", "城管", "城管局")],
)  # fmt: skip
def test_places_are_found_by_words(secadmin, cast, role, words, found):
    form = secadmin.get(f"/users/{cast.outsider.pk}/appoint/?role={role}&q={words}").context["form"]
    assert any(found in label for _, label in form.fields["place"].choices)


def test_a_role_of_the_whole_city_asks_for_no_place(secadmin, cast):
    assert "place" not in secadmin.get(f"/users/{cast.outsider.pk}/appoint/?role=city_office").context["form"].fields
    assert appoint(secadmin, cast.outsider, "city_office").status_code == 302


def test_a_community_brings_its_street_and_unit(actors, cast, street):
    community = Division.objects.filter(street=street).first()
    row = services.appointment_add(
        by=actors.secadmin, user=cast.outsider, role="grid_worker", place=community, valid_from=clock.today()
    )
    assert (row.community_id, row.street_id, row.unit_id) == (community.pk, street.pk, street.unit_id)


def test_nobody_appoints_himself(secadmin, cast, actors):
    answer = appoint(secadmin, cast.secadmin, "city_office")
    assert answer.status_code == 422
    assert "不能修改自己的账户权限" in answer.content.decode()
    with pytest.raises(Invalid):
        services.user_reset_password(by=actors.secadmin, user=cast.secadmin)


def test_the_database_refuses_it_too(cast):
    with pytest.raises(IntegrityError, match="nobody_appoints_himself"), transaction.atomic():
        Appointment.objects.create(user=cast.secadmin, appointed_by=cast.secadmin, role="city_office")


@pytest.mark.parametrize(
    ("who", "role"), [("auditor", "system_admin"), ("sysadmin", "auditor"), ("sysadmin", "security_admin")]
)
def test_the_three_administrators_exclude_each_other(secadmin, cast, who, role):
    answer = appoint(secadmin, getattr(cast, who), role)
    assert answer.status_code == 422
    assert "互不兼任" in answer.content.decode()
    with pytest.raises(IntegrityError, match="three_administrators"), transaction.atomic():
        Appointment.objects.create(user=getattr(cast, who), role=role)


def test_one_may_follow_the_other(actors, cast):
    services.appointment_end(by=actors.secadmin, appointment=cast.auditor.appointments.get(), on=clock.today())
    row = services.appointment_add(by=actors.secadmin, user=cast.auditor, role="system_admin", valid_from=clock.today())
    assert actor_of(cast.auditor).roles == {row.role}


def test_the_same_post_twice_is_refused(secadmin, cast, street):
    assert appoint(secadmin, cast.staff, "street_staff", place=street).status_code == 422


@pytest.mark.parametrize("change", [{"valid_to": "2020-01-01"}, {"valid_from": ""}, {"valid_from": "not a day"}])
def test_odd_days_are_refused(secadmin, cast, street, change):
    assert appoint(secadmin, cast.outsider, "street_staff", place=street, **change).status_code == 422


def test_a_place_of_another_kind_is_refused(secadmin, cast, street):
    community = Division.objects.filter(street=street).first()
    assert appoint(secadmin, cast.outsider, "street_staff", place=community).status_code == 422
    assert appoint(secadmin, cast.outsider, "street_staff").status_code == 422


def test_a_post_begins_and_ends_by_the_calendar(actors, cast, street, at):
    tomorrow = clock.today() + timedelta(days=1)
    services.appointment_add(
        by=actors.secadmin, user=cast.outsider, role="street_staff", place=street, valid_from=tomorrow,
        valid_to=tomorrow + timedelta(days=10),
    )  # fmt: skip
    assert not actor_of(cast.outsider).posts
    with at(clock.now() + timedelta(days=1)):
        assert actor_of(cast.outsider).posts
    with at(clock.now() + timedelta(days=11)):
        assert not actor_of(cast.outsider).posts


def test_ending_a_post_closes_its_desk_at_once(secadmin, cast):
    row = cast.staff.appointments.get()
    answer = secadmin.post(f"/appointments/{row.pk}/end/", {"on": clock.today().isoformat()})
    assert answer["Location"] == f"/users/{cast.staff.pk}/"
    assert not actor_of(cast.staff).posts
    assert AuditEvent.objects.filter(action="appointment.end", subject_id=row.pk).exists()


def test_the_past_stays_as_it_was(actors, cast):
    row = cast.staff.appointments.get()
    with pytest.raises(Invalid):
        services.appointment_end(by=actors.secadmin, appointment=row, on=clock.today() - timedelta(days=1))
    services.appointment_end(by=actors.secadmin, appointment=row, on=clock.today())
    with pytest.raises(Conflict):
        services.appointment_end(by=actors.secadmin, appointment=row, on=clock.today())


def test_an_end_is_never_a_prolongation(actors, cast):
    row = cast.staff.appointments.get()
    services.appointment_end(by=actors.secadmin, appointment=row, on=clock.today() + timedelta(days=5))
    with pytest.raises(Invalid):
        services.appointment_end(by=actors.secadmin, appointment=row, on=clock.today() + timedelta(days=50))


@pytest.mark.parametrize("who", ["sysadmin", "auditor", "city", "leader", "dept", "outsider"])
def test_nobody_else_changes_accounts(client, cast, actors, who, street):
    client.force_login(getattr(cast, who))
    target = cast.foreign_staff
    for path in ("new/", "locked/", f"{target.pk}/appoint/?role=city_office", f"{target.pk}/password/"):
        assert client.get(f"/users/{path}").status_code == 403
    assert client.post(f"/users/{target.pk}/disable/").status_code == 403
    assert client.post(f"/users/{target.pk}/unlock/").status_code == 403
    assert client.post(f"/appointments/{target.appointments.get().pk}/end/", {"on": "2030-01-01"}).status_code in (
        403,
        404,
    )
    with pytest.raises(Forbidden):
        services.user_add(by=getattr(actors, who), username="sneaked.in", name="无权")


@pytest.mark.parametrize(
    ("who", "code"), [("secadmin", 200), ("sysadmin", 200), ("auditor", 200), ("leader", 403), ("city", 403)]
)
def test_the_three_administrators_read_the_lists(client, cast, who, code):
    client.force_login(getattr(cast, who))
    for path in ("/users/", f"/users/{cast.staff.pk}/", "/appointments/"):
        assert client.get(path).status_code == code


def test_the_lists_filter_and_export(secadmin, cast):
    rows = secadmin.get("/users/?role=auditor").context["page"].rows
    assert cast.auditor in rows
    assert cast.staff not in rows
    assert cast.outsider in secadmin.get("/users/?posted=false&q=outsider").context["page"].rows
    text = b"".join(secadmin.get("/appointments/?role=street_leader&export=csv")).decode()
    assert "街道书记/主任" in text
    assert "安全审计员" not in text


def test_a_telephone_number_is_masked(secadmin, cast):
    User.objects.filter(pk=cast.staff.pk).update(phone="13800001234")
    assert "138****1234" in secadmin.get(f"/users/{cast.staff.pk}/").content.decode()
    assert "13800001234" not in secadmin.get("/users/?q=staff").content.decode()


def test_a_reset_ends_the_sessions_and_is_shown_once(secadmin, cast, rf):
    from django.test import Client

    other = Client()
    other.force_login(cast.staff)
    page = secadmin.post(f"/users/{cast.staff.pk}/password/")
    assert User.objects.get(pk=cast.staff.pk).check_password(page.context["password"])
    assert other.get("/desk/")["Location"].startswith("/sign-in/")


def test_a_closed_account_is_out_at_once(secadmin, cast):
    from django.test import Client

    other = Client()
    other.force_login(cast.staff)
    secadmin.post(f"/users/{cast.staff.pk}/disable/")
    assert other.get("/desk/")["Location"].startswith("/sign-in/")
    secadmin.post(f"/users/{cast.staff.pk}/enable/")
    assert User.objects.get(pk=cast.staff.pk).is_active


def test_a_lock_is_listed_and_lifted(secadmin, client, cast):
    for name in ("staff", "a-password-typed-as-name"):
        AccessAttempt.objects.create(
            username=name, ip_address="10.1.1.1", failures_since_start=5, attempt_time=timezone.now(), user_agent=""
        )
    page = secadmin.get("/users/locked/").content.decode()
    assert "10.1.1.1" in page
    assert "a-password-typed-as-name" not in page
    secadmin.post(f"/users/{cast.staff.pk}/unlock/")
    assert not locked_accounts()
    assert AuditEvent.objects.filter(action="user.unlock", subject_id=cast.staff.pk).exists()
