"""The auditor reads the trail and verifies the chain; any edit, deletion, insertion or cut is found."""

import pytest
from django.conf import settings as portal
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import InternalError

from governance.kernel import audit
from governance.kernel.audit import AuditEvent, AuditSeal, audit_anchor, audit_seal, audit_verify
from governance.kernel.pages.audit import anchors_outside, check
from tests_support.triggers import forge_audit


@pytest.fixture
def chain(actors, cast, tmp_path, settings):
    """Twelve sealed events in a chain of their own (the test's transaction), and a place for the anchors."""
    settings.VAR_DIR = tmp_path
    for number in range(12):
        audit.record(action=f"test.{number}", label=f"动作{number}", by=actors.staff, subject=cast.staff, note="说明")
    while audit_seal():
        pass
    return list(AuditSeal.objects.order_by("sequence"))


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "city", "leader", "dept", "outsider"])
def test_the_trail_is_the_auditors_alone(client, cast, chain, who):
    client.force_login(getattr(cast, who))
    for path in ("/audit/", f"/audit/{chain[0].event_id}/"):
        assert client.get(path).status_code == 403
    assert client.post("/audit/verify/").status_code == 403


def test_the_list_filters_pages_and_exports(client, cast, chain):
    client.force_login(cast.auditor)
    page = client.get("/audit/?action=test.1")
    assert {event.action for event in page.context["page"].rows} == {"test.1", "test.10", "test.11"}
    text = b"".join(client.get("/audit/?action=test.&export=csv")).decode()
    assert "动作11" in text
    assert text.count("动作1") == 3
    event = client.get(f"/audit/{chain[-1].event_id}/").content.decode()
    assert chain[-1].hash in event


def test_a_whole_chain_is_said_to_be_whole(client, cast, chain):
    audit_anchor()
    client.force_login(cast.auditor)
    for scope in ("recent", "whole"):
        page = client.post("/audit/verify/", {"scope": scope}, follow=True).content.decode()
        assert "校验通过" in page
    assert AuditEvent.objects.filter(action="audit.verify", actor_id=cast.auditor.pk).count() == 2


def test_verifying_by_a_link_does_nothing(client, cast, chain):
    client.force_login(cast.auditor)
    assert client.get("/audit/verify/").status_code == 405


FORGERIES = {
    "an edit": ("UPDATE governance_auditevent SET note = 'x' WHERE id = %s", lambda chain: [chain[5].event_id]),
    "another actor": (
        "UPDATE governance_auditevent SET actor_label = 'x' WHERE id = %s",
        lambda chain: [chain[5].event_id],
    ),
    "a deletion": ("DELETE FROM governance_auditseal WHERE sequence = %s", lambda chain: [chain[5].sequence]),
    "a swap": (
        "UPDATE governance_auditseal SET hash = reverse(hash) WHERE sequence = %s",
        lambda chain: [chain[5].sequence],
    ),
}


@pytest.mark.parametrize("name", sorted(FORGERIES))
def test_a_forgery_is_found(client, cast, chain, name):
    sql, values = FORGERIES[name]
    forge_audit(sql, *values(chain))
    client.force_login(cast.auditor)
    page = client.post("/audit/verify/", {"scope": "whole"}, follow=True).content.decode()
    assert "审计链不完整" in page
    with pytest.raises(CommandError):
        call_command("verify_audit")


def test_a_chain_that_was_cut_is_found_by_the_anchor_outside(chain):
    audit_anchor()
    assert anchors_outside()[-1].hash == chain[-1].hash
    forge_audit("DELETE FROM governance_auditseal WHERE sequence > %s", chain[5].sequence)
    assert audit_verify().problem == ""  # what is left hangs together
    assert "库外锚点" in check().problem


def test_a_rewritten_chain_is_found_by_the_anchor_outside(chain):
    audit_anchor()
    forge_audit("DELETE FROM governance_auditseal")
    forge_audit("UPDATE governance_auditevent SET note = 'x' WHERE id = %s", chain[3].event_id)
    while audit_seal():
        pass
    assert audit_verify().problem == ""
    assert "库外锚点" in check().problem


def test_the_last_links_are_checked_without_the_first(chain):
    forge_audit("UPDATE governance_auditevent SET note = 'x' WHERE id = %s", chain[-10].event_id)
    assert audit_verify(last=5).problem == ""
    assert audit_verify(last=11).problem
    assert audit_verify(last=5).checked == chain[-1].sequence


def test_a_broken_anchor_log_stops_nobody(chain):
    folder = portal.VAR_DIR / "anchors"
    folder.mkdir()
    (folder / "anchors.log").write_text("garbage\n2026-01-01 x y\n\n", encoding="utf-8")
    assert anchors_outside() == []
    assert check().problem == ""


def test_an_empty_trail_says_so(client, cast, db):
    forge_audit("DELETE FROM governance_auditseal")
    client.force_login(cast.auditor)
    assert "还没有已封存" in client.post("/audit/verify/", follow=True).content.decode()


def test_the_database_refuses_edits(chain):
    for sql in (
        "UPDATE governance_auditevent SET note = 'x'",
        "DELETE FROM governance_auditseal",
        "TRUNCATE governance_auditanchor",
    ):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
