"""Reporting: the same draft is the same incident, however often it is sent and through whichever door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from governance.accounts.roles import STREET_ROLES
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.deadlines import deadline_due, deadlines_open
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.kernel.events import emit
from governance.kernel.files import file_store
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.transactions import together
from governance.territory.models import Category, Division, Grid
from grid.boundaries.selectors import check_point

from ..models import Incident
from ..placing import place as place_of
from ..states import Door
from ..suggest import suggest_category
from .storing import sent_before, store

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
    """上报. A draft that was sent before gives the incident it became, whatever was closed or moved since.

    Raises Invalid (words, category, community …), Forbidden, and Conflict where the draft that was sent had other words.
    """
    require(by, "incident.report")
    try:
        incident = _build(by, content)
        require(by, "incident.report", incident)
    except (Invalid, Forbidden):  # asked only now: what is not refused finds its twin while it is stored
        if known := incident_sent(by=by, key=content.client_key, words=content.words):
            return known
        raise
    since = incident.reported_at - timedelta(days=policy("incident.recurrence_days"))
    incident.due_at = deadline_due("incident.accept", incident.reported_at)
    if not store(incident, series=_series(incident), since=since):
        return incident_sent(by=by, key=content.client_key, words=content.words)
    deadlines_open(subject_type=SUBJECT, subject_ids=[incident.pk], stage="accept", rule_key="incident.accept",
                   starts_at=incident.reported_at, silent=True, first=True)  # fmt: skip
    for name, body in content.files:
        file_store(subject=incident, thread=incident.thread, name=name, content=body, by=by)
    audit.record(action="incident.report", label="上报", by=by, subject=incident, thread=incident.thread,
                 to_status=incident.status, data={"version": incident.version, "door": incident.door})  # fmt: skip
    emit("incident.report", incident=incident, by=by)
    return incident


def incident_sent(*, by: Actor, key: str | None, words: str) -> Incident | None:
    """The incident that a draft became, None if it was never sent. Raises Conflict: no words typed since may vanish silently."""
    known = sent_before(by.user_id, key) if key else None
    if known and known.words != words.strip():
        raise Conflict(f"这份草稿已经上报为 {known.number}，当时写的情况与现在不同；如需补充，请另报一件。")
    return known


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
    elif category and not category.is_active:
        problems["category"] = "这个分类已停用，请另选。"
    if problems:
        raise Invalid(**problems)
    lon, lat = _point(content)
    where = place_of(by=by, lon=lon, lat=lat, community=content.community, grid=content.grid)
    place = where.community
    return Incident(
        grid=where.grid, community=place, street_id=place.street_id, unit_id=place.unit_id, lon=lon, lat=lat,
        place=" ".join(content.place.split())[:120], category=category, words=words, reporter_id=by.user_id,
        door=content.door, client_key=content.client_key or None, reported_at=clock.now(),
        is_synthetic=content.is_synthetic,
    )  # fmt: skip


def _point(content: IncidentInput) -> tuple[float | None, float | None]:
    if content.lon is None and content.lat is None:
        return None, None
    return check_point(content.lon, content.lat)


def _series(incident: Incident) -> str:
    """SJ-{街道9位}-{yyyymmdd}; each street has its own series, so that streets do not wait for each other."""
    return f"SJ-{incident.community.code12[:9]}-{clock.today():%Y%m%d}"


def may_report_for(by: Actor, community: Division) -> bool:
    """Whether a street's or community's post covers this community."""
    streets = {post.street_id for post in by.posts_in(*STREET_ROLES)}
    return community.street_id in streets or community.pk in {post.community_id for post in by.posts}
