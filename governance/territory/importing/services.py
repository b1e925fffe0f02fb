"""The two steps of an import: preview (nothing written but the batch) and confirmation (all of it, once)."""

from __future__ import annotations

import hashlib
from collections import Counter

from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict
from governance.kernel.permission import require
from governance.kernel.sheets import SheetRow, Table

from ..batches import ImportBatch
from . import departments, divisions, holidays
from .spec import Importer

IMPORTERS: dict[str, Importer] = {
    ImportBatch.Kind.DIVISIONS: divisions.IMPORTER,
    ImportBatch.Kind.DEPARTMENTS: departments.IMPORTER,
    ImportBatch.Kind.HOLIDAYS: holidays.IMPORTER,
}


def import_preview(*, by: Actor, kind: str, upload) -> ImportBatch:
    """Read and examine an upload; keep it for confirmation. Raises Forbidden, or Invalid for a refused file."""
    importer = IMPORTERS[kind].bound(by)
    require(by, importer.permission)
    table = importer.read(upload)
    importer.examine(table)
    upload.seek(0)
    actions = [] if table.errors else importer.plan(table.rows)
    return ImportBatch.objects.create(
        kind=kind,
        status=ImportBatch.Status.REFUSED if table.errors else ImportBatch.Status.PREVIEW,
        filename=upload.name[:200],
        digest=hashlib.file_digest(upload, "sha256").hexdigest(),
        rows=[{"number": row.number, "values": row.values} for row in table.rows],
        errors=table.errors_as_dicts(),
        summary={"rows": len(table.rows), "ignored": table.ignored, "actions": actions, **Counter(actions)},
        created_by_id=by.user_id,
    )


@transaction.atomic
def import_confirm(*, by: Actor, batch: ImportBatch) -> ImportBatch:
    """Write a previewed batch in one transaction, after examining it again. Raises Forbidden or Conflict.

    A second confirmation changes nothing and returns the batch as it is.
    """
    require(by, IMPORTERS[batch.kind].permission)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.status == ImportBatch.Status.APPLIED:
        return batch
    importer = IMPORTERS[batch.kind].bound(by, batch)
    rows = [SheetRow(row["number"], row["values"]) for row in batch.rows]
    table = Table(importer.columns, rows, [], [])
    importer.examine(table)
    if batch.errors or table.errors:
        raise Conflict("表中有错误，或预览之后数据已变化：没有写入任何一行。请改正后重新上传。")
    if importer.plan(rows) != batch.summary["actions"]:
        raise Conflict("预览之后数据已变化，没有写入任何一行。请重新上传并核对。")
    importer.write(rows)
    batch.status, batch.applied_at = ImportBatch.Status.APPLIED, clock.now()
    batch.save(update_fields=["status", "applied_at"])
    counts = {name: batch.summary.get(name, 0) for name in ("rows", "add", "change", "same")}
    audit.record(
        action="import.confirm", label=importer.title, by=by, subject=batch, note=batch.filename,
        data={**counts, "sha256": batch.digest},
    )  # fmt: skip
    return batch
