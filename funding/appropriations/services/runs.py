"""Runs: calculate, submit, approve by somebody else, appropriate (BUDGET and APPROPRIATE in the ledger), close."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from funding.ledger.services import Leg, journal_post, move
from funding.ledger.states import Fund, JournalKind
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.territory.models import Division, ManagementUnit

from ..accounts import available, source
from ..book import rule_book
from ..models import EntitlementLine, EntitlementRun
from ..rules import COMMUNITY, MONTHLY, VILLAGE, Place, Reason, RuleBook, RuleProblem, entitlement, yuan
from ..selectors import granted_by_place
from ..states import ENTITLED_FUNDS, RunKind, RunStatus
from ..workflow import RUN_FLOW

BATCH = 500
VILLAGES = ("villagers", "like_villagers")
_COLUMNS = ("pk", "street_id", "unit_id", "village_type", "households", "valid_from", "valid_to")


@transaction.atomic
def run_calculate(
    *, by: Actor, year: int, fund: str, unit: ManagementUnit | None = None, kind: str = RunKind.ANNUAL, note: str = "",
    is_synthetic: bool = False,
) -> EntitlementRun:  # fmt: skip
    """Calculate a draft for the whole city or one unit. Raises Forbidden, Invalid (fund, year, rules), Conflict (there is one)."""
    run = EntitlementRun(
        year=year, fund=fund, unit=unit, kind=kind, note=note.strip(), is_synthetic=is_synthetic,
        number=f"HD-{unit.code if unit else '210200'}-{year}-{next_number(f'entitlement:{year}'):03d}",
    )  # fmt: skip
    require(by, "entitlement.calculate", run)
    if fund not in ENTITLED_FUNDS:
        raise Invalid(fund="随事经费随下行要求划转，不按年度核定。")
    if not 2020 <= year <= clock.today().year + 1:
        raise Invalid(year="年度应在 2020 年至明年之间。")
    _sign(run, by)
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        raise Conflict("同一年度、同一经费、同一范围已有未批准的核定，请先办结或作废。") from error
    _fill(run)
    audit.record(
        action="entitlementrun.calculate", label="测算", by=by, subject=run, thread=run.thread, to_status=run.status,
        note=run.note, data={"communities": run.communities, "fen": run.total_fen},
    )  # fmt: skip
    return run


@transaction.atomic
def run_recalculate(*, run: EntitlementRun, by: Actor) -> EntitlementRun:
    """Calculate a draft anew with today's rules and places. Raises Forbidden, Conflict (no longer a draft), Invalid."""
    require(by, "entitlement.calculate", run)
    row = EntitlementRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if row.status != RunStatus.DRAFT:
        raise Conflict("只有测算中的核定可以重新测算。")
    before = row.total_fen
    row.lines.all().delete()
    _sign(row, by)
    _fill(row)
    audit.record(
        action="entitlementrun.recalculate", label="重新测算", by=by, subject=row, thread=row.thread,
        data={"before": before, "fen": row.total_fen},
    )  # fmt: skip
    return row


def _sign(run: EntitlementRun, by: Actor) -> None:
    run.calculated_by_id, run.calculated_label, run.calculated_at = by.user_id, by.label[:120], clock.now()


def _fill(run: EntitlementRun) -> None:
    """Write the lines and the sums; in a draft only. One read of the places, one of what was given, lines in bulk."""
    book = rule_book()
    lines = _lines(run, book)
    try:
        with transaction.atomic():
            EntitlementLine.objects.bulk_create(lines, batch_size=BATCH)
    except IntegrityError as error:
        if "entitlement_annual_once" not in str(error):
            raise
        raise Conflict("范围内已有社区（村）做过本年度核定；年中变化请用补充核定。") from error
    run.communities, run.total_fen = len(lines), sum(line.amount_fen for line in lines)
    run.rules = _cited(lines, book)
    run.version += 1
    run.save(update_fields=[
        "communities", "total_fen", "rules", "version", "calculated_by", "calculated_label", "calculated_at",
    ])  # fmt: skip


def _lines(run: EntitlementRun, book: RuleBook) -> list[EntitlementLine]:
    """What the rules give now, not stored."""
    given = granted_by_place(run.year, run.fund)
    try:
        return [line for row in _places(run) if (line := _line(run, row, given.get(row[0], 0), book))]
    except RuleProblem as error:
        raise Invalid(str(error)) from error


def differing(run: EntitlementRun) -> int:
    """How many communities would get another amount if the run were calculated now. One read of places, grants and lines."""
    now = {line.community_id: line.amount_fen for line in _lines(run, rule_book())}
    then = dict(run.lines.order_by().values_list("community_id", "amount_fen"))
    return sum(now.get(pk, 0) != then.get(pk, 0) for pk in now.keys() | then.keys())


def _places(run: EntitlementRun) -> list[tuple]:
    """Communities and villages that exist on some day of the year and that this fund is for; all since closed for a supplement."""
    first, after = date(run.year, 1, 1), date(run.year + 1, 1, 1)
    rows = Division.objects.communities().filter(valid_from__lt=after).filter(Q(valid_to=None) | Q(valid_to__gt=first))
    rows = (
        rows.filter(village_type__in=VILLAGES) if run.fund == Fund.VILLAGE else rows.exclude(village_type__in=VILLAGES)
    )
    if run.unit_id:
        rows = rows.filter(unit=run.unit_id)
    return list(rows.order_by("code12").values_list(*_COLUMNS))


def _line(run: EntitlementRun, row: tuple, given: int, book: RuleBook) -> EntitlementLine | None:
    """One community's line; None where nothing is to be granted."""
    pk, street, unit, kind, households, founded, closed = row
    place = Place(VILLAGE if kind in VILLAGES else COMMUNITY, households, None, founded, closed)
    found = entitlement(place, run.fund, run.year, book)
    if run.kind == RunKind.SUPPLEMENT and not _changed(run.year, place, given, book):
        return None
    if run.kind == RunKind.ANNUAL and given:
        given = 0  # the database refuses a second annual grant, whatever this line says
    amount = found.fen - given
    if amount == 0:
        return None
    reasons = [reason.as_dict() for reason in found.reasons]
    if given:
        reasons.append(
            Reason(f"此前已核定 {yuan(given)}，本次{'补' if amount > 0 else '减'} {yuan(abs(amount))}").as_dict()
        )
    return EntitlementLine(
        run=run, year=run.year, fund=run.fund, kind=run.kind, community_id=pk, street_id=street, unit_id=unit,
        amount_fen=amount, full_fen=found.fen, given_fen=given, months=found.months, size=found.size,
        households=households, population=None, basis=reasons, is_synthetic=run.is_synthetic,
    )  # fmt: skip


def _changed(year: int, place: Place, given: int, book: RuleBook) -> bool:
    """Whether a supplement looks at a place: founded or closed within the year, never granted, or the rules go by the month."""
    if not given or book.at("funding.mid_year_versions", date(year, 1, 1)).value == MONTHLY:
        return True
    return any(day and day.year == year for day in (place.founded, place.closed))


def _cited(lines: Iterable[EntitlementLine], book: RuleBook) -> list[dict]:
    """The versions of rules that the lines cite, once each."""
    keys = {(reason["rule"], reason["from"]) for line in lines for reason in line.basis if reason["rule"]}
    return [
        {"rule": version.key, "title": version.title, "value": version.value, "from": version.begins.isoformat(), "source": version.source}
        for key, begins in sorted(keys)
        for version in book.versions[key]
        if version.begins.isoformat() == begins
    ]  # fmt: skip


@transaction.atomic
def run_step(
    *, run: EntitlementRun, action: str, by: Actor, note: str = "", version: int | None = None
) -> EntitlementRun:
    """Take the run's next step with what belongs to it: approving signs, appropriating posts, voiding drops the lines.

    Raises DomainError; Conflict when something was granted meanwhile.
    """
    changes = {}
    if action == "approve":
        changes = {"approved_by_id": by.user_id, "approved_label": by.label[:120], "approved_at": clock.now()}
    if action == "void":
        require(by, "entitlement.calculate", run)
        locked = EntitlementRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if locked.status == RunStatus.DRAFT:
            locked.lines.all().delete()
            EntitlementRun.objects.filter(pk=run.pk).update(communities=0, total_fen=0)
    try:
        with transaction.atomic():
            row = RUN_FLOW.fire(run, action, by=by, note=note, version=version, changes=changes)
    except IntegrityError as error:
        raise Conflict("测算之后情况有变，或批准人与测算人相同，请退回重算。") from error
    if action == "appropriate":
        _appropriate(row, by)
    return row


def _appropriate(run: EntitlementRun, by: Actor) -> None:
    """Post the run: the treasury's budget to the city, the city's to the units; a reduction goes the other way round."""
    sums = list(run.lines.order_by("unit_id").values_list("unit_id").annotate(fen=Sum("amount_fen")))
    units = ManagementUnit.objects.in_bulk([unit for unit, _ in sums])
    city, treasury = available(run.fund, run.year), source(run.fund, run.year)
    legs = [Leg(available(run.fund, run.year, units[unit]), fen) for unit, fen in sums if fen]
    total = sum(leg.fen for leg in legs)
    common = {"by": by, "document": run, "is_synthetic": run.is_synthetic}
    if total > 0:
        journal_post(
            kind=JournalKind.BUDGET, memo=f"{run} 预算安排", legs=move(treasury, city, total), key=f"entitlement:{run.pk}:budget", **common
        )  # fmt: skip
    if legs:
        balance = [Leg(city, -total)] if total else []
        journal_post(
            kind=JournalKind.APPROPRIATE, memo=f"{run} 分配下达", legs=[*balance, *legs], key=f"entitlement:{run.pk}:appropriate", **common
        )  # fmt: skip
    if total < 0:
        journal_post(
            kind=JournalKind.LAPSE, memo=f"{run} 核减收回", legs=move(city, treasury, -total), key=f"entitlement:{run.pk}:lapse", **common
        )  # fmt: skip
