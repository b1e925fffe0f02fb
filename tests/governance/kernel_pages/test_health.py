"""``/healthz`` is 200 only when all of it works; ``/livez`` whenever the process answers."""

import socket
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.kernel.health import Heartbeat, beat


@pytest.fixture
def well(db, settings):
    """Everything answers: two listening ports stand for the mail programs."""
    settings.DEMO = True
    ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    settings.INBOUND_SMTP_HOST = "127.0.0.1"
    settings.INBOUND_SMTP_PORT, settings.MAILBOX_PORT = (port.getsockname()[1] for port in ports)
    beat("worker")
    beat("setup")
    yield ports
    for port in ports:
        port.close()


def checks(client):
    answer = client.get("/healthz")
    return answer.status_code, answer.json()["checks"]


def test_all_well(client, well):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert set(answer.json()["checks"]) == {"database", "redis", "worker", "setup", "mail-in", "mailbox"}
    assert "no-cache" in answer["Cache-Control"]


def test_it_asks_for_no_sign_in_and_makes_no_session(client, well):
    answer = client.get("/healthz")
    assert not answer.cookies


def test_a_worker_that_is_silent_for_half_a_minute(client, well):
    Heartbeat.objects.filter(name="worker").update(at=timezone.now() - timedelta(seconds=31))
    code, parts = checks(client)
    assert (code, parts["worker"]) == (503, "no heartbeat")


def test_a_set_up_that_is_not_finished(client, well):
    Heartbeat.objects.filter(name="setup").delete()
    assert checks(client)[1]["setup"] == "not finished"


def test_a_mail_listener_that_is_gone(client, well):
    well[0].close()
    code, parts = checks(client)
    assert (code, parts["mail-in"]) == (503, "ConnectionRefusedError")
    assert parts["mailbox"] == "ok"


def test_a_stopped_redis(client, well, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    code, parts = checks(client)
    assert (code, parts["redis"]) == (503, "ConnectionError")


def test_no_mailbox_outside_the_demo(client, well, settings):
    settings.DEMO = False
    assert "mailbox" not in checks(client)[1]


def test_the_process_lives_whatever_is_ill(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").content == b"ok"


@pytest.mark.parametrize("path", ["/healthz", "/livez"])
def test_only_reading(client, db, path):
    assert client.post(path).status_code == 405
