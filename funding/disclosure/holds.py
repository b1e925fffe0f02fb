"""Not disclosed: the next disbursement waits. Published, it goes on by itself."""

from collections.abc import Sequence

from funding.appropriations.holds import register_hold
from governance.territory.models import Division

from .models import Disclosure


def overdue_reason(community: Division, fund: str, year: int) -> str | None:
    """Why this community's money waits; None when nothing is overdue."""
    return overdue_reasons([community], fund, year).get(community.pk)


def overdue_reasons(communities: Sequence[Division], fund: str, year: int) -> dict[int, str]:
    """{community's pk: reason} with one statement; the oldest overdue period is named."""
    rows = Disclosure.objects.overdue().filter(community__in=[row.pk for row in communities])
    oldest: dict[int, Disclosure] = {}
    for row in rows.order_by("end"):
        oldest.setdefault(row.community_id, row)
    return {key: f"{row.label}经费应于 {row.due_on:%Y-%m-%d} 前公布，公布后即可拨付" for key, row in oldest.items()}


register_hold(overdue_reason, many=overdue_reasons)
