"""Tokens: given by command, one per account, worth as much as the account."""

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from governance.kernel.audit import AuditEvent

pytestmark = pytest.mark.django_db
URL = "/api/v1/tickets/"


def token(capsys, name: str, *options) -> str:
    call_command("api_token", name, *options)
    return capsys.readouterr().out.strip().splitlines()[-1]


def ask(key: str):
    return APIClient(headers={"Authorization": f"Token {key}"}).get(URL)


def test_a_token_signs_in_and_a_new_one_ends_the_old(cast, capsys, make_ticket):
    make_ticket()
    old = token(capsys, "dept")
    assert len(ask(old).json()["results"]) == 1
    new = token(capsys, "dept")
    assert (ask(old).status_code, ask(new).status_code) == (401, 200)
    assert AuditEvent.objects.filter(action="user.token_issue").count() == 2


def test_a_revoked_token_is_nothing(cast, capsys):
    key = token(capsys, "dept")
    assert token(capsys, "dept", "--revoke") == "revoked"
    assert ask(key).status_code == 401
    assert token(capsys, "dept", "--revoke") == "there was none"


@pytest.mark.parametrize("key", ["", "x", "0" * 40, "0" * 40 + " 1", "\u00ff" * 40])
def test_no_token_is_401(cast, key):
    answer = ask(key)
    assert answer.status_code == 401 and answer.json()["code"] in ("authentication_failed", "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Token")


@pytest.mark.parametrize("change", [{"is_active": False}, {"must_change_password": True}])
def test_a_disabled_account_or_a_first_password_ends_its_token(cast, capsys, change):
    key = token(capsys, "dept")
    type(cast.dept).objects.filter(pk=cast.dept.pk).update(**change)
    assert ask(key).status_code == 401
    with pytest.raises(CommandError):
        token(capsys, "dept")


def test_nobody_has_no_token(cast):
    with pytest.raises(CommandError):
        call_command("api_token", "nobody")


def test_a_session_needs_its_csrf_token_to_write(cast, make_ticket):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(cast.dept)
    assert client.post(f"{URL}{make_ticket().pk}/accept/", {}, format="json").status_code == 403


def test_too_many_requests_are_429(cast, capsys, settings):
    settings.API_RATES = {"user": "2/min", "anon": "2/min"}
    from django.core.cache import cache

    cache.clear()
    key = token(capsys, "dept")
    assert [ask(key).status_code for _ in range(3)] == [200, 200, 429]
    cache.clear()


def test_a_stopped_cache_stops_nobody(cast, capsys, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    settings.API_RATES = {"user": "2/min", "anon": "2/min"}
    key = token(capsys, "dept")
    assert [ask(key).status_code for _ in range(3)] == [200] * 3
