"""What is done on the ticket page, by whom, and what happens when it cannot be done."""

import uuid
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection

from governance.kernel import clock
from governance.whistles.forms.ticket_actions import TICKET_ACTIONS
from governance.whistles.models import Rating, Ticket
from governance.whistles.workflow import TICKET_FLOW
from tests_support.stories import REPORT, STARS

pytestmark = pytest.mark.django_db
HOLD = {
    "reason": "investment", "explanation": "需列入明年计划", "leader": "分管副局长", "milestones": "一季度立项",
    "told_residents": "已说明",
}  # fmt: skip


@pytest.fixture
def act(client, cast):
    """``act("dept", ticket, "accept", …)``: sign in and send the action's form."""

    def do(who, ticket, action, **data):
        client.force_login(getattr(cast, who))
        return client.post(f"/tickets/{ticket.pk}/{action}/", {"form_key": str(uuid.uuid4()), **data})

    return do


def buttons(client, user, ticket) -> set[str]:
    client.force_login(user)
    return {move["name"] for move in client.get(ticket.get_absolute_url()).context["moves"]}


def days(number: int) -> str:
    return f"{clock.today() + timedelta(days=number):%Y-%m-%d}"


STEPS = [
    ("pending_sign", "dept", "accept", {}, "pending_arrive"),
    ("pending_sign", "station", "accept", {}, "pending_arrive"),
    (
        "pending_sign",
        "dept",
        "object",
        {"grounds": "不属职责", "clause": "第三条", "suggested_text": "交通局"},
        "disputed",
    ),
    ("disputed", "adjudicator", "uphold", {"note": "属其职责"}, "pending_arrive"),
    ("disputed", "adjudicator", "not_whistle", {"note": "可协商解决"}, "terminated"),
    ("pending_arrive", "dept", "contact", {"note": "已电话联系"}, "pending_arrive"),
    ("pending_arrive", "dept", "arrive", {"mode": "onsite", "person": "张工"}, "handling"),
    ("handling", "dept", "consult", {"topic": "需共同会商", "participants": "住建"}, "consulting"),
    ("consulting", "dept", "minute", {"minutes": "分工如下"}, "handling"),
    ("handling", "dept", "report_done", REPORT, "pending_verify"),
    ("hung", "dept", "write_off", {"how": "done", "note": "已完成"}, "pending_verify"),
    ("hung", "adjudicator", "resume", {"note": "资金已到位"}, "handling"),
    ("pending_verify", "staff", "verify", {}, "pending_eval"),
    ("pending_verify", "staff", "rework", {"note": "现场仍有占道"}, "handling"),
    ("pending_eval", "staff", "rate", STARS, "closed"),
]


@pytest.mark.parametrize(("start", "who", "action", "data", "end"), STEPS)
def test_a_step_is_taken(client, cast, act, make_ticket, start, who, action, data, end):
    ticket = make_ticket(start)
    assert action in buttons(client, getattr(cast, who), ticket)
    page = client.get(f"/tickets/{ticket.pk}/{action}/")
    assert page.status_code == 200
    response = act(who, ticket, action, version=ticket.version, **data)
    assert response.status_code == 302, response.context["form"].errors
    ticket.refresh_from_db()
    assert ticket.status == end


def test_every_step_that_people_take_has_a_form():
    """Only what services do by themselves (follow the whistle, lapse) has none."""
    assert set(TICKET_FLOW.transitions) - set(TICKET_ACTIONS) == {"lapse", "end", "merge", "unmerge"}


def test_reassigning_leads_to_the_new_ticket(act, make_ticket, departments):
    ticket = make_ticket("disputed")
    form = act("adjudicator", ticket, "reassign", department="", note="改派").context["form"]
    assert "department" in form.errors
    assert ticket.department not in form.fields["department"].queryset
    response = act("adjudicator", ticket, "reassign", department=departments[2].pk, note="职责归属消防")
    assert response["Location"] == Ticket.objects.get(department=departments[2]).get_absolute_url()


def test_an_extension_is_asked_for_and_granted(act, make_ticket):
    ticket = make_ticket("handling")
    latest = TICKET_ACTIONS["ask_extension"].form(ticket).fields["until"].initial
    late = act("dept", ticket, "ask_extension", reason="材料未到", until=f"{latest + timedelta(days=9):%Y-%m-%dT%H:%M}")
    assert "until" in late.context["form"].errors
    until = clock.timezone.localtime(latest) - timedelta(hours=1)
    assert act("dept", ticket, "ask_extension", reason="材料未到", until=f"{until:%Y-%m-%dT%H:%M}").status_code == 302
    assert act("leader", ticket, "grant_extension").status_code == 302
    ticket.refresh_from_db()
    assert ticket.due_at == until.replace(second=0, microsecond=0)


def test_a_hold_is_asked_for_refused_asked_again_and_granted(act, make_ticket):
    ticket = make_ticket("handling")
    assert "review_on" in act("dept", ticket, "ask_hold", review_on=days(120), **HOLD).context["form"].errors
    act("dept", ticket, "ask_hold", review_on=days(60), **HOLD)
    assert act("adjudicator", ticket, "refuse_hold", note="").status_code == 422
    assert act("adjudicator", ticket, "refuse_hold", note="可以办理").status_code == 302
    act("dept", ticket, "ask_hold", review_on=days(60), **HOLD)
    assert act("adjudicator", ticket, "grant_hold").status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "hung"
    assert act("adjudicator", ticket, "continue_hold", review_on=days(30), note="等批复").status_code == 302


def test_photos_go_with_the_report(client, act, make_ticket, photo):
    ticket = make_ticket("handling")
    act("dept", ticket, "report_done", files=[photo], **REPORT)
    assert [file["name"] for file in client.get(ticket.get_absolute_url()).context["files"]] == ["现场.jpg"]


def test_a_report_without_an_element_is_refused_next_to_it(act, make_ticket):
    ticket = make_ticket("handling")
    response = act("dept", ticket, "report_done", **{**REPORT, "talked_with": ""})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"talked_with"}
    assert REPORT["measures"] in response.content.decode()


def test_not_supporting_needs_its_basis(act, make_ticket):
    response = act("dept", make_ticket("handling"), "report_done", **{**REPORT, "outcome": "not_supported"})
    assert set(response.context["form"].errors) == {"basis"}


def test_a_false_report_is_a_red_card_that_asks_for_an_explanation(client, cast, act, make_ticket):
    ticket = make_ticket("pending_verify")
    act("staff", ticket, "rework", note="现场未动", is_false="on")
    assert ticket.cards.get().colour == "red"
    assert "explain" in buttons(client, cast.dept, ticket)
    assert act("dept", ticket, "explain", explanation="已整改").status_code == 302
    assert "explain" not in buttons(client, cast.dept, ticket)
    assert act("dept", ticket, "explain", explanation="再说一遍").status_code == 409


def test_few_stars_need_a_reason(act, make_ticket):
    ticket = make_ticket("pending_eval")
    response = act("staff", ticket, "rate", **{**STARS, "speed": 2})
    assert set(response.context["form"].errors) == {"low_reason"}
    assert not Rating.objects.exists()
    assert act("staff", ticket, "rate", **{**STARS, "speed": 2, "low_reason": "late"}).status_code == 302


def test_an_empty_rating_names_every_missing_star(act, make_ticket):
    response = act("staff", make_ticket("pending_eval"), "rate")
    assert set(response.context["form"].errors) == {"speed", "attitude", "quality", "lawfulness", "thoroughly"}


@pytest.mark.parametrize("who", ["dept", "adjudicator", "city", "community"])
def test_a_sealed_rating_is_not_on_the_page(client, cast, who, make_ticket):
    ticket = make_ticket("closed")
    client.force_login(getattr(cast, who))
    page = client.get(ticket.get_absolute_url())
    assert page.context["face"].rating is None
    assert "已评价。" in page.content.decode()
    assert "态度协同" not in page.content.decode()


def test_a_department_does_not_learn_who_rated_it(client, cast, make_ticket):
    ticket = make_ticket("closed")
    raters = {}
    for who in ("staff", "dept"):
        client.force_login(getattr(cast, who))
        events = client.get(ticket.get_absolute_url()).context["events"]
        raters[who] = next(event["who"] for event in events if event["title"] == "评价")
    assert raters == {"staff": "青泥洼桥街道 staff · 网页", "dept": "街道"}


def test_the_street_sees_the_rating_it_gave(client, cast, make_ticket):
    client.force_login(cast.staff)
    page = client.get(make_ticket("closed").get_absolute_url())
    assert page.context["face"].rating.attitude == 4
    assert "态度协同" in page.content.decode()


def test_a_comment_reaches_the_timeline_whatever_happened_meanwhile(client, act, make_ticket):
    ticket = make_ticket("handling")
    assert act("community", ticket, "comment", body="夜里又来了", version=1).status_code == 302
    assert "夜里又来了" in client.get(ticket.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 403), ("city", 403), ("auditor", 403), ("city_dept", 403), ("other_dept", 404), ("sibling_staff", 404),
     ("foreign_dept", 404), ("outsider", 404)],
)  # fmt: skip
def test_only_the_department_accepts(act, make_ticket, who, status):
    ticket = make_ticket("pending_sign")
    assert act(who, ticket, "accept").status_code == status
    ticket.refresh_from_db()
    assert ticket.status == "pending_sign"


@pytest.mark.parametrize("action", ["lapse", "end", "merge", "unmerge", "nonsense"])
def test_what_only_the_system_does_has_no_address(act, make_ticket, action):
    assert act("staff", make_ticket(), action, note="x").status_code == 404


def test_an_illegal_step_is_explained_and_what_was_typed_is_kept(act, make_ticket):
    response = act("dept", make_ticket("pending_sign"), "report_done", **REPORT)
    assert response.status_code == 409
    assert "“待签收”状态下不能报办结" in response.content.decode()
    assert REPORT["measures"] in response.content.decode()


def test_opening_a_form_out_of_time_leads_back_with_the_reason(client, cast, make_ticket):
    ticket = make_ticket("pending_sign")
    client.force_login(cast.dept)
    response = client.get(f"/tickets/{ticket.pk}/report_done/", follow=True)
    assert response.redirect_chain[-1][0] == ticket.get_absolute_url()
    assert "当前状态不能进行此操作" in response.content.decode()


def test_an_old_page_says_what_happened_and_can_be_sent_again(act, make_ticket, actors):
    ticket = make_ticket("handling")
    TICKET_ACTIONS["consult"].run(ticket, actors.dept, {"topic": "会商"}, [], None)
    ticket.refresh_from_db()
    TICKET_ACTIONS["minute"].run(ticket, actors.dept, {"minutes": "纪要"}, [], None)
    response = act("dept", ticket, "report_done", version=ticket.version, **REPORT)
    assert response.status_code == 409
    assert response.context["changed"] == [f"{actors.dept.label} 形成会商纪要"]
    assert REPORT["measures"] in response.content.decode()
    newest = response.context["form"]["version"].value()
    assert act("dept", ticket, "report_done", version=newest, **REPORT).status_code == 302


def test_the_same_form_sent_twice_acts_once(client, cast, make_ticket):
    ticket = make_ticket("handling")
    client.force_login(cast.dept)
    data = {"form_key": str(uuid.uuid4()), **REPORT}
    answers = [client.post(f"/tickets/{ticket.pk}/report_done/", data) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {ticket.get_absolute_url()}
    assert ticket.reports.count() == 1


@pytest.fixture
def second_connection():
    """Another session of the same database; what it did is taken back."""
    names = ("dbname", "user", "password", "host", "port")
    known = connection.get_connection_params()
    other = psycopg2.connect(**{name: known[name] for name in names if name in known})
    yield other
    other.rollback()
    other.close()


def test_a_collision_is_a_409_that_keeps_what_was_typed(act, cast, make_ticket, second_connection):
    """Signalen answers it with a 500; here the first sending still runs in another connection."""
    ticket, key = make_ticket("handling"), str(uuid.uuid4())
    second_connection.cursor().execute(
        "INSERT INTO governance_idempotencykey (owner, endpoint, key, body_hash, created_at)"
        " VALUES (%s, %s, %s, '', now())",
        [f"web:{cast.dept.pk}", f"/tickets/{ticket.pk}/report_done/", key],
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '300ms'")
    response = act("dept", ticket, "report_done", **{**REPORT, "form_key": key})
    assert response.status_code == 409
    assert "请稍后再试" in response.content.decode()
    assert REPORT["measures"] in response.content.decode()
    assert not ticket.reports.exists()


def test_a_ticket_that_only_takes_comments_has_a_heading_over_them(client, cast, make_ticket):
    ticket = make_ticket("closed")
    client.force_login(cast.staff)
    page = client.get(ticket.get_absolute_url()).content.decode()
    card = page[page.index("card-now") :]
    assert card.index("可办事项</h2>") < card.index("留言</a>")
