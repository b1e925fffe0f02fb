"""Fifty times the same request at once: one effect, one answer (reliability.md 8), on every creating endpoint."""

import pytest
from rest_framework.test import APIClient

from governance.accounts.tokens import token_issue
from governance.kernel.actor import SYSTEM
from governance.kernel.audit import AuditEvent
from governance.whistles.models import Comment, Objection, Rating, Ticket, TicketReport, Whistle
from tests_support import stories
from tests_support.databases import at_once

pytestmark = pytest.mark.slow
TIMES = 50
OBJECTION = {"grounds": "不属本部门职责", "clause": "三定方案第三条", "suggested_text": "交通运输局"}


def repeat(user, url: str, body: dict, key: str = "one") -> list:
    """The answers of fifty twins, each by token over a connection of its own."""
    token = token_issue(user=user, by=SYSTEM)

    def send(number: int):
        client = APIClient(headers={"Authorization": f"Token {token}"})
        return client.post(url, body, format="json", headers={"Idempotency-Key": key} if key else {})

    return at_once(TIMES, send)


def is_one_answer(answers: list, status: int) -> bool:
    """All alike, one of them the first."""
    assert [getattr(answer, "status_code", answer) for answer in answers] == [status] * TIMES
    replays = [answer.headers.get("Idempotent-Replay") for answer in answers]
    return all(answer.json() == answers[0].json() for answer in answers) and replays.count(None) == 1


def test_a_throwaway_database_has_the_cast_and_really_commits(throwaway_db):
    ticket = throwaway_db.make_ticket("handling")
    assert at_once(3, lambda number: Ticket.objects.get(pk=ticket.pk).status) == ["handling"] * 3


def test_fifty_whistles_at_once_are_one(throwaway_db, blow_body):
    answers = repeat(throwaway_db.cast.staff, "/api/v1/whistles/", blow_body())
    assert is_one_answer(answers, 201)
    assert Whistle.objects.count() == 1
    assert AuditEvent.objects.filter(action="whistle.submit").count() == 1


def test_fifty_ratings_at_once_are_one(throwaway_db):
    ticket = throwaway_db.make_ticket("pending_eval")
    answers = repeat(throwaway_db.cast.staff, "/api/v1/ratings/", {"ticket": ticket.pk, **stories.STARS})
    assert is_one_answer(answers, 201)
    assert Rating.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "action", "body", "model"),
    [
        ("pending_sign", "comment", {"body": "已在路上"}, Comment),
        ("pending_sign", "object", OBJECTION, Objection),
        ("handling", "report_done", stories.REPORT, TicketReport),
    ],
)
def test_fifty_answers_at_once_are_one(throwaway_db, status, action, body, model):
    ticket = throwaway_db.make_ticket(status)
    answers = repeat(throwaway_db.cast.dept, f"/api/v1/tickets/{ticket.pk}/{action}/", body)
    assert is_one_answer(answers, 200)
    assert model.objects.filter(ticket=ticket).count() == 1


def test_fifty_acceptances_without_a_key_are_still_one(throwaway_db):
    ticket = throwaway_db.make_ticket()
    answers = repeat(throwaway_db.cast.dept, f"/api/v1/tickets/{ticket.pk}/accept/", {}, key="")
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (TIMES - 1)
    assert AuditEvent.objects.filter(action="ticket.accept").count() == 1
