"""The desk of each role: what he must do, and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.accounts import desks
from governance.kernel import clock
from governance.kernel.deadlines import deadlines_fire
from governance.whistles import services
from tests_support import stories
from tests_support.queries import BASELINE

PANELS = {
    "leader": [
        "review",
        "extensions",
        "dispatch",
        "verify",
        "rate",
        "running",
        "admission-asked",
        "street-refusals",
        "money-overdue",
        "money-unanswered",
        "projects-review",
        "payments-approve",
        "refunds-confirm",
        "incidents-street",
    ],
    "staff": [
        "drafts",
        "dispatch",
        "verify",
        "rate",
        "running",
        "admission-asked",
        "street-refusals",
        "signboard-rechecks",
        "money-overdue",
        "money-unanswered",
        "incidents-street",
    ],
    "social": [
        "overdue",
        "holds-asked",
        "red",
        "holds-due",
        "late-rulings",
        "demands-approve",
        "forms-approve",
        "admission-check",
        "refusals-copied",
        "signboard-audits",
        "admission-review",
        "admission-approve",
        "admission-emergency",
    ],
    "city": [
        "open-data",
        "overdue",
        "red",
        "holds-due",
        "late-rulings",
        "quarantine",
        "demands-approve",
        "forms-approve",
        "admission-check",
        "admission-review",
        "admission-approve",
        "admission-emergency",
        "entitlement-runs",
    ],
    "adjudicator": ["rule", "holds-asked", "holds-due", "appeals", "refusals-rule"],
    "finance": [
        "finance-none",
        "disbursements",
        "projects-file",
        "payments-pay",
        "refunds-confirm",
        "findings-appealed",
    ],
    "dept": [
        "explain",
        "accept",
        "refusals-answer",
        "arrive",
        "handling",
        "overdue-below",
        "admission-mine",
        "forms-mine",
        "signboard-rectify",
        "incidents-department",
    ],
    "dept_head": [
        "explain",
        "accept",
        "refusals-answer",
        "arrive",
        "handling",
        "overdue-below",
        "admission-mine",
        "forms-mine",
        "signboard-rectify",
        "incidents-department",
    ],
    "station": [
        "explain",
        "accept",
        "refusals-answer",
        "arrive",
        "handling",
        "overdue-below",
        "admission-mine",
        "forms-mine",
        "signboard-rectify",
        "incidents-department",
    ],
    "city_dept": [
        "explain",
        "accept",
        "refusals-answer",
        "arrive",
        "handling",
        "overdue-below",
        "admission-mine",
        "forms-mine",
        "signboard-rectify",
        "incidents-department",
    ],
    "community": [
        "targets",
        "here",
        "admission-asked",
        "money-received",
        "money-publish",
        "money-questions",
        "projects-own",
        "payments-draft",
        "incidents-community",
    ],
    "grid_worker": ["here", "incidents-grid", "targets"],
    "building_head": ["neighbour-none"],
    "liaison": ["neighbour-none"],
    "sysadmin": ["first-steps", "sys-health", "sys-dead", "quarantine"],
    "secadmin": ["first-steps", "sec-locked", "sec-appointments"],
    "auditor": ["audit-trail"],
    "outsider": [],
}


def panel(actors, who: str, key: str) -> desks.Content:
    """What one panel of a desk holds now."""
    found = {one.key: one for one in desks.panels_of(getattr(actors, who))}
    return found[key].load(getattr(actors, who))


def titles(content: desks.Content) -> list[str]:
    return [row["title"] for row in content.rows]


@pytest.mark.parametrize("who", sorted(PANELS))
def test_every_role_has_its_desk(client, cast, actors, who):
    assert {one.key for one in desks.panels_of(getattr(actors, who))} == set(PANELS[who])
    client.force_login(getattr(cast, who))
    page = client.get("/desk/")
    assert page.status_code == 200
    assert ("您目前没有任职" in page.content.decode()) == (who == "outsider")


@pytest.mark.parametrize(
    ("status", "who", "key"),
    [
        ("draft", "staff", "drafts"),
        ("pending_review", "leader", "review"),
        ("pending_dispatch", "staff", "dispatch"),
        ("pending_dispatch", "leader", "dispatch"),
        ("in_progress", "community", "here"),
        ("in_progress", "grid_worker", "here"),
    ],
)
def test_a_whistle_lies_on_the_desk_that_has_to_move_it(actors, make_whistle, status, who, key):
    make_whistle(status=status, title="桥下占道")
    assert titles(panel(actors, who, key)) == ["桥下占道"]


@pytest.mark.parametrize(
    ("status", "who", "key"),
    [
        ("pending_sign", "dept", "accept"),
        ("pending_arrive", "dept", "arrive"),
        ("handling", "dept", "handling"),
        ("consulting", "dept", "handling"),
        ("hung", "dept", "handling"),
        ("disputed", "adjudicator", "rule"),
        ("disputed", "staff", "running"),
        ("handling", "staff", "running"),
        ("pending_verify", "staff", "verify"),
        ("pending_eval", "leader", "rate"),
    ],
)
def test_a_ticket_lies_on_the_desk_that_has_to_move_it(actors, make_ticket, status, who, key):
    make_ticket(status, title="桥下占道")
    assert titles(panel(actors, who, key)) == ["桥下占道"]


@pytest.mark.parametrize(
    ("who", "key"),
    [("sibling_staff", "running"), ("foreign_adjudicator", "rule"), ("foreign_social", "overdue"), ("foreign_dept", "accept"),
     ("other_dept", "accept"), ("sibling_community", "here"), ("city_dept", "accept")],
)  # fmt: skip
def test_it_lies_on_nobody_elses(actors, make_ticket, at, who, key):
    with at(clock.now() - timedelta(days=20)):
        make_ticket("pending_sign")
        make_ticket("disputed")
    assert panel(actors, who, key).count == 0


def test_a_line_carries_the_running_clock(actors, make_ticket):
    ticket = make_ticket("pending_sign")
    line = panel(actors, "staff", "running").rows[0]
    assert line["due_at"] == ticket.due_at
    assert line["started_at"] <= ticket.due_at
    assert line["clock"] == "签收"
    assert line["url"] == f"/tickets/{ticket.pk}/"


def test_a_returned_draft_says_so(actors, make_whistle):
    services.whistle_return(whistle=make_whistle(status="pending_review"), by=actors.leader, note="请补充照片")
    assert "已退回" in panel(actors, "staff", "drafts").rows[0]["note"]


def test_what_ends_first_stands_on_top(actors, make_ticket, at):
    make_ticket("pending_sign", title="新")
    with at(clock.now() - timedelta(days=20)):
        make_ticket("pending_sign", title="旧")
    rows = panel(actors, "dept", "accept").rows
    assert [row["title"] for row in rows] == ["旧", "新"]
    assert rows[0]["tone"] == "danger"


def test_late_departments_and_red_cards_lie_above_them(actors, make_ticket, at):
    with at(clock.now() - timedelta(days=30)):
        make_ticket("pending_sign", title="久拖不决", scene="emergency")
    deadlines_fire()
    for who in ("social", "city"):
        assert titles(panel(actors, who, "overdue")) == ["久拖不决"]
        assert titles(panel(actors, who, "red")) == ["久拖不决"]
    assert titles(panel(actors, "city_dept", "overdue-below")) == ["久拖不决"]
    assert titles(panel(actors, "dept", "explain")) == ["久拖不决"]


def test_a_late_ruling_is_the_rulers_not_the_departments(actors, make_ticket, at):
    with at(clock.now() - timedelta(days=30)):
        make_ticket("disputed", title="职责不清")
    assert titles(panel(actors, "city", "late-rulings")) == ["职责不清"]
    assert panel(actors, "city", "overdue").count == 0


def test_an_asked_hold_waits_for_the_district(actors, make_ticket):
    stories.ask_hold(actors, make_ticket("handling", title="管网改造"))
    assert titles(panel(actors, "adjudicator", "holds-asked")) == ["管网改造"]
    assert titles(panel(actors, "social", "holds-asked")) == ["管网改造"]


def test_a_hold_comes_up_a_week_before_its_review(actors, make_ticket, at):
    make_ticket("hung", title="管网改造")
    assert panel(actors, "adjudicator", "holds-due").count == 0
    with at(clock.now() + timedelta(days=54)):
        assert titles(panel(actors, "adjudicator", "holds-due")) == ["管网改造"]
    with at(clock.now() + timedelta(days=61)):
        assert panel(actors, "city", "holds-due").rows[0]["at_label"] == "已过复核日"


def test_an_extension_waits_for_the_leader(actors, make_ticket):
    ticket = make_ticket("handling", title="渣土清运")
    services.ticket_ask_extension(
        ticket=ticket, by=actors.dept, reason="雨季无法施工", until=ticket.due_at + timedelta(hours=1)
    )
    assert titles(panel(actors, "leader", "extensions")) == ["渣土清运"]


def test_the_community_is_told_that_it_need_not_do_anything(client, cast):
    client.force_login(cast.community)
    page = client.get("/desk/").content.decode()
    assert "您不需要做任何事" in page
    assert "现在没有要办的事" in page


def test_counts_are_exact_up_to_fifty(rf):
    assert desks.content(list(range(7)), lambda row: {"title": row}).total == "7"
    many = desks.content(list(range(60)), lambda row: {"title": row})
    assert (many.total, len(many.rows)) == ("50+", desks.SHOWN)


def test_a_person_with_two_posts_has_one_desk_with_both(client, cast, actors, street):
    from governance.accounts.models import Appointment

    Appointment.objects.create(user=cast.staff, role="adjudicator", unit=street.unit)
    client.force_login(cast.staff)
    page = client.get("/desk/").content.decode()
    assert 'id="running"' in page
    assert 'id="rule"' in page


def test_the_front_door_leads_to_the_desk_or_to_the_sign_in(client, cast):
    assert client.get("/")["Location"] == "/sign-in/"
    client.force_login(cast.staff)
    assert client.get("/")["Location"] == "/desk/"


@pytest.mark.parametrize("who", ["leader", "staff", "adjudicator", "dept"])
def test_a_desk_takes_a_constant_number_of_queries(client, cast, make_ticket, make_whistle, who):
    """Pinned in tests/baselines/queries.json (the other roles with the lists' test); one a panel and four besides."""

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/desk/")
        return len([query for query in seen if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    client.force_login(getattr(cast, who))
    client.get("/desk/")
    empty = queries()
    for status in ("pending_sign", "handling", "pending_verify", "disputed"):
        make_ticket(status)
    make_whistle(status="pending_review")
    assert queries() == empty == BASELINE[f"{who} /desk/"]
    assert empty <= len(PANELS[who]) + 4
