"""One's own API token on the account page: shown once, stored hashed, ended by a button or a new password."""

import re

import pytest
from rest_framework.test import APIClient

from governance.accounts.models import ApiToken
from governance.accounts.services import password_change
from governance.accounts.tokens import digest_of
from governance.kernel.audit import AuditEvent

pytestmark = pytest.mark.django_db
PAGE = "/account/token/"


def make(client) -> str:
    answer = client.post(PAGE, {"do": "issue"})
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    return re.search(r'id="token">([0-9a-f]{40})<', answer.content.decode())[1]


def status(key: str) -> int:
    return APIClient(headers={"Authorization": f"Token {key}"}).get("/api/v1/tickets/").status_code


@pytest.fixture
def dept(client, cast):
    client.force_login(cast.dept)
    return client


def test_it_is_shown_once_and_stored_hashed(dept, cast):
    key = make(dept)
    assert status(key) == 200
    assert key not in dept.get(PAGE).content.decode()
    row = ApiToken.objects.get()
    assert (row.user, row.digest) == (cast.dept, digest_of(key)) and key not in row.digest
    assert AuditEvent.objects.filter(action="user.token_issue", actor_id=cast.dept.pk).count() == 1


def test_another_one_ends_the_first(dept):
    first, second = make(dept), make(dept)
    assert (status(first), status(second)) == (401, 200)


def test_revoked_by_its_owner(dept, cast):
    key = make(dept)
    assert dept.post(PAGE, {"do": "revoke"}).status_code == 302
    assert status(key) == 401
    assert AuditEvent.objects.filter(action="user.token_revoke", actor_id=cast.dept.pk).count() == 1
    assert "目前没有令牌" in dept.get(PAGE).content.decode()


def test_a_new_password_ends_it(dept, cast, actors):
    key = make(dept)
    password_change(by=actors.dept, user=cast.dept, password="another long password 2026")
    assert status(key) == 401


def test_nobody_makes_one_for_another(dept, cast):
    dept.post(PAGE, {"do": "issue", "user": cast.leader.pk})
    assert [row.user for row in ApiToken.objects.all()] == [cast.dept]
