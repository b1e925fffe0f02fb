"""What of a form is left to ask: known and unexpired facts, automatic elements and what was asked within twelve months go."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from communities.admission.gate.rules import minutes_of_form
from governance.kernel import clock
from governance.kernel.policy import policy
from governance.territory.models import Division

from .models import Asking, DataElement, Fact
from .states import WEIGHT_OF, Reason


@dataclass(frozen=True)
class Plan:
    """What would happen to every field of a form in every target community; ``reasons`` by (code, community id).

    ``pending`` are codes that another form is waiting for at this moment.
    """

    elements: tuple[DataElement, ...]
    communities: tuple[Division, ...]
    reasons: Mapping[tuple[str, int], Reason]
    counts: Mapping[str, Counter] = field(default_factory=dict)
    pending: frozenset[str] = frozenset()

    @property
    def asked(self) -> list[tuple[DataElement, Division]]:
        """What is left, by community."""
        return [
            (element, place)
            for place in self.communities
            for element in self.elements
            if self.reasons[element.code, place.pk] == Reason.MANUAL
        ]

    @property
    def manual(self) -> list[DataElement]:
        """The elements that at least one community has to type in."""
        return [element for element in self.elements if self.counts[element.code][Reason.MANUAL]]

    @property
    def reached(self) -> list[Division]:
        """The communities that have something to type in; nobody else hears of the form."""
        ids = {place.pk for _element, place in self.asked}
        return [place for place in self.communities if place.pk in ids]

    @property
    def cells(self) -> int:
        """Fields × communities."""
        return len(self.elements) * len(self.communities)

    @property
    def asked_cells(self) -> int:
        """Of these, to be typed in."""
        return sum(count[Reason.MANUAL] for count in self.counts.values())

    @property
    def prefill_percent(self) -> float:
        """Share that needs no typing."""
        return round(100 * (1 - self.asked_cells / self.cells), 1) if self.cells else 0.0

    @property
    def kinds(self) -> dict[str, int]:
        """The manual fields by kind, as the gate counts them."""
        return dict(Counter(WEIGHT_OF[element.kind] for element in self.manual))

    @property
    def minutes(self) -> int:
        """Minutes per community for what is left; 0 when nothing is."""
        return _minutes(self.kinds) if self.manual else 0

    @property
    def minutes_before(self) -> int:
        """Minutes per community if everything had to be typed in."""
        return _minutes(dict(Counter(WEIGHT_OF[element.kind] for element in self.elements))) if self.elements else 0

    def lines(self) -> list[dict]:
        """Per element: the counts and what becomes of it, for the page."""
        total = len(self.communities)
        rows = []
        for element in self.elements:
            count = self.counts[element.code]
            reason = Reason.MANUAL if count[Reason.MANUAL] else max(count, key=count.get) if count else Reason.MANUAL
            rows.append({"element": element, "reason": reason, "total": total, **{r.value: count[r] for r in Reason}})
        return rows


def _minutes(kinds: dict[str, int]) -> int:
    return minutes_of_form(kinds, base=policy("admission.minutes_base"), weights=policy("admission.minutes_weights"))


def plan_of(*, elements: Sequence[DataElement], communities: Sequence[Division]) -> Plan:
    """Compare a form's fields with what the city holds today. Two statements, however many communities."""
    codes, ids = [row.code for row in elements], [row.pk for row in communities]
    known = set(Fact.objects.valid().filter(code__in=codes, community_id__in=ids).values_list("code", "community_id"))
    rows = Asking.objects.filter(
        code__in=codes, community_id__in=ids, released=False, until__gt=clock.today()
    ).values_list("code", "community_id", "fact_id")  # fmt: skip
    asked = {(code, place): fact for code, place, fact in rows}
    pending = frozenset(key[0] for key, fact in asked.items() if fact is None and key not in known)
    reasons, counts = {}, defaultdict(Counter)
    for element in elements:
        for pk in ids:
            reason = _reason(element, (element.code, pk), known, asked)
            reasons[element.code, pk] = reason
            counts[element.code][reason] += 1
    return Plan(tuple(elements), tuple(communities), reasons, counts, pending)


def _reason(element: DataElement, key: tuple[str, int], known: set, asked: Mapping) -> Reason:
    if key in known:
        return Reason.KNOWN
    if element.is_automatic:
        return Reason.AUTOMATIC
    return Reason.ASKED if key in asked else Reason.MANUAL
