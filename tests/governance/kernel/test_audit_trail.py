"""The audit trail is append-only and any edit, deletion or insertion is found."""

import pytest
from django.db import InternalError, connection, transaction

from governance.kernel.actor import SYSTEM
from governance.kernel.audit import AuditAnchor, AuditEvent, AuditSeal, audit_anchor, audit_seal, audit_verify, record
from tests_support.triggers import forge_audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(street):
    """Ten sealed events."""
    for number in range(10):
        record(action="test.event", by=SYSTEM, subject=street, note=f"第 {number} 件", data={"n": number})
    while audit_seal(limit=3):
        pass
    return list(AuditSeal.objects.order_by("sequence"))


def test_a_whole_chain_verifies(chain):
    verdict = audit_verify()
    assert (verdict.checked, verdict.pending, verdict.problem) == (10, 0, "")


def test_sealing_again_seals_nothing(chain):
    assert audit_seal() == 0


def test_an_edit_is_found(chain):
    forge_audit("UPDATE governance_auditevent SET note = '改过' WHERE id = %s", chain[4].event_id)
    assert "序号 5" in audit_verify().problem


@pytest.mark.parametrize("column", ["action", "actor_label", "via", "thread", "to_status", "at"])
def test_an_edit_of_any_column_is_found(chain, column):
    value = "2020-01-01" if column == "at" else "x"
    forge_audit(f"UPDATE governance_auditevent SET {column} = %s WHERE id = %s", value, chain[0].event_id)
    assert "序号 1" in audit_verify().problem


def test_a_deletion_is_found(chain):
    forge_audit("DELETE FROM governance_auditseal WHERE sequence = 5")
    assert "序号 5 缺失" in audit_verify().problem


def test_an_insertion_is_found(chain):
    event = record(action="test.forged", by=SYSTEM, subject=chain[0].event, note="伪造")
    forge_audit("UPDATE governance_auditseal SET sequence = sequence + 100 WHERE sequence > 5")
    forge_audit("UPDATE governance_auditseal SET sequence = sequence - 99 WHERE sequence > 100")
    forge_audit(
        "INSERT INTO governance_auditseal (sequence, event_id, previous_hash, hash) VALUES (6, %s, 'x', 'y')", event.pk
    )
    assert "序号 6" in audit_verify().problem


def test_a_truncated_chain_is_found_by_the_anchor(chain, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    anchor = audit_anchor()
    assert (tmp_path / "anchors" / "anchors.log").read_text(encoding="utf-8").split()[1:] == ["10", anchor.hash]
    forge_audit("DELETE FROM governance_auditseal WHERE sequence > 8")
    assert audit_verify().problem == ""
    assert "锚点" in audit_verify(head=(anchor.sequence, anchor.hash)).problem


def test_anchoring_twice_a_day_keeps_the_first(chain, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert audit_anchor() == audit_anchor()
    assert AuditAnchor.objects.count() == 1


@pytest.mark.parametrize("table", ["auditevent", "auditseal", "rating", "ticketreport", "comment"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_append_only_tables_refuse(chain, make_ticket, actors, table, sql):
    if table == "auditseal":
        sql = sql.replace("id = id", "sequence = sequence")
    if table in {"rating", "ticketreport"}:
        make_ticket("closed")
    if table == "comment":
        from governance.whistles import services

        services.ticket_comment(ticket=make_ticket("handling"), by=actors.staff, body="请尽快")
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql.format(f"governance_{table}"))


def test_the_portals_own_role_may_not_even_try(chain):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'portal_app'")
        if cursor.fetchone() is None:
            pytest.skip("this server has no portal_app role")
        for table in ("auditevent", "auditseal", "rating", "comment", "ticketreport"):
            cursor.execute(
                "SELECT has_table_privilege('portal_app', %s, 'UPDATE, DELETE, TRUNCATE')", [f"governance_{table}"]
            )
            assert cursor.fetchone()[0] is False, table


def test_a_second_sealer_waits_for_nobody_and_forks_nothing(chain):
    """One sealer at a time: while one seals, another gets no lock and seals nothing."""
    # This test's own transaction has held the lock since the fixture sealed; another connection must not get it.
    probe = connection.copy()
    with probe.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(4201)")
        assert cursor.fetchone()[0] is False
    probe.close()


def test_every_change_of_the_loop_is_audited(make_ticket):
    ticket = make_ticket("closed")
    actions = set(AuditEvent.objects.filter(thread=ticket.thread).values_list("action", flat=True))
    wanted = {"whistle.draft", "whistle.submit", "whistle.approve", "whistle.dispatch", "ticket.dispatch", "ticket.accept",
              "ticket.arrive", "ticket.report_done", "ticket.verify", "ticket.rate", "whistle.settle"}  # fmt: skip
    assert wanted <= actions
    assert AuditEvent.objects.get(thread=ticket.thread, action="ticket.accept").actor_label
