"""The only writers of the books. Everything of the funding app moves money through these."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, connection, models
from django.db.models import Sum

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require
from governance.kernel.prepared import execute
from governance.kernel.transactions import together
from governance.territory.models import Division, ManagementUnit

from .codes import economic_codes, function_codes
from .models import Account, Journal, Period
from .money import yuan
from .rules import problems_of
from .states import AccountKind, JournalKind, PeriodStatus


class Overdraft(Conflict):
    """An account does not hold what is to leave it (409)."""

    code = "overdraft"


@dataclass(frozen=True)
class Leg:
    """One side of a movement: ``fen`` above zero goes into the account, below zero leaves it."""

    account: Account
    fen: int


def move(frm: Account, to: Account, fen: int) -> list[Leg]:
    """The two legs of a simple movement of ``fen`` (> 0)."""
    return [Leg(frm, -fen), Leg(to, fen)]


@dataclass(frozen=True)
class JournalInput:
    """What a journal says. ``key`` names the event that it records: the same event is posted once, however often it is told.

    ``document`` is the row that is its reason; it has ``get_absolute_url`` and reads well as text. Without a ``day`` it is
    posted today, within the year of the books that its accounts belong to: what ends in January belongs to the year before.
    """

    kind: str
    memo: str
    legs: Sequence[Leg]
    key: str
    document: models.Model | None = None
    day: date | None = None
    is_synthetic: bool = False
    reverses: Journal | None = field(default=None, repr=False)


def account_for(
    *, kind: str, fund: str, year: int, unit: ManagementUnit | None = None, community: Division | None = None,
    function_code: str = "", economic_code: str = "", project: str = "",
) -> Account:  # fmt: skip
    """Return the account of this meaning, opened when it is the first time. A community brings its street and unit.

    Raises Invalid for codes that are not in the classification.
    """
    from governance.kernel.policy import policy

    function_code = function_code or policy("funding.function_codes")[fund]
    if function_code not in function_codes():
        raise Invalid(function_code="功能分类科目不存在，请从科目表选择。")
    if economic_code and economic_code not in economic_codes():
        raise Invalid(economic_code="经济分类科目不存在，请从科目表选择。")
    if community is not None:
        unit_id, street_id = community.unit_id, community.street_id
    else:
        unit_id, street_id = (unit.pk if unit else None), None
    meaning = {
        "kind": kind, "fund": fund, "year": year, "unit_id": unit_id, "community_id": community.pk if community else None,
        "function_code": function_code, "economic_code": economic_code, "project": project,
    }  # fmt: skip
    found = Account.objects.filter(**meaning).select_related("unit", "community").first()
    if found is None:
        Account.objects.bulk_create([Account(street_id=street_id, **meaning)], ignore_conflicts=True)
        found = Account.objects.select_related("unit", "community").get(**meaning)
    return found


def journal_post(
    *, by: Actor, kind: str, memo: str, legs: Sequence[Leg], key: str, document: models.Model | None = None,
    day: date | None = None, is_synthetic: bool = False,
) -> Journal:  # fmt: skip
    """Post one journal. The same key with the same legs returns the first one; with others it is a Conflict.

    Raises Invalid (unbalanced, mixed funds, closed month, a way that money may not go) and Overdraft; nothing is posted then.
    """
    return _post(by, JournalInput(kind, memo, legs, key, document, day, is_synthetic))


def journals_post(*, by: Actor, rows: Sequence[JournalInput]) -> list[Journal]:
    """Post several journals, all or none; the accounts are locked in one order first, so that two batches cannot block each other."""
    with together():
        ids = sorted({leg.account.pk for row in rows for leg in row.legs})
        with connection.cursor() as cursor:
            cursor.execute("SELECT funding_moment(%s, now())", [ids])
        return [_post(by, row) for row in rows]


def journal_reverse(*, by: Actor, journal: Journal, reason: str, key: str = "", day: date | None = None) -> Journal:
    """Take a journal back by its mirror image, once. Raises Conflict when it was taken back already or is itself a reversal."""
    require(by, "journal.reverse", journal)
    if not reason.strip():
        raise Invalid(note="请写明冲销理由。")
    if journal.kind == JournalKind.REVERSAL:
        raise Conflict("红字冲销凭证不能再冲销，请按正确事项重新记账。")
    with together():
        if Journal.objects.filter(reverses=journal).exclude(key=key or f"reversal:{journal.pk}").exists():
            raise Conflict(f"凭证 {journal} 已经冲销过，不能再次冲销。")
        legs = [
            Leg(row.account, -row.fen) for row in journal.entries.select_related("account__community", "account__unit")
        ]
        return _post(
            by,
            JournalInput(
                JournalKind.REVERSAL, f"冲销 {journal}：{reason.strip()}"[:200], legs, key or f"reversal:{journal.pk}",
                document=journal, day=day or day_in(journal.day.year), is_synthetic=journal.is_synthetic, reverses=journal,
            ),
        )  # fmt: skip


def day_in(year: int) -> date:
    """Today, within a year of the books."""
    return min(max(clock.today(), date(year, 1, 1)), date(year, 12, 31))


def _post(by: Actor, row: JournalInput) -> Journal:
    legs = sorted(row.legs, key=lambda leg: leg.account.pk)
    day = row.day or (day_in(legs[0].account.year) if legs else clock.today())
    if found := problems_of(row.kind, day, [(leg.account, leg.fen) for leg in legs]):
        raise Invalid(found)
    document = row.document
    journal = Journal(
        kind=row.kind, fund=legs[0].account.fund, day=day, at=clock.now(), memo=row.memo[:200], key=row.key, legs=len(legs),
        amount_fen=sum(leg.fen for leg in legs if leg.fen > 0), reverses=row.reverses,
        document_type=document._meta.model_name if document else "", document_id=document.pk if document else None,
        document_label=str(document)[:160] if document else "",
        document_url=document.get_absolute_url()[:160] if document else "",
        created_by_id=by.user_id, by_label=by.label[:120], is_synthetic=row.is_synthetic,
    )  # fmt: skip
    with together():
        try:
            if not _store(journal, legs):
                return _same(row.key, legs)
        except IntegrityError as error:
            raise _refusal(error, legs) from error
        audit.record(
            action=f"journal.{row.kind}", label=f"记账：{JournalKind(row.kind).label}", by=by, subject=journal, note=journal.memo,
            thread=f"{document._meta.model_name}:{document.pk}" if document else "",
            data={"legs": [[leg.account.pk, leg.fen] for leg in legs], "key": row.key},
        )  # fmt: skip
    return journal


# The accounts are locked first: then the journal's moment can follow everything that was posted to them.
_STORE = """
WITH m AS (
    SELECT funding_moment($17::bigint[], $4::timestamptz) AS at
), j AS (
    INSERT INTO funding_journal (kind, fund, day, at, memo, key, legs, amount_fen, document_type, document_id, document_label,
                                 document_url, reverses_id, created_by_id, by_label, tx, is_synthetic)
    SELECT $1, $2, $3, m.at, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16 FROM m
    ON CONFLICT (key) DO NOTHING RETURNING id, at
), e AS (
    INSERT INTO funding_entry (journal_id, line, account_id, fen, balance_after, seq, at)
    SELECT j.id, leg.line, leg.account, leg.fen, 0, 0, j.at
    FROM j, unnest($17::bigint[], $18::bigint[]) WITH ORDINALITY AS leg (account, fen, line)
)
SELECT id, at FROM j
"""


def _store(journal: Journal, legs: list[Leg]) -> bool:
    """Header and legs with one prepared statement; False when the key is known. A second writer of the key is waited for."""
    values = [
        journal.kind, journal.fund, journal.day, journal.at, journal.memo, journal.key, journal.legs, journal.amount_fen,
        journal.document_type, journal.document_id, journal.document_label, journal.document_url, journal.reverses_id,
        journal.created_by_id, journal.by_label, journal.is_synthetic,
        [leg.account.pk for leg in legs], [leg.fen for leg in legs],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        execute(cursor, "ledger_post", _STORE, values)
        found = cursor.fetchone()
    if found:
        (journal.pk, journal.at), journal._state.adding, journal._state.db = found, False, "default"
    return bool(found)


def _same(key: str, legs: list[Leg]) -> Journal:
    """The journal that has this key, if it says the same."""
    journal = Journal.objects.get(key=key)
    known = sorted(journal.entries.values_list("account_id", "fen"))
    if known != [(leg.account.pk, leg.fen) for leg in legs]:
        raise Conflict(f"这件事已按凭证 {journal} 记账，金额或账户不同，请先核对。")
    return journal


def _refusal(error: IntegrityError, legs: list[Leg]) -> Exception:
    """What the database refused, in words."""
    text = str(error)
    if "account_no_overdraft" in text:
        short = max(
            (leg for leg in legs if leg.fen < 0), key=lambda leg: -leg.fen - leg.account.balance_fen, default=legs[0]
        )
        return Overdraft(f"“{short.account}”余额不足，不能支出 {-short.fen / 100:,.2f} 元；超支不补，请核对金额。")
    if "ledger_period_closed" in text:
        return Invalid(day="该月已结账，请记入未结账的月份。")
    return error


def period_close(*, by: Actor, year: int, month: int) -> Period:
    """Close a month for good; journals under way in it are waited for. Raises Invalid when the month before is still open, and for
    December while the bank has not answered for some of the year's money: nothing could end that afterwards.
    """
    require(by, "period.close")
    today = clock.today()
    if (year, month) >= (today.year, today.month):
        raise Invalid(month="本月还没有结束，不能结账。")
    with together():
        earlier = Journal.objects.filter(day__lt=date(year, month, 1), day__year=year).dates("day", "month")
        closed = set(Period.objects.filter(year=year, status=PeriodStatus.CLOSED).values_list("month", flat=True))
        if still := [day.month for day in earlier if day.month not in closed]:
            raise Invalid(month=f"{still[0]} 月还没有结账，请按月依次结账。")
        if month in closed:
            raise Conflict(f"{year} 年 {month} 月已经结账。")
        Period.objects.get_or_create(year=year, month=month)
        period = Period.objects.select_for_update().get(year=year, month=month)
        period.status, period.closed_at, period.closed_by_id = PeriodStatus.CLOSED, clock.now(), by.user_id
        period.save()  # waits for journals under way in the month: what follows has seen them
        if month == 12 and (way := _under_way(year)):
            raise Invalid(month=f"{year} 年还有 {yuan(way)} 元在途或待付，请先办结或取消，再结 12 月的账。")
        audit.record(action="period.close", label="结账", by=by, subject=period, to_status=PeriodStatus.CLOSED)
    return period


def _under_way(year: int) -> int:
    """Fen of a year that the bank has not answered for: after December has closed nothing could end them."""
    rows = Account.objects.filter(year=year, kind__in=[AccountKind.TRANSIT, AccountKind.RESERVED])
    return rows.aggregate(fen=Sum("balance_fen", default=0))["fen"]
