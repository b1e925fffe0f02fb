"""What pages and API read of collection."""

from dataclasses import dataclass

from django.db.models import Count

from governance.accounts.roles import COMMUNITY_ROLES, STREET_ROLES
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.territory.models import Division

from .models import Asking, DataElement, Fact, Form, FormField
from .states import Theme


@dataclass(frozen=True)
class Cell:
    """One figure of one community on a form; ``before`` is what a correction replaced while the old value was in use."""

    element: DataElement
    fact: Fact | None
    before: str = ""

    @property
    def text(self) -> str:
        """As it is read; "" when there is none yet."""
        return self.element.shown(self.fact.value) if self.fact else ""

    @property
    def value(self):
        """As it is exported."""
        return self.fact.value if self.fact else None

    @property
    def expired(self) -> bool:
        """Whether its validity is over."""
        return bool(self.fact) and self.fact.valid_until < clock.today()


@dataclass(frozen=True)
class Row:
    """A community's line of a form's answers."""

    community: Division
    cells: list[Cell]


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
    return rows_of(elements, list(places[:most]), since=form.dispatched_at)


def corrections_of(codes: list[str], community_ids: list[int], since) -> int:
    """How many figures that were in use at ``since`` a community has put right after it. One statement."""
    rows = Fact.objects.current().filter(
        is_correction=True, recorded_at__gt=since, code__in=codes, community_id__in=community_ids,
        supersedes__recorded_at__lte=since, supersedes__valid_until__gte=since.date(),
    )  # fmt: skip
    return rows.count()


def rows_of(elements: list[DataElement], places: list[Division], *, since=None) -> list[Row]:
    """Current facts as a table; corrections after ``since`` of what was valid then carry the value before."""
    facts = {
        (fact.code, fact.community_id): fact
        for fact in Fact.objects.current().select_related("supersedes").filter(
            code__in=[row.code for row in elements], community_id__in=[row.pk for row in places]
        )
    }  # fmt: skip
    return [
        Row(place, [_cell(element, facts.get((element.code, place.pk)), since) for element in elements])
        for place in places
    ]


def _cell(element: DataElement, fact: Fact | None, since) -> Cell:
    old = fact.supersedes if fact and fact.is_correction and since and fact.recorded_at > since else None
    used = old is not None and old.recorded_at <= since and old.valid_until >= since.date()
    return Cell(element, fact, element.shown(old.value) if used else "")


def coverage() -> dict[str, int]:
    """For every code the communities with a valid fact."""
    rows = Fact.objects.valid().values("code").annotate(count=Count("community_id")).order_by()
    return {row["code"]: row["count"] for row in rows}


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
