"""Reading catalogues: what a version holds, what differs between two, what an item was in earlier years."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from governance.kernel.actor import Actor

from ..models import AdmissionItem, Catalogue
from ..states import CatalogueStatus, ItemClass
from .compare import Diff, compare

ADMITTING = ~Q(items__klass=ItemClass.FORBIDDEN)
AS_ISSUED = Q(items__valid_from__lte=F("effective_from")) | Q(status=CatalogueStatus.DRAFT)


def catalogues_with_counts() -> QuerySet[Catalogue]:
    """Versions with ``issued`` (items as issued), ``extra`` (admitted during the year) and ``forbidden``, in one statement."""
    forbidden = Q(items__klass=ItemClass.FORBIDDEN)
    return Catalogue.objects.annotate(
        issued=Count("items", filter=~forbidden & AS_ISSUED),
        extra=Count("items", filter=~forbidden & ~AS_ISSUED),
        forbidden=Count("items", filter=forbidden),
    )


def issued_items(catalogue: Catalogue) -> QuerySet[AdmissionItem]:
    """What the version held on its first day; forbidden items admit nothing and are not counted."""
    rows = catalogue.items.exclude(klass=ItemClass.FORBIDDEN).select_related("department").order_by("code")
    return rows if catalogue.status == CatalogueStatus.DRAFT else rows.filter(valid_from__lte=catalogue.effective_from)


def ties_between(old: Catalogue, new: Catalogue) -> dict[str, str]:
    """Into which number each merged number went, by all versions of the place after ``old`` up to ``new``."""
    rows = AdmissionItem.objects.filter(
        place=new.place, catalogue__year__gte=old.year, catalogue__year__lte=new.year, merged_from__len__gt=0
    ).order_by("catalogue__year", "id")
    return {code: item.code for item in rows for code in item.merged_from}


def catalogue_diff(old: Catalogue, new: Catalogue) -> Diff:
    """added, kept, reworded, merged, dropped between two versions of one kind of place, the older one first."""
    if old.place != new.place:
        raise ValueError("two versions are compared for the same kind of place")
    old, new = sorted((old, new), key=lambda row: row.year)
    return compare(issued_items(old), issued_items(new), ties_between(old, new))


def catalogue_in_force(place: str) -> Catalogue | None:
    """The version in force for a kind of place."""
    return Catalogue.objects.filter(place=place, status=CatalogueStatus.IN_FORCE).first()


@dataclass(frozen=True)
class Past:
    """An item's row in one version."""

    item: AdmissionItem
    note: str


def item_history(item: AdmissionItem, actor: Actor) -> list[Past]:
    """The same number in every version that the actor may see, the newest first, and what it took in or went into."""
    rows = AdmissionItem.objects.visible_to(actor).select_related("catalogue").filter(place=item.place)
    rows = rows.filter(Q(code=item.code) | Q(merged_from__contains=[item.code])).order_by("-catalogue__year", "-id")
    return [Past(row, _note(row, item)) for row in rows]


def _note(row: AdmissionItem, item: AdmissionItem) -> str:
    if row.code != item.code:
        return f"并入 {row.code} {row.name}"
    return f"由 {'、'.join(row.merged_from)} 合并" if row.merged_from else ""


@dataclass(frozen=True)
class Fate:
    """A present item and what the draft makes of it: verdict, the number it goes into, the drafted row."""

    item: AdmissionItem
    verdict: str
    into: str
    row: AdmissionItem | None


def carried_rows(draft: Catalogue) -> list[Fate]:
    """Every item of the version that the draft came from, in order, with its fate; two statements."""
    rows = {row.code: row for row in draft.items.all()}
    ties = {code: row.code for row in rows.values() for code in row.merged_from}
    present = issued_and_later(draft.previous) if draft.previous_id else []
    return [Fate(item, _verdict(item, rows, ties), ties.get(item.code, ""), rows.get(item.code)) for item in present]


def issued_and_later(catalogue: Catalogue):
    """All that a version admits, also what was admitted during the year."""
    return catalogue.items.exclude(klass=ItemClass.FORBIDDEN).filter(is_emergency=False).order_by("code")


def _verdict(item: AdmissionItem, rows: dict, ties: dict) -> str:
    if row := rows.get(item.code):
        return (
            "keep"
            if (row.name, row.minutes, row.frequency_cap) == (item.name, item.minutes, item.frequency_cap)
            else "change"
        )
    return "merge" if item.code in ties else "drop"


def versions(place: str, actor: Actor) -> list[Catalogue]:
    """Versions of a kind of place that the actor may see, the oldest first."""
    return list(Catalogue.objects.visible_to(actor).filter(place=place).order_by("year"))
