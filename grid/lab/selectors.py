"""Reading open data: the public list, one of them, its file, a case's history."""

import json
from dataclasses import dataclass

from django.db.models import QuerySet

from governance.kernel.audit import AuditEvent
from governance.kernel.errors import DomainError

from .dictionary import SOURCES, entries, omitted
from .models import OpenDataset, OpenDatasetFile
from .states import DatasetStatus

PAGE = 20


class Gone(DomainError):
    """It was public and is not any more (410)."""

    status_code = 410
    code = "gone"


def history(thread: str) -> list[dict]:
    """A case's events for the timeline, newest first."""
    rows = AuditEvent.objects.filter(thread=thread).order_by("-id")[:60]
    return [{"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": row.note} for row in rows]


def public() -> QuerySet[OpenDataset]:
    """What anybody may read, the newest first; withdrawn ones are gone but were there."""
    return OpenDataset.objects.known().order_by("-published_at", "-id")


@dataclass(frozen=True)
class Page:
    """Some data sets, and the pk from which the older ones go on (None: these are the last)."""

    rows: list[OpenDataset]
    older: int | None


def public_page(source: str = "", before: int | None = None) -> Page:
    """A page of the published ones."""
    rows = OpenDataset.objects.published().defer("package").order_by("-id")
    if source in SOURCES:
        rows = rows.filter(source=source)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def demand_public(row: OpenDataset) -> OpenDataset:
    """The row, or Gone with the reason."""
    if row.status == DatasetStatus.WITHDRAWN:
        raise Gone(f"这份数据已于 {row.withdrawn_at:%Y-%m-%d} 撤回：{row.withdrawn_reason}")
    return row


def files_of(row: OpenDataset) -> list[OpenDatasetFile]:
    """Its files without their content."""
    return list(row.files.defer("content").order_by("kind"))


def dictionaries(words: str = "") -> list[dict]:
    """All kinds of data with their columns; with ``words`` those whose name, label or meaning has them."""

    def speaks(column: dict) -> bool:
        return any(words in column[name] for name in ("name", "label", "meaning"))

    return [
        {
            "key": one.key, "label": one.label, "about": one.about,
            "columns": [column for column in entries(one) if speaks(column)], "dropped": omitted(one),
        }
        for one in SOURCES.values()
    ]  # fmt: skip


def machine(cut: dict) -> str:
    """A query as it is written for machines."""
    return json.dumps(cut, ensure_ascii=False, indent=1)
