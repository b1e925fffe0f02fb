"""Seven defects reproduced in Signalen; each test shows the opposite here."""

from contextlib import closing

import pytest
from django.db import connection
from rest_framework.test import APIClient

from governance.accounts.models import Appointment
from governance.celery import app
from governance.kernel import events
from governance.kernel.outbox import MailState, OutboxMail
from governance.tasks import outbox_send
from governance.whistles.models import Ticket, Whistle
from tests_support import stories


def api(user) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_login(user)
    return client


def listed(client, kind: str) -> list[int]:
    return [row["id"] for row in client.get(f"/api/v1/{kind}/").json()["results"]]


@pytest.mark.django_db
def test_after_rerouting_the_old_department_still_reads_the_ticket(client, cast, make_ticket):
    """Here it is gone from page, list and API at once, with its whistle; the new department has its own."""
    ticket = make_ticket("reassigned")
    client.force_login(cast.dept)
    for path in (f"/tickets/{ticket.pk}/", f"/api/v1/tickets/{ticket.pk}/", f"/whistles/{ticket.whistle_id}/",
                 f"/api/v1/whistles/{ticket.whistle_id}/"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert listed(api(cast.dept), "tickets") == [] == listed(api(cast.dept), "whistles")
    assert len(listed(api(cast.other_dept), "tickets")) == 1


@pytest.mark.django_db
def test_list_and_detail_disagree(cast, make_ticket, make_whistle):
    """Here both ask the same ``visible_to``: what is listed opens, what opens is listed, for everybody."""
    make_ticket("handling"), make_ticket("reassigned"), make_whistle(status="draft"), make_whistle(is_confidential=True)
    for name, user in vars(cast).items():
        client = api(user)
        for kind, model in (("tickets", Ticket), ("whistles", Whistle)):
            opened = {pk for pk in model.objects.values_list("pk", flat=True)
                      if client.get(f"/api/v1/{kind}/{pk}/").status_code == 200}  # fmt: skip
            assert set(listed(client, kind)) == opened, (name, kind)


@pytest.mark.django_db
def test_a_ticket_visible_twice_is_listed_three_times_and_counted_so(client, cast, make_ticket):
    """Here a person who may see it for four reasons has it once, and the count says one."""
    ticket = make_ticket("handling")
    for department in (ticket.department, ticket.station, ticket.superior):
        Appointment.objects.create(user=cast.outsider, role="dept_handler", department=department)
    Appointment.objects.create(user=cast.outsider, role="street_staff", street=ticket.street, unit=ticket.unit)
    assert listed(api(cast.outsider), "tickets") == [ticket.pk]
    assert listed(api(cast.outsider), "whistles") == [ticket.whistle_id]
    client.force_login(cast.outsider)
    page = client.get("/tickets/")
    assert page.content.decode().count(ticket.get_absolute_url() + '"') == 1
    assert str(page.context["count"]) == "1"


def test_a_row_locked_by_another_gives_500(throwaway_db):
    """Here the second person hears 409 and why, and once the row is free the same request goes through."""
    ticket, client = throwaway_db.make_ticket(), api(throwaway_db.cast.dept)
    url = f"/api/v1/tickets/{ticket.pk}/accept/"
    with closing(throwaway_db.connect()) as other, other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM governance_ticket WHERE id = %s FOR UPDATE", [ticket.pk])
        with connection.cursor() as mine:
            mine.execute("SET lock_timeout = '300ms'")
        refused = client.post(url, {}, format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "busy")
        other.rollback()
    assert client.post(url, {}, format="json").status_code == 200


@pytest.mark.django_db
def test_a_mail_receivers_error_is_swallowed(cast, make_ticket):
    """Here it takes the step with it: nobody believes that a department was told when it was not."""

    def broken(**payload):
        raise ValueError("mail could not be written")

    ticket = make_ticket()
    events.subscribe("ticket.accept", broken)
    try:
        answer = api(cast.dept).post(f"/api/v1/tickets/{ticket.pk}/accept/", {}, format="json")
    finally:
        events._handlers["ticket.accept"].remove(broken)
    assert answer.status_code == 500
    assert stories.fresh(ticket).status == "pending_sign"


def test_broker_down_answers_201_and_the_mail_is_never_sent(throwaway_db, postbox, office_hours, settings, monkeypatch):
    """Here the row is the queue: with Redis gone the request succeeds at once and the next sweep sends the mail."""
    dead = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(settings, "CACHES", {"default": {**settings.CACHES["default"], "LOCATION": dead}})
    monkeypatch.setattr(settings, "HINTS", True, raising=False)
    before = app.conf.broker_url
    app.conf.broker_url = dead
    app.pool.force_close_all()
    try:
        row = throwaway_db.make_whistle(status="pending_dispatch", assistants=())
        answer = api(throwaway_db.cast.staff).post(f"/api/v1/whistles/{row.pk}/dispatch/", {}, format="json")
    finally:
        app.conf.broker_url = before
        app.pool.force_close_all()
    assert answer.status_code == 200
    office = row.tickets.get().department.email
    assert OutboxMail.objects.get(to_address=office).state == MailState.PENDING
    outbox_send()  # what beat calls every two seconds
    assert len(postbox.to(office)) == 1


@pytest.mark.django_db
def test_page_size_2000_is_served(cast):
    """Here a page has at most a hundred rows, however many are wanted and there (1,996 divisions)."""
    answer = api(cast.leader).get("/api/v1/divisions/", {"page_size": 2000})
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 100 and answer.json()["next"]
