"""An empty portal is set up once, by the holder of the code."""

import pytest
from django.core.management import call_command

from governance.accounts.models import Appointment, SetupCode, User
from governance.accounts.selectors import actor_of
from governance.accounts.setup import setup_code_make
from governance.kernel.audit import AuditEvent
from governance.whistles.models import Whistle

FACTS = {
    "security_username": "sec.one", "security_name": "甲某", "security_password": "quiet harbour 1907",
    "system_username": "sys.one", "system_name": "乙某", "system_password": "windy hill 38 steps",
}  # fmt: skip


@pytest.fixture
def empty(db):
    """A portal without people; the cast comes back with the transaction's end."""
    Appointment.objects.all().delete()
    assert not Whistle.objects.exists()
    User.objects.all().delete()


def set_up(client, code, **changes):
    return client.post("/setup/", {"code": code, **FACTS, **changes})


def test_everything_leads_to_the_set_up(client, empty):
    assert client.get("/")["Location"] == "/setup/"
    assert client.get("/sign-in/")["Location"] == "/setup/"
    assert client.get("/setup/").status_code == 200


def test_the_code_makes_two_administrators(client, empty):
    page = set_up(client, setup_code_make())
    assert page.status_code == 200
    assert "导入部门" in page.content.decode()
    roles = {user.username: actor_of(user).roles for user in User.objects.all()}
    assert roles == {"sec.one": {"security_admin"}, "sys.one": {"system_admin"}}
    assert AuditEvent.objects.filter(action="user.set_up").count() == 2


def test_they_sign_in_and_are_told_what_comes_next(client, empty):
    set_up(client, setup_code_make())
    answer = client.post("/sign-in/", {"username": "sec.one", "password": FACTS["security_password"]})
    assert answer["Location"] == "/desk/"
    assert "开通步骤" in client.get("/desk/").content.decode()


def test_afterwards_there_is_no_such_page(client, empty):
    code = setup_code_make()
    set_up(client, code)
    assert client.get("/setup/").status_code == 404
    assert set_up(client, code, security_username="third.one").status_code == 404
    assert setup_code_make() == ""


def test_it_never_was_where_people_are(client, cast):
    assert client.get("/setup/").status_code == 404


@pytest.mark.parametrize("code", ["", "aaaa-bbbb-cccc-dddd", "' OR 1=1 --"])
def test_without_the_code_nothing_happens(client, empty, code):
    setup_code_make()
    assert set_up(client, code).status_code in (400, 422)
    assert not User.objects.exists()


def test_a_newer_code_voids_the_older(client, empty):
    old, new = setup_code_make(), setup_code_make()
    assert set_up(client, old).status_code == 400
    assert set_up(client, new.upper()).status_code == 200  # typed off a screen


def test_the_code_is_stored_hashed(empty):
    code = setup_code_make()
    assert code not in str(SetupCode.objects.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"system_username": "SEC.ONE"},
        {"system_name": "甲某"},
        {"system_password": FACTS["security_password"]},
        {"system_password": "short"},
        {"security_password": "sec.one.2026"},
        {"system_username": ""},
    ],
)
def test_two_different_persons_with_good_passwords(client, empty, changes):
    assert set_up(client, setup_code_make(), **changes).status_code in (400, 422)
    assert not User.objects.exists()


def test_the_command_prints_the_code(client, empty, capsys):
    call_command("setup_code")
    code = capsys.readouterr().out.split(":")[1].strip()
    assert set_up(client, code).status_code == 200
    call_command("setup_code")
    assert "no code is needed" in capsys.readouterr().out
