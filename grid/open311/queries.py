"""GET /requests: which public requests a client asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from governance.kernel import clock
from governance.kernel.errors import Invalid
from grid.incidents.models import Incident
from grid.incidents.states import OPEN, Door

MOST = 1000  # requests in an answer and 90 days: the limits of GeoReport v2 itself
SPAN = timedelta(days=90)
YEARS = range(1900, 9000)  # beyond them a date cannot be moved by a span or a zone


def published() -> QuerySet[Incident]:
    """What came in through this door; nothing else of the grids is anybody's to read here."""
    rows = Incident.objects.filter(door=Door.OPEN311)
    return rows.select_related("category", "community", "street", "department").order_by("-reported_at", "-id")


def clean(fields: Mapping) -> dict[str, str]:
    """The text fields, trimmed. Raises Invalid for characters that no text has."""
    words = {name: value.strip() for name, value in fields.items() if isinstance(value, str)}
    if bad := [name for name, value in words.items() if "\x00" in value]:
        raise Invalid(f"{bad[0]} 含有无效字符。")
    return words


def requests_matching(fields: Mapping) -> QuerySet[Incident]:
    """The newest thousand at most. Raises Invalid for a date, span or status that cannot be; unknown fields are ignored.

    ``service_request_id`` overrides everything else (GeoReport v2, GET Service Requests).
    """
    words = clean(fields)
    if numbers := _listed(words, "service_request_id"):
        return published().filter(number__in=numbers[:MOST])[:MOST]
    since, until = _range(words)
    rows = published().filter(reported_at__gte=since, reported_at__lte=until)
    if codes := _listed(words, "service_code"):
        rows = rows.filter(category__code__in=codes)
    return _of_status(rows, set(_listed(words, "status")))[:MOST]


def _of_status(rows: QuerySet[Incident], wanted: Iterable[str]) -> QuerySet[Incident]:
    wanted = set(wanted)
    if wanted - {"open", "closed"}:
        raise Invalid("status 只能是 open 或 closed。")
    if len(wanted) != 1:
        return rows
    return rows.filter(status__in=OPEN) if wanted == {"open"} else rows.exclude(status__in=OPEN)


def _listed(words: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in words.get(name, "").split(",") if part.strip()]


def _range(words: Mapping[str, str]) -> tuple[datetime, datetime]:
    """Both ends; the one that was not said lies 90 days off, and without both it is the last 90 days."""
    since, until = _moment(words, "start_date"), _moment(words, "end_date")
    if until is None:
        until = since + SPAN if since else clock.now()
    since = since or until - SPAN
    if since > until:
        raise Invalid("start_date 不能晚于 end_date。")
    if until - since > SPAN:
        raise Invalid("start_date 与 end_date 之间最多 90 天。")
    return since, until


def _moment(words: Mapping[str, str], name: str) -> datetime | None:
    text = words.get(name, "")
    if not text:
        return None
    try:
        # A plus that was not escaped in the address arrives as a space.
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment) or moment.year not in YEARS:
        raise Invalid(f"{name} 须为带时区的 ISO 8601 时间，例如 2026-11-24T00:00:00+08:00。")
    return moment
