"""A community with money in its account and payments behind it."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from funding.disclosure.models import Disclosure
from funding.disclosure.services import disclosures_lapse, disclosures_open
from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance.kernel import clock
from governance.kernel.actor import SYSTEM

YEAR = 2026


def noon(month: int, day: int, year: int = YEAR) -> datetime:
    """A day of the story."""
    return timezone.make_aware(datetime(year, month, day, 12))


def _account(kind, **more):
    return account_for(kind=kind, fund=more.pop("fund", Fund.SERVICE_MASS), year=more.pop("year", YEAR), **more)


def _post(kind, frm, to, fen, key, day):
    return journal_post(
        by=SYSTEM, kind=kind, memo="楼道照明材料 13800138000", legs=move(frm, to, fen), key=key, day=day
    )


@pytest.fixture
def money(street):
    """``money.give(fen, day)`` brings service money to the community, ``money.pay(fen, day)`` spends it on a project."""
    rows = list(street.children.filter(level="community").order_by("code12"))
    place = rows[0]
    source, city = _account(AccountKind.SOURCE), _account(AccountKind.AVAILABLE)
    unit = _account(AccountKind.AVAILABLE, unit=place.unit)
    count = iter(range(10_000))

    def give(fen=200_000_00, day=date(YEAR, 1, 20), to=place):
        own, transit = _account(AccountKind.AVAILABLE, community=to), _account(AccountKind.TRANSIT, community=to)
        for kind, frm, goal in (
            (JournalKind.BUDGET, source, city), (JournalKind.APPROPRIATE, city, unit),
            (JournalKind.DISBURSE, unit, transit), (JournalKind.ARRIVE, transit, own),
        ):  # fmt: skip
            last = _post(kind, frm, goal, fen, f"give:{next(count)}", day)
        return last

    def pay(fen, day, of=place, economic="30218"):
        own = _account(AccountKind.AVAILABLE, community=of)
        project = _account(AccountKind.PROJECT, community=of, project="P1")
        reserved = _account(AccountKind.RESERVED, community=of, project="P1", economic_code=economic)
        paid = _account(AccountKind.PAID, community=of, project="P1", economic_code=economic)
        for kind, frm, goal in (
            (JournalKind.ALLOT, own, project), (JournalKind.RESERVE, project, reserved), (JournalKind.PAY, reserved, paid),
        ):  # fmt: skip
            last = _post(kind, frm, goal, fen, f"pay:{next(count)}", day)
        return last.entries.get(account=paid)

    def opened(month=10, day=2):
        """What the sweep opens on a day, as the community's own rows."""
        with clock.travel(noon(month, day)):
            disclosures_open()
        return list(Disclosure.objects.filter(community=place).order_by("start"))

    def lapsed(month=11, day=1):
        with clock.travel(noon(month, day)):
            return disclosures_lapse()

    return SimpleNamespace(place=place, other=rows[1], give=give, pay=pay, opened=opened, lapsed=lapsed)
