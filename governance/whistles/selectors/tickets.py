"""Reading tickets: the rows of lists and pages."""

from datetime import datetime

from governance.kernel import clock
from governance.kernel.deadlines import Deadline
from governance.kernel.policy import policy

from ..models import Ticket
from ..states import Stage

SUBJECT = "ticket"


def extension_limits(ticket: Ticket) -> tuple[datetime, datetime] | None:
    """When completion is due and the latest moment it may be moved to (domain-rules 1.3); None without a limit."""
    limits = Deadline.objects.filter(subject_type=SUBJECT, subject_id=ticket.pk, stage=Stage.FINISH)
    limit = limits.order_by("-id").first()
    if limit is None:
        return None
    more = limit.amount * policy("whistle.extension_max_percent") / 100
    return limit.due_at, clock.add(limit.due_at, more, limit.unit)
