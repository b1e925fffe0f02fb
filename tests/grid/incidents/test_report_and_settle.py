"""From the report to the evaluation; ways back and up; once per draft; a whistle where a street cannot settle it."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.utils import ProgrammingError

from governance.kernel.deadlines import Deadline, DeadlineStep, Level
from governance.kernel.errors import Conflict, Forbidden, IllegalTransition, Invalid
from governance.kernel.events import emit
from governance.kernel.files import StoredFile
from governance.kernel.links import fill_marks
from governance.kernel.outbox import OutboxMail
from governance.territory.models import Category
from governance.whistles.services import whistle_merge, whistle_withdraw
from governance.whistles.services.whistle import WhistleInput
from grid.incidents import mails, services
from grid.incidents.models import Incident, RoutingRule
from grid.incidents.routing import explain, explanation
from grid.incidents.similar import likeness, similar_incidents
from grid.incidents.states import HandlingLevel, IncidentStatus
from grid.incidents.suggest import suggest_category
from tests_support.photos import jpeg

pytestmark = pytest.mark.django_db


def test_the_same_draft_is_one_incident(report):
    first = report(client_key="8d0b")
    assert report(client_key="8d0b").pk == first.pk
    with pytest.raises(Conflict, match=first.number):  # what was typed since is not lost silently
        report("别的话：垃圾", client_key="8d0b")
    assert Incident.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.bulk_create([Incident(**{
            **{name: getattr(first, name) for name in ("community_id", "street_id", "unit_id", "category_id", "words", "reporter_id", "client_key")},
            "number": "SJ-0",
        })])  # fmt: skip


def test_a_draft_sent_again_is_recognised_before_it_is_judged(report, actors):
    first = report(category=Category.objects.get(code="0101"), client_key="8d0b")
    Category.objects.filter(code="0101").update(is_active=False)
    closed = Category.objects.get(code="0101")
    assert report(category=closed, client_key="8d0b").pk == first.pk
    moved = replace(actors.grid_worker, posts=actors.foreign_staff.posts)
    assert report(category=closed, client_key="8d0b", community=first.community, by=moved).pk == first.pk
    with pytest.raises(Conflict, match=first.number):
        report("别的话：垃圾", category=closed, client_key="8d0b")
    with pytest.raises(Invalid, match="停用"):  # what nobody sent before is judged as ever
        report(category=closed, client_key="8d0c")
    with pytest.raises(Forbidden):
        report(client_key="8d0c", community=first.community, by=moved)
    assert Incident.objects.count() == 1


def test_it_lies_in_the_workers_place_and_is_categorised_by_its_words(report, actors):
    row = report("花园里全是生活垃圾")
    assert row.category.code == "0101"
    assert row.community_id == actors.grid_worker.posts[0].community_id
    assert suggest_category("花园里全是生活垃圾")[0].matched == ("垃圾", "生活垃圾")
    with pytest.raises(Invalid) as refused:
        report("嗯")
    assert "category" in refused.value.fields


def test_the_seven_steps(report, actors):
    row = services.incident_accept(incident=report("花园里全是生活垃圾"), by=actors.community)
    assert (row.status, row.level, row.rule.key) == (IncidentStatus.HANDLING, HandlingLevel.GRID, "rubbish")
    assert row.due_at is not None
    row = services.incident_handle(incident=row, by=actors.grid_worker, note="已清运")
    row = services.incident_rework(incident=row, by=actors.community, note="还有")
    assert (row.status, row.rework_count) == (IncidentStatus.HANDLING, 1)
    row = services.incident_handle(incident=row, by=actors.grid_worker, note="清干净了")
    row = services.incident_verify(incident=row, by=actors.community)
    row = services.incident_close(incident=row, by=actors.community)
    assert row.closed_at and row.due_at is None
    row = services.incident_evaluate(incident=row, by=actors.grid_worker, verdict="good")
    assert row.evaluation.level == HandlingLevel.GRID
    with pytest.raises(IllegalTransition):
        services.incident_evaluate(incident=row, by=actors.grid_worker, verdict="poor")
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        type(row.evaluation).objects.filter(pk=row.evaluation.pk).update(verdict="poor")
    assert report("花园里又是生活垃圾").recurrence_of_id == row.pk


def test_the_page_says_which_rule_sent_it(report, actors):
    row = services.incident_accept(incident=report(), by=actors.community)
    told = explanation(row)
    assert told[-1].matched and told[-1].rule.key == "safety"
    assert {one.reason for one in told[:-1]} == {"限另一个大类", "限另一个小类"}


def test_a_unit_puts_its_own_rule_before_and_the_old_explanation_stays(report, actors, street):
    old = services.incident_accept(incident=report(), by=actors.community)
    services.routing_revise(
        by=actors.social, key="own-lifts", order=10, title="电梯直接到市场监管", category=old.category, unit=street.unit,
        level="department", limit="urgent",
    )  # fmt: skip
    new = services.incident_accept(incident=report("又有电梯困人"), by=actors.community)
    assert (new.level, new.department.kind) == (HandlingLevel.DEPARTMENT, "market")
    assert explanation(old)[-1].rule.key == "safety"
    with pytest.raises(Forbidden):
        services.routing_revise(
            by=actors.foreign_social, key="own-lifts", order=1, title="抢", unit=street.unit, level="grid"
        )
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        RoutingRule.objects.filter(key="safety").update(title="改写")
    assert explain(new).rule.key == "own-lifts"


def test_returned_rerouted_and_escalated_with_reasons_all_counted(report, actors):
    row = services.incident_accept(incident=report("暖气不热"), by=actors.community)
    assert row.department.kind == "housing"
    mail = OutboxMail.objects.get(key__startswith=f"incident:{row.pk}:sent")
    assert "/answer-incident/" in fill_marks(mail.text)
    row = services.incident_reroute(incident=row, by=actors.staff, level="grid", note="先看看")
    assert (row.reroute_count, row.department, row.level) == (1, None, "grid")
    for level in ("community", "street"):
        by = actors.grid_worker if level == "community" else actors.community
        row = services.incident_escalate(incident=row, by=by, note="办不了")
        assert row.level == level
    row = services.incident_send_back(incident=row, by=actors.staff, note="不归街道")
    assert (row.status, row.return_count, row.level) == (IncidentStatus.ACCEPTED, 1, "")
    with pytest.raises(Forbidden):
        services.incident_reroute(incident=row, by=actors.community, level="grid", note="不行")


@pytest.fixture
def with_street(report, actors):
    row = report(files=(("a.jpg", jpeg()),))
    return services.incident_accept(incident=row, by=actors.community)


def blow(row, actors, departments):
    content = WhistleInput(
        category=row.category, scene="hard_demand", source="grid", title=row.headline, facts=row.words, place="1 号楼",
        done_already="街道已经多次协调物业和维保单位到场处理，仍然没有解决，需要部门到场。" * 2, lead=departments[0], community=row.community,
    )  # fmt: skip
    return services.incident_blow(incident=row, by=actors.staff, content=content)


def test_becomes_a_whistle_and_closes_with_it(with_street, actors, departments):
    row = blow(with_street, actors, departments)
    assert row.status == IncidentStatus.WHISTLED and row.due_at is None
    assert StoredFile.objects.filter(thread=row.whistle.thread).count() == 1
    emit("whistle.settle", whistle=row.whistle, by=actors.staff)
    row.refresh_from_db()
    assert row.status == IncidentStatus.CLOSED and row.closed_at


def test_closes_with_the_whistle_that_its_own_was_merged_into(with_street, actors, departments, make_whistle):
    row = blow(with_street, actors, departments)
    into = make_whistle()
    whistle_merge(whistle=row.whistle, into=into, by=actors.staff, note="同一件事")
    row.refresh_from_db()
    assert row.status == IncidentStatus.WHISTLED
    emit("whistle.settle", whistle=into, by=actors.staff)
    row.refresh_from_db()
    assert row.status == IncidentStatus.CLOSED


def test_a_whistle_that_came_to_nothing_gives_it_back(with_street, actors, departments):
    row = blow(with_street, actors, departments)
    whistle_withdraw(whistle=row.whistle, by=actors.staff, note="街道再试")
    row.refresh_from_db()
    assert (row.status, row.level, row.whistle) == (IncidentStatus.HANDLING, "street", None)


def test_communities_and_grids_are_never_reminded(report, actors):
    row = services.incident_accept(incident=report("花园里全是生活垃圾"), by=actors.community)
    limit = Deadline.objects.get(subject_type="incident", subject_id=row.pk, stage="handle")
    assert not DeadlineStep.objects.filter(deadline=limit).exists()
    mails.on_step(limit, Level.YELLOW)
    assert not OutboxMail.objects.filter(thread=row.thread).exists()
    late = services.incident_accept(incident=report("暖气不热"), by=actors.community)
    mails.on_step(Deadline.objects.get(subject_type="incident", subject_id=late.pk, stage="handle"), Level.YELLOW)
    assert OutboxMail.objects.filter(thread=late.thread, subject__contains="逾期").exists()


def test_look_alikes_are_hinted_not_blocked(report, actors):
    first = report("二号楼电梯困人，按钮失灵")
    found = similar_incidents(
        by=actors.grid_worker, words="二号楼电梯又困人了", community=first.community, grid=first.grid
    )
    assert [one.incident for one in found] == ([first] if first.grid else [])
    assert likeness("电梯困人", "电梯困人") == 100 and likeness("电梯", "垃圾") == 0
    assert report("二号楼电梯困人，按钮失灵").pk != first.pk
