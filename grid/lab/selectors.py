"""Reading open data: the public list, one of them, its file, a case's history."""

import hashlib
import json
import logging
from dataclasses import dataclass

from governance.kernel.audit import AuditEvent
from governance.kernel.errors import DomainError

from .dictionary import SOURCES, entries, omitted
from .models import OpenDataset, OpenDatasetFile
from .states import DatasetStatus

PAGE = 20
log = logging.getLogger(__name__)


class Gone(DomainError):
    """It was public and is not any more (410)."""

    status_code = 410
    code = "gone"


class Damaged(DomainError):
    """What is stored is not what was published (500): an error is better than wrong data."""

    status_code = 500
    code = "damaged"


def history(thread: str) -> list[dict]:
    """A case's events for the timeline, newest first."""
    rows = AuditEvent.objects.filter(thread=thread).order_by("-id")[:60]
    return [{"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": row.note} for row in rows]


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
        reason = row.withdrawn_reason.rstrip("。")
        raise Gone(f"这份数据已于 {row.withdrawn_at:%Y-%m-%d} 撤回：{reason}。")
    return row


def content_of(file: OpenDatasetFile) -> bytes:
    """Its bytes as they were published. Raises Damaged."""
    content = bytes(file.content)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        log.error("open data file %s is not what was published", file.pk)
        raise Damaged("这份文件与发布时的散列不一致，已停止下载，请联系市领导小组办公室。")
    return content


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
