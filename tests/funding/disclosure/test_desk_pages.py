"""The community's desk: one button to publish; questions are answered; others read or see nothing."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.urls import reverse

from funding.disclosure import services
from funding.disclosure.models import Disclosure
from funding.disclosure.states import QuestionStatus
from funding.disclosure.workflow import QUESTION_FLOW
from governance.accounts import desks
from governance.accounts.models import User
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import Deadline, deadlines_fire
from governance.kernel.errors import Forbidden, IllegalTransition, Invalid
from governance.kernel.outbox import OutboxMail
from governance.kernel.policy import policy
from tests_support.queries import BASELINE

from .conftest import YEAR

pytestmark = pytest.mark.django_db


@pytest.fixture
def third(money):
    """The third quarter, due."""
    money.give()
    money.pay(1_234_56, date(YEAR, 8, 1))
    return money.opened()[-1]


@pytest.fixture
def question(money, actors):
    return services.question_ask(community=money.place, text="灯装在哪里？", by=actors.community)


def _panel(actors, who, key):
    panels = {one.key: one for one in desks.panels_of(getattr(actors, who))}
    return panels[key].load(getattr(actors, who)).rows


def test_publish_with_one_confirmation(client, cast, actors, third):
    assert [row["title"] for row in _panel(actors, "community", "money-publish")][-1] == "2026 年第 3 季度经费公开"
    client.force_login(cast.community)
    page = client.get(third.get_absolute_url()).content.decode()
    assert "1,234.56" in page
    form = page.split('class="action-panel"')[1].split("</form>")[0]
    assert "<textarea" not in form
    assert 'type="text"' not in form
    done = client.post(f"{third.get_absolute_url()}actions/publish/", {"version": "1"}, follow=True)
    assert "已公布" in done.content.decode()
    third.refresh_from_db()
    assert third.status == "published"


def test_the_street_sees_what_is_overdue(money, actors, third):
    assert not _panel(actors, "leader", "money-overdue")
    money.lapsed()
    assert (
        len(_panel(actors, "leader", "money-overdue"))
        == Disclosure.objects.overdue().filter(community=money.place).count()
    )


@pytest.mark.parametrize(
    ("who", "status"),
    [("community", 200), ("leader", 200), ("social", 200), ("finance", 200), ("city", 200), ("auditor", 200),
     ("sibling_community", 404), ("foreign_staff", 404), ("dept", 403), ("outsider", 403), ("grid_worker", 403)],
)  # fmt: skip
def test_who_sees_it(client, cast, third, question, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(third.get_absolute_url()).status_code == status
    assert client.get(question.get_absolute_url()).status_code == status


def test_answer_a_question(client, cast, actors, question):
    assert [row["title"] for row in _panel(actors, "community", "money-questions")] == ["灯装在哪里？"]
    client.force_login(cast.community)
    client.post(f"{question.get_absolute_url()}actions/answer/", {"note": "三号楼。电话 13800138000", "version": "1"})
    question.refresh_from_db()
    assert (question.status, question.answer) == ("answered", "三号楼。电话 138****8000")
    assert "三号楼" in client.get(question.get_absolute_url()).content.decode()


LEGAL = {("asked", "answer"): "answered", ("asked", "decline"): "declined"}


@pytest.mark.parametrize(("status", "step"), list(product(QuestionStatus.values, QUESTION_FLOW.transitions)))
def test_every_cell_of_a_question(actors, question, status, step):
    before = {"answered": "answer", "declined": "decline"}.get(status)
    if before:
        question = services.question_step(question=question, action=before, by=actors.community, note="好")
    if (status, step) in LEGAL:
        done = services.question_step(question=question, action=step, by=actors.staff, note="好")
        assert done.status == LEGAL[status, step]
    else:
        with pytest.raises(IllegalTransition):
            services.question_step(question=question, action=step, by=actors.staff, note="好")


def test_an_answer_has_words_and_its_own_people(actors, question):
    with pytest.raises(Invalid):
        services.question_step(question=question, action="answer", by=actors.community, note=" ")
    with pytest.raises(Invalid):
        services.question_step(question=question, action="answer", by=actors.community, note="长" * 1001)
    with pytest.raises(Forbidden):
        services.question_step(question=question, action="answer", by=actors.sibling_community, note="好")


def test_a_question_past_its_days_is_the_streets(client, cast, actors, question, at):
    """Nobody is reminded before; then the street has a panel and one mail, later the finance office; an answer ends it."""
    days = policy("disclosure.answer_days")
    for name in ("community", "leader", "staff", "finance", "sibling_leader"):
        User.objects.filter(pk=getattr(cast, name).pk).update(email=f"{name}@example.test")
    mails = OutboxMail.objects.filter(thread=question.thread)
    with at(question.asked_at + timedelta(days=days - 1)):
        deadlines_fire()
        assert not _panel(actors, "leader", "money-unanswered") and not mails.exists()
    with at(question.asked_at + timedelta(days=days + 4)):  # a limit that ends on a day off ends on the next workday
        deadlines_fire()
        deadlines_fire()
        row = _panel(actors, "leader", "money-unanswered")[0]
        assert (row["title"], row["at_label"]) == ("灯装在哪里？", "答复期限")
        assert not _panel(actors, "sibling_leader", "money-unanswered")
        assert {mail.to_address for mail in mails} == {"leader@example.test", "staff@example.test"}
        assert AuditEvent.objects.filter(thread=question.thread, action="moneyquestion.overdue").count() == 1
        client.force_login(cast.leader)
        late = f"{reverse('money-questions')}?progress=late"
        assert "灯装在哪里" in client.get(late).content.decode()
        assert "答复" in client.get(question.get_absolute_url()).content.decode()
    with at(question.asked_at + timedelta(days=2 * days + 8)):
        deadlines_fire()
        assert mails.all().count() == 3  # and the unit's finance office
        services.question_step(question=question, action="answer", by=actors.staff, note="三号楼")
        assert not _panel(actors, "leader", "money-unanswered")
        assert "灯装在哪里" not in client.get(late).content.decode()
        assert Deadline.objects.get(subject_type="moneyquestion", subject_id=question.pk).state == "missed"


def test_an_answered_question_reminds_nobody(actors, question, at):
    services.question_step(question=question, action="decline", by=actors.community, note="与经费无关")
    with at(question.asked_at + timedelta(days=60)):
        deadlines_fire()
    assert not OutboxMail.objects.filter(thread=question.thread).exists()
    assert Deadline.objects.get(subject_type="moneyquestion", subject_id=question.pk).state == "met"


@pytest.mark.parametrize("name", ["disclosures", "money-questions"])
@pytest.mark.parametrize("who", ["community", "staff", "city"])
def test_statements_of_the_lists(client, cast, money, third, actors, name, who, django_assert_num_queries):
    """Pinned in tests/baselines/queries.json; more rows, no more."""
    for number in range(4):
        services.question_ask(community=money.place, text=f"问 {number}", by=actors.community)
    client.force_login(getattr(cast, who))
    path = reverse(name)
    client.get(path)
    with django_assert_num_queries(BASELINE[f"{who} {path}"]):
        assert client.get(path).status_code == 200


def test_export(client, cast, third):
    client.force_login(cast.city)
    answer = client.get(reverse("disclosures"), {"export": "xlsx"})
    assert b"".join(answer.streaming_content)[:2] == b"PK"
