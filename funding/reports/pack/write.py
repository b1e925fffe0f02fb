"""Writes a pack: tables, vouchers, manifest, in one fixed order. Memory stays small however large it is; sizes are capped."""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from django.db.models import Sum

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditSeal
from governance.kernel.errors import Invalid
from governance.kernel.files import StoredFile
from governance.kernel.policy import policy
from governance.kernel.ui.exports import write_xlsx

from ..scope import Scope
from .manifest import FORMAT, NAME, FileHash, chunks_of, hashed, sm3, written
from .tables import TABLES, PackSheet, Table, accounts_of, entries_of, journals_of, threads_of

WHEN = (1980, 1, 1, 0, 0, 0)  # every entry of the ZIP: the moment stands in the manifest
MEGABYTE = 1024 * 1024


def vouchers_of(scope: Scope):
    """The stored files of the cases behind the scope's journals, by case and file."""
    return StoredFile.objects.filter(thread__in=threads_of(scope)).order_by("thread", "id")


def _fits(scope: Scope) -> None:
    """Raise Invalid, in words, before anything large is begun."""
    if not accounts_of(scope).exists():
        raise Invalid("这个范围内没有账，请核对年度和单位。")
    most = policy("pack.max_entries")
    if (count := entries_of(scope).order_by().count()) > most:
        raise Invalid(f"分录有 {count:,} 行，超过 {most:,} 行，请按社区（村）或项目分次导出。")
    size, limit = vouchers_of(scope).order_by().aggregate(size=Sum("size"))["size"] or 0, policy("pack.max_megabytes")
    if size > limit * MEGABYTE:
        raise Invalid(f"凭证附件共 {size // MEGABYTE} MB，超过 {limit} MB，请按社区（村）或项目分次导出。")


def pack_write(*, scope: Scope, by: Actor, subject) -> BinaryIO:
    """The pack as an open temporary file, at its beginning. ``subject`` is the place or project that the audit event names.

    Raises Invalid when the scope is empty or too large.
    """
    _fits(scope)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        files = [_table(pack, table, scope) for table in TABLES] + list(_vouchers(pack, scope))
        manifest = written(_manifest(scope, by, files))
        pack.writestr(_info(NAME), manifest)
    audit.record(
        action="audit_pack.make", label="导出审计底稿", by=by, subject=subject, note=scope.label,
        data={"files": len(files), "manifest_sm3": sm3(manifest)},
    )  # fmt: skip
    out.seek(0)
    return out


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _table(pack: zipfile.ZipFile, table: Table, scope: Scope) -> FileHash:
    """One workbook, written to a temporary file first."""
    rows = table.rows(scope)
    rows = rows.iterator(chunk_size=1000) if hasattr(rows, "iterator") else rows
    synthetic = journals_of(scope).filter(is_synthetic=True).exists()
    sheet = PackSheet(table.title, table.columns, rows, [("范围", scope.label)], synthetic, policy("pack.max_entries"))
    with tempfile.TemporaryFile() as file:
        write_xlsx(sheet, file)
        file.seek(0)
        return _add(pack, f"账簿/{table.path}", file)


def _vouchers(pack: zipfile.ZipFile, scope: Scope) -> Iterator[FileHash]:
    for row in vouchers_of(scope).iterator(chunk_size=200):
        path = f"凭证附件/{row.thread.replace(':', '-')}/{row.pk}-{_plain(row.name)}"
        try:
            with row.content.open("rb") as file:
                yield _add(pack, path, file)
        except FileNotFoundError:  # said in the pack rather than left out in silence
            yield _add(pack, f"{path}.缺失.txt", io.BytesIO(f"文件不在存储中，登记的 SHA-256：{row.sha256}\n".encode()))


def _plain(name: str) -> str:
    """A file name without a path and without anything that a file system minds."""
    plain = "".join(char if char.isalnum() or char in "-_.（）()" else "_" for char in PurePath(name).name)
    return plain.lstrip(".")[-100:] or "file"


def _add(pack: zipfile.ZipFile, path: str, file: BinaryIO) -> FileHash:
    """Copy a file into the pack while its hashes are taken."""
    with pack.open(_info(path), "w", force_zip64=True) as target:

        def copied() -> Iterator[bytes]:
            for chunk in chunks_of(file):
                target.write(chunk)
                yield chunk

        return hashed(path, copied())


def _manifest(scope: Scope, by: Actor, files: list[FileHash]) -> dict:
    head = AuditSeal.objects.order_by("-sequence").first()
    return {
        "format": FORMAT, "scope": scope.label, "made_at": clock.now().isoformat(), "made_by": by.label,
        "chain_head": {"sequence": head.sequence, "hash": head.hash} if head else None,
        "files": [row.as_dict() for row in sorted(files, key=lambda row: row.path)],
    }  # fmt: skip
