"""The check: k-anonymity and diversity of a cut by itself, and together with everything that was ever published (ADR 0022).

Grouping is the database's: one statement for the cut, one for the cut and its predecessors. No group is ever named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.db.models import BooleanField, Case, CharField, Count, IntegerField, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast

from governance.kernel.policy import policy

from .cuts import PREFIX, Cut

FLOOR = 5  # a group is never smaller, whatever the rule says


def k_required() -> int:
    """How many separate matters a group must have."""
    return max(FLOOR, policy("lab.k_anonymity"))


@dataclass(frozen=True)
class Groups:
    """What grouping found: how many groups and rows, the smallest, and how much falls short. ``uniform`` groups give a secret away."""

    groups: int = 0
    rows: int = 0
    smallest: int = 0
    short_groups: int = 0
    short_rows: int = 0
    uniform_groups: int = 0
    uniform_rows: int = 0

    @property
    def passed(self) -> bool:
        """Nothing falls short."""
        return not self.short_groups and not self.uniform_groups


@dataclass(frozen=True)
class Finding:
    """What a check found of a cut: ``own`` by itself, ``joint`` with the published ones, ``changed`` how many of those have moved."""

    k: int
    l: int  # noqa: E741 - the letter of l-diversity
    rows_most: int
    own: Groups
    joint: Groups = field(default_factory=Groups)
    published: int = 0
    changed: int = 0

    @property
    def passed(self) -> bool:
        """Whether it may be published."""
        return not self.reasons()

    def reasons(self) -> list[str]:
        """Why not, in words that name no group."""
        own, joint = self.own, self.joint
        if not own.rows:
            return ["这个切片里没有数据。"]
        if own.rows > self.rows_most:
            return [f"切片有 {own.rows} 行，超过 {self.rows_most} 行，请缩短时段或分区县发布。"]
        found = []
        if own.short_groups:
            found.append(
                f"共 {own.groups} 组，其中 {own.short_groups} 组（{own.short_rows} 行）不足 {self.k} 件，最小的一组只有 {own.smallest} 件，"
                "可能认出具体的人或事。"
            )
        if own.uniform_groups:
            found.append(
                f"{own.uniform_groups} 组（{own.uniform_rows} 行）的敏感列取值不足 {self.l} 种，知道某件事在组里就知道了它的结果。"
            )
        if not found and not joint.passed:
            found.append(
                f"与已发布的 {self.published} 份数据对照后，{joint.short_groups + joint.uniform_groups} 组"
                f"（{joint.short_rows + joint.uniform_rows} 行）会被区分出来：两份数据一减，就能认出具体的人或事。"
            )
        if not found and self.changed:
            found.append(
                f"{self.changed} 份已发布数据的行数后来有个别变动，再发布重叠的时段会暴露这几件，请选择不重叠的时段。"
            )
        return found

    def as_json(self) -> dict:
        """For keeping and drawing."""
        return asdict(self) | {"passed": self.passed, "reasons": self.reasons()}


def examine(cut: Cut, published: Iterable) -> Finding:
    """Check a cut against the data sets published of the same kind (their ``query`` and ``row_count``). At most three statements."""
    own = examine_alone(cut)
    finding = Finding(k_required(), policy("lab.l_diversity"), policy("lab.rows_most"), own)
    earlier = [row for row in published if overlaps(cut, row.query)]
    if not finding.passed or not earlier:
        return finding
    joint = measure(joint_groups(cut, [row.query for row in earlier]))
    return Finding(
        finding.k, finding.l, finding.rows_most, own, joint=joint, published=len(earlier), changed=_changed(cut, earlier)
    )  # fmt: skip


def examine_alone(cut: Cut) -> Groups:
    """The groups of a cut by itself: one statement."""
    return measure(groups_of(cut))


def overlaps(cut: Cut, other: Cut) -> bool:
    """Whether two cuts may hold the same row."""
    return cut.source == other.source and cut.start <= other.end and other.start <= cut.end


def annotated(cut: Cut) -> QuerySet:
    """The rows with every column of the file."""
    return cut.rows().annotate(**columns_of(cut.dimensions()))


def columns_of(dimensions, prefix: str = PREFIX) -> dict:
    """The expressions of dimensions by the names of their columns."""
    return {prefix + name: read for _, level in dimensions for name, read in level.reads.items()}


def groups_of(cut: Cut) -> QuerySet:
    """The rows grouped by the quasi-identifiers."""
    rows = annotated(cut).values(*columns_of(cut.grouped()))
    return _counted(rows, cut, cut.sensitive())


def joint_groups(cut: Cut, earlier: list[Cut]) -> QuerySet:
    """Everything in this cut or an earlier one, grouped by what somebody who holds all of them can tell apart."""
    marks, whole, sensitive = {}, Q(), {}
    for number, one in enumerate([cut, *earlier]):
        inside = one.where()
        whole |= inside
        marks[f"in{number}"] = Case(When(inside, then=Value(True)), default=Value(False), output_field=BooleanField())
        for name, read in columns_of(one.grouped(), f"x{number}_").items():
            # A place of an earlier cut is told for its own rows alone; of the others one only knows that they are not in it.
            told = Cast(read, CharField())
            marks[name] = Case(When(inside, then=told), default=Value("-"), output_field=CharField())
        sensitive |= {dimension.name: (dimension, level) for dimension, level in one.sensitive()}
    rows = cut.data.rows().filter(whole).annotate(**columns_of(sensitive.values()), **marks)
    return _counted(rows.values(*marks), cut, list(sensitive.values()))


def _counted(rows: QuerySet, cut: Cut, sensitive: list) -> QuerySet:
    """Per group: its matters and rows, and whether a sensitive column gives away too few values."""
    kinds = {}
    for dimension, _ in sensitive:
        name = PREFIX + dimension.columns[0].name
        kinds[f"kinds_{dimension.name}"] = Count(name, distinct=True)
        kinds[f"least_{dimension.name}"] = Min(name)
    found = rows.order_by().annotate(n_matters=cut.data.matters, n_rows=Count("pk"), **kinds)
    least = policy("lab.l_diversity")
    given_away = []
    for dimension, _ in sensitive:
        few = Q(**{f"kinds_{dimension.name}__lt": least})
        harmless = Q(**{f"kinds_{dimension.name}": 1, f"least_{dimension.name}__in": dimension.harmless})
        given_away.append(When(few & ~harmless, then=Value(1)))
    return found.annotate(n_uniform=Case(*given_away, default=Value(0), output_field=IntegerField()))


def measure(groups: QuerySet) -> Groups:
    """One row about all the groups."""
    short = Q(n_matters__lt=k_required())
    found = groups.aggregate(
        groups=Count("n_rows"), rows=Sum("n_rows"), smallest=Min("n_matters"), short_groups=Count("n_rows", filter=short),
        short_rows=Sum("n_rows", filter=short), uniform_groups=Count("n_rows", filter=Q(n_uniform=1)),
        uniform_rows=Sum("n_rows", filter=Q(n_uniform=1)),
    )  # fmt: skip
    return Groups(**{name: value or 0 for name, value in found.items()})


def _changed(cut: Cut, earlier: list) -> int:
    """How many earlier data sets would have other rows today: a row that left or came since would stand out."""
    counts = {f"n{row.pk}": Count("pk", filter=row.query.where()) for row in earlier}
    today = cut.data.rows().aggregate(**counts)
    held = {f"n{row.pk}": row.finding["own"]["rows"] for row in earlier}
    return sum(today[name] != rows for name, rows in held.items())
