"""What the slices below know about projects and payments, as the public may read it."""

from collections.abc import Sequence

from funding.ledger.models import Journal
from governance.territory.models import Division


def payees_of(journals: Sequence[Journal]) -> dict[int, dict]:
    """{journal's pk: {"payee", "purpose"}} of those that a payment request stands behind."""
    return {}


def projects_of(community: Division, year: int) -> list[dict]:
    """The community's projects of a year in public words, newest first."""
    return []
