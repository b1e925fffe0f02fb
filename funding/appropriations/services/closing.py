"""Year end (domain-rules 10.2, ⑤): of what a community has left at most the rule's share is carried over, the rest goes back."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum

from funding.ledger.models import Account
from funding.ledger.services import JournalInput, journals_post, move
from funding.ledger.states import AccountKind, JournalKind
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict
from governance.kernel.permission import require
from governance.kernel.policy import policy

from ..accounts import of_places, source
from ..models import YearClosing
from ..rules import carry
from ..selectors import carried_in, granted_by_place

UNDER_WAY = (AccountKind.TRANSIT, AccountKind.PROJECT, AccountKind.RESERVED)


@dataclass(frozen=True)
class Plan:
    """What happens to one account's rest, in fen; a community whose money is still under way (``waits``) is left alone."""

    account: Account
    carry: int
    lapse: int
    waits: int = 0


def year_close_preview(*, year: int, fund: str) -> list[Plan]:
    """What ``year_close`` would do now, account by account; units and the city carry nothing over."""
    rows = Account.objects.filter(year=year, fund=fund, kind=AccountKind.AVAILABLE, balance_fen__gt=0)
    rows = rows.select_related("community", "unit").order_by("unit__code", "community__code12", "id")
    granted, carried = granted_by_place(year, fund), carried_in(year + 1)
    waits = dict(
        Account.objects.filter(year=year, fund=fund, kind__in=UNDER_WAY, balance_fen__gt=0, community__isnull=False)
        .order_by().values_list("community_id").annotate(fen=Sum("balance_fen"))
    )  # fmt: skip
    percent = policy("funding.carry.percent", at=date(year, 12, 31))
    return [_plan(row, granted, carried, waits, fund, percent) for row in rows]


def _plan(row: Account, granted: dict, carried: dict, waits: dict, fund: str, percent: float) -> Plan:
    if row.community_id in waits:
        return Plan(row, 0, 0, waits[row.community_id])
    if row.community_id is None:
        return Plan(row, 0, row.balance_fen)
    before = carried.get(row.community_id, {}).get(fund, 0)
    over, rest = carry(
        balance=row.balance_fen, granted=granted.get(row.community_id, 0), carried=before, percent=percent
    )
    return Plan(row, over, rest)


def closing_opens(year: int) -> date:
    """The day from which a year may be closed: when its payments begin to be limited."""
    month, number = (int(part) for part in policy("funding.year_end.limit_from", at=date(year, 12, 31)).split("-"))
    return date(year, month, number)


@transaction.atomic
def year_close(*, by: Actor, year: int, fund: str, is_synthetic: bool = False) -> YearClosing | None:
    """Carry over and give back what is left of a fund's year; posted on its last day (or today within it).

    Again later it takes only what came back since; None when there is nothing. Raises Forbidden, Conflict (before the
    limit on payments begins; somebody closes the same year at this moment waits for it).
    """
    require(by, "year_close.apply")
    today, opens = clock.today(), closing_opens(year)
    if today < opens:
        raise Conflict(f"{year} 年结转收回从 {opens.month} 月 {opens.day} 日开始办理。")
    _one_at_a_time(year)
    plans = [plan for plan in year_close_preview(year=year, fund=fund) if plan.carry or plan.lapse]
    if not plans:
        return None
    closing = YearClosing.objects.create(
        year=year, fund=fund, percent=policy("funding.carry.percent", at=date(year, 12, 31)), accounts=len(plans),
        carried_fen=sum(plan.carry for plan in plans), lapsed_fen=sum(plan.lapse for plan in plans),
        created_by_id=by.user_id, by_label=by.label[:120], is_synthetic=is_synthetic,
    )  # fmt: skip
    journals_post(by=by, rows=list(_journals(closing, plans, min(today, date(year, 12, 31)))))
    audit.record(
        action="yearclosing.apply", label="年末结转收回", by=by, subject=closing,
        data={"carried": closing.carried_fen, "lapsed": closing.lapsed_fen},
    )  # fmt: skip
    return closing


def _one_at_a_time(year: int) -> None:
    """Two closings of one year follow each other: the second sees what the first left."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(4208, %s)", [year])


def _journals(closing: YearClosing, plans: list[Plan], day: date):
    treasury = source(closing.fund, closing.year)
    places = [plan.account.community for plan in plans if plan.carry]
    following = of_places(AccountKind.AVAILABLE, closing.fund, closing.year + 1, places)
    for plan in plans:
        row = plan.account
        key, words = f"year-close:{closing.pk}:{row.pk}", f"{closing.year} 年末 {row.holder}"
        more = {"document": closing, "day": day, "is_synthetic": closing.is_synthetic}
        if plan.carry:
            target = following[row.community_id]
            yield JournalInput(
                JournalKind.CARRY, f"{words} 结转下年", move(row, target, plan.carry), f"{key}:carry", **more
            )
        if plan.lapse:
            yield JournalInput(
                JournalKind.LAPSE, f"{words} 收回财政", move(row, treasury, plan.lapse), f"{key}:lapse", **more
            )
