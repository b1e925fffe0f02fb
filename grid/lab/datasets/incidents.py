"""网格事件: what the grids reported, one row an incident."""

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from grid.incidents.models import Incident
from grid.incidents.states import Door, HandlingLevel, Verdict

from ..dictionary import Column, DataSource, Dimension, Dropped, Level, register
from ..states import Treatment
from . import parts

# Open311 lists what came by its door one by one: who reads it there subtracts it from its group.
CROWD = ~Q(door=Door.OPEN311)
ENDS = (("closed", "已结案"), ("whistled", "已吹哨"), ("rejected", "不予立案"), ("open", "办理中"))


def rows() -> QuerySet[Incident]:
    """All incidents but those whose whistle is confidential."""
    return Incident.objects.exclude(whistle__is_confidential=True)


def _ended() -> Dimension:
    reading = Case(
        When(status__in=["closed", "evaluated"], then=Value("closed")),
        When(status__in=["whistled", "rejected"], then=F("status")),
        default=Value("open"),
        output_field=CharField(),
    )
    column = Column("result", "结果", "发布时的结果", values=ENDS)
    level = Level("code", "代码", "办理状态概化为四种结果", {"result": reading})
    return Dimension("result", "结果", (column,), (level,), sensitive=True, harmless=("closed",), empty=("open",))


register(
    DataSource(
        "incidents", "网格事件", "网格、社区、街道和公开接口上报的事件，一行一件", "件", "reported_at", rows,
        # A recurrence may be the same household again: it is no further matter to hide behind.
        Count("pk", filter=Q(recurrence_of=None) & CROWD),
        (
            parts.period("reported_at", "上报"), parts.place(), parts.category(),
            parts.choice("level", "处置层级", "最后由哪一级处置", HandlingLevel.choices, "level", blank="未派遣"),
            parts.yes_no("rerouted", "曾改派", "派遣后改派过", Q(reroute_count__gt=0), "改派次数概化为是否"),
            parts.yes_no("recurred", "复发", "90 天内同一社区同类事件的复发", Q(recurrence_of__isnull=False), "前一件的编号剔除，只留是否"),
            parts.took("reported_at", "closed_at"), _ended(),
            parts.choice("verdict", "评价", "上报一方对处置层级的评价，不评价个人", Verdict.choices, "evaluation__verdict",
                         blank="没有评价", sensitive=True, empty=("none",)),
            parts.demo(),
        ),
        (
            *parts.SHARED_DROPS, Dropped("来源渠道", "公开接口上报的少，容易认出上报人"),
            Dropped("处置部门和派遣依据", "只提供处置层级"),
            Dropped("涉密、涉隐私哨单的事件", "整行不提供", Treatment.SUPPRESSED),
        ),
        CROWD,
    )
)  # fmt: skip
