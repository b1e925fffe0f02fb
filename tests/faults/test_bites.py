"""The fault tests can fail: take one safeguard away, and the same check turns red."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from governance.kernel import audit, clock, idempotency, outbox, workflow
from governance.kernel.outbox import MailState, OutboxMail
from governance.whistles import services
from tests_support.databases import at_once

pytestmark = pytest.mark.fault
AT_ONCE = 6


def late_refusal(ticket) -> str:
    """A worker answers after its lease has passed to another, which delivers the mail. Returns the mail's state."""
    OutboxMail.objects.update(state=MailState.PENDING, lease_until=None, lease_token=None, not_before=clock.now())
    slow = outbox.outbox_claim()[0]
    OutboxMail.objects.filter(pk=slow.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    fast = next(row for row in outbox.outbox_claim() if row.pk == slow.pk)
    outbox._failed(slow, 550, "a late answer")
    outbox._complete(fast, state=MailState.SENT, sent_at=clock.now())
    return OutboxMail.objects.get(pk=slow.pk).state


def test_without_the_lease_token_a_delivered_mail_counts_as_dead(throwaway_db, monkeypatch):
    ticket = throwaway_db.make_ticket()
    assert late_refusal(ticket) == MailState.SENT
    OutboxMail.objects.update(state=MailState.PENDING, sent_at=None)

    def complete(mail, **changes):
        OutboxMail.objects.filter(pk=mail.pk, state=MailState.PENDING).update(
            lease_until=None, lease_token=None, **changes
        )

    monkeypatch.setattr(outbox, "_complete", complete)
    assert late_refusal(ticket) == MailState.DEAD


def approvals(database) -> int:
    """How often the trail says that one whistle, approved by several at once, was approved."""
    whistle = database.make_whistle(status="pending_review")
    leader = database.actors.leader
    at_once(AT_ONCE, lambda _: services.whistle_approve(whistle=whistle, by=leader).pk)
    return audit.AuditEvent.objects.filter(action="whistle.approve", subject_id=whistle.pk).count()


def test_without_the_row_lock_a_step_is_taken_more_than_once(throwaway_db, monkeypatch):
    assert approvals(throwaway_db) == 1

    def read(obj):
        row = type(obj)._base_manager.get(pk=obj.pk)
        time.sleep(0.3)  # what another does meanwhile is not seen
        return row

    monkeypatch.setattr(workflow, "lock", read)
    assert approvals(throwaway_db) > 1


def sealers(database) -> list[Exception]:
    """The errors of several sealers at once, over events that are not sealed yet; the chain is whole in any case."""
    for _ in range(3):
        database.make_ticket("pending_sign")
    answers = at_once(AT_ONCE, lambda _: audit.audit_seal())
    while audit.audit_seal():
        pass
    verdict = audit.audit_verify()
    assert (verdict.problem, verdict.pending) == ("", 0)
    return [answer for answer in answers if isinstance(answer, Exception)]


def test_without_the_sealer_lock_only_the_database_stops_a_fork(throwaway_db, monkeypatch):
    assert sealers(throwaway_db) == []
    real, gate = audit._try_lock, threading.Barrier(AT_ONCE)

    def unlocked() -> bool:
        if threading.current_thread() is threading.main_thread():
            return real()
        gate.wait(30)
        return True

    monkeypatch.setattr(audit, "_try_lock", unlocked)
    assert sealers(throwaway_db)


def effects(key: str) -> int:
    """How often an effect happens that several ask for at once under one key."""
    done = []

    def effect() -> str:
        time.sleep(0.1)
        done.append(1)
        return "done"

    at_once(
        AT_ONCE, lambda _: idempotency.run_once(owner="bites", endpoint="test", key=key, body={"n": 1}, effect=effect)
    )
    return len(done)


def test_without_the_unique_key_a_repeat_has_an_effect(throwaway_db, monkeypatch):
    assert effects("one") == 1
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE governance_idempotencykey DROP CONSTRAINT idempotency_once")
    conflict = "ON CONFLICT (owner, endpoint, key) DO NOTHING "
    assert conflict in idempotency._TAKE
    monkeypatch.setattr(idempotency, "_TAKE", idempotency._TAKE.replace(conflict, ""))
    assert effects("two") > 1
