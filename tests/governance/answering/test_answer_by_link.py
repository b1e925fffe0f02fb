"""Doing a department's work through the link, once, without an account."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import deadlines_fire
from governance.kernel.files import StoredFile
from governance.kernel.idempotency import IdempotencyKey
from governance.whistles import services
from governance.whistles.models import Comment, Ticket, TicketReport
from tests_support import stories
from tests_support.photos import jpeg

pytestmark = pytest.mark.django_db
REPORT = {**stories.REPORT, "measures": "已清理并安排专人值守"}
KEY = "0b0e7a7e-6d0f-4a51-9f0f-3d7c2b1a9e10"


def status(ticket) -> str:
    return Ticket.objects.get(pk=ticket.pk).status


def test_accept(client, make_ticket, address_of, departments):
    ticket = make_ticket()
    address = address_of(ticket)
    response = client.post(f"{address}accept/", {"version": ticket.version, "form_key": KEY})
    assert response.status_code == 302 and response["Location"] == f"{address}?done=accept"
    assert status(ticket) == "pending_arrive"
    event = AuditEvent.objects.filter(action="ticket.accept").latest("id")
    assert (
        event.via == "link" and event.actor_label == f"{departments[0].short_name}（链接）" and event.actor_id is None
    )
    assert "已登记" in client.get(response["Location"]).content.decode()


def test_station_accepts_in_its_own_name(client, make_ticket, address_of, station):
    ticket = make_ticket()
    client.post(f"{address_of(ticket, station.email)}accept/")
    assert status(ticket) == "pending_arrive"
    assert AuditEvent.objects.filter(action="ticket.accept").latest("id").actor_label == f"{station.short_name}（链接）"


def test_second_click_with_the_same_form_does_nothing(client, make_ticket, address_of):
    ticket = make_ticket()
    address, form = address_of(ticket), {"version": ticket.version, "form_key": KEY}
    answers = [client.post(f"{address}accept/", form).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert AuditEvent.objects.filter(action="ticket.accept").count() == 1


def test_second_click_from_another_window_is_told_who_was_first(client, make_ticket, address_of, station):
    """Department and station both press: the second sees a friendly page, not an error."""
    ticket = make_ticket()
    client.post(f"{address_of(ticket)}accept/", {"version": ticket.version})
    response = client.post(f"{address_of(ticket, station.email)}accept/", {"version": ticket.version})
    assert response.status_code == 200
    assert "已签收，无需重复" in response.content.decode()
    assert AuditEvent.objects.filter(action="ticket.accept").count() == 1


def test_second_report_from_another_window_is_one_report(client, make_ticket, address_of):
    ticket = make_ticket("handling")
    address = address_of(ticket)
    for _ in range(2):
        response = client.post(f"{address}report_done/", {**REPORT, "version": ticket.version})
    assert "无需重复" in response.content.decode()
    assert TicketReport.objects.filter(ticket=ticket).count() == 1


def test_no_token_is_kept_with_the_key(client, make_ticket, address_of):
    """A dump of the database opens no link."""
    ticket = make_ticket()
    address = address_of(ticket)
    client.post(f"{address}accept/", {"version": ticket.version, "form_key": KEY})
    row = IdempotencyKey.objects.get(key=KEY)
    token = address.split("/")[2]
    assert token not in row.endpoint + row.owner + str(row.answer)


def test_object_with_clause_and_other_department(client, make_ticket, address_of, departments):
    ticket = make_ticket()
    answer = {"grounds": "道路由其他部门管护", "clause": "权责清单第 12 项", "suggested": departments[2].pk}
    assert client.post(f"{address_of(ticket)}object/", answer).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "disputed" and ticket.objection.suggested == departments[2]


def test_object_without_clause_is_refused_next_to_the_field(client, make_ticket, address_of):
    ticket = make_ticket()
    response = client.post(f"{address_of(ticket)}object/", {"grounds": "道路由其他部门管护"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "道路由其他部门管护" in page
    assert 'id="id_clause_error"' in page
    assert status(ticket) == "pending_sign"


def test_arrive_contact_consult_and_minutes(client, make_ticket, address_of):
    ticket = make_ticket("pending_arrive")
    address = address_of(ticket)
    for action, answer, after in [
        ("contact", {"note": "已电话联系"}, "pending_arrive"),
        ("arrive", {"mode": "onsite", "person": "值班员"}, "handling"),
        ("consult", {"topic": "需与住建共同会商"}, "consulting"),
        ("minute", {"minutes": "明确由城管牵头"}, "handling"),
    ]:
        response = client.post(f"{address}{action}/", answer)
        assert response.status_code == 302, response.content.decode()
        assert status(ticket) == after


def test_report_done_with_photos(client, make_ticket, address_of):
    ticket = make_ticket("handling")
    photos = [SimpleUploadedFile(f"{name}.jpg", jpeg(), "image/jpeg") for name in ("前", "后")]
    response = client.post(f"{address_of(ticket)}report_done/", {**REPORT, "files": photos})
    assert response.status_code == 302
    assert status(ticket) == "pending_verify"
    report = ticket.reports.get()
    assert StoredFile.objects.filter(subject_type="ticketreport", subject_id=report.pk).count() == 2
    page = client.get(address_of(ticket)).content.decode()
    assert "前.jpg" in page and "等待街道现场核实" in page


def test_report_with_a_bad_photo_keeps_every_word(client, make_ticket, address_of):
    ticket = make_ticket("handling")
    bad = SimpleUploadedFile("scan.svg", b"<svg onload=alert(1)>", "image/svg+xml")
    response = client.post(f"{address_of(ticket)}report_done/", {**REPORT, "files": [bad]})
    page = response.content.decode()
    assert response.status_code == 422
    assert REPORT["measures"] in page and "不是可接收的类型" in page
    assert status(ticket) == "handling"
    assert not TicketReport.objects.exists()


def test_report_without_elements_names_each(client, make_ticket, address_of):
    response = client.post(
        f"{address_of(make_ticket('handling'))}report_done/", {"outcome": "solved", "taken_up": "9 时"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    for name in ("talked_with", "measures", "settled_by"):
        assert f'id="id_{name}_error"' in page


def test_extension_and_hold_are_asked_for(client, make_ticket, address_of):
    ticket = make_ticket("handling")
    address = address_of(ticket)
    due = clock.now() + timedelta(days=16)
    answer = {"reason": "需采购设备", "until": f"{due.astimezone():%Y-%m-%dT%H:%M}"}
    assert client.post(f"{address}ask_extension/", answer).status_code == 302
    hold = {
        "reason": "funding", "explanation": "资金缺口", "leader": "分管局长", "milestones": "一季度立项",
        "told_residents": "已当面说明", "review_on": f"{clock.today() + timedelta(days=30)}",
    }  # fmt: skip
    assert client.post(f"{address}ask_hold/", hold).status_code == 302
    assert ticket.holds.count() == 1 and ticket.extension.state == "requested"


def test_write_off(client, make_ticket, address_of):
    ticket = make_ticket("hung")
    assert client.post(f"{address_of(ticket)}write_off/", {"how": "done", "note": "改造已完成"}).status_code == 302
    assert status(ticket) == "pending_verify"


def test_red_card_is_explained(client, make_ticket, address_of, at):
    ticket = make_ticket()
    address = address_of(ticket)
    assert client.get(f"{address}explain/").status_code == 409
    with at(ticket.due_at + timedelta(days=3)):
        deadlines_fire()
        assert client.post(f"{address}explain/", {"explanation": "值班交接遗漏，已整改。"}).status_code == 302
        assert "无需重复" in client.get(f"{address}explain/").content.decode()
    assert ticket.cards.get(colour="red").explanation == "值班交接遗漏，已整改。"


def test_comment_is_kept_under_the_departments_name(client, make_ticket, address_of, departments):
    ticket = make_ticket("pending_verify")
    assert client.post(f"{address_of(ticket)}comment/", {"body": "请提前一小时通知"}).status_code == 302
    comment = Comment.objects.get(ticket=ticket)
    assert comment.author == f"{departments[0].short_name}（链接）" and comment.via == "link"


def test_stale_form_shows_what_changed_and_keeps_the_words(client, make_ticket, actors, address_of):
    """A colleague asked for an extension while this one was writing: he sees that and can send again."""
    ticket = make_ticket("handling")
    old = ticket.version
    until = clock.now() + timedelta(days=16)
    services.ticket_ask_extension(ticket=ticket, by=actors.dept, reason="需采购设备", until=until)
    address = address_of(ticket)
    response = client.post(f"{address}report_done/", {**REPORT, "version": old})
    page = response.content.decode()
    assert response.status_code == 409
    assert "又有了新的进展" in page and "申请延期" in page and REPORT["measures"] in page
    fresh = stories.fresh(ticket).version
    assert f'name="version" value="{fresh}"' in page
    assert client.post(f"{address}report_done/", {**REPORT, "version": fresh}).status_code == 302


def test_step_that_is_not_possible_now_says_why_and_keeps_the_words(client, make_ticket, address_of):
    """Reporting done before signing for it."""
    ticket = make_ticket()
    response = client.post(f"{address_of(ticket)}report_done/", REPORT)
    assert response.status_code == 409
    assert REPORT["measures"] in response.content.decode()
    assert status(ticket) == "pending_sign"


def test_lead_waits_for_its_assistants(client, make_ticket, address_of):
    ticket = make_ticket("handling", alone=False)
    page = client.get(address_of(ticket)).content.decode()
    assert "共同承办" in page
    response = client.post(f"{address_of(ticket)}report_done/", REPORT)
    assert response.status_code == 409 and "协办部门" in response.content.decode()


def test_post_needs_its_csrf_token(strict, make_ticket, address_of):
    """A page elsewhere cannot press the button, even knowing the address."""
    ticket = make_ticket()
    address = address_of(ticket)
    assert strict.post(f"{address}accept/").status_code == 403
    assert status(ticket) == "pending_sign"
    strict.get(address)
    token = strict.cookies["csrftoken"].value
    assert strict.post(f"{address}accept/", {"csrfmiddlewaretoken": token}).status_code == 302
    assert status(ticket) == "pending_arrive"


def test_extra_fields_are_ignored(client, make_ticket, address_of):
    ticket = make_ticket()
    client.post(
        f"{address_of(ticket)}accept/", {"status": "closed", "rework_count": 9, "department": 1, "role": "city_office"}
    )
    ticket.refresh_from_db()
    assert ticket.status == "pending_arrive" and ticket.rework_count == 0
