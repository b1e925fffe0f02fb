"""Appeals against a finding of 七不用, and what the unit's finance says to them."""

from django.db import transaction

from governance.kernel.actor import Actor
from governance.kernel.errors import Invalid
from governance.kernel.events import emit
from governance.kernel.permission import require

from ..models import Finding
from ..workflow import FINDING_FLOW


@transaction.atomic
def finding_appeal(*, finding: Finding, by: Actor, note: str, version: int | None = None) -> Finding:
    """The community explains why it serves the residents. Raises Invalid, Forbidden, Conflict."""
    require(by, "finding.appeal", finding)
    if len(note.strip()) < 5:
        raise Invalid(note="请说明为什么这笔支出是为居民服务的。")
    row = FINDING_FLOW.fire(finding, "appeal", by=by, note=note, version=version, changes={"appeal": note.strip()})
    emit("finding.appeal", finding=row, by=by, note=note)
    return row


@transaction.atomic
def finding_rule(*, finding: Finding, by: Actor, allow: bool, note: str, version: int | None = None) -> Finding:
    """Allow it or uphold the rule, with the reason. Raises Invalid, Forbidden, Conflict."""
    action = "allow" if allow else "uphold"
    row = FINDING_FLOW.fire(finding, action, by=by, note=note, version=version, changes={"ruling": note.strip()})
    emit(f"finding.{action}", finding=row, by=by, note=note)
    return row
