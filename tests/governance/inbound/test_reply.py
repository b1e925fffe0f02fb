"""A department answers by plain reply."""

import io

import pytest
from PIL import Image

from governance.kernel.files import StoredFile
from governance.kernel.outbox import OutboxMail
from governance.whistles.models import Comment

pytestmark = pytest.mark.django_db
QUOTED = (
    '\n\n在 2026-11-23 09:12:00，"大连市基层减负平台" <whistle@portal.example> 写道：\n> —— 请在此行以上回复 ——\n> 签收'
)


def photo(size=(640, 480)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def confirmation(mail) -> OutboxMail:
    return OutboxMail.objects.get(key__startswith=f"confirm:{mail.pk}:")


def test_sign(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    mail = reply(ticket, "签收" + QUOTED)
    assert (mail.state, mail.understood, mail.ticket_id) == ("done", "签收", ticket.pk)
    assert ticket.status == "pending_arrive"
    assert "已登记：签收" in confirmation(mail).subject
    assert not Comment.objects.filter(ticket=ticket).exists()


def test_object(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    reply(ticket, "异议：占道归属主干道，不属我局职责。\n依据：三定方案第三条\n建议：交通运输局" + QUOTED)
    assert ticket.status == "disputed"
    assert ticket.objection.clause == "三定方案第三条"
    assert ticket.objection.suggested_text == "交通运输局"


def test_object_incompletely_is_explained_and_kept(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    mail = reply(ticket, "异议：不属我局职责")
    assert (mail.state, ticket.status) == ("comment", "pending_sign")
    sent = confirmation(mail)
    assert "没有办成：提出异议" in sent.subject
    assert "依据（条款）" in sent.text and "建议" in sent.text
    assert "不属我局职责" in Comment.objects.get(ticket=ticket).body


def test_report_in_before_signing_signs_too(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    mail = reply(ticket, "报到：现场，王立新")
    assert ticket.status == "handling"
    assert ticket.accepted_at and ticket.arrived_at
    assert (ticket.arrived_by, ticket.arrive_mode) == ("王立新", "onsite")
    assert "报到前已一并签收" in confirmation(mail).text


def test_sign_and_report_in_in_one_line(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    mail = reply(ticket, "已签收，线上报到：李一鸣")
    assert (ticket.status, ticket.arrive_mode, mail.understood) == ("handling", "online", "签收、报到")


def test_report_done_with_photos(make_ticket, reply):
    ticket = make_ticket("handling")
    text = "办结：已劝离摊贩 12 处，设置隔离桩，每晚 18 时起安排专人值守。"
    reply(ticket, text + QUOTED, files=[("现场.jpg", "image/jpeg", photo()), ("复查.jpg", "image/jpeg", photo())])
    report = ticket.reports.get()
    assert (ticket.status, ticket.outcome) == ("pending_verify", "solved")
    assert report.measures.startswith("已劝离摊贩 12 处")
    assert "按系统记录补" in report.taken_up and "按系统记录补" in report.settled_by
    assert StoredFile.objects.filter(subject_type="ticketreport", subject_id=report.pk).count() == 2


def test_report_done_with_four_elements(make_ticket, reply):
    ticket = make_ticket("handling")
    reply(
        ticket,
        "办结（部分解决）：\n1. 受理时间：11月23日9时\n2. 与谁沟通：街道李主任\n3. 解决措施：清理完毕，\n两处待移交\n4. 解决时限：12月5日",
    )
    report = ticket.reports.get()
    assert report.outcome == "partly"
    assert (report.taken_up, report.talked_with, report.settled_by) == ("11月23日9时", "街道李主任", "12月5日")
    assert report.measures == "清理完毕，\n两处待移交"


def test_report_done_too_early_is_explained_and_kept_with_its_photos(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    mail = reply(ticket, "办结：已清理", files=[("现场.jpg", "image/jpeg", photo())])
    assert (mail.state, ticket.status) == ("comment", "pending_sign")
    comment = Comment.objects.get(ticket=ticket)
    assert "已清理" in comment.body
    assert StoredFile.objects.filter(subject_type="comment", subject_id=comment.pk).count() == 1
    assert "状态下不能报办结" in confirmation(mail).text


def test_sign_twice_becomes_a_comment(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    reply(ticket, "签收")
    mail = reply(ticket, "签收")
    assert (mail.state, ticket.status) == ("comment", "pending_arrive")
    assert "不能签收" in confirmation(mail).text


def test_say_something_unclear(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    mail = reply(ticket, "收到，我们研究一下。" + QUOTED)
    assert (mail.state, mail.understood, ticket.status) == ("comment", "留言", "pending_sign")
    assert Comment.objects.get(ticket=ticket).body == "收到，我们研究一下。"
    assert "没有对应的办理动作" in confirmation(mail).text


def test_sign_with_a_remark(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    reply(ticket, "签收。\n我局明天上午安排两名执法人员到场，请街道派人引导。\n\n张工\n13900001111")
    assert ticket.status == "pending_arrive"
    assert "请街道派人引导" in Comment.objects.get(ticket=ticket).body


def test_contact(make_ticket, reply):
    ticket = make_ticket("pending_arrive")
    reply(ticket, "联系：已与街道综合指挥中心通话")
    assert ticket.contacted_at and ticket.status == "pending_arrive"


def test_ask_for_an_extension_out_of_reach_is_explained(make_ticket, reply):
    ticket = make_ticket("handling")
    mail = reply(ticket, "延期至 2030-01-01：等待设备")
    assert not hasattr(ticket, "extension")
    assert "可延至" in confirmation(mail).text


def test_ask_for_an_extension(make_ticket, reply):
    ticket = make_ticket("handling")
    day = ticket.due_at.astimezone().date() if ticket.due_at else None
    from governance.kernel import clock

    later = clock.next_workday(day)
    reply(ticket, f"延期至 {later:%Y-%m-%d}：等待设备到货")
    ticket.refresh_from_db()
    assert ticket.extension.reason == "等待设备到货"
    assert ticket.extension.asked_due.astimezone().date() == later


def test_consult(make_ticket, reply):
    ticket = make_ticket("handling")
    reply(ticket, "会商：需住建局、消防大队到场")
    assert ticket.status == "consulting"
    reply(ticket, "纪要：一周内完成清理，住建局牵头。")
    assert ticket.status == "handling"


def test_refused_attachment_is_named_and_the_rest_kept(make_ticket, reply):
    ticket = make_ticket("handling")
    files = [("现场.jpg", "image/jpeg", photo()), ("工具.exe", "application/octet-stream", b"MZ" * 4000)]
    mail = reply(ticket, "办结：已清理。", files=files)
    assert ticket.status == "pending_verify"
    assert [row.name for row in StoredFile.objects.filter(subject_type="ticketreport")] == ["现场.jpg"]
    assert "工具.exe" in confirmation(mail).text


def test_reply_to_a_closed_ticket_is_a_comment_and_does_not_loop(make_ticket, reply):
    """glpi#24760."""
    ticket = make_ticket("closed")
    mail = reply(ticket, "签收")
    assert (mail.state, ticket.status) == ("comment", "closed")
    assert OutboxMail.objects.filter(key__startswith="confirm:").count() == 1


def test_reply_to_a_merged_ticket_follows(make_ticket, reply):
    ticket = make_ticket("merged")
    mail = reply(ticket, "签收")
    ticket.whistle.refresh_from_db()
    main = ticket.whistle.merged_into.tickets.get(department=ticket.department)
    assert (mail.ticket_id, main.status, ticket.status) == (main.pk, "pending_arrive", "merged")


def test_more_attachments_than_allowed(make_ticket, reply):
    ticket = make_ticket("handling")
    small = photo()
    mail = reply(ticket, "办结：已清理。", files=[(f"{n}.jpg", "image/jpeg", small) for n in range(11)])
    assert StoredFile.objects.filter(subject_type="ticketreport").count() == 9
    assert "10.jpg" in confirmation(mail).text


def test_logo_of_the_signature_is_left_out_and_a_pasted_photo_kept(make_ticket, reply_to, deliver):
    from email.message import EmailMessage

    ticket = make_ticket("handling")
    sender, to = ticket.department.email, reply_to(ticket)
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = sender, to, "<inline@x.example>"
    message.set_content("办结：已清理。")
    message.add_alternative('<p>办结：已清理。</p><img src="cid:a"><img src="cid:b">', subtype="html")
    html = message.get_payload()[1]
    html.add_related(photo((40, 30)), "image", "jpeg", cid="<a>", filename="logo.jpg")
    html.add_related(photo((900, 700)), "image", "jpeg", cid="<b>", filename="image001.jpg")
    deliver(message.as_bytes(), sender, to)
    assert [row.name for row in StoredFile.objects.filter(subject_type="ticketreport")] == ["image001.jpg"]


def test_a_clause_longer_than_its_field_is_kept_in_the_grounds(make_ticket, reply):
    ticket = make_ticket("pending_sign")
    clause = "第三条" * 150
    reply(ticket, f"异议：不属我局\n依据：{clause}\n建议：交通运输局")
    assert ticket.status == "disputed"
    assert clause in ticket.objection.grounds and clause.startswith(ticket.objection.clause)


def test_ask_for_a_hold_is_sent_to_the_page(make_ticket, reply):
    ticket = make_ticket("handling")
    mail = reply(ticket, "申请挂账：需列入明年计划")
    assert (mail.state, ticket.status) == ("comment", "handling")
    assert "打开办理页面申请" in confirmation(mail).text


def test_suggested_department_is_recognised(make_ticket, reply, departments):
    ticket = make_ticket("pending_sign")
    reply(ticket, f"异议：不属我局\n依据：三定\n建议：{departments[2].short_name}")
    assert ticket.objection.suggested == departments[2]
