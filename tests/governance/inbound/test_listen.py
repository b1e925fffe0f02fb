"""Real SMTP and LMTP against the real listener, which commits on connections of its own; the rows are removed afterwards."""

import asyncio
import smtplib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from governance.whistles.inbound import server
from governance.whistles.models import InboundMail

pytestmark = pytest.mark.django_db
LIMIT = 200_000
OURS = "reply+abc@portal.example"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def aside(work):
    """Run database work outside the test's transaction, on a connection that is closed again."""

    def run():
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.fixture
def ports(settings):
    """(SMTP port, LMTP port) of a running listener."""
    settings.MAIL_DOMAIN = "portal.example"
    loop, smtp, lmtp = asyncio.new_event_loop(), free_port(), free_port()
    thread = threading.Thread(target=loop.run_forever, daemon=True)  # a browser's test may have left a loop on this one
    thread.start()
    listening = server.listen(host="127.0.0.1", port=smtp, lmtp_port=lmtp, limit=LIMIT)
    opened = asyncio.run_coroutine_threadsafe(listening, loop).result(10)
    yield smtp, lmtp
    loop.call_soon_threadsafe(lambda: ([one.close() for one in opened], loop.stop()))
    thread.join(5)
    aside(lambda: InboundMail.objects.filter(message_id__contains="@listen.example").delete())


def mail(number: int, size: int = 10) -> str:
    return f"From: a@b.example\r\nTo: {OURS}\r\nMessage-ID: <{number}@listen.example>\r\n\r\n{'x' * size}\r\n"


def kept() -> int:
    return InboundMail.objects.filter(message_id__contains="@listen.example").count()


def test_accepted_means_committed(ports):
    with smtplib.SMTP("127.0.0.1", ports[0], timeout=10) as smtp:
        smtp.sendmail("a@b.example", [OURS], mail(1))
        assert kept() == 1  # on another connection, at the moment of the 250
        smtp.sendmail("a@b.example", [OURS], mail(1))
        smtp.sendmail("a@b.example", [OURS], mail(2))
    assert kept() == 2


def test_no_relay(ports):
    with smtplib.SMTP("127.0.0.1", ports[0], timeout=10) as smtp:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.sendmail("a@b.example", ["someone@elsewhere.example"], mail(1))
        assert refused.value.recipients["someone@elsewhere.example"][0] == 550
    assert kept() == 0


def test_too_large(ports):
    with smtplib.SMTP("127.0.0.1", ports[0], timeout=10) as smtp:
        smtp.ehlo_or_helo_if_needed()
        smtp.mail("a@b.example")
        smtp.rcpt(OURS)
        assert smtp.data(mail(1, LIMIT))[0] == 552
    assert kept() == 0


def test_database_away_says_later_and_comes_back(ports, monkeypatch):
    with smtplib.SMTP("127.0.0.1", ports[0], timeout=10) as smtp:
        smtp.sendmail("a@b.example", [OURS], mail(1))
        with connection.cursor() as cursor:  # every connection of the listener dies
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        smtp.sendmail("a@b.example", [OURS], mail(2))
        with monkeypatch.context() as down:
            down.setitem(connections.settings["default"], "PORT", str(free_port()))
            with pytest.raises(smtplib.SMTPDataError) as later:
                aside_settings(smtp)
            assert later.value.smtp_code == 451
    assert kept() == 2


def aside_settings(smtp) -> None:
    """Deliver on a writer that has to open a connection anew."""
    with ThreadPoolExecutor(1) as fresh:
        answer = fresh.submit(server.store, mail(3).encode(), "a@b.example", [OURS]).result()
    raise smtplib.SMTPDataError(int(answer[:3]), answer)


def test_long_line(ports):
    with smtplib.SMTP("127.0.0.1", ports[0], timeout=10) as smtp:
        smtp.sendmail("a@b.example", [OURS], mail(1, 100_000))
    assert kept() == 1


def test_lmtp_answers_for_each_recipient(ports):
    with smtplib.LMTP("127.0.0.1", ports[1]) as lmtp:
        lmtp.ehlo_or_helo_if_needed()
        lmtp.mail("a@b.example")
        for address in (OURS, "reply+def@portal.example"):
            assert lmtp.rcpt(address)[0] == 250
        assert lmtp.data(mail(1))[0] == 250
        assert lmtp.getreply()[0] == 250  # the second recipient's
        assert lmtp.noop()[0] == 250
    assert kept() == 1


def test_too_many_connections(ports, monkeypatch):
    monkeypatch.setattr(server, "CONNECTIONS", 2)
    held = [smtplib.SMTP("127.0.0.1", ports[0], timeout=10) for _ in range(2)]
    with pytest.raises(smtplib.SMTPConnectError) as refused:
        smtplib.SMTP("127.0.0.1", ports[0], timeout=10)
    assert refused.value.smtp_code == 421
    for one in held:
        one.quit()
    with smtplib.SMTP("127.0.0.1", ports[0], timeout=10) as smtp:
        assert smtp.noop()[0] == 250


def test_fifty_parallel_deliveries_of_one_mail(ports):
    def send(_):
        with smtplib.SMTP("127.0.0.1", ports[0], timeout=30) as smtp:
            return smtp.sendmail("a@b.example", [OURS], mail(1))

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(send, range(50))) == [{}] * 50
    assert kept() == 1
