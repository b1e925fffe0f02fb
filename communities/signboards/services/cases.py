"""Rectifications and re-checks. Only departments are pressed; a community is never asked for anything."""

from datetime import date, timedelta

from django.db import transaction

from governance.kernel import audit as trail
from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.numbering import next_number
from governance.kernel.policy import policy
from governance.territory.models import Department, Division

from ..models import Rectification, Signboard, SignboardAudit, SignboardRecheck
from ..states import RECTIFICATION_OPEN, RectificationStatus
from ..workflow import RECHECK_FLOW, RECTIFICATION_FLOW


def rectification_open(
    *, by: Actor, reason: str, department: Department, place: Division, content: str, whole_street: bool = False,
    status: str = RectificationStatus.OPEN, audit: SignboardAudit | None = None, is_synthetic: bool = False,
) -> Rectification:  # fmt: skip
    """Write a rectification for ``department`` about ``place`` (a community). In the caller's transaction."""
    today = clock.today()
    row = Rectification.objects.create(
        number=f"ZG-{today:%Y}-{next_number(f'rectification:{today:%Y}'):05d}", reason=reason, content=content[:300],
        department=department, community=None if whole_street else place, street_id=place.street_id, unit_id=place.unit_id,
        audit=audit, status=status, due_on=today + timedelta(days=policy("signboard.rectify_days")), is_synthetic=is_synthetic,
    )  # fmt: skip
    trail.record(
        action="rectification.open",
        label="开具整改单",
        by=by,
        subject=row,
        thread=row.thread,
        to_status=status,
        note=row.content,
    )
    return row


def rectification_settle(row: Rectification | None) -> None:
    """Finish a rectification by itself when its last board is gone or admitted."""
    if row is None:
        return
    row.refresh_from_db()
    if row.status in RECTIFICATION_OPEN and not row.boards.hanging().exists():
        rectification_step(rectification=row, action="finish", by=SYSTEM)


def rectification_absorb(row: Rectification, *, into: Rectification, by: Actor) -> None:
    """Withdraw a rectification whose boards have all gone over into a campaign's; a notified one stays."""
    row.refresh_from_db()
    if row.status in (RectificationStatus.OPEN, RectificationStatus.PRESSED) and not row.boards.hanging().exists():
        rectification_step(rectification=row, action="withdraw", by=by, note=f"并入核查整改单 {into.number}")


@transaction.atomic
def rectification_step(
    *, rectification: Rectification, action: str, by: Actor, note: str = "", version: int | None = None
) -> Rectification:
    """press, notify, finish or withdraw. Raises DomainError."""
    changes = {"done_at": clock.now()} if action == "finish" else {}
    return RECTIFICATION_FLOW.fire(rectification, action, by=by, note=note, version=version, changes=changes)


def recheck_plan(board: Signboard, due_on: date) -> SignboardRecheck:
    """Plan the look again; one at a time for each board."""
    return SignboardRecheck.objects.create(
        board=board, community_id=board.community_id, street_id=board.street_id, unit_id=board.unit_id,
        department_id=board.department_id, due_on=due_on, is_synthetic=board.is_synthetic,
    )  # fmt: skip


@transaction.atomic
def recheck_answer(
    *, recheck: SignboardRecheck, action: str, by: Actor, note: str = "", version: int | None = None
) -> SignboardRecheck:
    """clean or reappeared; what hangs again is pressed with its department at once. Raises DomainError."""
    row = RECHECK_FLOW.fire(recheck, action, by=by, note=note, version=version, changes={"answered_at": clock.now()})
    board = row.board
    if action == "reappeared" and board.status == "removed":
        from .boards import signboard_step

        signboard_step(board=board, action="reappear", by=by, note=note)
    return row
