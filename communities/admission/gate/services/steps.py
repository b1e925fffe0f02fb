"""How a demand goes on: approval over the quota, withdrawal, completion, release, the end. Locks: demand, target, quota."""

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Sum

from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.events import emit
from governance.kernel.workflow import lock
from governance.territory.models import Division

from ...burden.selectors import reds
from ...burden.services import quota_give_back, quota_locked, quota_take, sample_add
from ...models import Demand, DemandTarget
from ...states import DemandStatus, RefusalStatus, TargetStatus
from ...workflow import DEMAND_FLOW, REFUSAL_FLOW, TARGET_FLOW
from ..terms import DemandInput, terms_of
from .send import targets_make

WAITING = (TargetStatus.OPEN, TargetStatus.REFUSED)


@transaction.atomic
def demand_approve(*, demand: Demand, by: Actor, note: str, version: int | None = None) -> Demand:
    """Let a demand over the quota go out today; the missing minutes become the quota's ``extra``.

    Raises Forbidden, IllegalTransition, Invalid (note; the date has passed, a community is in the red) and Conflict when
    the item has ended meanwhile.
    """
    places = list(Division.objects.filter(pk__in=demand.chosen).order_by("code12"))
    if demand.due_on < clock.today():
        raise Invalid(note="完成日期已过，不能再批准，请部门重新提交。")
    if reds(demand.chosen):
        raise Invalid(note="其中有社区本周已到红区，冻结新增要求，请下周再批或不予批准。")
    try:
        with transaction.atomic():
            sent = DEMAND_FLOW.fire(
                demand, "approve", by=by, note=note, version=version,
                changes={"day": clock.today(), "sent_at": clock.now(), "decision": note, "chosen": []},
            )  # fmt: skip
            quota = quota_locked(department=sent.department, year=sent.day.year)
            words = DemandInput(sent.title, sent.content, sent.due_on, minutes=sent.minutes)
            over = terms_of(department=sent.department, item=sent.item, communities=places, content=words)
            targets_make(sent, places, over.over_frequency)
            quota_take(quota=quota, minutes=sent.minutes * len(places), beyond=True)
    except IntegrityError as error:
        raise Conflict("准入事项已失效，或表的有效期已过，不能批准。") from error
    emit("demand.send", by=by, demand=sent)
    return sent


@transaction.atomic
def demand_decline(*, demand: Demand, by: Actor, note: str, version: int | None = None) -> Demand:
    """Do not let it go out; no community ever sees it."""
    declined = DEMAND_FLOW.fire(
        demand, "decline", by=by, note=note, version=version, changes={"decision": note, "chosen": []}
    )
    emit("demand.decline", by=by, demand=declined)
    return declined


@transaction.atomic
def demand_withdraw(*, demand: Demand, by: Actor, note: str, version: int | None = None) -> Demand:
    """Take a demand back: what is not done is released, its minutes return, open refusals end with it."""
    withdrawn = DEMAND_FLOW.fire(demand, "withdraw", by=by, note=note, version=version, changes={"chosen": []})
    for refusal in withdrawn.refusals.filter(status__in=[RefusalStatus.FILED, RefusalStatus.IN_RULING]):
        ended = REFUSAL_FLOW.fire(refusal, "withdraw", by=by, note=note, changes={"answered_at": clock.now()})
        emit("refusal.withdraw", by=by, refusal=ended)
    targets_release(withdrawn.targets.filter(status__in=WAITING))
    emit("demand.withdraw", by=by, demand=withdrawn)
    return withdrawn


@transaction.atomic
def target_complete(
    *, target: DemandTarget, by: Actor, result: str = "", minutes: int | None = None, version: int | None = None
) -> DemandTarget:
    """A community is done. ``minutes``, if it cares to say, become an anonymous sample of the item."""
    lock(target.demand)
    if len(result) > 300:
        raise Invalid(result="结果请写在 300 字以内。")
    done = TARGET_FLOW.fire(
        target, "complete", by=by, version=version, changes={"done_at": clock.now(), "result": result.strip()}
    )
    sample_add(target=done, minutes=minutes)
    settle(target.demand)
    emit("target.complete", by=by, target=done)
    return done


def targets_release(targets: QuerySet[DemandTarget]) -> int:
    """Release waiting targets of one demand and return their minutes; inside a transaction that holds the demand.

    Returns how many. In one statement, since a city's demand has hundreds: the demand's or refusal's event says why.
    """
    total = targets.values("department_id", "day__year").annotate(minutes=Sum("minutes")).order_by()
    for row in list(total):
        quota_give_back(department_id=row["department_id"], year=row["day__year"], minutes=row["minutes"])
    return targets.update(status=TargetStatus.RELEASED, version=F("version") + 1)


def settle(demand: Demand) -> None:
    """Close a demand when no community has anything left to do; the caller holds the demand's lock."""
    if demand.targets.filter(status__in=WAITING).exists():
        return
    row = Demand.objects.get(pk=demand.pk)
    if row.status == DemandStatus.SENT:
        DEMAND_FLOW.fire(row, "close", by=SYSTEM)
