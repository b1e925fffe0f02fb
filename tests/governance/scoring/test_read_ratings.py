"""评价保护: who may read a single rating, when; and that nothing else tells what is in it."""

import json
import re

import pytest
from django.urls import reverse

from governance.kernel.audit import AuditEvent
from governance.kernel.outbox import OutboxMail
from governance.whistles.models import Rating, Scorecard
from governance.whistles.selectors.ratings import rating_face, sealed_count
from governance.whistles.selectors.scores import periods_of, term_tickets
from governance.whistles.services.scores import scorecards_refresh

from .conftest import AFTER, BAD, GOOD, QUARTER

pytestmark = pytest.mark.django_db
EVERYBODY = [
    "leader", "staff", "social", "adjudicator", "finance", "city", "auditor", "dept", "dept_head", "city_dept", "station",
    "other_dept", "sibling_staff", "foreign_staff", "foreign_social", "foreign_adjudicator", "foreign_dept", "community",
    "sibling_community", "grid_worker", "sysadmin", "secadmin", "outsider",
]  # fmt: skip


def readers(actors, rating):
    return {
        name for name in EVERYBODY if Rating.objects.visible_to(getattr(actors, name)).filter(pk=rating.pk).exists()
    }


def test_before_release_only_the_street_reads_its_rating(settle, actors, rating_of):
    rows = [settle(BAD) for _ in range(4)]
    assert readers(actors, rating_of(rows[0])) == {"leader", "staff"}


def test_after_release_a_small_sample_stays_closed_to_the_department(settle, actors, rating_of, release):
    rating = rating_of(settle(BAD))
    settle(BAD)
    release()
    assert readers(actors, rating) == {"leader", "staff", "social", "adjudicator", "finance", "city", "auditor"}


def test_after_release_with_three_of_the_same_street_the_department_reads_them(settle, actors, rating_of, release):
    rating = rating_of(settle(BAD))
    settle(GOOD)
    settle(GOOD)
    release()
    assert readers(actors, rating) == {
        "leader", "staff", "social", "adjudicator", "finance", "city", "auditor", "dept", "dept_head", "city_dept", "station",
    }  # fmt: skip


def test_ratings_of_another_street_do_not_make_up_the_sample(settle, actors, rating_of, release):
    rating = rating_of(settle(BAD))
    for _ in range(3):
        settle(GOOD, by="sibling")
    release()
    assert "dept" not in readers(actors, rating)
    assert "dept" in readers(actors, rating_of(settle(GOOD, by="sibling")))


def test_releasing_one_quarter_opens_no_other(settle, actors, rating_of, release, at):
    first = rating_of(settle())
    with at(AFTER):
        second = rating_of(settle())
    release()
    assert "city" in readers(actors, first)
    assert readers(actors, second) == {"leader", "staff"}


def test_until_then_a_ticket_says_only_that_it_was_rated(settle, make_ticket, actors, release):
    ticket = settle(BAD)
    face = rating_face(ticket=ticket, actor=actors.dept)
    assert (face.rated, face.rating) == (True, None)
    assert "已评价" in face.reason
    assert rating_face(ticket=make_ticket("pending_eval"), actor=actors.dept).rated is False
    assert rating_face(ticket=ticket, actor=actors.staff).rating.speed == 1
    assert sealed_count(actors.dept) == 1
    assert sealed_count(actors.staff) == 0


def test_rating_good_and_bad_leave_the_same_traces(settle, actors):
    """The audit trail and the mails must not tell one star from five."""

    def traces(ticket):
        events = AuditEvent.objects.filter(thread=ticket.thread, action__startswith="ticket.rate")
        mails = OutboxMail.objects.filter(key__startswith=f"ticket.rate:{ticket.pk}:").order_by("to_address")
        told = [(row.to_address, row.text.replace(ticket.whistle.number, "N")) for row in mails]
        return [(row.label, row.note, row.data) for row in events], [
            re.sub(r"https?://\S+|\d", "", str(row)) for row in told
        ]

    good, bad = settle(GOOD), settle(BAD)
    assert traces(good) == traces(bad)
    assert all(traces(bad))
    written = json.dumps(list(AuditEvent.objects.filter(thread=bad.thread).values_list("note", "label", "data")))
    assert not re.search(r"low_reason|stars|thoroughly|\blate\b", written)


def test_cards_of_a_running_quarter_are_for_those_who_oversee(settle, actors, release):
    for _ in range(3):
        settle()
    scorecards_refresh(period=QUARTER)
    seen = {name for name in EVERYBODY if Scorecard.objects.visible_to(getattr(actors, name)).filter(period=QUARTER)}
    assert seen == {"social", "adjudicator", "finance", "city", "auditor"}
    assert periods_of(actors.dept) == []
    release()
    seen = {name for name in EVERYBODY if Scorecard.objects.visible_to(getattr(actors, name)).filter(period=QUARTER)}
    assert seen == set(EVERYBODY) - {
        "community",
        "sibling_community",
        "grid_worker",
        "sysadmin",
        "secadmin",
        "outsider",
    }
    assert periods_of(actors.dept) == [QUARTER, "2026"]


@pytest.mark.parametrize(("count", "told"), [(1, False), (2, False), (3, True)])
def test_a_score_of_very_few_ratings_is_not_told_to_the_department(settle, actors, release, count, told):
    for _ in range(count):
        department = settle(BAD, thoroughly="no").department_id
    release()
    for actor, knows in ((actors.dept, told), (actors.staff, told), (actors.city, True), (actors.social, True)):
        card = Scorecard.objects.visible_to(actor).get(department_id=department, period=QUARTER)
        assert (card.seen_satisfaction == 0) == knows
        assert (card.seen_resolution == 0) == knows
        assert (card.seen_total is not None) == (card.seen_adjusted is not None) == knows


def test_a_list_behind_a_figure_does_not_tell_sealed_ratings(settle, actors, release, street):
    rows = [settle(BAD, thoroughly="no"), settle(GOOD)]
    department = rows[0].department

    def listed(actor, *terms):
        return {row.pk for row in term_tickets(department=department, period=QUARTER, terms=list(terms), actor=actor)}

    assert listed(actors.city, "dissatisfied") == listed(actors.dept, "unsolved") == set()
    assert listed(actors.staff, "dissatisfied") == {rows[0].pk}
    assert listed(actors.dept, "accept_on_time") == {row.pk for row in rows}
    settle(GOOD)
    release()
    assert listed(actors.city, "dissatisfied") == listed(actors.dept, "unsolved") == {rows[0].pk}
    assert listed(actors.foreign_social, "dissatisfied") == set()


PAGES = ["ratings", "rating-appeals", "scorecards", "tickets"]


@pytest.mark.parametrize("name", ["dept", "city", "social", "community", "other_dept"])
def test_pages_filters_and_exports_tell_nothing_sealed(client, cast, settle, name, monday):
    ticket = settle({**BAD, "comment": "敷衍了事不可接受", "low_reason": "shifting"}, thoroughly="no")
    client.force_login(getattr(cast, name))
    rating = Rating.objects.get()
    assert client.get(reverse("rating", args=[rating.pk])).status_code in (403, 404)
    for query in (
        "",
        "?thoroughly=no",
        "?low_reason=shifting",
        "?export=csv",
        "?sort=-speed",
        "?sort=quality",
    ):
        response = client.get(reverse("ratings") + query)
        if response.status_code == 200:
            body = b"".join(response.streaming_content) if response.streaming else response.content
            assert ticket.whistle.number not in body.decode()
            assert "敷衍了事" not in body.decode()
    response = client.get(reverse("ticket", args=[ticket.pk]))
    if response.status_code == 200:
        assert "推诿扯皮" not in response.content.decode()
        assert "敷衍了事" not in response.content.decode()


def test_the_department_does_not_read_who_rated(client, cast, settle, release, rating_of, at):
    rating, *_ = [rating_of(settle()) for _ in range(3)]
    release()
    with at(AFTER):
        client.force_login(cast.dept_head)
        page = client.get(reverse("rating", args=[rating.pk])).content.decode()
    assert "解决质量" in page
    assert rating.rated_by not in page
