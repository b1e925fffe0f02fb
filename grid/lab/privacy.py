"""The check: k-anonymity and diversity of a cut by itself, and together with everything that was ever published (ADR 0022).

Grouping is the database's: one statement for the cut, one for the cut and its predecessors. No group is ever named.
What is larger than ``lab.rows_most`` is not grouped at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DecimalField,
    Func,
    IntegerField,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
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

    @property
    def too_large(self) -> bool:
        """Whether counting stopped at the limit: nothing was grouped then."""
        return self.own.rows > self.rows_most

    def reasons(self) -> list[str]:
        """Why not, in words that name no group."""
        own, joint = self.own, self.joint
        if not own.rows:
            return ["这个切片里没有数据，请改换时段、区县或类别。"]
        if self.too_large:
            return [f"切片超过 {self.rows_most} 行，没有往下检核。请缩短时段，或分区县、分大类发布。"]
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
                f"{self.changed} 份已发布数据里的事项后来有变动，再发布重叠的时段会暴露变动的这几件，请选择不重叠的时段。"
            )
        return found

    def as_json(self) -> dict:
        """For keeping and drawing."""
        return asdict(self) | {"passed": self.passed, "reasons": self.reasons(), "too_large": self.too_large}


def examine(cut: Cut, published: Iterable) -> Finding:
    """Check a cut against the data sets published of the same kind (their ``query`` and ``finding``). At most four statements."""
    most = policy("lab.rows_most")
    counted = Finding(k_required(), policy("lab.l_diversity"), most, Groups(rows=cut.rows()[: most + 1].count()))
    if counted.too_large or not counted.own.rows:
        return counted
    finding = replace(counted, own=examine_alone(cut))
    near, far = around(cut, published)
    if not finding.passed or not near:
        return finding
    joint = measure(joint_groups(cut, [row.query for row in near], [row.query for row in far]))
    return replace(finding, joint=joint, published=len(near + far), changed=_changed([*near, *far]))


def examine_alone(cut: Cut) -> Groups:
    """The groups of a cut by itself: one statement."""
    return measure(groups_of(cut))


def overlaps(cut: Cut, other: Cut) -> bool:
    """Whether two cuts may hold the same row."""
    return cut.source == other.source and cut.start <= other.end and other.start <= cut.end


def around(cut: Cut, published: Iterable) -> tuple[list, list]:
    """The data sets that may hold rows of the cut, and those that may hold rows of these: a year less its halves less the cut leaves a few too."""
    published = list(published)
    near = [row for row in published if overlaps(cut, row.query)]
    far = [row for row in published if row not in near and any(overlaps(one.query, row.query) for one in near)]
    return near, far


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


def joint_groups(cut: Cut, near: list[Cut], far: list[Cut]) -> QuerySet:
    """Everything in this cut or one near it, grouped by what somebody who holds all of them and the ``far`` ones can tell apart."""
    marks, whole, sensitive = {}, Q(), {}
    for number, one in enumerate([cut, *near, *far]):
        inside = one.where()
        if number <= len(near):
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
        known = cut.data.crowd & ~Q(**{f"{name}__in": dimension.empty})
        kinds[f"kinds_{dimension.name}"] = Count(name, distinct=True, filter=known)
        kinds[f"least_{dimension.name}"] = Min(name, filter=known)
    found = rows.order_by().annotate(n_matters=cut.data.matters, n_rows=Count("pk"), **kinds)
    least = policy("lab.l_diversity")
    given_away = []
    for dimension, _ in sensitive:
        few = Q(**{f"kinds_{dimension.name}__gt": 0, f"kinds_{dimension.name}__lt": least})
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


class _Trace(Func):
    """Sixty bits of some columns of a row, the same on every server."""

    template = "('x' || substr(md5(concat_ws('|', %(expressions)s)), 1, 15))::bit(60)::bigint"
    output_field = DecimalField(max_digits=40, decimal_places=0)


def traces(cuts: list[Cut]) -> list[str]:
    """What the rows of each cut say now, as a number: another one when a row came, left or changed. One statement; the cuts are of one kind."""
    sums = {}
    for number, cut in enumerate(cuts):
        codes = [
            level.reads[dimension.columns[0].name] for dimension, level in cut.dimensions()
        ]  # names may be written anew
        sums[f"n{number}"] = Sum(_Trace(*codes), filter=cut.where())
    found = cuts[0].data.rows().aggregate(**sums)
    return [str(found[f"n{number}"]) for number in range(len(cuts))]


def _changed(earlier: list) -> int:
    """How many earlier data sets would say something else today: the row that left, came or changed would stand out."""
    now = traces([row.query for row in earlier])
    return sum(trace != row.finding.get("trace") for trace, row in zip(now, earlier, strict=True))
