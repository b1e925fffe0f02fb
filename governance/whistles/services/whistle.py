"""Blow, review, dispatch."""

import functools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from governance.accounts.roles import STREET_ROLES
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Forbidden, Invalid, StaleVersion
from governance.kernel.events import emit
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.prepared import Prepared, insert
from governance.kernel.transactions import together
from governance.kernel.workflow import changed_since, lock
from governance.territory.models import Department, Division
from governance.territory.selectors import departments_for_street, find_stations

from ..models import Proposal, Ticket, Whistle
from ..states import TicketRole, WhistleStatus
from ..workflow import WHISTLE_FLOW
from .steps import fire_whistle, start_clocks

FIELDS = (
    "category", "scene", "tier", "source", "title", "facts", "place", "households", "done_already", "legal_basis",
    "expected_at", "is_confidential", "community", "grid",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class WhistleInput:
    """What a street writes; the same for the page, the API and the demo city."""

    category: object
    scene: str
    source: str
    title: str
    facts: str
    place: str
    done_already: str
    lead: Department | None = None
    assistants: tuple[Department, ...] = ()
    tier: str = "district"
    households: int = 0
    legal_basis: str = ""
    expected_at: datetime | None = None
    is_confidential: bool = False
    community: Division | None = None
    grid: object = None
    is_synthetic: bool = field(default=False)


def _check(street: Division, content: WhistleInput) -> None:
    """Refuse with a reason next to the field what a whistle must not be (domain-rules 1.2, 1.3 ③)."""
    problems = {}
    least = policy("whistle.done_already_min")
    if len(content.done_already.strip()) < least:
        problems["done_already"] = (
            f"请写明街道已经做过的工作，不少于 {least} 字（现 {len(content.done_already.strip())} 字）。"
        )
    if content.lead is None:
        problems["lead"] = "请选择主办部门；吹哨必须有部门来报到。"
    problems |= _misplaced(street, content)
    if problems:
        raise Invalid(**problems)


def _misplaced(street: Division, content: WhistleInput) -> dict[str, str]:
    """What even a draft must not hold, since it is submitted as it stands: places and departments of elsewhere."""
    problems = {}
    if content.lead and content.lead in content.assistants:
        problems["assistants"] = f"“{content.lead}”已是主办部门，不必再列为协办。"
    if content.community and content.community.street_id != street.pk:
        problems["community"] = "只能选择本街道的社区（村）。"
    if content.grid and content.grid.street_id != street.pk:
        problems["grid"] = "只能选择本街道的网格。"
    return problems | _check_departments(street, content)


def _check_departments(street: Division, content: WhistleInput) -> dict[str, str]:
    """Departments must be those that serve the street: the unit's own and the city's."""
    chosen = [department for department in (content.lead, *content.assistants) if department]
    allowed = _allowed(street, [row.pk for row in chosen])
    wrong = [row for row in chosen if row.pk not in allowed]
    if not wrong:
        return {}
    name = "lead" if content.lead in wrong else "assistants"
    return {name: f"“{wrong[0]}”不是本街道可以吹哨的部门；社区（村）不能作为承办单位。"}


def _allowed(street: Division, keys: list[int]) -> set[int]:
    """Which of these departments a street may blow for, as the database has it now."""
    if not keys:
        return set()
    chosen = {f"key{number}": key for number, key in enumerate(dict.fromkeys(keys))}
    return {key for (key,) in _departments(len(chosen)).rows(unit=street.unit_id, **chosen)}


@functools.cache
def _departments(count: int) -> Prepared:
    def build(unit: int, **keys: int):
        rows = departments_for_street(Division(unit_id=unit)).filter(pk__in=list(keys.values()))
        return rows.values_list("pk")

    return Prepared(build, unit=-77_001, **{f"key{number}": -78_000 - number for number in range(count)})


def _own_street(by: Actor, street: Division) -> None:
    require(by, "whistle.blow")
    if all(post.street_id != street.pk for post in by.posts_in(*STREET_ROLES)):
        raise Forbidden("只能为本街道吹哨。")


def _proposals(content: WhistleInput) -> list[Proposal]:
    rows = [Proposal(department=content.lead, role=TicketRole.LEAD)] if content.lead else []
    return rows + [Proposal(department=row, role=TicketRole.ASSIST) for row in content.assistants]


def _propose(whistle: Whistle, rows: list[Proposal]) -> None:
    for row in rows:
        row.whistle = whistle
    insert(rows)


@together()
def whistle_blow(*, by: Actor, street: Division, content: WhistleInput, draft: bool = False) -> Whistle:
    """吹哨: store a whistle of ``street`` and, unless ``draft``, submit it for review. Raises Invalid, Forbidden."""
    _own_street(by, street)
    if not draft:
        _check(street, content)
    elif problems := _misplaced(street, content):
        raise Invalid(**problems)
    whistle = Whistle(
        street=street, unit_id=street.unit_id, created_by_id=by.user_id, is_synthetic=content.is_synthetic,
        **{name: getattr(content, name) for name in FIELDS},
    )  # fmt: skip
    whistle.proposed = _proposals(content)
    events = [{"action": "whistle.draft", "label": "起草", "to_status": whistle.status}]
    if not draft:
        events.append(WHISTLE_FLOW.begin(whistle, "submit", by=by, changes=_submission(whistle)))
    insert([whistle])
    _propose(whistle, whistle.proposed)
    whistle.proposed = None
    audit.record_all([audit.event(by=by, subject=whistle, **facts) for facts in events])
    if not draft:
        emit("whistle.submit", whistle=whistle, by=by)
    return whistle


@together()
def whistle_edit(*, whistle: Whistle, by: Actor, content: WhistleInput, version: int | None = None) -> Whistle:
    """Change a draft; a submitted whistle has to be returned first. Raises Invalid, Forbidden, StaleVersion."""
    require(by, "whistle.edit", whistle)
    whistle = lock(whistle)
    if whistle.status != WhistleStatus.DRAFT:
        raise Invalid("只有草稿可以修改；请先由负责人退回。")
    if version is not None and whistle.version != version:
        raise StaleVersion("草稿打开后，已有别人改过，请核对后再提交。", changed_since(whistle, version))
    if problems := _misplaced(whistle.street, content):
        raise Invalid(**problems)
    changed = [name for name in FIELDS if getattr(whistle, name) != getattr(content, name)]
    for name in FIELDS:
        setattr(whistle, name, getattr(content, name))
    whistle.version += 1
    whistle.save(update_fields=[*FIELDS, "version"])
    whistle.proposals.all().delete()
    _propose(whistle, _proposals(content))
    audit.record(
        action="whistle.edit", label="修改", by=by, subject=whistle,
        data={"fields": changed, "version": whistle.version},
    )  # fmt: skip
    return whistle


@together()
def whistle_submit(*, whistle: Whistle, by: Actor, version: int | None = None) -> Whistle:
    """Hand a draft to the street's leader; from here on it has a number."""
    whistle = fire_whistle(whistle, "submit", by=by, version=version, changes=_submission(whistle))
    emit("whistle.submit", whistle=whistle, by=by)
    return whistle


def _submission(whistle: Whistle) -> dict:
    """What submitting writes."""
    changes = {"submitted_at": clock.now(), "recurrence_of_id": _recurrence(whistle)}
    return changes if whistle.number else {**changes, "number": _number(whistle)}


def _number(whistle: Whistle) -> str:
    """DLS-{区县6位}-{yyyymmdd}-{4位流水}; the series is the statutory district's day."""
    series = f"DLS-{whistle.street.code12[:6]}-{clock.today():%Y%m%d}"
    return f"{series}-{next_number(series):04d}"


def _recurrence(whistle: Whistle) -> int | None:
    """回潮: the last whistle of the same grid (or community) and category that was closed within the rule's days."""
    if not (whistle.grid_id or whistle.community_id):
        return None
    since = clock.now() - timedelta(days=policy("whistle.recurrence_days"))
    found = (_IN_GRID if whistle.grid_id else _IN_COMMUNITY).first(
        place=whistle.grid_id or whistle.community_id, street=whistle.street_id, category=whistle.category_id,
        since=since, own=whistle.pk or 0,
    )  # fmt: skip
    return found and found[0]


def _earlier(place: Q, street: int, category: int, since: datetime, own: int):
    rows = Whistle.objects.filter(place, street_id=street, category_id=category, closed_at__gte=since)
    return rows.exclude(pk=own).order_by("-closed_at").values_list("pk")[:1]


_MARKS = {
    "place": -77_001,
    "street": -77_002,
    "category": -77_003,
    "since": datetime(1901, 1, 1, tzinfo=UTC),
    "own": -77_004,
}
_IN_GRID = Prepared(lambda place, **more: _earlier(Q(grid_id=place), **more), **_MARKS)
_IN_COMMUNITY = Prepared(lambda place, **more: _earlier(Q(grid=None, community_id=place), **more), **_MARKS)


def whistle_return(*, whistle: Whistle, by: Actor, note: str, version: int | None = None) -> Whistle:
    """The leader sends it back to be rewritten."""
    return fire_whistle(whistle, "return", by=by, note=note, version=version)


@together()
def whistle_decline(*, whistle: Whistle, by: Actor, note: str, version: int | None = None) -> Whistle:
    """The leader finds that it is no case for a whistle."""
    whistle = fire_whistle(whistle, "decline", by=by, note=note, version=version)
    emit("whistle.decline", whistle=whistle, by=by)
    return whistle


@together()
def whistle_withdraw(*, whistle: Whistle, by: Actor, note: str, version: int | None = None) -> Whistle:
    """The street takes it back before any department was told."""
    whistle = fire_whistle(whistle, "withdraw", by=by, note=note, version=version)
    emit("whistle.withdraw", whistle=whistle, by=by)
    return whistle


def whistle_approve(*, whistle: Whistle, by: Actor, note: str = "", version: int | None = None) -> Whistle:
    """The leader approves; the command centre dispatches."""
    return fire_whistle(whistle, "approve", by=by, note=note, version=version)


@together()
def whistle_dispatch(*, whistle: Whistle, by: Actor, note: str = "", version: int | None = None) -> Whistle:
    """派发: one ticket per proposed department, with its station in the street where it has one (双派单)."""
    whistle = fire_whistle(
        whistle, "dispatch", by=by, note=note, version=version, changes={"dispatched_at": clock.now()}
    )
    proposals = whistle.proposals.select_related("department__superior").order_by("id")
    tickets_create(whistle=whistle, parts=[(row.department, row.role) for row in proposals], by=by)
    return whistle


def ticket_create(*, whistle: Whistle, department: Department, role: str, by: Actor) -> Ticket:
    """Give one department its ticket: re-routing."""
    return tickets_create(whistle=whistle, parts=[(department, role)], by=by)[0]


def tickets_create(*, whistle: Whistle, parts: list[tuple[Department, str]], by: Actor) -> list[Ticket]:
    """Give departments their tickets, start their clocks and tell them. Part of dispatch and of re-routing."""
    stations = find_stations([department for department, _ in parts], whistle.street)
    tickets = [
        Ticket(
            whistle=whistle, department=department, station=stations[department.pk], superior_id=department.superior_id,
            street=whistle.street, unit_id=whistle.unit_id, community=whistle.community, category=whistle.category,
            scene=whistle.scene, is_confidential=whistle.is_confidential, role=role, is_synthetic=whistle.is_synthetic,
        )
        for department, role in parts
    ]  # fmt: skip
    insert(tickets)
    audit.record_all([_dispatched(row, by) for row in tickets])
    start_clocks(tickets)
    for row in tickets:
        emit("ticket.dispatch", ticket=row, by=by, note="")
    return tickets


def _dispatched(ticket: Ticket, by: Actor) -> audit.AuditEvent:
    return audit.event(
        action="ticket.dispatch", label=f"派发给{ticket.department.short_name}", by=by, subject=ticket,
        thread=ticket.thread, to_status=ticket.status,
        data={"department": ticket.department_id, "role": ticket.role},
    )  # fmt: skip
