"""Who sees which disclosure and question: its community, street, unit; the city and the auditor all."""

from funding.ledger.querysets import PlacedQuerySet

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
