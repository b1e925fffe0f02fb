"""Versions of the list: next year's draft out of the yearly review, and the issue that replaces what was in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q

from governance.kernel import audit
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require
from governance.kernel.ui.choices import StyledChoices
from governance.kernel.workflow import lock

from ..models import AdmissionItem, Catalogue
from ..states import CatalogueStatus, Place

CHANGEABLE = ("name", "minutes", "frequency_cap", "basis_document", "basis_article")


class Verdict(StyledChoices):
    """What the yearly review (every November) makes of an item."""

    KEEP = "keep", "保留", "success", "check"
    CHANGE = "change", "修改", "info", "edit"
    MERGE = "merge", "合并", "info", "link"
    DROP = "drop", "退出", "muted", "info"


@dataclass(frozen=True)
class Decision:
    """One item's fate: ``into`` is the number it is merged into, ``changes`` the new wording by field."""

    verdict: str
    into: str = ""
    changes: Mapping[str, object] | None = None


def copy_of(item: AdmissionItem, catalogue: Catalogue, valid_from: date, **changes) -> AdmissionItem:
    """The item as it stands in the next version; a row that is not stored yet. What went into it before stays said there."""
    kept = {
        field.attname: getattr(item, field.attname)
        for field in AdmissionItem._meta.concrete_fields
        if field.name not in ("id", "catalogue", "valid_from", "merged_from", "created_at")
    }
    return AdmissionItem(**{**kept, "catalogue": catalogue, "valid_from": valid_from, **changes})


def carried(catalogue: Catalogue, day: date):
    """Items that go into the next version: what still holds on ``day`` and was not an emergency."""
    return catalogue.items.filter(Q(valid_to=None) | Q(valid_to__gt=day), is_emergency=False)


@transaction.atomic
def catalogue_draft(*, by: Actor, place: str, year: int, decisions: Mapping[str, Decision] | None = None) -> Catalogue:
    """年度评估: next year's draft from the version in force; what has no decision is kept. Raises Conflict, Invalid."""
    require(by, "catalogue.review")
    present = Catalogue.objects.select_for_update().filter(place=place, status=CatalogueStatus.IN_FORCE).first()
    if present is None:
        raise Conflict(f"没有现行的{Place(place).label}清单。")
    if year <= present.year:
        raise Invalid(year=f"新一版的年度须晚于现行的 {present.year} 年。")
    try:
        with transaction.atomic():
            draft = Catalogue.objects.create(
                year=year, place=place, previous=present, is_synthetic=present.is_synthetic, note="由现行清单起草"
            )
    except IntegrityError as error:
        raise Conflict("这类清单已有一份草案，请先印发它。") from error
    start = date(year, 1, 1)
    AdmissionItem.objects.bulk_create([copy_of(item, draft, start) for item in carried(present, start)])
    audit.record(action="catalogue.draft", label="起草清单", by=by, subject=draft, to_status=draft.status)
    for code, decision in (decisions or {}).items():
        _apply(draft, code, decision)
    return draft


@transaction.atomic
def item_decide(*, draft: Catalogue, by: Actor, code: str, decision: Decision) -> Catalogue:
    """Keep, change, merge or drop one item of the draft; deciding again replaces. Raises Conflict, Invalid."""
    require(by, "catalogue.review")
    draft = lock(draft)
    if draft.status != CatalogueStatus.DRAFT:
        raise Conflict("清单已经印发，不能再改；请在下一版中调整。")
    _apply(draft, code, decision)
    draft.version += 1
    draft.save(update_fields=["version"])
    data = {"code": code, "verdict": decision.verdict, "into": decision.into, "version": draft.version}
    audit.record(
        action="catalogue.decide", label=f"{Verdict(decision.verdict).label} {code}", by=by, subject=draft, data=data
    )
    return draft


def _apply(draft: Catalogue, code: str, decision: Decision) -> None:
    """Undo what was decided about the number before, then do this."""
    start = date(draft.year, 1, 1)
    source = carried(draft.previous, start).filter(code=code).first()
    if source is None:
        raise Invalid(code=f"现行清单中没有 {code}。")
    if decision.verdict not in Verdict.values:
        raise Invalid(verdict="请选择保留、修改、合并或退出。")
    row = draft.items.filter(code=code).first()
    for other in draft.items.filter(merged_from__contains=[code]):
        other.merged_from = [one for one in other.merged_from if one != code]
        other.save(update_fields=["merged_from"])
    if decision.verdict in (Verdict.MERGE, Verdict.DROP):
        _take_out(draft, code, row, decision)
    else:
        _put_in(source, draft, row, decision)


def _take_out(draft: Catalogue, code: str, row: AdmissionItem | None, decision: Decision) -> None:
    if row and row.merged_from:
        raise Invalid(verdict=f"{'、'.join(row.merged_from)} 已并入这一项，请先改变它们的去向。")
    if decision.verdict == Verdict.MERGE:
        _take_in(draft, code, decision.into)
    if row:
        row.delete()


def _put_in(source: AdmissionItem, draft: Catalogue, row: AdmissionItem | None, decision: Decision) -> None:
    changes = dict(decision.changes or {}) if decision.verdict == Verdict.CHANGE else {}
    if unknown := set(changes) - set(CHANGEABLE):
        raise TypeError(f"not to be changed: {sorted(unknown)}")
    if decision.verdict == Verdict.CHANGE and not changes:
        raise Invalid(verdict="请写明修改后的内容。")
    taken = row.merged_from if row else []
    if row:
        row.delete()
    copy_of(source, draft, date(draft.year, 1, 1), **changes, merged_from=taken).save()


def _take_in(draft: Catalogue, code: str, into: str) -> None:
    target = draft.items.filter(code=into).exclude(code=code).first()
    if target is None:
        raise Invalid(into="请选择草案中要并入的另一项。")
    target.merged_from = [*target.merged_from, code]
    target.save(update_fields=["merged_from"])


@transaction.atomic
def catalogue_issue(
    *, catalogue: Catalogue, by: Actor, effective_from: date, document: str, version: int | None = None
) -> Catalogue:
    """印发: the draft comes into force and replaces the former version, whose items end on that day. All or nothing."""
    require(by, "catalogue.issue")
    if not document.strip():
        raise Invalid(document="请填写印发文件的文号。")
    catalogue = lock(catalogue)
    if catalogue.status != CatalogueStatus.DRAFT:
        raise Conflict("清单已经印发。")
    if version is not None and catalogue.version != version:
        raise Conflict("页面打开后，草案已有改动，请核对后再印发。")
    issue(catalogue, effective_from, document.strip())
    audit.record(
        action="catalogue.issue", label="印发清单", by=by, subject=catalogue, from_status=CatalogueStatus.DRAFT,
        to_status=catalogue.status, data={"effective_from": effective_from.isoformat(), "version": catalogue.version},
    )  # fmt: skip
    return catalogue


def issue(catalogue: Catalogue, day: date, document: str) -> None:
    """Replace and put in force, in the caller's transaction. Raises Conflict, Invalid."""
    former = (
        Catalogue.objects.select_for_update().filter(place=catalogue.place, status=CatalogueStatus.IN_FORCE).first()
    )
    if former:
        if day <= former.effective_from:
            raise Invalid(effective_from=f"生效日期须晚于现行清单的 {former.effective_from}。")
        if late := former.items.filter(valid_from__gte=day).first():
            raise Conflict(f"{late.code} 自 {late.valid_from} 才生效，新清单请在此后生效。")
        former.status, former.effective_to = CatalogueStatus.REPLACED, day
        former.version += 1
        former.save(update_fields=["status", "effective_to", "version"])
        former.items.filter(Q(valid_to=None) | Q(valid_to__gt=day), is_emergency=False).update(valid_to=day)
    catalogue.items.filter(valid_to__lte=day).delete()
    catalogue.items.update(valid_from=day)
    catalogue.status, catalogue.effective_from, catalogue.document = CatalogueStatus.IN_FORCE, day, document
    catalogue.previous = catalogue.previous or former
    catalogue.version += 1
    catalogue.save(update_fields=["status", "effective_from", "document", "previous", "version"])
