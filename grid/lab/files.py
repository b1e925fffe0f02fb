"""The files of an open data set: CSV in an archive with its dictionary, and Parquet with the dictionary in its metadata."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass

from django.db.models import Count

from governance.kernel import clock
from governance.kernel.ui.exports import RISKY

from . import licence
from .cuts import Cut
from .dictionary import entries_at, omitted
from .privacy import Finding, annotated, columns_of, groups_of
from .states import FileKind, Shape

FIXED = (2026, 1, 1, 0, 0, 0)  # an archive's inner dates: the same data gives the same bytes


@dataclass(frozen=True)
class Table:
    """The lines of a file, each different one once with how often it stands there: sorted by what they say, so that their order says nothing."""

    names: list[str]
    kinds: list[str]
    lines: list[tuple]
    times: list[int]

    @property
    def size(self) -> int:
        """How many lines the file has, without its head."""
        return sum(self.times)


@dataclass(frozen=True)
class Built:
    """A file, byte for byte."""

    kind: str
    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Its SHA-256."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def sm3(self) -> str:
        """Its SM3."""
        return hashlib.new("sm3", self.content).hexdigest()


def table_of(cut: Cut) -> Table:
    """Read the cut: one statement."""
    counted = cut.shape == Shape.COUNTS
    fields = entries_at(cut.dimensions(), counted=counted)
    names = list(columns_of(cut.grouped() if counted else cut.dimensions()))
    rows = groups_of(cut) if counted else annotated(cut).values(*names).annotate(n_rows=Count("pk"))
    found = list(rows.order_by(*names).values_list(*names, "n_rows"))
    lines, times = (found, [1] * len(found)) if counted else ([row[:-1] for row in found], [row[-1] for row in found])
    return Table([row["name"] for row in fields], [row["type"] for row in fields], lines, times)


def package_of(cut: Cut, finding: Finding, title: str, synthetic: bool) -> dict:
    """The dictionary, licence, query and privacy of a data set: a Frictionless data package."""
    counted = cut.shape == Shape.COUNTS
    return {
        "profile": "tabular-data-package", "name": f"{cut.source}-{cut.start:%Y%m}-{cut.end:%Y%m}", "title": title,
        "description": cut.data.about, "created": clock.now().isoformat(timespec="seconds"), "synthetic": synthetic,
        "licenses": [{"name": licence.IDENTIFIER, "title": licence.NAME}], "licence_text": licence.text(),
        "query": {"words": cut.words(), "cut": cut.as_json()},
        "privacy": {
            "k_required": finding.k, "k_reached": finding.own.smallest, "l_required": finding.l, "groups": finding.own.groups,
            "rows": finding.own.rows, "published_together": finding.published,
        },
        "dropped": omitted(cut.data),
        "resources": [{
            "name": "data", "path": "data.csv", "format": "csv", "encoding": "utf-8-sig",
            "schema": {"fields": entries_at(cut.dimensions(), counted=counted), "missingValues": [""]},
        }],
    }  # fmt: skip


def build(cut: Cut, package: dict) -> tuple[Table, list[Built]]:
    """Both files of a cut."""
    table, stem = table_of(cut), package["name"]
    return table, [
        Built(FileKind.CSV, f"{stem}-csv.zip", archive_of(table, package)),
        Built(FileKind.PARQUET, f"{stem}.parquet", parquet_of(table, package)),
    ]


def harmless(value):
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; true and false as Table Schema has them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def csv_of(table: Table) -> bytes:
    """UTF-8 with a byte-order mark: Excel and every parser read it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.names)
    for line, times in zip(table.lines, table.times, strict=True):
        writer.writerows([[harmless(value) for value in line]] * times)
    return out.getvalue().encode("utf-8-sig")


def archive_of(table: Table, package: dict) -> bytes:
    """data.csv, datapackage.json (dictionary, query, privacy) and the licence."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("data.csv", csv_of(table)),
            ("datapackage.json", json.dumps(package, ensure_ascii=False, indent=1).encode()),
            ("LICENCE.txt", package["licence_text"].encode()),
        ):
            archive.writestr(zipfile.ZipInfo(name, FIXED), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def parquet_of(table: Table, package: dict) -> bytes:
    """One file with everything in it: the schema's metadata holds the package, each field its entry."""
    import pyarrow as pa  # half a second to import: only who builds a file pays
    from pyarrow import parquet

    kinds = {"string": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}
    entries = package["resources"][0]["schema"]["fields"]
    schema = pa.schema(
        [
            pa.field(name, kinds[kind], metadata={"dictionary": json.dumps(entry, ensure_ascii=False)})
            for name, kind, entry in zip(table.names, table.kinds, entries, strict=True)
        ],
        metadata={"datapackage": json.dumps(package, ensure_ascii=False), "licence": package["licence_text"]},
    )
    columns = list(zip(*table.lines, strict=True)) or [()] * len(table.names)
    order = [number for number, times in enumerate(table.times) for _ in range(times)]
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
    out = io.BytesIO()
    whole = pa.Table.from_arrays(arrays, schema=schema).take(pa.array(order, pa.int64()))
    parquet.write_table(whole, out, compression="zstd")
    return out.getvalue()
