"""Downloading: a file opens for whoever sees its case, and for nobody else."""

import pytest

from governance.kernel.files import StoredFile, file_store
from governance.whistles import services
from tests_support.stories import REPORT

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def report_photo(make_whistle, actors, photo):
    """A photo that the assisting department sent with its report."""
    ticket = make_whistle().tickets.select_related("whistle", "department").get(role="assist")
    ticket = services.ticket_accept(ticket=ticket, by=actors.assistant_dept)
    ticket = services.ticket_arrive(ticket=ticket, by=actors.assistant_dept)
    services.ticket_report_done(ticket=ticket, by=actors.assistant_dept, files=[("现场.jpg", photo.read())], **REPORT)
    return StoredFile.objects.get()


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 200), ("leader", 200), ("assistant_dept", 200), ("adjudicator", 200), ("city", 200), ("community", 200),
     ("dept", 404), ("other_dept", 404), ("sibling_staff", 404), ("foreign_staff", 404), ("sibling_community", 404),
     ("outsider", 404), ("sysadmin", 404)],
)  # fmt: skip
def test_a_report_s_photo_opens_for_whoever_sees_the_ticket(client, cast, report_photo, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(report_photo.get_absolute_url()).status_code == status


def test_a_visitor_has_to_sign_in(client, report_photo):
    assert client.get(report_photo.get_absolute_url()).status_code == 302


def test_a_photo_is_shown_and_never_guessed_at(client, cast, report_photo):
    client.force_login(cast.staff)
    response = client.get(report_photo.get_absolute_url())
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline; filename*=UTF-8''%E7%8E%B0")
    assert b"".join(response).startswith(b"\xff\xd8")


def test_a_document_is_saved_not_shown(client, cast, make_whistle, actors):
    whistle = make_whistle()
    stored = file_store(subject=whistle, thread=whistle.thread, name='a"b.pdf', content=PDF, by=actors.staff)
    client.force_login(cast.dept)
    response = client.get(stored.get_absolute_url())
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''a%22b.pdf"
    assert "private" in response["Cache-Control"]


def test_a_confidential_whistles_file_is_not_for_the_community(client, cast, make_whistle, actors):
    whistle = make_whistle(is_confidential=True)
    stored = file_store(subject=whistle, thread=whistle.thread, name="a.pdf", content=PDF, by=actors.staff)
    client.force_login(cast.community)
    assert client.get(stored.get_absolute_url()).status_code == 404
    client.force_login(cast.staff)
    assert client.get(stored.get_absolute_url()).status_code == 200


def test_a_department_that_lost_the_ticket_lost_the_file(client, cast, make_ticket, actors):
    ticket = make_ticket("reassigned")
    stored = file_store(subject=ticket, thread=ticket.thread, name="a.pdf", content=PDF, by=actors.dept)
    client.force_login(cast.dept)
    assert client.get(stored.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("thread", ["incident:1", "whistle:x", "whistle:999999", ""])
def test_a_file_of_no_visible_case_does_not_open(client, cast, thread, make_whistle, actors):
    stored = file_store(subject=make_whistle(), thread="whistle:1", name="a.pdf", content=PDF, by=actors.staff)
    StoredFile.objects.filter(pk=stored.pk).update(thread=thread)
    client.force_login(cast.city)
    assert client.get(stored.get_absolute_url()).status_code == 404


def test_a_file_whose_content_is_gone_is_a_404(client, cast, report_photo):
    report_photo.content.storage.delete(report_photo.content.name)
    client.force_login(cast.staff)
    assert client.get(report_photo.get_absolute_url()).status_code == 404


def test_there_is_no_such_file(client, cast):
    client.force_login(cast.staff)
    assert client.get("/files/999999999/").status_code == 404
