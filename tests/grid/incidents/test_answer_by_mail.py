"""A department answers about an incident by plain reply: what is a step, what is a comment, whom to believe."""

from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from governance.kernel.audit import AuditEvent
from governance.kernel.files import StoredFile
from governance.kernel.links import link_for, reply_token_of
from governance.kernel.outbox import OutboxMail
from governance.whistles.inbound.process import inbound_process
from governance.whistles.inbound.receive import inbound_receive
from grid.incidents import services
from grid.incidents.answering.replies import read
from tests_support.photos import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def reply(report, actors, settings):
    """``reply(text, sender=)``: the department writes back; gives (mail, incident, office) afterwards."""
    row = services.incident_accept(incident=report("暖气不热"), by=actors.community)
    office = row.department

    def run(text: str, sender: str = "", files=()):
        link = link_for(subject_type="incident", subject_id=row.pk, recipient=office.email)
        to = f"reply+{reply_token_of(link)}@{settings.MAIL_DOMAIN}"
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender or office.email, to, "回复：【网格事件】"
        message["Message-ID"] = make_msgid(domain="mail.example")
        message.set_content(text)
        for name, content in files:
            message.add_attachment(content, maintype="image", subtype="jpeg", filename=name)
        mail = inbound_receive(raw=message.as_bytes(), envelope_from=sender or office.email, recipients=[to])
        while inbound_process():
            pass
        mail.refresh_from_db()
        row.refresh_from_db()
        return mail, row, office

    return run


def told(row) -> OutboxMail:
    return OutboxMail.objects.filter(key__startswith=f"incident:{row.pk}:confirm").latest("id")


@pytest.mark.parametrize(
    ("text", "step", "words"),
    [
        ("处置完毕：已更换阀门", "handle", "已更换阀门"),
        ("已处理完毕，已更换阀门", "handle", "已更换阀门"),
        ("办结：已更换阀门\n三层已复核", "handle", "已更换阀门\n三层已复核"),
        ("退回：不属我局职责", "send_back", "不属我局职责"),
        ("我局申请退回，应由产权单位处置", "send_back", "应由产权单位处置"),
        ("异议：产权单位负责", "send_back", "产权单位负责"),
        ("退回", "send_back", ""),
        ("能否退回？", "", ""),
        ("退回吗", "", ""),
        ("明天处置完毕", "", ""),
        ("还没有解决", "", ""),
        ("收到", "", ""),
        ("", "", ""),
    ],
)
def test_what_is_a_step(text, step, words):
    assert read(text) == (step, words)


def test_handled_with_a_photo(reply):
    mail, row, office = reply("处置完毕：已更换阀门，室温 21 度。", files=[("后.jpg", jpeg(size=(640, 480)))])
    assert (mail.state, mail.understood, row.status) == ("done", "处置完毕", "verifying")
    assert StoredFile.objects.filter(thread=row.thread).count() == 1
    event = AuditEvent.objects.get(action="incident.handle")
    assert (event.via, event.actor_label) == ("mail", f"{office.short_name}（邮件）")
    assert "已登记：处置完毕" in told(row).subject


def test_sent_back(reply):
    mail, row, office = reply("退回：不属我局职责，应由产权单位处置。")
    assert (mail.state, row.status, row.return_count) == ("done", "accepted", 1)
    assert told(row).to_address == office.email and not told(row).reply_to


def test_without_a_reason_nothing_is_done_and_it_says_why(reply):
    mail, row, _ = reply("退回")
    assert (mail.state, row.status) == ("comment", "handling")
    assert "没有办成：退回" in told(row).subject and "还缺：退回的理由" in told(row).text


def test_anything_else_is_a_comment(reply):
    mail, row, _ = reply("请问是几号楼？")
    assert (mail.state, row.status) == ("comment", "handling")
    assert AuditEvent.objects.get(action="incident.comment").note == "请问是几号楼？"
    assert "处置完毕：" in told(row).text  # and how it would be done


def test_too_late_is_kept_as_a_comment(reply):
    reply("处置完毕：好了")
    mail, row, _ = reply("处置完毕：又好了")
    assert (mail.state, row.status) == ("comment", "verifying")
    assert "没有办成" in told(row).subject and AuditEvent.objects.filter(action="incident.comment").exists()


def test_a_stranger_goes_to_quarantine(reply):
    mail, row, _ = reply("处置完毕：好了", sender="stranger@example.cn")
    assert (mail.state, row.status) == ("quarantine", "handling")


def test_after_it_was_taken_away_nothing_opens(reply, actors):
    _, row, _ = reply("请问是几号楼？")
    link = link_for(subject_type="incident", subject_id=row.pk, recipient=row.department.email)
    services.incident_reroute(incident=row, by=actors.staff, level="street", note="街道先看")
    link.refresh_from_db()
    assert link.revoked_at
    mail, row, _ = reply("处置完毕：好了")  # a new link is not made for those who have it no more
    assert mail.state == "quarantine" and row.status == "handling"
