"""The figures of the white paper. Each is counted from rows, none is entered."""

from dataclasses import dataclass, field

from django.db.models import Count, F, Q, Sum

from communities.admission.models import AdmissionItem, BlockedDemand, Catalogue, Demand, DemandTarget, Refusal
from communities.admission.states import FORMS_WITH_MARKS, CatalogueStatus, DemandStatus, RefusalStatus, TargetStatus
from governance.kernel import clock
from governance.kernel.metrics import CARDS

from .providers import Table, provided, tables

GOOD_REFUSALS = (RefusalStatus.WITHDRAWN, RefusalStatus.AMENDED, RefusalStatus.UPHELD)


@dataclass(frozen=True)
class Line:
    """One figure with its card; ``label`` and ``note`` are what its card says."""

    key: str
    value: float | int
    unit: str

    @property
    def label(self) -> str:
        """The card's title."""
        return CARDS[self.key].title

    @property
    def note(self) -> str:
        """The card's definition."""
        return CARDS[self.key].definition


@dataclass(frozen=True)
class WhitePaper:
    """A year: its lines, the minutes by form and by department (departments only are compared)."""

    year: int
    lines: list[Line]
    by_form: list[dict] = field(default_factory=list)
    by_department: list[dict] = field(default_factory=list)
    retired: list[AdmissionItem] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    synthetic: bool = False


def years() -> list[int]:
    """Years that have a paper: from the first demand or refusal on."""
    first = Demand.objects.order_by("day").values_list("day__year", flat=True).first()
    this = clock.today().year
    return list(range(this, (first or this) - 1, -1))


def _live(year: int):
    """Parts of demands that reached a community and were not taken back."""
    return DemandTarget.objects.filter(day__year=year).exclude(status__in=[TargetStatus.RELEASED, TargetStatus.REFUSED])


def retired_forms(year: int) -> list[AdmissionItem]:
    """Reports and surveys that a list in force from ``year`` on no longer has: neither kept nor merged into another."""
    gone: list[AdmissionItem] = []
    new = Catalogue.objects.exclude(status=CatalogueStatus.DRAFT).filter(
        effective_from__year=year, previous__isnull=False
    )
    for catalogue in new:
        now = AdmissionItem.objects.filter(catalogue=catalogue)
        kept = set(now.values_list("code", flat=True))
        for merged in now.values_list("merged_from", flat=True):
            kept.update(merged)
        old = AdmissionItem.objects.filter(catalogue_id=catalogue.previous_id, form__in=FORMS_WITH_MARKS)
        gone += old.exclude(code__in=kept).select_related("department").order_by("code")
    return gone


def white_paper(year: int) -> WhitePaper:
    """系统减负白皮书 of ``year`` (domain-rules 13.3 B15). Seven statements and those of the upper slices, whatever the year holds."""
    live = _live(year)
    made_up = Count("id", filter=Q(is_synthetic=True))
    minutes = live.aggregate(minutes=Sum("minutes"), parts=Count("id"), made_up=made_up)
    refusals = Refusal.objects.filter(filed_at__year=year).aggregate(
        filed=Count("id"), upheld=Count("id", filter=Q(status__in=GOOD_REFUSALS)), made_up=made_up
    )
    retired = retired_forms(year)
    blocked = BlockedDemand.objects.filter(at__year=year).count()
    sent = Demand.objects.filter(day__year=year, status__in=[DemandStatus.SENT, DemandStatus.CLOSED]).count()
    lines = [
        Line("paper.minutes", minutes["minutes"] or 0, "分钟"),
        Line("paper.parts", minutes["parts"], "件"),
        Line("paper.sent", sent, "项"),
        Line("paper.blocked", blocked, "项"),
        Line("paper.refused", refusals["filed"], "件"),
        Line("paper.upheld", refusals["upheld"], "件"),
        Line("paper.retired", len(retired), "张"),
        *(Line(*line) for line in provided(year)),
    ]
    by_form = list(live.values("demand__form").annotate(minutes=Sum("minutes"), parts=Count("id")).order_by("-minutes"))
    by_department = list(
        live.values(name=F("department__name"))
        .annotate(minutes=Sum("minutes"), parts=Count("id"))
        .order_by("-minutes", "name")[:20]
    )
    more = tables(year)
    synthetic = bool(minutes["made_up"] or refusals["made_up"]) or any(table.synthetic for table in more)
    return WhitePaper(year, lines, _named(by_form), by_department, retired, more, synthetic)


def _named(rows: list[dict]) -> list[dict]:
    labels = dict(Demand._meta.get_field("form").choices)
    return [row | {"name": labels[row["demand__form"]]} for row in rows]
