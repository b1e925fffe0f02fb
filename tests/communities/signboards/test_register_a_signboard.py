"""A street registers signboards: what is admitted, what is 违规, and the cap that nobody gets past (domain-rules 3.2)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from communities.signboards import services
from communities.signboards.models import Rectification, Signboard, SignboardCatalogue
from communities.signboards.selectors import item_objection
from governance.kernel import clock
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.territory.models import Department

pytestmark = pytest.mark.django_db


def test_the_caps_are_the_articles(lists):
    assert {place: row.cap for place, row in lists.by_place.items()} == {"urban": 15, "rural": 16}
    assert {place: len(entries) for place, entries in lists.entries.items()} == {"urban": 15, "rural": 16}
    assert all(row.is_example for row in lists.by_place.values())


def test_an_entry_of_the_list_is_registered(actors, facts):
    board = services.signboard_register(by=actors.staff, facts=facts("图书室"))
    assert (board.status, board.size) == ("registered", "200×35 cm")
    assert not Rectification.objects.exists()


def test_without_entry_or_number_it_is_unadmitted_and_its_department_hears(actors, facts, department):
    board = services.signboard_register(by=actors.staff, facts=facts("某某工作室", entry=None))
    assert board.status == "unadmitted"
    assert (board.rectification.department, board.rectification.reason) == (department, "unadmitted")


def test_an_admission_number_registers_it(actors, facts, make_item):
    board = services.signboard_register(by=actors.staff, facts=facts("试点工作室", entry=None, item=make_item()))
    assert board.status == "registered"


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        ("urban", {"valid_from": date(2026, 12, 1)}),
        ("urban", {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 11, 1)}),
        ("urban", {"form": "task"}),
        ("urban", {"klass": "forbidden"}),
        ("rural", {}),
    ],
    ids=["not yet", "expired", "another form", "forbidden", "another kind of place"],
)
def test_a_number_that_does_not_admit_leaves_it_unadmitted(actors, facts, make_item, community, place, changes):
    item = make_item(place, **changes)
    assert item_objection(item, community, clock.today())
    row = facts("试点工作室", entry=None, item=item)
    assert services.signboard_register(by=actors.staff, facts=row).status == "unadmitted"
    raw = services.boards._built(row, actors.staff, status="registered")
    raw.name = "绕过服务"
    with pytest.raises(IntegrityError, match="signboard_unadmitted"), transaction.atomic():
        raw.save()


def test_the_database_refuses_an_entry_of_the_other_list(actors, facts, lists):
    wrong = replace(facts("卫生室"), entry=lists.entries["rural"]["卫生室"])
    with pytest.raises(IntegrityError, match="signboard_unadmitted"), transaction.atomic():
        services.boards._built(wrong, actors.staff, status="registered").save()


def test_one_over_the_cap_is_not_stored_but_its_department_gets_a_rectification(actors, facts, full, community):
    cap = full()
    result = services.signboard_register(by=actors.staff, facts=facts("第十六块"))
    assert isinstance(result, Rectification)
    assert result.reason == "over_cap"
    assert f"上限 {cap} 块" in result.content
    assert Signboard.objects.filter(community=community).registered().count() == cap
    assert not Signboard.objects.filter(name="第十六块").exists()


def test_the_database_keeps_the_cap_whoever_writes(actors, facts, full):
    full()
    raw = services.boards._built(facts("绕过服务"), actors.staff, status="registered")
    with pytest.raises(IntegrityError, match="signboard_over_cap"), transaction.atomic():
        raw.save()
    with pytest.raises(IntegrityError, match="signboard_over_cap"), transaction.atomic():
        Signboard.objects.bulk_create([raw])
    doubtful = services.boards._built(facts("存疑"), actors.staff, status="doubtful")
    doubtful.save()
    with pytest.raises(IntegrityError, match="signboard_over_cap"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE communities_signboard SET status = 'registered' WHERE id = %s", [doubtful.pk])


def test_a_bulk_insert_counts_its_own_rows(actors, facts, full):
    full(short=1)
    many = [services.boards._built(facts(f"成批 {number}"), actors.staff, status="registered") for number in range(2)]
    with pytest.raises(IntegrityError, match="signboard_over_cap"), transaction.atomic():
        Signboard.objects.bulk_create(many)
    assert not Signboard.objects.filter(name__startswith="成批").exists()


def test_keeping_obeys_the_cap_too(actors, make_board, full):
    board = make_board("doubtful")
    full()
    with pytest.raises(Conflict, match="上限 15 块"):
        services.signboard_keep(board=board, by=actors.staff)


def test_an_unadmitted_board_is_not_kept_without_a_ground(actors, make_board, make_item, lists):
    board = make_board("unadmitted")
    with pytest.raises(Conflict, match="不能保留"):
        services.signboard_keep(board=board, by=actors.staff)
    kept = services.signboard_keep(board=board, by=actors.staff, item=make_item())
    assert kept.status == "registered"
    assert Rectification.objects.get().status == "done"


def test_a_village_may_have_sixteen(actors, lists, village):
    assert lists.cap(village) == 16
    assert lists.entry(village, "村集体经济组织")
    assert lists.entry(village, "卫生室")
    assert not lists.entry(village, "社区卫生服务站")


def test_the_same_name_twice_is_refused(actors, facts):
    services.signboard_register(by=actors.staff, facts=facts("图书室"))
    with pytest.raises(Invalid, match="同名"):
        services.signboard_register(by=actors.staff, facts=facts("图书室"))


def test_what_was_removed_and_hangs_again_is_its_reappearance(actors, facts, make_board):
    board = make_board("removed", name="某某工作室")
    again = services.signboard_register(by=actors.staff, facts=facts("某某工作室", entry=None))
    assert (again.pk, again.status) == (board.pk, "unadmitted")
    assert (again.rectification.reason, again.rectification.status) == ("reappeared", "pressed")


@pytest.mark.parametrize("who", ["sibling_staff", "foreign_staff", "community", "dept", "social", "city", "outsider"])
def test_only_the_street_registers(who, actors, facts):
    with pytest.raises(Forbidden):
        services.signboard_register(by=getattr(actors, who), facts=facts())


def test_a_list_that_was_issued_is_never_changed(lists):
    with pytest.raises(Exception, match="signboardcatalogue"), transaction.atomic():
        SignboardCatalogue.objects.update(cap=99)


def test_next_years_list_begins_with_this_years_entries_and_that_days_cap(actors, lists):
    issued = services.signboard_list_issue(by=actors.city, year=2027, place="urban", in_force_from=date(2027, 1, 1))
    assert (issued.cap, issued.entries.count()) == (15, 15)
    with pytest.raises(Conflict):
        services.signboard_list_issue(by=actors.city, year=2027, place="urban", in_force_from=date(2027, 2, 1))
    with pytest.raises(Forbidden):
        services.signboard_list_issue(by=actors.social, year=2028, place="urban", in_force_from=date(2028, 1, 1))


def test_only_the_department_removes_and_needs_both_photos(actors, make_board, photo):
    board = make_board("to_clear")
    for who in ("staff", "social", "community", "other_dept", "foreign_dept"):
        with pytest.raises(Forbidden):
            services.signboard_remove(board=board, by=getattr(actors, who), before=photo, after=photo)
    with pytest.raises(Invalid) as refused:
        services.signboard_remove(board=board, by=actors.dept, before=photo, after=("a.jpg", b"no photo"))
    assert "after" in refused.value.fields
    row = services.signboard_remove(board=board, by=actors.dept, before=photo, after=photo)
    assert (row.status, row.removed_on) == ("removed", clock.today())
    assert row.rechecks.get().due_on == clock.today() + timedelta(days=30)
    assert Rectification.objects.get().status == "done"


def test_the_database_refuses_a_removal_without_photos(make_board):
    board = make_board("to_clear")
    with pytest.raises(IntegrityError, match="signboard_removed_with_photos"), transaction.atomic():
        Signboard.objects.filter(pk=board.pk).update(status="removed")


def test_a_board_is_never_deleted(make_board):
    board = make_board()
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        Signboard.objects.filter(pk=board.pk).delete()


def test_a_board_of_another_street_is_refused_by_the_database(actors, facts, sibling_street):
    board = services.boards._built(facts(), actors.staff, status="doubtful")
    board.street = sibling_street
    with pytest.raises(IntegrityError, match="not a community of that street"), transaction.atomic():
        board.save()


def test_a_community_may_say_what_it_thinks_and_nothing_follows(actors, make_board):
    board = make_board(name="图书室")
    said = services.signboard_propose(board=board, by=actors.community, proposal="已并入党群服务中心，可以摘除。")
    assert (said.status, said.version) == ("registered", board.version)
    with pytest.raises(Forbidden):
        services.signboard_propose(board=board, by=actors.sibling_community, proposal="x")


def test_a_recheck_that_finds_it_again_presses_the_department(actors, make_recheck):
    row = services.recheck_answer(recheck=make_recheck(), action="reappeared", by=actors.staff, note="又挂出来了")
    board = Signboard.objects.get(pk=row.board_id)
    assert board.status == "unadmitted"
    assert (board.rectification.status, board.rectification.reason) == ("pressed", "reappeared")


def test_a_department_is_not_done_while_its_board_hangs(actors, make_rectification):
    with pytest.raises(Conflict, match="1 块牌子没有摘除"):
        services.rectification_step(rectification=make_rectification(), action="finish", by=actors.staff)


def test_departments_exist_for_every_trade_of_the_list(lists, street):
    trades = {entry.trade for entries in lists.entries.values() for entry in entries.values()} - {""}
    assert trades <= set(Department.objects.filter(unit=street.unit, level="unit").values_list("kind", flat=True))
