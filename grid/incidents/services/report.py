"""Reporting: the same draft is the same incident, however often it is sent and through whichever door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from governance.accounts.roles import STREET_ROLES
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.deadlines import deadlines_open
from governance.kernel.errors import Invalid
from governance.kernel.events import emit
from governance.kernel.files import file_store
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.prepared import insert
from governance.kernel.transactions import together
from governance.territory.models import Category, Division, Grid
from grid.boundaries.selectors import check_point

from ..models import Incident
from ..placing import place as place_of
from ..states import Door
from ..suggest import suggest_category

SUBJECT = "incident"


@dataclass(frozen=True, kw_only=True)
class IncidentInput:
    """What a reporter says. ``category`` None takes the best suggestion from the words; ``files`` are (name, bytes).

    ``lon``/``lat`` are WGS 84 degrees, only when he gave them; ``client_key`` his own number of the draft (a UUID).
    """

    words: str
    category: Category | None = None
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    community: Division | None = None
    grid: Grid | None = None
    client_key: str | None = None
    door: str = Door.WEB
    files: tuple[tuple[str, bytes], ...] = ()
    is_synthetic: bool = False


@together()
def incident_report(*, by: Actor, content: IncidentInput) -> Incident:
    """上报. A draft that was sent before gives the incident it became. Raises Invalid (words, category, community …), Forbidden."""
    require(by, "incident.report")
    if content.client_key and (known := _known(by, content.client_key)):
        return known
    incident = _build(by, content)
    require(by, "incident.report", incident)
    insert([incident])
    limit = deadlines_open(subject_type=SUBJECT, subject_ids=[incident.pk], stage="accept", rule_key="incident.accept",
                           silent=True, first=True)[0]  # fmt: skip
    incident.due_at = limit.due_at
    Incident.objects.filter(pk=incident.pk).update(due_at=limit.due_at)
    for name, body in content.files:
        file_store(subject=incident, thread=incident.thread, name=name, content=body, by=by)
    audit.record(action="incident.report", label="上报", by=by, subject=incident, thread=incident.thread,
                 to_status=incident.status, data={"version": incident.version, "door": incident.door})  # fmt: skip
    emit("incident.report", incident=incident, by=by)
    return incident


def _known(by: Actor, key: str) -> Incident | None:
    """What this draft became; a parallel twin waits for the first one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"incident:{by.user_id}:{key}"])
    return Incident.objects.filter(reporter_id=by.user_id, client_key=key).first()


def _build(by: Actor, content: IncidentInput) -> Incident:
    """The row, checked."""
    words, problems = content.words.strip(), {}
    if not words:
        problems["words"] = "请写一句发生了什么。"
    if len(words) > 2000:
        problems["words"] = "情况最多 2000 字。"
    category = content.category or next((one.category for one in suggest_category(words)), None)
    if category is None and words:
        problems["category"] = "从文字里看不出是哪一类，请选择分类。"
    elif category and not category.parent_id:
        problems["category"] = "请选到小类。"
    if problems:
        raise Invalid(**problems)
    lon, lat = _point(content)
    where = place_of(by=by, lon=lon, lat=lat, community=content.community, grid=content.grid)
    street, moment = where.community.street, clock.now()
    incident = Incident(
        grid=where.grid, community=where.community, street=street, unit_id=where.community.unit_id, lon=lon, lat=lat,
        place=" ".join(content.place.split())[:120], category=category, words=words, reporter_id=by.user_id,
        door=content.door, client_key=content.client_key or None, reported_at=moment, is_synthetic=content.is_synthetic,
        recurrence_of_id=_recurrence(where, category),
    )  # fmt: skip
    incident.number = _number(street)
    return incident


def _point(content: IncidentInput) -> tuple[float | None, float | None]:
    if content.lon is None and content.lat is None:
        return None, None
    return check_point(content.lon, content.lat)


def _number(street: Division) -> str:
    """SJ-{街道9位}-{yyyymmdd}-{流水}; each street has its own series, so that streets do not wait for each other."""
    series = f"SJ-{street.code12[:9]}-{clock.today():%Y%m%d}"
    return f"{series}-{next_number(series):04d}"


def _recurrence(where, category: Category) -> int | None:
    """回潮: the last incident of the same grid (community without one) and category closed within the rule's days."""
    since = clock.now() - timedelta(days=policy("incident.recurrence_days"))
    rows = Incident.objects.filter(community=where.community, category=category, closed_at__gte=since)
    rows = rows.filter(grid=where.grid) if where.grid else rows
    return rows.order_by("-closed_at").values_list("pk", flat=True).first()


def may_report_for(by: Actor, community: Division) -> bool:
    """Whether a street's or community's post covers this community."""
    streets = {post.street_id for post in by.posts_in(*STREET_ROLES)}
    return community.street_id in streets or community.pk in {post.community_id for post in by.posts}
