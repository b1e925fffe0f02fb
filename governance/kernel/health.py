"""Heartbeats of the processes and the answer of ``/healthz``."""

import socket
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection, models
from django.utils import timezone


class Heartbeat(models.Model):
    """When a process was last alive, by the database's clock."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "进程心跳"


FRESH = timedelta(seconds=30)
POLLED = timedelta(minutes=10)  # since when fetching of replies may fail before people are told
NOT_VITAL = frozenset({"mail-fetch"})  # another's server: restarting the portal would not mend it


def beat(name: str) -> None:
    """Note that process ``name`` is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _redis() -> str:
    cache.set("healthz", 1, 5)
    return "" if cache.get("healthz") == 1 else "no answer"


def _fresh(name: str) -> str:
    row = Heartbeat.objects.filter(name=name).first()
    alive = row and timezone.now() - row.at < FRESH and row.at.timestamp() >= settings.STARTED_AT
    return "" if alive else "no heartbeat"


def _fetched() -> str:
    """Replies were fetched lately, or nobody has tried for so long."""
    row = Heartbeat.objects.filter(name="mail-fetch").first()
    since = max(row.at.timestamp() if row else 0, settings.STARTED_AT)
    return "" if timezone.now().timestamp() - since < POLLED.total_seconds() else "not fetched"


def _port(port: int) -> str:
    with socket.create_connection((settings.INBOUND_SMTP_HOST, port), timeout=2):
        return ""


def health() -> dict[str, str]:
    """Check every part; each value is empty when well, else what is wrong. The worker's beat needs beat, Redis and itself."""
    checks = {
        "database": _database,
        "redis": _redis,
        "worker": lambda: _fresh("worker"),
        "setup": lambda: "" if Heartbeat.objects.filter(name="setup").exists() else "not finished",
        "mail-in": lambda: _port(settings.INBOUND_SMTP_PORT),
    }
    if settings.INBOUND_IMAP_URL:
        checks["mail-fetch"] = _fetched
    if settings.DEMO:
        checks["mailbox"] = lambda: _port(settings.MAILBOX_PORT)
    return {name: _guarded(check) for name, check in checks.items()}


def _guarded(check) -> str:
    try:
        return check()
    except Exception as error:
        return type(error).__name__
