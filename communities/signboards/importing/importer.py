"""The importer that the portal's import services run: what a row does, and writing all of them."""

from dataclasses import replace
from functools import partial

from governance.kernel.actor import Actor
from governance.kernel.sheets import SheetRow
from governance.territory.batches import ImportBatch
from governance.territory.importing.services import IMPORTERS
from governance.territory.importing.spec import Importer, action

from ..models import Signboard
from ..services.boards import BATCH, signboards_register, trail_many
from . import columns
from .examine import Context, examine

CHANGEABLE = ("department_id", "length_cm", "width_cm", "material", "position", "first_hung_on")


def _stated(facts) -> dict:
    """What a row may change on a board that is known; its state changes by steps only."""
    return {"department_id": facts.department.pk, **{name: getattr(facts, name) for name in CHANGEABLE[1:]}}


def plan(rows: list[SheetRow], by: Actor) -> list[str]:
    """Return what each row does: add, change, same."""
    context = Context(rows, by)
    facts = [context.facts(row.values) for row in rows]
    return [action(context.known.get((one.community.pk, one.name)), _stated(one)) for one in facts]


def write(rows: list[SheetRow], by: Actor, batch: ImportBatch | None) -> None:
    """Add the new boards and change the known ones, in the caller's transaction."""
    context, new, changed = Context(rows, by), [], []
    for row in rows:
        facts = context.facts(row.values)
        board = context.known.get((facts.community.pk, facts.name))
        if board is None:
            new.append(facts)
            continue
        for name, value in (stated := _stated(facts)).items():
            setattr(board, name, value)
        if stated:
            changed.append(board)
    signboards_register(by=by, many=new, batch=batch)
    fields = [name.removesuffix("_id") for name in CHANGEABLE]
    Signboard.objects.bulk_update(changed, fields, batch_size=BATCH)
    trail_many(changed, by=by, action="signboard.import", label="导入更新")


class SignboardImporter(Importer):
    """Rows must lie in the streets or districts of whoever imports."""

    def bound(self, by: Actor, batch: ImportBatch | None = None) -> Importer:
        """With the person and the batch filled in."""
        return replace(
            self, examine=partial(examine, by=by), plan=partial(plan, by=by), write=partial(write, by=by, batch=batch)
        )


IMPORTERS[ImportBatch.Kind.SIGNBOARDS] = SignboardImporter(
    "牌子摸底表",
    columns.COLUMNS,
    examine,
    plan,
    write,
    permission="signboard.import",
    max_rows="signboard.import_max_rows",
)
