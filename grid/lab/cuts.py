"""A cut: which kind of data, how coarse each dimension, which whole months, which unit and large category. The stated query."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.kernel import clock
from governance.kernel.errors import Invalid
from governance.kernel.policy import policy
from governance.territory.models import Category, ManagementUnit

from . import datasets as _datasets  # noqa: F401 - fills SOURCES
from .dictionary import SOURCES, DataSource, Dimension, Level
from .states import Shape

PREFIX = "c_"  # columns of a statement: a field of the model may have the same name


@dataclass(frozen=True)
class Cut:
    """``levels`` pairs each dimension of the file with its level; one that is left out is not in the file."""

    source: str
    levels: tuple[tuple[str, str], ...]
    start: date
    end: date
    unit: str = ""
    category: str = ""
    shape: str = Shape.RECORDS

    @property
    def data(self) -> DataSource:
        """What it cuts."""
        return SOURCES[self.source]

    def dimensions(self) -> list[tuple[Dimension, Level]]:
        """Dimensions with their levels, in the dictionary's order."""
        chosen = dict(self.levels)
        found = []
        for one in self.data.dimensions:
            key = one.levels[0].key if one.fixed else chosen.get(one.name, "")
            if level := one.level(key):
                found.append((one, level))
        return found

    def grouped(self) -> list[tuple[Dimension, Level]]:
        """The quasi-identifiers: what a neighbour may know of a matter."""
        return [pair for pair in self.dimensions() if not pair[0].sensitive]

    def sensitive(self) -> list[tuple[Dimension, Level]]:
        """What no group may give away."""
        return [pair for pair in self.dimensions() if pair[0].sensitive]

    def without(self, name: str) -> Cut:
        """The same cut without a dimension."""
        return replace(self, levels=tuple(pair for pair in self.levels if pair[0] != name))

    def at(self, name: str, key: str) -> Cut:
        """The same cut with another level of a dimension."""
        return replace(self, levels=tuple((one, key if one == name else old) for one, old in self.levels))

    def where(self) -> Q:
        """Its filters, on generalised columns only."""
        moment = self.data.moment
        found = Q(**{f"{moment}__gte": _midnight(self.start), f"{moment}__lt": _midnight(self.end + timedelta(days=1))})
        if self.unit:
            found &= Q(unit__code=self.unit)
        if self.category:
            found &= Q(category__code=self.category) | Q(category__parent__code=self.category)
        return found

    def rows(self) -> QuerySet:
        """The portal's rows in it."""
        return self.data.rows().filter(self.where())

    def as_json(self) -> dict:
        """The query for machines."""
        return asdict(self) | {
            "levels": dict(self.levels), "start": self.start.isoformat(), "end": self.end.isoformat(), "shape": str(self.shape)
        }  # fmt: skip

    def words(self) -> str:
        """The query for people."""
        where = _name(ManagementUnit, "short_name", self.unit) or "全市"
        about = _name(Category, "name", self.category) or "全部类别"
        told = "、".join(f"{one.label}（{level.label}）" for one, level in self.dimensions() if not one.fixed)
        shape = Shape(self.shape).label
        return f"{self.data.label}：{self.start:%Y-%m} 至 {self.end:%Y-%m}，{where}，{about}；{shape}；列：{told}。"


def _name(model, field: str, code: str) -> str:
    return model.objects.filter(code=code).values_list(field, flat=True).first() or "" if code else ""


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def cut_from(data: dict) -> Cut:
    """A cut from its JSON."""
    return Cut(
        source=data["source"], levels=tuple(data["levels"].items()), start=date.fromisoformat(data["start"]),
        end=date.fromisoformat(data["end"]), unit=data["unit"], category=data["category"], shape=data["shape"],
    )  # fmt: skip


def month_of(day: date) -> int:
    """Months since year 0, for counting them."""
    return day.year * 12 + day.month - 1


def month_end(day: date) -> date:
    """The last day of a month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)


def last_closed() -> date:
    """The last day of the last month that has been over for long enough (lab.closed_days)."""
    day = clock.today() - timedelta(days=policy("lab.closed_days"))
    return day if day == month_end(day) else day.replace(day=1) - timedelta(days=1)


def is_whole(cut: Cut, months: int) -> bool:
    """Whether its span is so many whole months a time: a half quarter would give away a month."""
    begins, ends = month_of(cut.start), month_of(cut.end) + 1
    return begins % months == 0 and ends % months == 0


def demand_whole(cut: Cut) -> None:
    """Raise Invalid for a cut that must not be asked for, by field."""
    problems = _span(cut) | _columns(cut)
    if cut.unit and not ManagementUnit.objects.filter(code=cut.unit).exists():
        problems["unit"] = "没有这个区县。"
    if cut.category and not Category.objects.filter(code=cut.category, parent=None).exists():
        problems["category"] = "请选择大类。"
    if problems:
        raise Invalid(**problems)


def _span(cut: Cut) -> dict[str, str]:
    if cut.start.day != 1 or cut.end != month_end(cut.end):
        return {"start": "只能按整月开放。"}
    if cut.end < cut.start:
        return {"end": "止月不能早于起月。"}
    if cut.end > (closed := last_closed()):
        days, why = policy("lab.closed_days"), "刚过去的月份还在变化，前后两次发布只差几件就会认出人来。"
        return {"end": f"只开放已结束满 {days} 天的月份，现在最晚到 {closed:%Y-%m}：{why}"}
    if month_of(cut.end) - month_of(cut.start) >= (most := policy("lab.months_most")):
        return {"end": f"最多跨 {most} 个月，请分几份发布。"}
    level = dict((one.name, level) for one, level in cut.dimensions()).get("period")
    if level and not is_whole(cut, level.months):
        return {"start": f"按{level.label}提供时，起止须是整{level.label}，否则零头等于泄露了更细的时间。"}
    return {}


def _columns(cut: Cut) -> dict[str, str]:
    problems, names = {}, dict(cut.levels)
    if bad := [name for name, key in names.items() if not (one := cut.data.dimension(name)) or not one.level(key)]:
        problems["columns"] = f"数据字典里没有：{'、'.join(bad)[:60]}"
    elif len(cut.grouped()) < 2:  # besides the mark of the demo
        problems["columns"] = "至少选择一列，否则没有可研究的内容。"
    elif len(cut.sensitive()) > 1:
        problems["columns"] = "一份数据只能带一个敏感列：知道其中一个的人，会从同一行读出另一个。请分两份。"
    elif cut.sensitive() and names.get("place") == "community":
        problems["place"] = "按社区（村）提供时不能带结果和评价：开放数据不用来评比社区。请放宽到街道，或去掉这些列。"
    elif cut.sensitive() and cut.shape == Shape.COUNTS:
        problems["columns"] = "分组计数不能带结果、评价、办结类型这些敏感列；需要时请用逐条记录。"
    return problems
