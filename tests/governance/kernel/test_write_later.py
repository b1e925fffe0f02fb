"""What a change leaves behind travels with its next statement: in order, found by every reader, gone with what is rolled back."""

from contextlib import suppress
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from governance.kernel import rollup
from governance.kernel.audit import AuditEvent, event, record_all
from governance.kernel.prepared import insert, insert_later
from governance.kernel.rollup import RollupDelta
from governance.kernel.transactions import together

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


def measures() -> list[str]:
    return list(RollupDelta.objects.filter(day=DAY).order_by("id").values_list("measure", flat=True))


def count(name: str) -> None:
    rollup.count(name, day=DAY)


def note(name: str, staff, subject) -> None:
    record_all([event(action=name, by=staff, subject=subject)])


def test_several_kinds_travel_together(actors, cast):
    with together():
        count("warm")
        note("warm", actors.staff, cast.staff)
    with CaptureQueriesContext(connection) as sent, together():
        count("one")
        note("two", actors.staff, cast.staff)
        count("three")
    assert len([row for row in sent if "EXECUTE" in row["sql"]]) == 1
    assert measures() == ["warm", "one", "three"]
    assert AuditEvent.objects.filter(action="two").count() == 1


def test_whoever_reads_finds_them():
    with together():
        count("one")
        assert measures() == ["one"]
        count("two")
        assert measures() == ["one", "two"]


def test_at_once_outside_of_a_block():
    count("one")
    with CaptureQueriesContext(connection) as sent:
        count("two")
    assert len(sent) == 1 and measures() == ["one", "two"]


def test_a_savepoint_takes_what_came_after_it():
    with together():
        count("before")
        with suppress(ZeroDivisionError), transaction.atomic():
            count("inside")
            _ = 1 / 0
        with suppress(ZeroDivisionError), transaction.atomic():
            count("read inside")
            assert measures() == ["before", "read inside"]
            _ = 1 / 0
        count("after")
    assert measures() == ["before", "after"]


def test_a_block_that_fails_stores_nothing():
    with suppress(ZeroDivisionError), together():
        count("one")
        _ = 1 / 0
    assert measures() == []
    count("next")  # and nothing of it waits for the next block
    assert measures() == ["next"]


def test_inner_blocks_stand_and_fall_with_the_outer_one():
    with together():
        with together():
            count("inner")
        count("outer")
    assert measures() == ["inner", "outer"]


def test_what_the_database_refuses_fails_the_block():
    with pytest.raises(IntegrityError), together():
        insert_later([RollupDelta(day=None, measure="bad")])
    assert measures() == []


def test_new_statements_prepared_while_others_wait():
    """A statement that waits may be one that the connection does not know yet, while another is being prepared."""
    with together():
        for size in range(2, 6):
            insert_later(RollupDelta(day=DAY, measure=f"{size}") for _ in range(size))
        insert_later([RollupDelta(day=DAY, measure="1")])
        record = [RollupDelta(day=DAY, measure="now") for _ in range(6)]
        insert(record)
    assert all(row.pk for row in record)
    assert measures() == [str(size) for size in range(2, 6) for _ in range(size)] + ["1"] + ["now"] * 6
