"""A district's campaign: compare, decide, publish, send to departments, accept; the quarterly sample; the look-back."""

from datetime import date, timedelta

import pytest

from communities.signboards import services
from communities.signboards.models import Rectification, Signboard, SignboardAudit
from communities.signboards.rules import Seen, advise, sample_size
from communities.signboards.services.sampling import draw
from governance.kernel import clock
from governance.kernel.errors import Conflict, Forbidden, IllegalTransition, Invalid

pytestmark = pytest.mark.django_db


def test_the_whole_way(actors, make_board, street, photo, department):
    stays, goes = make_board(name="图书室"), make_board("unadmitted", name="某某工作室")
    audit = services.audit_open(by=actors.social, unit=street.unit, kind="self_check", title="清牌专项核查")
    audit = services.audit_step(audit=audit, action="compare", by=actors.social)
    lines = {item.board_id: item for item in audit.items.all()}
    assert (lines[stays.pk].suggestion, lines[goes.pk].suggestion) == ("keep", "remove")
    with pytest.raises(IllegalTransition, match="2 块牌子没有处理意见"):
        services.audit_step(audit=audit, action="publish", by=actors.social)
    services.audit_judge(item=lines[stays.pk], by=actors.staff, verdict="keep", note="常用")
    assert services.audit_adopt(audit=audit, by=actors.social) == 1
    audit = services.audit_step(audit=audit, action="publish", by=actors.social)
    assert (audit.publicity_from, audit.publicity_until) == (clock.today(), audit.publicity_until)
    assert audit.publicity_until >= clock.today() + timedelta(days=5)
    with pytest.raises(IllegalTransition, match="期满"):
        services.audit_step(audit=audit, action="rectify", by=actors.social)
    with clock.travel(clock.now() + timedelta(days=20)):
        audit = services.audit_step(audit=audit, action="rectify", by=actors.social)
        case = Rectification.objects.get(audit=audit)
        assert (case.department, case.reason, case.boards.count()) == (department, "audit", 1)
        assert Rectification.objects.get(audit=None).status == "withdrawn"  # what the survey had opened went over
        with pytest.raises(IllegalTransition, match="1 块应清理的牌子没有摘除"):
            services.audit_step(audit=audit, action="submit", by=actors.social)
        services.signboard_remove(board=Signboard.objects.get(pk=goes.pk), by=actors.dept, before=photo, after=photo)
        assert Rectification.objects.get(pk=case.pk).status == "done"
        audit = services.audit_step(audit=audit, action="submit", by=actors.social)
        audit = services.audit_step(audit=audit, action="accept", by=actors.social, note="验收组到场")
    assert audit.status == "maintained"


def test_what_has_no_ground_cannot_be_judged_keep(actors, make_audit):
    audit = make_audit("comparing")
    item = audit.items.get(suggestion="remove")
    with pytest.raises(Invalid, match="不能保留"):
        services.audit_judge(item=item, by=actors.staff, verdict="keep")
    with pytest.raises(Invalid, match="应为"):
        services.audit_judge(item=item, by=actors.staff, verdict="reappeared")


@pytest.mark.parametrize("who", ["sibling_staff", "foreign_social", "community", "dept", "city", "outsider"])
def test_who_may_not_judge(who, actors, make_audit):
    item = make_audit("comparing").items.first()
    with pytest.raises(Forbidden):
        services.audit_judge(item=item, by=getattr(actors, who), verdict="remove")


def test_judging_ends_with_publicity(actors, make_audit):
    with pytest.raises(Conflict, match="比对名录阶段"):
        services.audit_judge(item=make_audit("publicity").items.first(), by=actors.staff, verdict="remove")


def test_a_look_back_finds_what_hangs_again(actors, make_board, street):
    board = make_board("removed")
    audit = services.audit_open(by=actors.social, unit=street.unit, kind="look_back", title="回头看")
    item = audit.items.get()
    services.audit_judge(item=item, by=actors.staff, verdict="reappeared", note="又挂出来了")
    audit = services.audit_step(audit=audit, action="publish", by=actors.social)
    with clock.travel(clock.now() + timedelta(days=20)):
        services.audit_step(audit=audit, action="rectify", by=actors.social)
    board.refresh_from_db()
    assert (board.status, board.rectification.status) == ("unadmitted", "pressed")


def test_several_boards_of_one_department_are_to_be_merged():
    boards = [
        Seen(1, 7, "work", True, date(2020, 1, 1)),
        Seen(2, 7, "work", True, date(2021, 1, 1)),
        Seen(3, 8, "honour", True),
    ]
    advice = advise(boards, cap=15)
    assert [advice[pk].verdict for pk in (1, 2, 3)] == ["keep", "merge", "keep"]
    assert advice[2].into == 1


def test_statutory_boards_of_one_department_stand_for_themselves():
    assert {
        one.verdict for one in advise([Seen(1, 7, "statutory", True), Seen(2, 7, "statutory", True)], 15).values()
    } == {"keep"}


def test_over_the_cap_honours_go_first():
    boards = [Seen(1, 1, "honour", True), Seen(2, 2, "work", True), Seen(3, 3, "statutory", True)]
    assert [advise(boards, cap=2)[pk].verdict for pk in (1, 2, 3)] == ["remove", "keep", "keep"]


def test_the_quarters_sample_is_seeded_and_drawn_once(actors, make_board):
    for number in range(3):
        make_board(name=f"在册 {number}")
    assert services.samples_draw() == 1
    audit = SignboardAudit.objects.get()
    assert (audit.kind, audit.status, audit.quarter, audit.items.count()) == ("spot_check", "comparing", "2026Q4", 1)
    again = draw(audit.seed, list(Signboard.objects.values_list("id", flat=True)), 5)
    assert again == list(audit.items.values_list("board_id", flat=True))
    assert services.samples_draw() == 0


def test_a_sample_is_five_percent_rounded_up():
    assert [sample_size(count, 5) for count in (0, 1, 20, 21, 5000)] == [0, 1, 1, 2, 250]
    assert draw("a", list(range(100)), 5) != draw("b", list(range(100)), 5)


def test_only_ones_own_district(actors, street):
    for who in ("foreign_social", "staff", "city"):
        with pytest.raises(Forbidden):
            services.audit_open(by=getattr(actors, who), unit=street.unit, kind="self_check", title="核查")
