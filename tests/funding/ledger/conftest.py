"""Money for one community: a treasury, a unit, the community's account."""

from types import SimpleNamespace

import pytest

from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance.kernel import clock
from governance.kernel.actor import SYSTEM


@pytest.fixture
def purse(street):
    """Accounts of this year's service money along its way, all empty; ``give(fen)`` brings some to the community."""
    year, fund = clock.today().year, Fund.SERVICE_MASS
    place = street.children.filter(level="community").order_by("code12").first()

    def account(kind, **more):
        return account_for(kind=kind, fund=more.pop("fund", fund), year=more.pop("year", year), **more)

    own = SimpleNamespace(
        account=account, place=place, year=year,
        source=account(AccountKind.SOURCE), city=account(AccountKind.AVAILABLE),
        unit=account(AccountKind.AVAILABLE, unit=place.unit), community=account(AccountKind.AVAILABLE, community=place),
        transit=account(AccountKind.TRANSIT, community=place),
        project=account(AccountKind.PROJECT, community=place, project="P1"),
        reserved=account(AccountKind.RESERVED, community=place, project="P1", economic_code="30227"),
        paid=account(AccountKind.PAID, community=place, project="P1", economic_code="30227"),
    )  # fmt: skip

    def post(kind, frm, to, fen, key, **more):
        return journal_post(by=SYSTEM, kind=kind, memo="测试", legs=move(frm, to, fen), key=key, **more)

    def give(fen, key="give"):
        for kind, frm, to in (
            (JournalKind.BUDGET, own.source, own.city), (JournalKind.APPROPRIATE, own.city, own.unit),
            (JournalKind.DISBURSE, own.unit, own.transit), (JournalKind.ARRIVE, own.transit, own.community),
        ):  # fmt: skip
            post(kind, frm, to, fen, f"{key}:{kind}")

    own.post, own.give = post, give
    return own
