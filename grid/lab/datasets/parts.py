"""Dimensions that the kinds of data share: time, place, category, how long it took, whether it is made up."""

from datetime import timedelta

from django.db.models import BooleanField, Case, CharField, F, Func, Q, Value, When
from django.db.models.functions import Coalesce, Concat, TruncMonth

from ..dictionary import Column, Dimension, Dropped, Level
from ..states import Treatment

BANDS = (("d1", "1 天内", 1), ("d3", "3 天内", 3), ("d7", "7 天内", 7), ("d30", "30 天内", 30))
NO_COMMUNITY = "（未落到社区）"


def _written(moment: str, shape: str) -> Func:
    """A moment as text by the city's clock."""
    return Func(TruncMonth(moment), Value(shape), function="to_char", output_field=CharField())


def period(moment: str, what: str) -> Dimension:
    """When: the month at the finest."""
    column = Column("period", "时段", f"{what}的时段：2026-03、2026-Q1 或 2026")
    how = "日期和时刻概化到{}，按北京时间"
    return Dimension(
        "period", "时间", (column,),
        (
            Level("month", "月", how.format("月"), {"period": _written(moment, "YYYY-MM")}),
            Level("quarter", "季度", how.format("季度"), {"period": _written(moment, 'YYYY-"Q"Q')}, months=3),
            Level("year", "年", how.format("年"), {"period": _written(moment, "YYYY")}, months=12),
        ),
    )  # fmt: skip


def place() -> Dimension:
    """Where: the community at the finest, and only without what is sensitive (cuts.py)."""
    columns = (
        Column(
            "place_code",
            "地点代码",
            "行政区划代码（GB/T 2260 及其统计延伸）；区县为 6 位，其余为 12 位；未落到社区的用街道代码",
        ),
        Column("place", "地点", "地点名称"),
    )
    unit, street, gap = F("unit__short_name"), F("street__name"), Value(" ")
    community = Coalesce(F("community__name"), Value(NO_COMMUNITY))
    return Dimension(
        "place", "地点", columns,
        (
            Level("community", "社区（村）", "详细地点和坐标概化到社区（村）", {
                "place_code": Coalesce(F("community__code12"), F("street__code12")),
                "place": Concat(unit, gap, street, gap, community, output_field=CharField()),
            }),
            Level("street", "街道（乡镇）", "详细地点和坐标概化到街道（乡镇）", {
                "place_code": F("street__code12"), "place": Concat(unit, gap, street, output_field=CharField()),
            }),
            Level("unit", "区县", "详细地点和坐标概化到区县", {"place_code": F("unit__code"), "place": unit}),
        ),
    )  # fmt: skip


def category() -> Dimension:
    """What about."""
    columns = (Column("category_code", "类别代码", "事项分类代码"), Column("category", "类别", "事项分类名称"))
    large = {
        "category_code": Coalesce(F("category__parent__code"), F("category__code")),
        "category": Coalesce(F("category__parent__name"), F("category__name")),
    }
    return Dimension(
        "category", "类别", columns,
        (
            Level("small", "小类", "原样，按小类", {"category_code": F("category__code"), "category": F("category__name")},
                  Treatment.KEPT),
            Level("large", "大类", "小类概化到大类", large),
        ),
    )  # fmt: skip


def choice(name: str, label: str, meaning: str, choices, read: str, **more) -> Dimension:
    """A field of choices, as its code; nothing chosen is ``none``."""
    blank = more.pop("blank", "")
    values = tuple((str(value), str(text)) for value, text in choices)
    values += (("none", blank),) if blank else ()
    column = Column(name, label, meaning, values=values)
    reading = (
        Case(
            When(Q(**{read: ""}) | Q(**{f"{read}__isnull": True}), then=Value("none")),
            default=F(read),
            output_field=CharField(),
        )
        if blank
        else F(read)
    )
    level = Level(
        "code", "代码", more.pop("how", "原样，以代码表示"), {name: reading}, more.pop("treatment", Treatment.KEPT)
    )
    return Dimension(name, label, (column,), (level,), **more)


def yes_no(name: str, label: str, meaning: str, condition: Q, how: str) -> Dimension:
    """Whether something happened; how often is not told."""
    reading = Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
    level = Level("flag", "是否", how, {name: reading})
    return Dimension(name, label, (Column(name, label, meaning, "boolean"),), (level,))


def took(begin: str, end: str) -> Dimension:
    """How long it took, in bands."""
    whens = [When(Q(**{end: None}), then=Value("open"))]
    whens += [When(Q(**{f"{end}__lte": F(begin) + timedelta(days=days)}), then=Value(code)) for code, _, days in BANDS]
    values = (*((code, label) for code, label, _ in BANDS), ("more", "30 天以上"), ("open", "没有办结"))
    column = Column("took", "用时", "从开始到办结的自然时间，分段", values=values)
    reading = Case(*whens, default=Value("more"), output_field=CharField())
    return Dimension(
        "took", "用时", (column,), (Level("band", "分段", "起止时刻剔除，用时概化为分段", {"took": reading}),)
    )


def demo() -> Dimension:
    """Made up or real: in every file, so that nobody takes one for the other."""
    column = Column("demo", "演示数据", "是演示数据，不代表真实情况", "boolean")
    level = Level("flag", "是否", "原样", {"demo": F("is_synthetic")}, Treatment.KEPT)
    return Dimension("demo", "演示数据", (column,), (level,), fixed=True)


SHARED_DROPS = (
    Dropped("编号", "可与平台内的办理记录对上"),
    Dropped("文字描述、地点文字、附件", "自由文字和照片里可能有姓名、电话、门牌"),
    Dropped("坐标", "能定位到门牌"),
    Dropped("经办、上报、承办人员", "不提供任何关于个人的信息，不评价个人"),
    Dropped("确切日期和时刻", "只提供整月、整季或整年"),
    Dropped("网格", "一个网格对应一名网格员"),
)
