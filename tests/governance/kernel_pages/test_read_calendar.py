"""The working calendar says what is off, what is worked, and what nobody knows yet."""

import pytest

from governance.kernel.clock import Holiday, forget_calendar


def cells(page, month):
    weeks = page.context["months"][month - 1]["weeks"]
    return {day["number"]: day for week in weeks for day in week if day}


def test_the_official_days_are_marked(client, cast):
    client.force_login(cast.staff)
    page = client.get("/calendar/?year=2026")
    assert cells(page, 10)[1]["word"] == "休"
    assert cells(page, 10)[10]["word"] == "班"
    assert cells(page, 10)[12]["word"] == ""
    assert "国庆节" in page.content.decode()


def test_a_year_that_nobody_published_says_so(client, cast):
    client.force_login(cast.staff)
    assert "2027 年放假安排未导入，暂按周一至周五推算" in client.get("/calendar/").content.decode()


def test_the_note_goes_when_the_year_is_imported(client, cast, at):
    Holiday.objects.create(date="2027-01-01", kind="off", name="元旦")
    forget_calendar()
    client.force_login(cast.staff)
    assert "2027 年放假安排未导入" not in client.get("/calendar/").content.decode()


@pytest.mark.parametrize(("who", "offered"), [("sysadmin", True), ("city", True), ("staff", False), ("dept", False)])
def test_the_import_is_offered_to_who_may(client, cast, who, offered):
    client.force_login(getattr(cast, who))
    assert ("/territory/imports/new/holidays/" in client.get("/calendar/").content.decode()) == offered


@pytest.mark.parametrize("year", ["1", "1999", "2101", "abc", "20260", "-2026", "２０２６x"])
def test_an_odd_year_is_not_found(client, cast, year):
    client.force_login(cast.staff)
    assert client.get("/calendar/", {"year": year}).status_code == 404
