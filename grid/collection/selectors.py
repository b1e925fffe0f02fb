"""What pages and API read of collection."""

from dataclasses import dataclass

from governance.accounts.roles import COMMUNITY_ROLES, STREET_ROLES
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.territory.models import Division

from .models import Asking, DataElement, Fact, Form, FormField
from .shielding import shown_to, trade_of
from .states import FormStatus, Theme


@dataclass(frozen=True)
class Cell:
    """One figure of one community as ``trade`` (a line of departments) reads it; ``before`` is what a correction replaced while
    the old value was in use.
    """

    element: DataElement
    fact: Fact | None
    before: str = ""
    trade: str | None = None

    @property
    def text(self) -> str:
        """As it is read; "" when there is none yet."""
        return self.element.shown(self.value)

    @property
    def value(self):
        """As it is exported; in words where the sum is too small for another line."""
        return shown_to(self.element, self.fact.value, self.trade) if self.fact else None

    @property
    def expired(self) -> bool:
        """Whether its validity is over."""
        return bool(self.fact) and self.fact.valid_until < clock.today()


@dataclass(frozen=True)
class Row:
    """A community's line of a form's answers."""

    community: Division
    cells: list[Cell]


def fixed(row: Row) -> str:
    """What was put right of a line since it was in use, in words."""
    return "；".join(f"{cell.element.name}原为 {cell.before}" for cell in row.cells if cell.before)


def answers_of(form: Form, actor: Actor, most: int | None = None) -> list[Row]:
    """The answers: the current facts of the form's fields, wherever they came from, so a correction shows at once.

    A street or a community reads its own lines; whoever sees the form otherwise reads all. ``most`` bounds the lines.
    """
    elements = [
        row.element for row in FormField.objects.filter(form=form).select_related("element").order_by("position")
    ]
    places = Division.objects.filter(pk__in=form.community_ids).order_by("code12")
    if streets := [post.street_id for post in actor.posts_in(*STREET_ROLES)]:
        places = places.filter(street_id__in=streets)
    if communities := [post.community_id for post in actor.posts_in(*COMMUNITY_ROLES)]:
        places = places.filter(pk__in=communities)
    return rows_of(elements, list(places[:most]), since=form.dispatched_at, trade=trade_of(actor, form.department))


def missing_cells(form: Form) -> int:
    """Fields × communities for which nobody has brought anything yet."""
    codes = FormField.objects.filter(form=form).values("element__code")
    known = Fact.objects.current().filter(code__in=codes, community_id__in=form.community_ids).count()
    return form.fields_count * form.communities - known


def corrections_of(codes: list[str], community_ids: list[int], since) -> int:
    """How many figures that were in use at ``since`` a community has put right after it. One statement."""
    rows = Fact.objects.current().filter(
        is_correction=True, recorded_at__gt=since, code__in=codes, community_id__in=community_ids,
        supersedes__recorded_at__lte=since, supersedes__valid_until__gte=since.date(),
    )  # fmt: skip
    return rows.count()


def rows_of(elements: list[DataElement], places: list[Division], *, since=None, trade: str | None = None) -> list[Row]:
    """Current facts as a table for a line; corrections after ``since`` of what was valid then carry the value before."""
    facts = {
        (fact.code, fact.community_id): fact
        for fact in Fact.objects.current().select_related("supersedes").filter(
            code__in=[row.code for row in elements], community_id__in=[row.pk for row in places]
        )
    }  # fmt: skip
    return [
        Row(place, [_cell(element, facts.get((element.code, place.pk)), since, trade) for element in elements])
        for place in places
    ]


def _cell(element: DataElement, fact: Fact | None, since, trade: str | None) -> Cell:
    old = fact.supersedes if fact and fact.is_correction and since and fact.recorded_at > since else None
    used = old is not None and old.recorded_at <= since and old.valid_until >= since.date()
    return Cell(element, fact, element.shown(shown_to(element, old.value, trade)) if used else "", trade)


def history_of(fact: Fact) -> list[Fact]:
    """All versions of a figure, the newest first: what was known when, and for which days."""
    rows = Fact.objects.filter(code=fact.code, community_id=fact.community_id)
    return list(rows.select_related("element", "department", "form").order_by("-recorded_at", "-pk"))


def part_of(form: Form, community: Division) -> tuple[list[Asking], list[Cell]]:
    """A community's part: what it has to type in, and what is filled in for it to look over."""
    askings = list(
        Asking.objects.filter(form=form, community=community, released=False).select_related("element").order_by("pk")
    )
    elements = [
        row.element for row in FormField.objects.filter(form=form).select_related("element").order_by("position")
    ]
    asked = {row.code for row in askings if row.fact_id is None}
    rows = rows_of([row for row in elements if row.code not in asked], [community])
    return [row for row in askings if row.fact_id is None], rows[0].cells


def grouped(elements: list[DataElement]) -> dict[str, list[DataElement]]:
    """Elements by theme, in the order of the themes."""
    groups = {label: [row for row in elements if row.theme == theme] for theme, label in Theme.choices}
    return {label: rows for label, rows in groups.items() if rows}


def rests_of(form: Form, actor: Actor) -> list[tuple[Form, str]]:
    """The short forms that ask what the form it joined does not ask, each with why it was not dispatched with the joining ("")."""
    rows = list(form.rests.visible_to(actor).prefetch_related("fields__element").order_by("pk"))
    threads = [row.thread for row in rows if row.status == FormStatus.DRAFT]
    kept = AuditEvent.objects.filter(action="form.keep", thread__in=threads) if threads else AuditEvent.objects.none()
    why = dict(kept.values_list("thread", "note"))
    return [(row, why.get(row.thread, "")) for row in rows]
