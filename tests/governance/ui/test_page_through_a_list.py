"""Paging by key: every row once, none twice, in the order that the database itself gives."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.kernel.ui.paging import BadCursor, CappedCount, KeysetPager, capped_count

START = datetime(2026, 1, 1, tzinfo=UTC)
MARK = ["none"]  # one name per example; the last one is in force
pytestmark = pytest.mark.django_db


def rows():
    """The users of this example only."""
    return get_user_model().objects.filter(name=MARK[-1])


def users_add(moments: list[int | None]) -> None:
    """One user per moment; equal moments and None are what paging gets wrong."""
    users = get_user_model()
    MARK.append(f"paging{len(MARK)}")
    users.objects.bulk_create(
        users(username=f"{MARK[-1]}-{n}", name=MARK[-1], email=f"{(moment or 0) % 3}@a.example", last_login=_at(moment))
        for n, moment in enumerate(moments)
    )


def _at(moment: int | None) -> datetime | None:
    return None if moment is None else START + timedelta(microseconds=moment)


def forward(order: str, size: int) -> list:
    """The pages from the first to the last."""
    pager, cursor, pages = KeysetPager(rows(), order=order, size=size), "", []
    for _ in range(60):
        page = pager.page(cursor)
        pages.append(page)
        cursor = page.next
        if not cursor:
            return pages
    raise AssertionError("the pages do not end")


def expected(order: str) -> list[int]:
    """The same order worked out in Python: NULLs last, ties by id in the same direction."""
    name, down = order.lstrip("-"), order.startswith("-")
    found = list(rows())
    if name == "id":
        return [row.pk for row in sorted(found, key=lambda row: row.pk, reverse=down)]
    filled = [row for row in found if getattr(row, name) is not None]
    empty = [row for row in found if getattr(row, name) is None]
    ordered = sorted(filled, key=lambda row: (getattr(row, name), row.pk), reverse=down)
    return [row.pk for row in ordered + sorted(empty, key=lambda row: row.pk, reverse=down)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(st.none() | st.integers(0, 6), max_size=14),
    size=st.integers(1, 5),
    order=st.sampled_from(["id", "-id", "last_login", "-last_login", "email", "-email"]),
)
def test_every_row_comes_once_in_order(moments, size, order):
    users_add(moments)
    pages = forward(order, size)
    assert [row.pk for page in pages for row in page] == expected(order)
    assert all(len(page) <= size for page in pages)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(st.none() | st.integers(0, 4), min_size=1, max_size=12),
    size=st.integers(1, 4),
    order=st.sampled_from(["-id", "last_login", "-last_login"]),
)
def test_going_back_shows_the_same_pages(moments, size, order):
    users_add(moments)
    pages = forward(order, size)
    pager, cursor = KeysetPager(rows(), order=order, size=size), pages[-1].previous
    for earlier in reversed(pages[:-1]):
        page = pager.page(cursor)
        assert [row.pk for row in page] == [row.pk for row in earlier]
        cursor = page.previous
    assert cursor == ""


def test_a_page_is_one_statement(django_assert_num_queries):
    users_add([1, 2, 3])
    with django_assert_num_queries(1):
        KeysetPager(rows(), order="-last_login", size=2).page()


@pytest.mark.parametrize("cursor", ["x", "%%%", "e30", "W10", "bnVsbA", "é", "a" * 5000])
def test_a_broken_cursor_is_named(cursor):
    with pytest.raises(BadCursor):
        KeysetPager(rows()).page(cursor)


def test_a_cursor_of_another_order_is_refused():
    users_add([1, 2, 3])
    cursor = KeysetPager(rows(), order="last_login", size=1).page().next
    with pytest.raises(BadCursor):
        KeysetPager(rows(), order="-last_login", size=1).page(cursor)


def test_a_page_never_exceeds_a_hundred_rows():
    assert KeysetPager(rows(), size=10**6).size == 100


def test_counts_stop_at_the_cap():
    users_add([1, 2, 3, 4])
    assert str(capped_count(rows(), cap=4)) == "4"
    assert str(capped_count(rows(), cap=3)) == "3+"
    assert capped_count(rows(), cap=3) == CappedCount(3, True)
