"""The ledger's accounts of this slice's money, many at once."""

from collections.abc import Sequence

from funding.ledger.models import Account
from funding.ledger.services import account_for
from funding.ledger.states import AccountKind
from governance.kernel.policy import policy
from governance.territory.models import Division, ManagementUnit


def source(fund: str, year: int) -> Account:
    """财政安排: where the budget comes from."""
    return account_for(kind=AccountKind.SOURCE, fund=fund, year=year)


def available(fund: str, year: int, unit: ManagementUnit | None = None) -> Account:
    """What the city (no unit) or a unit can still give out."""
    return account_for(kind=AccountKind.AVAILABLE, fund=fund, year=year, unit=unit)


def of_places(kind: str, fund: str, year: int, communities: Sequence[Division]) -> dict[int, Account]:
    """The accounts of communities by the community's pk, opened where missing; three statements for any number."""
    code = policy("funding.function_codes")[fund]
    meaning = {"kind": kind, "fund": fund, "year": year, "function_code": code, "economic_code": "", "project": ""}
    wanted = {row.pk: row for row in communities}
    rows = Account.objects.filter(**meaning, community__in=wanted).select_related("unit", "community")
    found = {row.community_id: row for row in rows}
    missing = [row for key, row in wanted.items() if key not in found]
    if missing:
        Account.objects.bulk_create(
            [Account(**meaning, community_id=row.pk, street_id=row.street_id, unit_id=row.unit_id) for row in missing],
            ignore_conflicts=True,
        )
        found |= {row.community_id: row for row in rows.all()}
    return found
