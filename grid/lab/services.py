"""Everything that writes open data: a draft is composed and checked, published frozen, withdrawn with a reason."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import connection

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, IllegalTransition, Invalid, StaleVersion
from governance.kernel.permission import require
from governance.kernel.transactions import together
from governance.kernel.workflow import changed_since, lock
from grid.collection.values import PERSONAL

from .advice import advise
from .cuts import Cut, demand_whole
from .files import build, package_of
from .models import OpenDataset, OpenDatasetFile
from .privacy import Finding, examine, traces
from .states import DatasetStatus
from .workflow import DATASET_FLOW

PUBLISH_LOCK = 4_219


@dataclass(frozen=True)
class Application:
    """Who asks, for what, until when, and that the licence was accepted: the office files it for a university."""

    title: str
    institution: str
    purpose: str
    until: date
    licence_accepted: bool = False


def published_of(source: str) -> list[OpenDataset]:
    """What the world has of a kind of data; withdrawn ones count, for they are out."""
    rows = OpenDataset.objects.known().filter(source=source).order_by("id")
    return list(rows.only("id", "cut", "finding", "source", "start", "end"))


def dataset_draft(*, by: Actor, application: Application, cut: Cut, is_synthetic: bool = False) -> OpenDataset:
    """Compose a draft and check it. A cut that is too fine is kept with its advice. Raises Invalid, Forbidden."""
    require(by, "open_data.compose")
    _demand(application, cut)
    with together():
        row = OpenDataset(created_label=by.label[:120], is_synthetic=is_synthetic)
        _fill(row, application, cut)
        row.save()
        audit.record(
            action="opendataset.draft", label="编制开放数据", by=by, subject=row, thread=row.thread, to_status=row.status,
            data={"cut": row.cut},
        )  # fmt: skip
        return _check(row, by)


def dataset_edit(
    *, dataset: OpenDataset, by: Actor, application: Application, cut: Cut, version: int | None = None
) -> OpenDataset:
    """Change a draft and check it again. Raises Invalid, Forbidden, Conflict (published, stale)."""
    require(by, "open_data.compose", dataset)
    if cut.source != dataset.source:
        raise Invalid("数据类别不能改，请另编一份。")
    _demand(application, cut)
    with together():
        row = lock(dataset)
        if row.status != DatasetStatus.DRAFT:
            raise IllegalTransition("已经发布的数据不能改动，请另编一份。")
        if version is not None and row.version != version:
            raise StaleVersion("页面打开后，这份草稿已有改动，请核对后再提交。", changed_since(row, version))
        _fill(row, application, cut)
        row.version += 1
        row.save()
        audit.record(
            action="opendataset.edit", label="修改切片", by=by, subject=row, thread=row.thread,
            data={"cut": row.cut, "version": row.version},
        )  # fmt: skip
        return _check(row, by)


def dataset_publish(*, dataset: OpenDataset, by: Actor, version: int | None = None, note: str = "") -> OpenDataset:
    """Check once more, build the files, publish. Raises Conflict when a group is too small or rows moved meanwhile."""
    require(by, "open_data.publish", dataset)
    with together():
        _one_at_a_time()
        row = lock(dataset)
        if row.status != DatasetStatus.DRAFT:
            return DATASET_FLOW.fire(row, "publish", by=by, version=version)  # says why not
        cut = row.query
        demand_whole(cut)
        held = traces([cut])
        finding = examine(cut, published_of(row.source))
        if not finding.passed:
            raise Conflict("检核没有通过，不能发布：" + "".join(finding.reasons()))
        package = package_of(cut, finding, row.title, row.is_synthetic)
        table, files = build(cut, package)
        if traces([cut]) != held:  # each statement sees what was committed before it
            raise Conflict("检核时有事项刚刚变动，生成的文件不可靠，没有发布。请再试一次。")
        changes = {
            "finding": finding.as_json() | {"trace": held[0]}, "checked_at": clock.now(), "row_count": table.size,
            "group_count": finding.own.groups, "k_required": finding.k, "k_reached": finding.own.smallest, "package": package,
            "published_at": clock.now(), "published_label": by.label[:120],
        }  # fmt: skip
        OpenDatasetFile.objects.bulk_create(
            OpenDatasetFile(
                dataset=row, kind=one.kind, name=one.name, content=one.content, size=len(one.content), sha256=one.sha256, sm3=one.sm3
            )
            for one in files
        )  # fmt: skip
        hashes = {one.name: {"sha256": one.sha256, "sm3": one.sm3} for one in files}
        data = {"rows": table.size, "k": finding.own.smallest, "files": hashes, "cut": row.cut}
        return DATASET_FLOW.fire(row, "publish", by=by, version=version, note=note, changes=changes, data=data)


def dataset_withdraw(*, dataset: OpenDataset, by: Actor, note: str, version: int | None = None) -> OpenDataset:
    """Take a published one back; the public page keeps the reason. Raises DomainError."""
    note = " ".join(note.split())
    if len(note) > 300:
        raise Invalid(note="请不要超过 300 字。")
    if note and (words := _unfit(note)):
        raise Invalid(note=words)
    changes = {"withdrawn_at": clock.now(), "withdrawn_label": by.label[:120], "withdrawn_reason": note}
    return DATASET_FLOW.fire(dataset, "withdraw", by=by, note=note, version=version, changes=changes)


def _one_at_a_time() -> None:
    """Two cuts published at once would not see each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])


def _demand(application: Application, cut: Cut) -> None:
    problems = {
        name: words for name in ("title", "institution", "purpose") if (words := _unfit(getattr(application, name)))
    }
    if application.until < clock.today():
        problems["until"] = "使用期限不能早于今天。"
    if not application.licence_accepted:
        problems["licence_accepted"] = "申请单位接受使用许可后才能编制。"
    try:
        demand_whole(cut)
    except Invalid as error:
        problems |= error.fields
    if problems:
        raise Invalid(**problems)


def _unfit(text: str) -> str:
    """Why a text may not stand on the public page."""
    if not text.strip():
        return "请填写。"
    return "会随数据公开，请不要写个人的电话或证件号码。" if PERSONAL.search(text) else ""


def _fill(row: OpenDataset, application: Application, cut: Cut) -> None:
    for name, value in asdict(application).items():
        setattr(row, name, " ".join(value.split()) if isinstance(value, str) else value)
    row.source, row.cut, row.start, row.end = cut.source, cut.as_json(), cut.start, cut.end


def _check(row: OpenDataset, by: Actor) -> OpenDataset:
    """Examine the draft's cut, with advice where it falls short; keep what was found, and that it was looked for."""
    published, cut = published_of(row.source), row.query
    finding = examine(cut, published)
    advice = _advice(cut, finding, published)
    row.finding = finding.as_json() | {"advice": advice}
    row.checked_at = clock.now()
    row.save(update_fields=["finding", "checked_at"])
    audit.record(
        action="opendataset.check", label="检核通过" if finding.passed else "检核未通过", by=by, subject=row, thread=row.thread,
        note="".join(finding.reasons()), data={"own": asdict(finding.own), "joint": asdict(finding.joint)},
    )  # fmt: skip
    return row


def _advice(cut: Cut, finding: Finding, published: list[OpenDataset]) -> dict | None:
    """None where nothing is wrong, or where widening a column cannot help."""
    if finding.passed or not finding.own.rows or finding.too_large or finding.changed:
        return None
    found = advise(cut, published)
    return found and found.as_json()
