"""费随事转: the money of a demand goes to its communities with it (domain-rules 2.4), and comes back with what is not done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import models, transaction

from funding.ledger.models import Journal
from funding.ledger.services import Leg, Overdraft, journal_post, journal_reverse
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid
from governance.territory.models import Department, Division

from ..accounts import of_places, source
from ..rules import split


def _posting(by: Actor) -> Actor:
    """The books act for whoever sent the demand: his right to send it was checked, rights over the books he has none."""
    return replace(by, via="system")


@transaction.atomic
def errand_transfer(
    *, by: Actor, department: Department, number: str, communities: Sequence[Division], fen: int, key: str,
    document: models.Model | None = None, is_synthetic: bool = False,
) -> Journal:  # fmt: skip
    """Post TRANSFER from the treasury to the communities, ``fen`` split equally to the fen (the first by code get the rest).

    ``number`` is the department's budget number. The caller has checked the right to send. The same ``key`` posts once.
    Raises Invalid (no communities, nothing to give).
    """
    places = sorted(communities, key=lambda row: row.code12)
    if not places or fen < len(places):
        raise Invalid(funded_yuan="随事经费不足以分到每个社区（村）。")
    year = clock.today().year
    accounts = of_places(AccountKind.AVAILABLE, Fund.ERRAND, year, places)
    shares = split(fen, [1] * len(places))
    legs = [Leg(accounts[row.pk], part) for row, part in zip(places, shares, strict=True)]
    return journal_post(
        by=by, kind=JournalKind.TRANSFER, memo=f"{department.short_name} 费随事转（{number or '无指标号'}）", key=key,
        legs=[Leg(source(Fund.ERRAND, year), -fen), *legs], document=document, is_synthetic=is_synthetic,
    )  # fmt: skip


@transaction.atomic
def errand_return(*, by: Actor, key: str, reason: str, communities: Sequence[Division] | None = None) -> Journal | None:
    """Take a transfer back: whole by reversal, or the parts of ``communities`` that did nothing. None where nothing is left.

    Who has spent his part already keeps it: nobody owes money for a demand that was taken back. Raises Conflict only
    when a part is spent at this very moment.
    """
    journal = Journal.objects.filter(key=key).first()
    if journal is None:
        return None
    if (known := Journal.objects.filter(key=f"{key}:return").first()) is not None:
        return known
    parts = {row.account.community_id: row for row in journal.entries.select_related("account") if row.fen > 0}
    asked = set(parts) if communities is None else {row.pk for row in communities} & set(parts)
    gone = {place for place in asked if parts[place].account.balance_fen >= parts[place].fen}
    if not gone:
        return None
    try:
        with transaction.atomic():
            if gone == set(parts):
                return journal_reverse(by=_posting(by), journal=journal, reason=reason, key=f"{key}:return")
            return _partly(by, journal, [parts[place] for place in sorted(gone)], reason, key)
    except Overdraft as error:
        raise Conflict("有社区正在使用这笔随事经费，请稍后再试。") from error


def _partly(by: Actor, journal: Journal, rows: list, reason: str, key: str) -> Journal:
    """The parts of those who did nothing go back to the treasury; who has done the work keeps his."""
    fen = sum(row.fen for row in rows)
    treasury = next(row.account for row in journal.entries.select_related("account") if row.fen < 0)
    return journal_post(
        by=_posting(by), kind=JournalKind.LAPSE, memo=f"收回未办部分（{journal}）：{reason}"[:200], key=f"{key}:return",
        legs=[Leg(treasury, fen), *(Leg(row.account, -row.fen) for row in rows)], document=journal,
        day=min(clock.today(), date(journal.day.year, 12, 31)),
        is_synthetic=journal.is_synthetic,
    )  # fmt: skip
