"""Writing the burden ledger: opening a year, taking and giving back minutes, anonymous samples."""

from django.db import transaction
from django.db.models import F

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.workflow import lock
from governance.territory.models import Department

from ..models import AdmissionItem, BurdenQuota, BurdenSample, DemandTarget
from .selectors import first_minutes


def quota_locked(*, department: Department, year: int) -> BurdenQuota:
    """The department's quota of a year, locked until the commit; made from last year's when it is the first to be asked for."""
    rows = BurdenQuota.objects.filter(department=department, year=year)
    if not rows.exists():
        fresh = BurdenQuota(
            department=department, year=year, minutes=first_minutes(department, year),
            is_synthetic=department.is_synthetic,
        )  # fmt: skip
        BurdenQuota.objects.bulk_create([fresh], ignore_conflicts=True)
    return lock(rows.get())


def quota_take(*, quota: BurdenQuota, minutes: int, beyond: bool = False) -> None:
    """Use minutes of a locked quota. ``beyond``: what is missing was approved and is written as extra."""
    if beyond:
        quota.extra += max(minutes - quota.left, 0)
    quota.used += minutes
    quota.version += 1
    quota.save(update_fields=["extra", "used", "version"])


def quota_give_back(*, department_id: int, year: int, minutes: int) -> None:
    """Return the minutes of released targets to the year that they were taken from."""
    if minutes:
        BurdenQuota.objects.filter(department_id=department_id, year=year).update(
            used=F("used") - minutes, version=F("version") + 1
        )


@transaction.atomic
def quotas_open(*, year: int, by: Actor) -> int:
    """Open a year for every department that had a quota in the year before (年初锁定). Returns how many are new.

    Raises Forbidden. Repeating it changes nothing.
    """
    require(by, "quota.open")
    known = BurdenQuota.objects.filter(year=year).values("department_id")
    last = BurdenQuota.objects.filter(year=year - 1).exclude(department_id__in=known).select_related("department")
    rows = [
        BurdenQuota(
            department=row.department, year=year, minutes=first_minutes(row.department, year), is_synthetic=row.is_synthetic
        )
        for row in last
    ]  # fmt: skip
    made = BurdenQuota.objects.bulk_create(rows)
    if made:
        audit.record(
            action="quota.open", label=f"锁定 {year} 年负担额度", by=by, subject=made[0], thread=f"quota:{year}",
            data={"departments": len(made)},
        )  # fmt: skip
    return len(made)


def sample_add(*, target: DemandTarget, minutes: int | None) -> None:
    """Keep how long it took, without whom, where and on which day; times above the rule's bound are left out."""
    if minutes is None or not 0 < minutes <= policy("admission.sample_minutes_most"):
        return
    item = AdmissionItem(pk=target.item_id)
    BurdenSample.objects.create(
        item=item, minutes=minutes, month=clock.today().replace(day=1), is_synthetic=target.is_synthetic
    )
