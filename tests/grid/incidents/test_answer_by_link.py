"""A department settles, sends back or asks through the link of its mail, once, without an account."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.files import StoredFile
from governance.kernel.links import AnswerLink, fill_marks, link_for, token_of
from governance.kernel.outbox import OutboxMail
from governance.territory.models import Department
from grid.incidents import services
from grid.incidents.models import Incident, Move
from tests_support.photos import jpeg

pytestmark = pytest.mark.django_db
KEY = "0b0e7a7e-6d0f-4a51-9f0f-3d7c2b1a9e11"


@pytest.fixture
def sent(report, actors) -> Incident:
    """An incident that the rules sent to the district's housing department."""
    return services.incident_accept(incident=report("暖气不热", place="3 号楼"), by=actors.community)


def page_of(row: Incident, recipient: str = "") -> str:
    link = link_for(subject_type="incident", subject_id=row.pk, recipient=recipient or row.department.email)
    return f"/answer-incident/{token_of(link)}/"


def now(row: Incident) -> Incident:
    return Incident.objects.get(pk=row.pk)


def test_the_mail_carries_the_link_and_how_to_reply(sent, client):
    mail = OutboxMail.objects.get(key__startswith=f"incident:{sent.pk}:sent")
    assert mail.to_address == sent.department.email and mail.reply_to.startswith("%%REPLY:")
    text = fill_marks(mail.text)
    assert "处置完毕：" in text and "退回：" in text and "3 号楼" in text
    assert page_of(sent) in text and page_of(sent) not in mail.text  # nothing stored opens anything
    shown = client.get(page_of(sent)).text
    assert "暖气不热" in shown and "轮到贵单位" in shown and "供热供水到区县主管部门" in shown


def test_who_reported_is_not_said(sent, client, cast):
    assert cast.grid_worker.name not in client.get(page_of(sent)).text


def test_looking_changes_nothing(sent, client):
    before = AuditEvent.objects.count()
    for action in ("", "handle/", "send_back/", "comment/"):
        for ask in (client.get, client.head):
            assert ask(page_of(sent) + action).status_code == 200
    assert client.get(f"{page_of(sent)}renew/").status_code == 405
    assert AuditEvent.objects.count() == before and now(sent).version == sent.version


def test_handle_with_words_and_photos(sent, client):
    answer = {
        "note": "已更换阀门",
        "version": sent.version,
        "form_key": KEY,
        "files": [SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")],
    }
    done = client.post(f"{page_of(sent)}handle/", answer)
    assert done.status_code == 302 and "已登记" in client.get(done["Location"]).text
    row = now(sent)
    assert row.status == "verifying" and row.handled_in_time
    assert StoredFile.objects.filter(thread=row.thread).count() == 1
    event = AuditEvent.objects.get(action="incident.handle")
    assert (event.via, event.actor_id, event.note) == ("link", None, "已更换阀门")
    assert event.actor_label == f"{sent.department.short_name}（链接）"
    photo = StoredFile.objects.get(thread=row.thread)
    assert client.get(f"{page_of(sent)}files/{photo.pk}/").status_code == 200


def test_the_same_form_twice_is_one_step(sent, client):
    answers = [
        client.post(f"{page_of(sent)}handle/", {"note": "已修好", "version": sent.version, "form_key": KEY})
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [302, 302]
    assert AuditEvent.objects.filter(action="incident.handle").count() == 1


def test_a_second_window_is_told_that_it_is_done(sent, client):
    for _ in range(2):
        answer = client.post(f"{page_of(sent)}handle/", {"note": "已修好", "version": sent.version})
    assert answer.status_code == 200 and "无需重复" in answer.text
    assert AuditEvent.objects.filter(action="incident.handle").count() == 1


def test_send_back_with_the_reason_ends_the_link(sent, client):
    page, office = page_of(sent), sent.department
    assert client.post(f"{page}send_back/", {"note": " "}).status_code == 422
    answer = client.post(f"{page}send_back/", {"note": "属产权单位", "version": sent.version, "form_key": KEY})
    assert "已退回" in answer.text
    row = now(sent)
    assert (row.status, row.return_count, row.department) == ("accepted", 1, None)
    move = Move.objects.get()
    assert (move.kind, move.department, move.level, move.reason) == ("sent_back", office, "department", "属产权单位")
    assert client.get(page).status_code == 410 and client.post(f"{page}handle/", {"note": "修"}).status_code == 410
    assert "暖气" not in client.get(page).text


def test_taken_away_by_the_street_ends_the_link_and_says_so(sent, client, actors):
    page, office = page_of(sent), sent.department
    services.incident_reroute(incident=sent, by=actors.staff, level="street", note="街道先看")
    assert client.get(page).status_code == 410
    told = OutboxMail.objects.get(key__startswith=f"incident:{sent.pk}:taken")
    assert (
        told.to_address == office.email and "已改派" in told.subject and not told.reply_to and "暖气" not in told.text
    )
    again = services.incident_reroute(
        incident=now(sent), by=actors.staff, level="department", department=office, note="还是要你们来"
    )
    assert (
        client.get(page).status_code == 410 and client.get(page_of(again)).status_code == 200
    )  # a new right, not the old one


def test_reworked_it_is_their_turn_again(sent, client, actors):
    page = page_of(sent)
    client.post(f"{page}handle/", {"note": "已修好"})
    assert "等待现场核查" in client.get(page).text
    services.incident_rework(incident=now(sent), by=actors.community, note="三楼还不热")
    mail = OutboxMail.objects.get(key__startswith=f"incident:{sent.pk}:rework")
    assert "三楼还不热" in mail.text and page in fill_marks(mail.text)
    assert "轮到贵单位" in client.get(page).text and now(sent).handled_in_time is None
    client.post(f"{page}handle/", {"note": "管道已冲洗"})
    row = services.incident_verify(incident=now(sent), by=actors.community)
    row = services.incident_close(incident=row, by=actors.community)
    assert OutboxMail.objects.filter(key__startswith=f"incident:{sent.pk}:closed").count() == 1
    assert "不必再做什么" in client.get(page).text and "处置完毕</a>" not in client.get(page).text


def test_an_older_page_is_told_what_changed(sent, client, actors):
    services.incident_comment(incident=sent, by=actors.staff, words="请先联系 2 单元")
    Incident.objects.filter(pk=sent.pk).update(version=sent.version + 1)
    answer = client.post(f"{page_of(sent)}handle/", {"note": "已修好", "version": sent.version})
    assert answer.status_code == 409 and "已修好" in answer.text and now(sent).status == "handling"


def test_leave_a_comment(sent, client):
    assert client.post(f"{page_of(sent)}comment/", {"words": "请问几号楼？"}).status_code == 302
    event = AuditEvent.objects.get(action="incident.comment")
    assert event.note == "请问几号楼？" and now(sent).status == "handling"


def test_strangers_and_dead_links(sent, client, make_ticket):
    assert client.get("/answer-incident/guessed/").status_code == 404
    ticket = make_ticket()
    other = link_for(subject_type="ticket", subject_id=ticket.pk, recipient=ticket.department.email)
    assert client.get(f"/answer-incident/{token_of(other)}/").status_code == 404
    assert client.get(page_of(sent).replace("answer-incident", "answer")).status_code == 404
    assert client.get(page_of(sent, "stranger@example.cn")).status_code == 410
    page = page_of(sent)
    AnswerLink.objects.update(expires_at=clock.now())
    assert client.get(page).status_code == 410
    for _ in range(2):
        assert client.post(f"{page}renew/").status_code == 302
    assert OutboxMail.objects.filter(key__contains=":renew:", to_address=sent.department.email).count() == 1


def test_the_right_follows_the_registered_address(sent, client):
    page = page_of(sent)
    Department.objects.filter(pk=sent.department_id).update(email="new@example.cn", alternate_emails=[])
    assert client.get(page).status_code == 410


def test_forms_need_their_csrf_token(sent):
    assert Client(enforce_csrf_checks=True).post(f"{page_of(sent)}handle/", {"note": "已修好"}).status_code == 403
    assert now(sent).status == "handling"
