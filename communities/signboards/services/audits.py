"""Campaigns: compare with the list, decide board by board, publish, send to the departments, accept."""

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from governance.kernel import audit as trail
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.policy import policy, rule_for
from governance.territory.models import ManagementUnit

from ..models import Signboard, SignboardAudit, SignboardAuditItem
from ..rules import advise
from ..selectors import Lists, seen
from ..states import (
    CHECK_VERDICTS,
    CLEARING_VERDICTS,
    LOOK_BACK_VERDICTS,
    AuditKind,
    AuditStatus,
    RectificationReason,
    SignboardStatus,
    Verdict,
)
from ..workflow import AUDIT_FLOW, SIGNBOARD_FLOW
from . import boards as board_services
from . import cases

BATCH = 1000


def audit_number(unit: ManagementUnit) -> str:
    """The next number of the district's campaigns this year."""
    year = clock.today().year
    return f"QP-{unit.code}-{year}-{next_number(f'signboard-audit:{unit.code}:{year}'):03d}"


@transaction.atomic
def audit_open(
    *, by: Actor, unit: ManagementUnit, kind: str, title: str, due_on: date | None = None, is_synthetic: bool = False
) -> SignboardAudit:
    """Begin a campaign: a self-check registers first; a look-back begins with what was removed. Raises Forbidden, Invalid."""
    if kind == AuditKind.SPOT_CHECK:
        raise Invalid(kind="随机抽查由系统每季度自动抽取。")
    today = clock.today()
    row = SignboardAudit(
        unit=unit, kind=kind, title=title, begins_on=today, created_by_id=by.user_id, is_synthetic=is_synthetic,
        due_on=due_on or today + timedelta(days=policy("signboard.audit_days")),
        status=AuditStatus.COMPARING if kind == AuditKind.LOOK_BACK else AuditStatus.REGISTERING,
    )  # fmt: skip
    row.unit_id = unit.pk
    require(by, "signboard_audit.run", row)
    if row.due_on < today:
        raise Invalid(due_on="完成期限不能早于今天。")
    row.number = audit_number(unit)
    row.save()
    trail.record(
        action="signboardaudit.open", label="发起核查", by=by, subject=row, thread=row.thread, to_status=row.status
    )
    if kind == AuditKind.LOOK_BACK:
        since = today - timedelta(days=policy("signboard.look_back_days"))
        removed = Signboard.objects.filter(unit=unit, status=SignboardStatus.REMOVED, removed_on__gte=since)
        items_make(row, list(removed.order_by("id")), {})
    return row


def items_make(audit: SignboardAudit, boards: list[Signboard], advice: dict) -> list[SignboardAuditItem]:
    """One line per board with what is advised."""
    rows = []
    for board in boards:
        found = advice.get(board.pk)
        rows.append(SignboardAuditItem(
            audit=audit, board=board, community_id=board.community_id, street_id=board.street_id, unit_id=board.unit_id,
            department_id=board.department_id, suggestion=found.verdict if found else "", reason=found.reason if found else "",
            merge_into_id=found.into if found else None, is_synthetic=audit.is_synthetic,
        ))  # fmt: skip
    return SignboardAuditItem.objects.bulk_create(rows, batch_size=BATCH)


def advice_for(boards: list[Signboard]) -> dict:
    """What the lists of today say about these boards, community by community; wants their relations at hand."""
    lists, by_place, advice = Lists.on(clock.today()), defaultdict(list), {}
    for board in boards:
        by_place[board.community].append(seen(board, lists))
    for community, views in by_place.items():
        advice |= advise(views, lists.cap(community))
    return advice


def with_relations(rows):
    """Boards with what the comparison reads."""
    return rows.select_related("community", "entry", "item__catalogue").order_by("community_id", "id")


@transaction.atomic
def audit_step(
    *, audit: SignboardAudit, action: str, by: Actor, note: str = "", version: int | None = None
) -> SignboardAudit:
    """Take a campaign's next step with what belongs to it. Raises DomainError."""
    row = AUDIT_FLOW.fire(audit, action, by=by, note=note, version=version, changes=_dates(action))
    if action == "compare":
        boards = list(with_relations(Signboard.objects.filter(unit_id=row.unit_id).hanging()))
        items_make(row, boards, advice_for(boards))
    elif action == "rectify":
        _rectify(row, by)
    return row


def _dates(action: str) -> dict:
    """Publicity runs for the working days of the rule, its first day not counted."""
    if action != "publish":
        return {}
    rule = rule_for("signboard.publicity_days")
    until = clock.add(clock.now(), rule.value, rule.unit)
    return {"publicity_from": clock.today(), "publicity_until": timezone.localdate(until)}


@transaction.atomic
def audit_judge(*, item: SignboardAuditItem, by: Actor, verdict: str, note: str = "") -> SignboardAuditItem:
    """Decide one board. Raises Forbidden, Conflict (not the time for it), Invalid (not a choice here, or not admitted)."""
    require(by, "signboard_audit.judge", item)
    audit = SignboardAudit.objects.select_for_update(of=("self",)).get(pk=item.audit_id)
    if audit.status != AuditStatus.COMPARING:
        raise Conflict("只有在比对名录阶段才能填写处理意见。")
    choices = LOOK_BACK_VERDICTS if audit.kind == AuditKind.LOOK_BACK else CHECK_VERDICTS
    if verdict not in choices:
        raise Invalid(verdict=f"应为：{'、'.join(choice.label for choice in choices)}。")
    if verdict == Verdict.KEEP and not _may_stay(item):
        raise Invalid(verdict="这块牌子不在名录内，也没有有效准入号，不能保留。")
    item.verdict, item.note, item.judged_at = verdict, note.strip(), clock.now()
    item.save(update_fields=["verdict", "note", "judged_at"])
    label = Verdict(verdict).label
    trail.record(
        action="signboardaudititem.judge",
        label=f"处理意见：{label}",
        by=by,
        subject=item,
        thread=item.board.thread,
        note=item.note,
    )
    return item


def _may_stay(item: SignboardAuditItem) -> bool:
    board = with_relations(Signboard.objects.filter(pk=item.board_id)).get()
    return seen(board, Lists.on(clock.today())).admitted


@transaction.atomic
def audit_adopt(*, audit: SignboardAudit, by: Actor) -> int:
    """Take the suggestion wherever nothing is decided yet. Returns how many lines. Raises Forbidden, Conflict."""
    require(by, "signboard_audit.run", audit)
    row = SignboardAudit.objects.select_for_update(of=("self",)).get(pk=audit.pk)
    if row.status != AuditStatus.COMPARING:
        raise Conflict("只有在比对名录阶段才能采纳建议。")
    open_items = row.items.filter(verdict="").exclude(suggestion="")
    count = open_items.update(verdict=F("suggestion"), judged_at=clock.now())
    trail.record(
        action="signboardaudit.adopt", label="采纳建议", by=by, subject=row, thread=row.thread, data={"items": count}
    )
    return count


def _rectify(audit: SignboardAudit, by: Actor) -> None:
    """Carry the verdicts out: boards go to their departments, one rectification for each department and street."""
    items = audit.items.select_related("board__community", "board__department", "board__rectification").order_by(
        "community_id", "id"
    )
    open_cases, former = {}, {}
    for item in items.filter(verdict__in=CLEARING_VERDICTS):
        if item.board.status in (SignboardStatus.REMOVED, SignboardStatus.TO_CLEAR):
            continue
        case = _case_of(open_cases, audit, item, by)
        if item.board.rectification:
            former[item.board.rectification_id] = item.board.rectification, case
        SIGNBOARD_FLOW.fire(
            item.board, "clear", by=by, note=item.note or item.reason or audit.title,
            changes={"merged_into_id": item.merge_into_id, "rectification": case},
        )  # fmt: skip
    for row, case in former.values():
        cases.rectification_absorb(row, into=case, by=by)
    for item in items.filter(verdict=Verdict.REAPPEARED, board__status=SignboardStatus.REMOVED):
        board_services.signboard_step(board=item.board, action="reappear", by=by, note=item.note or "回头看发现")
    for item in items.filter(verdict=Verdict.KEEP).exclude(
        board__status__in=(SignboardStatus.REGISTERED, SignboardStatus.REMOVED)
    ):
        board_services.signboard_keep(board=item.board, by=by, note=item.note or audit.title)


def _case_of(open_cases: dict, audit: SignboardAudit, item: SignboardAuditItem, by: Actor):
    key = item.department_id, item.street_id
    if key not in open_cases:
        open_cases[key] = cases.rectification_open(
            by=by, reason=RectificationReason.AUDIT, department=item.board.department, place=item.board.community,
            whole_street=True, audit=audit, content=f"{audit.title}：所列牌子请摘除并上传前后照片。", is_synthetic=audit.is_synthetic,
        )  # fmt: skip
    return open_cases[key]
