"""Runs, grants, batches and returned files of units and communities in five relations, for the access matrix."""

from collections.abc import Callable
from types import SimpleNamespace

from funding.appropriations.models import (
    BankReturn,
    DisbursementBatch,
    EntitlementLine,
    EntitlementRun,
)
from governance.kernel import clock


def build(world: SimpleNamespace, relations: tuple[str, ...], setting: Callable, people: Callable) -> None:
    """One granted community per relation; a batch at the bank and its file for each unit."""
    world.runs, world.grants, world.batches, world.returns, units = {}, {}, {}, {}, {}
    for relation in relations:
        street, _lead, place = setting(relation)
        if street.unit_id not in units:
            units[street.unit_id] = _of_unit(street.unit)
        world.runs[relation], world.batches[relation], world.returns[relation] = units[street.unit_id]
        world.grants[relation] = _grant(world.runs[relation], place)
    for run, _batch, _file in units.values():
        count = run.lines.count()
        EntitlementRun.objects.filter(pk=run.pk).update(communities=count, total_fen=100 * count)
        EntitlementRun.objects.filter(pk=run.pk).update(status="submitted")
        EntitlementRun.objects.filter(pk=run.pk).update(status="approved", approved_label="批准人")


def _of_unit(unit) -> tuple:
    year = clock.today().year
    run = EntitlementRun.objects.create(
        number=f"HD-{unit.code}-1", year=year, fund="office", unit=unit, calculated_label="测算人"
    )
    batch = DisbursementBatch.objects.create(
        number=f"BF-{unit.code}-1", year=year, fund="office", unit=unit, percent=25, status="exported",
        created_label="编制人", approved_label="批准人",
    )  # fmt: skip
    return run, batch, BankReturn.objects.create(batch=batch, filename="回盘.csv", digest="0" * 64)


def _grant(run: EntitlementRun, place) -> EntitlementLine:
    found = run.lines.filter(community=place).first()
    return found or EntitlementLine.objects.create(
        run=run, year=run.year, fund=run.fund, community=place, street_id=place.street_id, unit_id=place.unit_id,
        amount_fen=100, full_fen=100, months=12,
    )  # fmt: skip


def samples(of: Callable, one: Callable) -> dict:
    """How to address them."""
    from .access import Sample

    def code(world, relation) -> dict:
        return {"code12": world.grants[relation].community.code12}

    return {
        "entitlement": of("grants"), "api-entitlement-detail": of("grants"), "entitlement-run": of("runs"),
        "entitlement-compare": of("runs"), "entitlement-recalculate": of("runs"),
        "entitlement-action": of("runs", action="appropriate"), "disbursement": of("batches"),
        "api-disbursement-detail": of("batches"), "disbursement-file": of("batches"), "disbursement-return": of("batches"),
        "disbursement-redraft": of("batches"), "disbursement-action": of("batches", action="cancel"),
        "bank-return": of("returns"), "bank-return-errors": of("returns"), "bank-return-apply": of("returns"),
        "funding-place": Sample(code), "payee-set": Sample(code),
    }  # fmt: skip
