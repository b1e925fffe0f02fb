"""Boards: registering, keeping, clearing, removing. The cap and the admission are checked here in words, by the database anyway."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from communities.admission.models import AdmissionItem
from governance.kernel import audit as trail
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.files import StoredFile, file_store
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.territory.models import Department, Division

from ..models import Rectification, Signboard, SignboardType
from ..selectors import Lists, registered_count
from ..states import RectificationReason, RectificationStatus, SignboardStatus
from ..workflow import SIGNBOARD_FLOW
from . import cases

BATCH = 500
CHOSEN = ("doubt", "unadmit", "clear", "reappear")


@dataclass(frozen=True)
class BoardFacts:
    """What is known about a board when it is registered; sizes in centimetres."""

    community: Division
    department: Department
    name: str
    length_cm: int
    width_cm: int
    position: str
    material: str = "metal"
    entry: SignboardType | None = None
    item: AdmissionItem | None = None
    first_hung_on: date | None = None
    status: str = ""


def _lock(community: Division) -> Division:
    """Hold the community until the commit: whoever registers there next waits and counts anew."""
    return Division.objects.select_for_update(no_key=True, of=("self",)).get(pk=community.pk)


def _built(facts: BoardFacts, by: Actor, **more) -> Signboard:
    place = facts.community
    return Signboard(
        community=place, street_id=place.street_id, unit_id=place.unit_id, department=facts.department, name=facts.name,
        length_cm=facts.length_cm, width_cm=facts.width_cm, position=facts.position, material=facts.material,
        entry=facts.entry, item=facts.item, first_hung_on=facts.first_hung_on, created_by_id=by.user_id, **more,
    )  # fmt: skip


@transaction.atomic
def signboard_register(*, by: Actor, facts: BoardFacts, is_synthetic: bool = False) -> Signboard | Rectification:
    """Register a board. One over the cap is NOT stored: the rectification for its department is returned instead.

    One without admission is stored as 违规 with a rectification; one that was removed before is its reappearance.
    Raises Forbidden, or Invalid when the community has a board of that name.
    """
    require(by, "signboard.register", facts.community)
    _lock(facts.community)
    same = Signboard.objects.filter(community=facts.community, name=facts.name).order_by("-id").first()
    if same and same.status != SignboardStatus.REMOVED:
        raise Invalid(name="这个社区（村）已经登记了同名的牌子。")
    lists = Lists.on(clock.today())
    objection = lists.objection(facts.community, facts.entry, facts.item)
    if objection and same:
        return signboard_step(board=same, action="reappear", by=by, note=f"登记时发现：{objection}")
    cap = lists.cap(facts.community)
    if not objection and registered_count(facts.community) >= cap:
        return cases.rectification_open(
            by=by, reason=RectificationReason.OVER_CAP, department=facts.department, place=facts.community,
            content=f"{facts.community}在册牌子已达上限 {cap} 块，“{facts.name}”不得再挂；请合并或撤销一块后再办。",
            is_synthetic=is_synthetic,
        )  # fmt: skip
    status = SignboardStatus.UNADMITTED if objection else SignboardStatus.REGISTERED
    board = _built(facts, by, status=status, is_synthetic=is_synthetic)
    if objection:
        board.rectification = _unadmitted(by, facts, objection, is_synthetic)
    board.save()
    trail.record(action="signboard.register", label="登记牌子", by=by, subject=board, to_status=status, note=objection)
    return board


def _unadmitted(by: Actor, facts: BoardFacts, objection: str, is_synthetic: bool) -> Rectification:
    return cases.rectification_open(
        by=by, reason=RectificationReason.UNADMITTED, department=facts.department, place=facts.community,
        content=f"{facts.community}“{facts.name}”：{objection}请摘除，或先申请准入。", is_synthetic=is_synthetic,
    )  # fmt: skip


@transaction.atomic
def signboards_register(
    *, by: Actor, many: list[BoardFacts], batch=None, is_synthetic: bool = False
) -> list[Signboard]:
    """Register many boards in one transaction, communities in one order; whoever calls has checked caps and doubles.

    What is not admitted becomes 违规, with one rectification for each department and street. The database refuses
    the whole if one is over its cap. Raises Forbidden.
    """
    for place in {facts.community.pk: facts.community for facts in many}.values():
        require(by, "signboard.import", place)
    lists, open_cases, boards = Lists.on(clock.today()), {}, []
    for facts in sorted(many, key=lambda facts: facts.community.pk):
        objection = lists.objection(facts.community, facts.entry, facts.item)
        status = facts.status or (SignboardStatus.UNADMITTED if objection else SignboardStatus.REGISTERED)
        board = _built(facts, by, status=status, batch=batch, is_synthetic=is_synthetic)
        if status in (SignboardStatus.UNADMITTED, SignboardStatus.TO_CLEAR):
            board.rectification = _shared(open_cases, by, facts, is_synthetic)
        boards.append(board)
    Signboard.objects.bulk_create(boards, batch_size=BATCH)
    trail_many(boards, by=by, action="signboard.register", label="登记牌子")
    return boards


def _shared(open_cases: dict, by: Actor, facts: BoardFacts, is_synthetic: bool) -> Rectification:
    """The one rectification of a department in a street for everything that this call finds."""
    key = facts.department.pk, facts.community.street_id
    if key not in open_cases:
        open_cases[key] = cases.rectification_open(
            by=by, reason=RectificationReason.UNADMITTED, department=facts.department, place=facts.community, whole_street=True,
            content="摸底发现的无准入号或应清理的牌子，请逐块摘除，或先申请准入。", is_synthetic=is_synthetic,
        )  # fmt: skip
    return open_cases[key]


def trail_many(boards: list[Signboard], *, by: Actor, action: str, label: str) -> None:
    """One event per board, as ``audit.record`` writes them, in few statements."""
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                action=action, label=label, actor_id=by.user_id, actor_label=by.label[:120], via=by.via, thread=board.thread,
                subject_type="signboard", subject_id=board.pk, to_status=board.status, data={"version": board.version},
            )
            for board in boards
        ],
        batch_size=1000,
    )  # fmt: skip


@transaction.atomic
def signboard_keep(
    *, board: Signboard, by: Actor, entry: SignboardType | None = None, item: AdmissionItem | None = None,
    note: str = "", version: int | None = None,
) -> Signboard:  # fmt: skip
    """Register a board that was doubtful, unadmitted or to be cleared. Raises Conflict: not admitted, or over the cap."""
    require(by, "signboard.check", board)
    community, today = _lock(board.community), clock.today()
    lists = Lists.on(today)
    entry = entry or lists.same(community, board.entry)
    item = item or board.item
    if objection := lists.objection(community, entry, item):
        raise Conflict(f"不能保留：{objection}")
    if registered_count(community) >= (cap := lists.cap(community)):
        raise Conflict(f"不能保留：{community}在册牌子已达上限 {cap} 块，请先清理。")
    changes = {"entry": entry, "item": item, "registered_on": today, "rectification": None, "merged_into": None}
    former = board.rectification
    row = SIGNBOARD_FLOW.fire(board, "keep", by=by, note=note, version=version, changes=changes)
    cases.rectification_settle(former)
    return row


@transaction.atomic
def signboard_step(
    *, board: Signboard, action: str, by: Actor, note: str = "", version: int | None = None
) -> Signboard:
    """doubt, unadmit, clear or reappear. What has to go opens a rectification for its department. Raises DomainError."""
    if action not in CHOSEN:
        raise ValueError(action)
    row = SIGNBOARD_FLOW.fire(board, action, by=by, note=note, version=version)
    if action in ("unadmit", "clear", "reappear") and not row.rectification_id:
        _pursue(row, action, by, note)
    return row


def _pursue(row: Signboard, action: str, by: Actor, note: str) -> None:
    """Write the rectification; a board that came back is pressed at once."""
    back = action == "reappear"
    row.rectification = cases.rectification_open(
        by=by, department=row.department, place=row.community, content=f"{row.community}“{row.name}”：{note}"[:300],
        reason=RectificationReason.REAPPEARED if back else RectificationReason.UNADMITTED,
        status=RectificationStatus.PRESSED if back else RectificationStatus.OPEN, is_synthetic=row.is_synthetic,
    )  # fmt: skip
    row.save(update_fields=["rectification"])


@transaction.atomic
def signboard_remove(
    *, board: Signboard, by: Actor, before: tuple[str, bytes], after: tuple[str, bytes], note: str = "",
    version: int | None = None,
) -> Signboard:  # fmt: skip
    """The department took the board down: both photos are its to upload. Plans the re-check. Raises DomainError."""
    require(by, "signboard.remove", board)
    today = clock.today()
    changes = {
        "before_photo": _photo(board, by, before, "before"),
        "after_photo": _photo(board, by, after, "after"),
        "removed_on": today,
    }
    former = board.rectification
    row = SIGNBOARD_FLOW.fire(
        board, "remove", by=by, note=note, version=version, changes=changes | {"rectification": None}
    )
    cases.recheck_plan(row, today + timedelta(days=policy("signboard.recheck_days")))
    cases.rectification_settle(former)
    return row


def _photo(board: Signboard, by: Actor, upload: tuple[str, bytes], name: str) -> StoredFile:
    """Keep one photo of a board. Raises Invalid with the field."""
    try:
        stored = file_store(subject=board, thread=board.thread, name=upload[0], content=upload[1], by=by)
    except Invalid as error:
        raise Invalid(**{name: str(error)}) from error
    if not stored.is_photo:
        raise Invalid(**{name: "请上传照片（JPG、PNG）。"})
    return stored


@transaction.atomic
def signboard_photo(*, board: Signboard, by: Actor, photo: tuple[str, bytes]) -> Signboard:
    """The department's photo of its board as it hangs; the last one counts. Raises Forbidden, Invalid."""
    require(by, "signboard.photo", board)
    board.photo = _photo(board, by, photo, "photo")
    board.save(update_fields=["photo"])
    trail.record(action="signboard.photo", label="上传照片", by=by, subject=board)
    return board


@transaction.atomic
def signboard_propose(*, board: Signboard, by: Actor, proposal: str) -> Signboard:
    """What the community thinks, if it wants to say; nothing follows by itself. Raises Forbidden."""
    require(by, "signboard.propose", board)
    board.proposal = proposal.strip()
    board.save(update_fields=["proposal"])
    trail.record(action="signboard.propose", label="社区提出意见", by=by, subject=board, note=board.proposal)
    return board
