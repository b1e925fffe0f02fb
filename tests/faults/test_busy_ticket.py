"""A sweep does not wait for somebody who is at work on a ticket."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from governance.kernel import clock
from governance.kernel.deadlines import DeadlineStep, deadlines_fire
from tests_support.databases import at_once

pytestmark = pytest.mark.fault


def test_a_ticket_in_work_comes_again_and_holds_nobody_up(throwaway_db):
    busy, free = throwaway_db.make_ticket(scene="emergency"), throwaway_db.make_ticket(scene="emergency")
    late = max(busy.due_at, free.due_at) + timedelta(seconds=1)

    def sweep(_):
        with clock.travel(late):
            return deadlines_fire()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM governance_ticket WHERE id = %s FOR UPDATE", [busy.pk])
        at_once(1, sweep)
    assert (busy.cards.count(), free.cards.count()) == (0, 1)
    step = DeadlineStep.objects.get(deadline__subject_id=busy.pk, deadline__stage="accept", level="yellow")
    assert (step.fired_at, step.failures) == (None, 1)
