"""Whatever arrives: it is kept, read without an error, and shown."""

import time

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.whistles.inbound.mime import letter_of
from governance.whistles.inbound.parse import understand
from governance.whistles.inbound.process import inbound_process
from governance.whistles.inbound.quotes import own_text
from governance.whistles.inbound.receive import inbound_receive
from governance.whistles.models import InboundMail

LOOSE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
HEADERS = st.sampled_from(
    [
        b"From: a@b.example", b"From: =?gb2312?B?////?= <x@y>", b"From: <>", b"From: \xc4\xe3\xba\xc3 <a@b>", b"Subject: =?utf-8?q?=ZZ?=",
        b"Subject: x\r\n y\r\nBcc: z", b"Content-Type: multipart/mixed; boundary=B", b"Content-Type: text/html; charset=nothing",
        b"Content-Type: text/plain; charset*=utf-8''gbk", b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: x-uuencode",
        b"Content-Disposition: attachment; filename*0*=utf-8''%E4; filename*2=x", b"Content-Type: message/rfc822", b"Message-ID: \x00",
        b"Content-Type: multipart/report", b"\xff\xfe: \x00", b"Content-Type: ;;;", b"To: " + b"a@b," * 500,
    ]
)  # fmt: skip
MAILS = st.one_of(
    st.binary(max_size=400),
    st.builds(
        lambda heads, body: b"\r\n".join(heads) + b"\r\n\r\n" + body,
        st.lists(HEADERS, max_size=6),
        st.one_of(st.binary(max_size=300), st.sampled_from([b"--B\r\n\r\nx\r\n--B--", b"begin 644 x\n#\nend", b"====", b"--B\r\n--B"])),
    ),
)  # fmt: skip


def kept(raw: bytes, sender: str = "a@b.example") -> InboundMail:
    mail = inbound_receive(raw=raw, envelope_from=sender, recipients=["reply+abc@portal.example", "\x00\udcff"])
    while inbound_process():
        pass
    if mail is not None:
        mail.refresh_from_db()
    return mail


@pytest.mark.django_db
@LOOSE
@given(raw=MAILS)
def test_any_bytes_are_kept_and_read(raw):
    mail = kept(raw)
    if mail is not None:
        assert mail.state in ("quarantine", "auto", "bounce") and "处理出错" not in mail.reason, mail.reason
        assert bytes(mail.raw) == raw


@LOOSE
@given(
    text=st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("签收异议办结报到联系延期：:，, \n>-—依据建议")),
        max_size=200,
    )
)
def test_any_text_is_understood_somehow(text):
    intent = understand(own_text(text))
    assert intent.actions or intent.rest.strip() or not own_text(text).strip() or intent.is_comment


WORDS = ["签收", "异议", "报到", "联系", "办结", "延期至", "会商", "纪要", "留言", "依据：", "建议：", "理由", "2026-12-31", "线上", "（部分解决）",
         "受理时间：", "解决措施：", "时限：", "我局", "已", "：", "，", "。", "\n", " ", "不", "张三", "x" * 400]  # fmt: skip


@pytest.mark.django_db
@settings(LOOSE, max_examples=25)
@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
    status=st.sampled_from(["pending_sign", "handling"]),
)
def test_any_answer_is_carried_out_or_kept(make_ticket, reply, words, status):
    InboundMail.objects.all().delete()  # not one sender's hundred mails
    ticket = make_ticket(status)
    mail = reply(ticket, "".join(words), headers={"Message-ID": f"<{ticket.pk}@fuzz.example>"})
    assert mail.state in ("done", "comment"), (words, mail.reason)
    assert mail.state == "done" or ticket.comments.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw",
    [
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3000)) + b"\r\nx",
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 20_000 + b"--B--",
        b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"x",
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!--" * 200_000 + b"<a " * 50_000,
        b"Content-Type: text/plain; charset=gb2312\r\n\r\n" + bytes(range(128, 256)) * 1000,
        b"Subject: " + b"=?utf-8?b?5L2g?= " * 50_000 + b"\r\n\r\nx",
        b"From: " + b"(" * 100_000 + b"\r\n\r\nx",
        b"From: " + b'"' * 99_999 + b"<" * 1000 + b"\r\n\r\nx",
        b"Subject: big\r\n\r\n" + ("签收，" + "在 2026-" * 40 + "\n").encode() * 25_000,
        b"Subject: spaces\r\n\r\n" + b" " * 1_000_000 + b"\n" * 1_000_000 + b"> " * 1_000_000,
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 2_500_000,
    ],
    ids=["nested", "many-parts", "nested-mails", "div-nest", "comment-nest", "gbk-noise", "encoded-words", "parens", "quotes",
         "10MB-text", "spaces", "10MB-base64"],
)  # fmt: skip
def test_hostile_mail(raw):
    started = time.monotonic()
    mail = kept(raw)
    assert mail.state in ("quarantine", "auto", "bounce") and "处理出错" not in mail.reason, mail.reason
    letter = letter_of(raw)
    understand(own_text(letter.text))
    assert time.monotonic() - started < 20


@pytest.mark.django_db
def test_line_breaks_in_headers(client, cast):
    """CRLF in a header never becomes a header of ours or a field of a page."""
    raw = b"From: a@b.example\r\nSubject: =?utf-8?B?eA0KQmNjOiBldmlsQHguZXhhbXBsZQ==?=\r\nMessage-ID: <1@x>\r\n\r\nx"
    mail = kept(raw)
    assert mail.subject == "x Bcc: evil@x.example" and "\n" not in mail.subject
    client.force_login(cast.city)
    assert client.get(reverse("quarantine-mail", args=[mail.pk])).status_code == 200
