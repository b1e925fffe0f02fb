"""Deadlines fire once, late but never twice; pauses give back the time that was left."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from governance.kernel import clock, deadlines
from governance.kernel.deadlines import Deadline, DeadlineState, DeadlineStep, deadlines_fire

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
RULE = "whistle.finish.joint_enforce"  # 10 workdays


@pytest.fixture
def fired(monkeypatch):
    """What a test subject's steps did."""
    seen = []
    monkeypatch.setitem(deadlines._handlers, "test", lambda deadline, level: seen.append((deadline.subject_id, level)))
    return seen


def open_one(subject=1, rule=RULE, at=MONDAY):
    with clock.travel(at):
        return deadlines.deadline_open(subject_type="test", subject_id=subject, stage="finish", rule_key=rule)


def sweep(at):
    with clock.travel(at):
        return deadlines_fire()


def test_steps_fire_in_order_and_once(fired):
    row = open_one()
    assert sweep(row.due_at - timedelta(days=5)) == 0
    for moment in (row.due_at - timedelta(hours=1), row.due_at, row.due_at, row.due_at + timedelta(days=40)):
        sweep(moment)
    assert fired == [(1, "remind"), (1, "yellow"), (1, "red")]


def test_a_late_sweep_catches_up_without_doubling(fired):
    row = open_one()
    sweep(row.due_at + timedelta(days=60))
    sweep(row.due_at + timedelta(days=61))
    assert fired == [(1, "remind"), (1, "yellow"), (1, "red")]


def test_red_comes_after_as_long_again(fired):
    row = open_one(rule="whistle.arrive.emergency")
    red = row.steps.get(level="red").fire_at
    assert red - row.due_at == row.due_at - row.starts_at == timedelta(minutes=30)


def test_a_met_limit_fires_nothing(fired):
    row = open_one()
    with clock.travel(row.due_at - timedelta(days=3)):
        deadlines.deadline_close(subject_type="test", subject_id=1, stages=["finish"])
    sweep(row.due_at + timedelta(days=60))
    row.refresh_from_db()
    assert (row.state, fired) == (DeadlineState.MET, [])


def test_a_limit_closed_late_is_missed():
    row = open_one()
    with clock.travel(row.due_at + timedelta(minutes=1)):
        deadlines.deadline_close(subject_type="test", subject_id=1)
    row.refresh_from_db()
    assert row.state == DeadlineState.MISSED


def test_a_paused_limit_fires_nothing_and_goes_on_with_what_was_left(fired):
    row = open_one()
    with clock.travel(MONDAY + timedelta(days=2)):
        deadlines.deadline_pause(subject_type="test", subject_id=1)
    sweep(row.due_at + timedelta(days=60))
    assert fired == []
    left = clock.work_minutes_between(MONDAY + timedelta(days=2), row.due_at)
    back = MONDAY + timedelta(days=30)
    with clock.travel(back):
        deadlines.deadline_resume(subject_type="test", subject_id=1)
    row.refresh_from_db()
    assert row.state == DeadlineState.OPEN
    assert clock.work_minutes_between(back, row.due_at) == pytest.approx(left)
    sweep(row.due_at)
    assert fired == [(1, "remind"), (1, "yellow")]


def test_pausing_after_the_reminder_does_not_remind_again(fired):
    row = open_one()
    sweep(row.due_at - timedelta(hours=2))
    with clock.travel(row.due_at - timedelta(hours=1)):
        deadlines.deadline_pause(subject_type="test", subject_id=1)
    with clock.travel(row.due_at + timedelta(days=10)):
        deadlines.deadline_resume(subject_type="test", subject_id=1)
    row.refresh_from_db()
    sweep(row.due_at)
    assert fired == [(1, "remind"), (1, "yellow")]


def test_an_extension_moves_the_steps(fired):
    row = open_one()
    old = row.due_at
    deadlines.deadline_extend(subject_type="test", subject_id=1, stage="finish", due_at=old + timedelta(days=7))
    sweep(old)
    assert (1, "yellow") not in fired
    sweep(old + timedelta(days=7))
    assert fired == [(1, "remind"), (1, "yellow")]


def test_one_failing_step_does_not_hold_up_the_others(monkeypatch):
    seen = []

    def handler(deadline, level):
        if deadline.subject_id == 1:
            raise RuntimeError("broken")
        seen.append(deadline.subject_id)

    monkeypatch.setitem(deadlines._handlers, "test", handler)
    row = open_one(1)
    open_one(2)
    sweep(row.due_at)
    assert set(seen) == {2}
    step = DeadlineStep.objects.get(deadline=row, level="yellow")
    assert step.fired_at is None
    assert step.failures == 1
    assert step.fire_at == row.due_at + timedelta(minutes=1)


def test_a_stage_counts_its_rounds():
    open_one()
    with clock.travel(MONDAY):
        deadlines.deadline_close(subject_type="test", subject_id=1)
    assert open_one().round == 2
    assert Deadline.objects.filter(subject_type="test", subject_id=1).count() == 2
