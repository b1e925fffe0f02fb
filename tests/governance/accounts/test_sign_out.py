"""Leaving, and one's own password."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.models import User
from governance.kernel.audit import AuditEvent
from tests_support.stories import PASSWORD

NEW = "another long phrase 77"


def change(client, old=PASSWORD, new=NEW, again=None):
    return client.post("/password/", {"old_password": old, "new_password1": new, "new_password2": again or new})


def test_signing_out_ends_the_session(client, cast):
    client.force_login(cast.staff)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/desk/")["Location"] == "/sign-in/?next=/desk/"
    assert AuditEvent.objects.filter(action="user.sign_out", actor_id=cast.staff.pk).exists()


def test_a_link_does_not_sign_out(client, cast):
    client.force_login(cast.staff)
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/desk/").status_code == 200


def test_a_new_password_works_and_the_old_one_no_more(client, cast):
    client.force_login(cast.staff)
    assert change(client)["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200  # this session goes on
    user = User.objects.get(pk=cast.staff.pk)
    assert user.check_password(NEW)
    assert not user.check_password(PASSWORD)
    assert AuditEvent.objects.filter(action="user.change_password", actor_id=user.pk).exists()


def test_it_ends_the_other_sessions(client, cast):
    other = Client()
    for one in (client, other):
        one.force_login(cast.staff)
    change(client)
    assert other.get("/desk/").status_code == 302


def test_the_passwords_are_kept_nowhere(client, cast, django_assert_max_num_queries):
    from governance.kernel.idempotency import IdempotencyKey

    client.force_login(cast.staff)
    change(client)
    assert NEW not in str(list(AuditEvent.objects.values_list("data", "note")))
    assert not IdempotencyKey.objects.filter(endpoint__contains="password").exists()


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("not the old one", NEW, None, "old_password"),
        (PASSWORD, "short", None, "new_password1"),
        (PASSWORD, "123456789012345", None, "new_password1"),
        (PASSWORD, PASSWORD, None, "new_password1"),
        (PASSWORD, NEW, "something else 2026", "new_password2"),
    ],
)
def test_a_bad_password_is_refused_next_to_its_field(client, cast, old, new, again, field):
    client.force_login(cast.staff)
    answer = change(client, old, new, again)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert User.objects.get(pk=cast.staff.pk).check_password(PASSWORD)


def test_a_first_password_leads_to_its_change_from_everywhere(client, cast):
    User.objects.filter(pk=cast.staff.pk).update(must_change_password=True)
    client.force_login(cast.staff)
    for path in ("/desk/", "/whistles/", "/api/v1/whistles/"):
        assert client.get(path)["Location"] == "/password/"
    assert "初始口令" in client.get("/password/").content.decode()
    change(client)
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize(("age", "words"), [(10, None), (80, "还有 10 天到期"), (91, "已过有效期")])
def test_an_old_password_is_mentioned_on_the_desk(client, cast, age, words):
    User.objects.filter(pk=cast.staff.pk).update(password_changed_at=timezone.now() - timedelta(days=age))
    client.force_login(cast.staff)
    page = client.get("/desk/").content.decode()
    assert ("该换口令了" in page) == bool(words)
    assert words is None or words in page
