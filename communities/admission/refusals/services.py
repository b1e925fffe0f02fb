"""依规拒收: the community files, the department withdraws, amends or contests, the ruling group rules. Locks: demand first."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from governance.kernel import audit, clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.deadlines import deadline_close, deadline_open
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.events import emit
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.workflow import lock

from ..gate.services import settle, targets_release
from ..models import DemandTarget, Refusal
from ..states import RefusalReason
from ..workflow import REFUSAL_FLOW, TARGET_FLOW
from .anonymity import masked, names_itself, street_is_shown
from .selectors import basis_for

SUBJECT, ANSWER, RULING = "refusal", "answer", "ruling"
RULES = {ANSWER: "admission.refusal_answer", RULING: "admission.refusal_ruling"}


@transaction.atomic
def refusal_file(
    *, target: DemandTarget, by: Actor, reason: str, words: str = "", version: int | None = None
) -> Refusal:
    """Refuse a target with one click; the basis comes from the rule of the reason, upward nobody learns who it was.

    Raises Forbidden, IllegalTransition, StaleVersion, Conflict (refused before) and Invalid (reason, words).
    """
    require(by, "target.refuse", target)
    if reason not in RefusalReason.values:
        raise Invalid(reason="请选择拒收理由。")
    if len(words) > 300:
        raise Invalid(words="补充说明请写在 300 字以内。")
    if name := names_itself(target, words):
        raise Invalid(words=f"补充说明会给部门看，请不要写出“{name}”，以免暴露是哪个社区。")
    lock(target.demand)
    if Refusal.objects.filter(target=target).exists():
        raise Conflict("这项要求已经拒收过一次。部门修改或裁决后仍不合规的，请街道向区县社会工作部反映。")
    refused = TARGET_FLOW.fire(target, "refuse", by=by, version=version)
    refusal = _store(refused, by, reason, words)
    audit.record(
        action="refusal.file", label="依规拒收", by=masked(refused, by), subject=refusal, thread=refusal.thread,
        to_status=refusal.status, note=refusal.get_reason_display(), data={"version": refusal.version},
    )  # fmt: skip
    deadline_open(subject_type=SUBJECT, subject_id=refusal.pk, stage=ANSWER, rule_key=RULES[ANSWER])
    emit("refusal.file", by=SYSTEM, refusal=refusal)
    return refusal


def _store(target: DemandTarget, by: Actor, reason: str, words: str) -> Refusal:
    today = clock.today()
    return Refusal.objects.create(
        number=f"JS-{today:%Y%m%d}-{next_number(f'refusal:{today:%Y%m%d}'):03d}", target=target, demand=target.demand,
        street_id=target.street_id, unit_id=target.unit_id, department_id=target.department_id, reason=reason,
        basis=basis_for(target, reason), words=words.strip(), filed_at=clock.now(),
        street_shown=street_is_shown(target), is_synthetic=target.is_synthetic,
    )  # fmt: skip


@transaction.atomic
def refusal_withdraw(*, refusal: Refusal, by: Actor, note: str = "", version: int | None = None) -> Refusal:
    """The department takes this community's part back; its minutes return."""
    lock(refusal.demand)
    ended = REFUSAL_FLOW.fire(
        refusal, "withdraw", by=by, note=note, version=version, changes={"answered_at": clock.now(), "answer": note}
    )
    _let_off(ended)
    return _told("refusal.withdraw", ended, by)


@transaction.atomic
def refusal_amend(*, refusal: Refusal, by: Actor, note: str, version: int | None = None) -> Refusal:
    """The department changes what it asks (``note`` says what); the community goes on, with the days it waited added."""
    lock(refusal.demand)
    amended = REFUSAL_FLOW.fire(
        refusal, "amend", by=by, note=note, version=version, changes={"answered_at": clock.now(), "answer": note}
    )
    _go_on(amended)
    return _told("refusal.amend", amended, by)


@transaction.atomic
def refusal_contest(*, refusal: Refusal, by: Actor, note: str, version: int | None = None) -> Refusal:
    """The department asks for a ruling; until then the community need do nothing."""
    contested = REFUSAL_FLOW.fire(
        refusal, "contest", by=by, note=note, version=version, changes={"answered_at": clock.now(), "answer": note}
    )
    deadline_close(subject_type=SUBJECT, subject_id=refusal.pk, stages=[ANSWER])
    deadline_open(subject_type=SUBJECT, subject_id=refusal.pk, stage=RULING, rule_key=RULES[RULING])
    emit("refusal.contest", by=by, refusal=contested)
    return contested


@transaction.atomic
def refusal_uphold(*, refusal: Refusal, by: Actor, note: str, version: int | None = None) -> Refusal:
    """The ruling group finds the refusal right: the community is let off."""
    lock(refusal.demand)
    ruled = REFUSAL_FLOW.fire(
        refusal, "uphold", by=by, note=note, version=version, changes={"ruled_at": clock.now(), "ruling_note": note}
    )
    _let_off(ruled)
    return _told("refusal.uphold", ruled, by)


@transaction.atomic
def refusal_overrule(*, refusal: Refusal, by: Actor, note: str, version: int | None = None) -> Refusal:
    """The ruling group finds the demand right: the community goes on; that it refused counts for nothing."""
    lock(refusal.demand)
    ruled = REFUSAL_FLOW.fire(
        refusal, "overrule", by=by, note=note, version=version, changes={"ruled_at": clock.now(), "ruling_note": note}
    )
    _go_on(ruled)
    return _told("refusal.overrule", ruled, by)


def _told(event: str, refusal: Refusal, by: Actor) -> Refusal:
    deadline_close(subject_type=SUBJECT, subject_id=refusal.pk)
    emit(event, by=by, refusal=refusal)
    return refusal


def _let_off(refusal: Refusal) -> None:
    targets_release(DemandTarget.objects.filter(pk=refusal.target_id))
    settle(refusal.demand)


def _go_on(refusal: Refusal) -> None:
    """Open the target again; the days that passed meanwhile are given back, so nobody is late for having refused."""
    target = DemandTarget.objects.get(pk=refusal.target_id)
    waited = max((clock.today() - _day(refusal)).days, 0)
    due = date.fromordinal(max(target.due_on.toordinal() + waited, clock.today().toordinal() + 1))
    TARGET_FLOW.fire(target, "resume", by=SYSTEM, changes={"due_on": due})


def _day(refusal: Refusal) -> date:
    return timezone.localdate(refusal.filed_at)


@transaction.atomic
def refusal_escalate(*, refusal: Refusal) -> None:
    """The department has not answered in time: the district's social work department is told, once."""
    row = lock(refusal)
    if row.escalated_at:
        return
    row.escalated_at = clock.now()
    row.save(update_fields=["escalated_at"])
    audit.record(
        action="refusal.escalate", label="逾期未答复，转区县督促", by=SYSTEM, subject=row, thread=row.thread,
        data={"version": row.version},
    )  # fmt: skip
    emit("refusal.escalate", by=SYSTEM, refusal=row)
