"""The one way down (domain-rules 18.5): nothing reaches a community but through here, and the database checks it again."""

from collections.abc import Iterable, Sequence
from datetime import date
from types import SimpleNamespace

from django.db import IntegrityError, transaction

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, DomainError, Invalid
from governance.kernel.events import emit
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.territory.models import Department, Division

from ...burden.services import quota_locked, quota_take
from ...models import AdmissionItem, BlockedDemand, BurdenQuota, Demand, DemandTarget
from ...states import DemandStatus
from .. import rules
from ..terms import DemandInput, Marks, Terms, problems, refusals_of, terms_of


@transaction.atomic
def demand_send(
    *, by: Actor, department: Department, item: AdmissionItem, communities: Iterable[Division], title: str, content: str,
    due_on: date, minutes: int | None = None, fields: dict[str, int] | None = None, marks: Marks | None = None,
    funded_fen: int = 0, fund_number: str = "", over_quota_reason: str = "", is_emergency: bool = False,
) -> Demand:  # fmt: skip
    """Send a demand of ``department`` under ``item`` to communities; over its quota it waits for approval instead.

    ``minutes`` and ``fields`` (manual fields by kind) estimate the time per community; money is in fen. Raises Forbidden,
    Invalid (by field: item, communities, the four marks, due_on, funded_yuan, fund_number, over_quota_reason) and Conflict
    when the item ended meanwhile. A frequency above the cap does not stop it: the community may refuse.
    """
    require(by, "demand.send", SimpleNamespace(department_id=department.pk))
    words = DemandInput(
        title, content, due_on, minutes, fields, marks or Marks(), funded_fen, fund_number, over_quota_reason, is_emergency
    )  # fmt: skip
    places = list(communities)
    if found := problems(department=department, item=item, communities=places, content=words):
        raise Invalid(found.pop("", ""), **found)
    quota = quota_locked(department=department, year=clock.today().year)
    terms = terms_of(department=department, item=item, communities=places, content=words)
    if found := refusals_of(terms, words):
        raise Invalid(**found)
    return _store(by, department, item, places, words, terms, quota)


def _store(
    by: Actor, department: Department, item: AdmissionItem, places: Sequence[Division], words: DemandInput,
    terms: Terms, quota: BurdenQuota,
) -> Demand:  # fmt: skip
    waits = terms.over_quota and not words.is_emergency
    try:
        with transaction.atomic():
            demand = _demand(by, department, item, places, words, terms, waits)
            if not waits:
                targets_make(demand, places, terms.over_frequency)
    except IntegrityError as error:
        if "item" not in str(error):
            raise
        raise Conflict("这个准入事项刚刚失效或变更，没有下达。请刷新后重新选择。") from error
    if not waits:
        quota_take(quota=quota, minutes=terms.total, beyond=words.is_emergency)
    audit.record(
        action="demand.submit" if waits else "demand.send", label="提交增负说明" if waits else "下达", by=by, subject=demand,
        thread=demand.thread, to_status=demand.status, note=words.over_quota_reason,
        data={"communities": len(places), "minutes": terms.total, "left": terms.left, "version": demand.version},
    )  # fmt: skip
    emit("demand.submit" if waits else "demand.send", by=by, demand=demand)
    return demand


def _demand(by, department, item, places, words: DemandInput, terms: Terms, waits: bool) -> Demand:
    today, units = clock.today(), {row.unit_id for row in places}
    return Demand.objects.create(
        number=f"YQ-{today:%Y%m%d}-{next_number(f'demand:{today:%Y%m%d}'):03d}", item=item, department=department,
        unit_id=units.pop() if len(units) == 1 else None, form=item.form, title=words.title.strip(),
        content=words.content.strip(), day=today, due_on=words.due_on, minutes=terms.minutes, communities=len(places),
        funded_fen=words.funded_fen, fund_number=words.fund_number, form_code=words.marks.form_code.strip(),
        issuer=words.marks.issuer.strip(), approval_no=words.marks.approval_no.strip(),
        form_valid_to=words.marks.form_valid_to, over_quota_reason=words.over_quota_reason.strip() if waits else "",
        is_emergency=words.is_emergency, chosen=[row.pk for row in places] if waits else [],
        status=DemandStatus.PENDING_APPROVAL if waits else DemandStatus.SENT, created_by_id=by.user_id,
        created_at=clock.now(), sent_at=None if waits else clock.now(),
        is_synthetic=department.is_synthetic or item.is_synthetic,
    )  # fmt: skip


def targets_make(demand: Demand, places: Sequence[Division], over_frequency: Iterable[int]) -> list[DemandTarget]:
    """One row for each community, in one statement; what exceeds the frequency cap weighs more in the burden index."""
    weight, over = policy("admission.over_frequency_weight"), set(over_frequency)
    return DemandTarget.objects.bulk_create(
        DemandTarget(
            demand=demand, community=row, street_id=row.street_id, unit_id=row.unit_id, item_id=demand.item_id,
            department_id=demand.department_id, day=demand.day, due_on=demand.due_on, minutes=demand.minutes,
            load=rules.weighted(demand.minutes, over_frequency=row.pk in over, weight=weight),
            over_frequency=row.pk in over, is_synthetic=demand.is_synthetic,
        )
        for row in places
    )  # fmt: skip


def demand_blocked(
    *, department: Department, item: AdmissionItem | None, title: str, communities: int, error: DomainError
) -> None:
    """Count an attempt that the gate refused, for the white paper. Called by the doors, after the refused transaction."""
    BlockedDemand.objects.create(
        department=department, title=title[:120], form=item.form if item else "", communities=communities,
        grounds={name or "all": text for name, text in error.fields.items()}, at=clock.now(),
        is_synthetic=department.is_synthetic,
    )  # fmt: skip
