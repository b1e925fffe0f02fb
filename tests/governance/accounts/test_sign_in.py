"""Signing in: the door opens for the right person only, and tells nobody else who exists."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from governance.accounts.models import User
from governance.kernel.audit import AuditEvent
from tests_support.stories import PASSWORD

WRONG = "certainly not it 2026"


def sign_in(client, name="staff", password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": name, "password": password, **more})


def test_the_right_password_leads_to_the_desk(client, cast):
    answer = sign_in(client)
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_signing_in_is_audited(client, cast):
    sign_in(client)
    event = AuditEvent.objects.filter(action="user.sign_in").latest("id")
    assert (event.actor_id, event.via) == (cast.staff.pk, "web")


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client, cast):
    def words(name):
        page = sign_in(Client(REMOTE_ADDR="10.1.1.1"), name, WRONG)
        return page.status_code, str(page.context["form"].non_field_errors())

    assert words("staff") == words("nobody-of-this-name")


def test_a_closed_account_gets_the_same_answer_too(client, cast):
    User.objects.filter(pk=cast.staff.pk).update(is_active=False)
    right, wrong = sign_in(client), sign_in(Client(), "nobody-of-this-name", WRONG)
    assert right.status_code == wrong.status_code == 200
    assert str(right.context["form"].non_field_errors()) == str(wrong.context["form"].non_field_errors())


@pytest.mark.parametrize("name", ["staff", "nobody-of-this-name"])
def test_five_failures_lock_known_and_unknown_names_alike(client, cast, name):
    codes = [sign_in(client, name, WRONG).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 200, 429]
    locked = sign_in(client, name)  # the right password does not help now
    assert locked.status_code == 429
    assert "已暂停 15 分钟" in locked.content.decode()
    assert name not in locked.content.decode()


def test_the_lock_ends_after_a_quarter_of_an_hour(client, cast):
    for _ in range(5):
        sign_in(client, password=WRONG)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert sign_in(client).status_code == 302


def test_another_address_is_not_locked_with_it(client, cast):
    for _ in range(5):
        sign_in(client, password=WRONG)
    assert sign_in(Client(REMOTE_ADDR="10.2.2.2")).status_code == 302


def test_a_success_forgets_the_failures_before_it(client, cast):
    for _ in range(4):
        sign_in(client, password=WRONG)
    sign_in(client)
    client.post("/sign-out/")
    assert sign_in(client, password=WRONG).status_code == 200


def test_trying_one_password_on_many_names_locks_the_address(client, cast):
    AccessAttempt.objects.bulk_create(
        AccessAttempt(
            username=f"name{number}", ip_address="127.0.0.1", failures_since_start=4, attempt_time=timezone.now()
        )
        for number in range(13)
    )
    assert sign_in(client).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="10.3.3.3")).status_code == 302


def test_trying_one_name_from_many_addresses_locks_the_name(client, cast):
    AccessAttempt.objects.bulk_create(
        AccessAttempt(
            username="staff", ip_address=f"10.4.0.{number}", failures_since_start=4, attempt_time=timezone.now()
        )
        for number in range(5)
    )
    assert sign_in(client).status_code == 429
    assert sign_in(client, "leader").status_code == 302


def test_a_lock_is_audited_for_a_known_name_only(client, cast):
    for name in ("staff", "a-password-typed-as-name"):
        for _ in range(5):
            sign_in(client, name, WRONG)
    assert list(AuditEvent.objects.filter(action="user.lock").values_list("subject_id", flat=True)) == [cast.staff.pk]


def test_a_forged_forwarded_address_is_not_believed(client, cast):
    for number in range(5):
        client.post(
            "/sign-in/", {"username": "staff", "password": WRONG}, headers={"X-Forwarded-For": f"10.5.0.{number}"}
        )
    assert sign_in(client).status_code == 429


def test_behind_a_proxy_its_own_entry_counts(client, cast, settings):
    settings.PROXY_COUNT = 1
    for number in range(5):
        forged = f"10.6.0.{number}, 192.0.2.7"
        client.post("/sign-in/", {"username": "staff", "password": WRONG}, headers={"X-Forwarded-For": forged})
    assert AccessAttempt.objects.get(username="staff").ip_address == "192.0.2.7"


def test_the_page_asked_for_follows(client, cast):
    page = client.get("/tickets/")
    assert page["Location"] == "/sign-in/?next=/tickets/"
    assert sign_in(client, next="/tickets/")["Location"] == "/tickets/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_no_other_site_follows(client, cast, elsewhere):
    assert sign_in(client, next=elsewhere)["Location"] == "/desk/"
    client.logout()
    answer = client.post("/sign-in/demo/", {"username": "jd.zhihui", "next": elsewhere})
    assert answer.get("Location", "/desk/") == "/desk/"


def test_the_form_needs_its_token(cast):
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_thirty_idle_minutes_end_a_session(client, cast):
    sign_in(client)
    session = Session.objects.get(session_key=client.session.session_key)
    assert timedelta(minutes=29) < session.expire_date - timezone.now() <= timedelta(minutes=30)
    Session.objects.filter(pk=session.pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/desk/")["Location"] == "/sign-in/?next=/desk/"


def test_work_moves_the_idle_limit_on(client, cast):
    sign_in(client)
    client.get("/desk/")
    session = client.session
    session["seen"] -= 120
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    client.get("/desk/")
    assert Session.objects.get(pk=session.session_key).expire_date > timezone.now() + timedelta(minutes=29)


def test_twelve_hours_end_a_session_however_busy(client, cast):
    sign_in(client)
    client.get("/desk/")
    session = client.session
    session["began"] -= django_settings.SESSION_ABSOLUTE_AGE + 1
    session.save()
    assert client.get("/desk/")["Location"] == "/sign-in/?next=/desk/"


def test_signing_in_changes_the_session_key(client, cast):
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_a_stopped_redis_keeps_nobody_out(client, cast, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert sign_in(client).status_code == 302
    assert client.get("/desk/").status_code == 200


class TestDemo:
    """One click per role, in a demo only."""

    @pytest.fixture(autouse=True)
    def people(self, db):
        User.objects.create(username="jd.zhihui", name="演示", is_synthetic=True)

    def test_one_click_signs_in(self, client, settings):
        settings.DEMO = True
        assert "sign-in/demo/" in client.get("/sign-in/").content.decode()
        assert client.post("/sign-in/demo/", {"username": "jd.zhihui"})["Location"] == "/desk/"

    def test_without_the_demo_there_is_no_such_page(self, client, settings):
        settings.DEMO = False
        assert client.post("/sign-in/demo/", {"username": "jd.zhihui"}).status_code == 404
        assert "sign-in/demo/" not in client.get("/sign-in/").content.decode()

    def test_it_opens_no_real_account(self, client, settings, cast):
        settings.DEMO = True
        User.objects.filter(username="jd.zhihui").update(is_synthetic=False)
        assert client.post("/sign-in/demo/", {"username": "jd.zhihui"}).status_code == 404
        assert client.post("/sign-in/demo/", {"username": "staff"}).status_code == 404

    def test_a_link_does_not_sign_in(self, client, settings):
        settings.DEMO = True
        assert client.get("/sign-in/demo/?username=jd.zhihui").status_code == 405
