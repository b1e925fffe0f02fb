"""Who sees which disclosure and question: its community, street, unit; the city and the auditor all."""

from django.db.models import OuterRef, Subquery

from funding.ledger.querysets import PlacedQuerySet
from governance.kernel import clock
from governance.kernel.deadlines import Deadline

from .states import DisclosureStatus, QuestionStatus


class DisclosureQuerySet(PlacedQuerySet):
    """Disclosures; what is published is everybody's."""

    def published(self) -> "DisclosureQuerySet":
        """Those that anybody may read."""
        return self.filter(status=DisclosureStatus.PUBLISHED)

    def overdue(self) -> "DisclosureQuerySet":
        """Those that hold up the next disbursement."""
        return self.filter(status=DisclosureStatus.OVERDUE)


class QuestionQuerySet(PlacedQuerySet):
    """Questions; what is answered is everybody's."""

    def answered(self) -> "QuestionQuerySet":
        """Those that anybody may read."""
        return self.filter(status=QuestionStatus.ANSWERED)

    def with_due(self) -> "QuestionQuerySet":
        """Each with ``due_at``, the end of its limit (None: asked before there were limits)."""
        limits = Deadline.objects.filter(subject_type="moneyquestion", subject_id=OuterRef("pk")).order_by("-id")
        return self.annotate(due_at=Subquery(limits.values("due_at")[:1]))

    def late(self) -> "QuestionQuerySet":
        """Those that nobody has answered within the days."""
        return self.with_due().filter(status=QuestionStatus.ASKED, due_at__lt=clock.now())
