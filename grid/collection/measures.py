"""The measures of collection (domain-rules 13.3 B02, B03, B15): how much is not asked, and what it saved."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Avg, Count, F, Max, Q, Sum
from django.urls import reverse
from django.utils.timezone import localdate

from communities.disclosure.providers import Table
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.metrics import CARDS, MetricCard, register
from governance.kernel.policy import policy
from governance.kernel.ui.exports import EXPORT_ROWS

from .models import Form
from .states import FormStatus as S

MOMENT, SOURCE = "页面打开时现算，按下发日期归入年度", "本系统一表通登记；方向见国办函〔2026〕12号，数值为本平台自定"
register(
    MetricCard("collection.prefill", "预填率", "下发的表里不需要社区填写的数据格所占比例：已有有效数据、由源部门提供、十二个月内已填过的。",
               "应有数据格 － 人工数据格", "应有数据格（字段数 × 目标社区数）", MOMENT, SOURCE, "%", ("collection.prefill_percent",)),
    MetricCard("collection.twice", "十二个月内重复人工填报", "同一社区的同一数据项在规定间隔内被要求人工填写两次以上的次数。数据库不收，应恒为零。",
               "重复的填写要求", "—", MOMENT, SOURCE, "次", ("collection.by_hand_months",)),
    MetricCard("collection.manual_most", "单表最多人工填写项", "本年到达社区的表里，人工填写项最多的一张。", "各表人工填写项的最大值", "—", MOMENT,
               SOURCE, "项", ("redline.manual_fields",)),
    MetricCard("collection.manual_mean", "单表平均人工填写项", "本年到达社区的表的人工填写项平均数。", "人工填写项之和", "到达社区的表", MOMENT,
               SOURCE, "项"),
    MetricCard("collection.wanted", "部门要发的表", "本年部门提出下发的表，含自动应答和并入的。", "三者之和", "—", MOMENT, SOURCE, "张"),
    MetricCard("collection.reached", "到达社区的表", "本年真正到达社区、需要人工填写的表。", "填报中、已汇总的表", "—", MOMENT, SOURCE, "张"),
    MetricCard("collection.fields_before", "要填的指标（剔除前）", "每张表每个目标社区的全部字段。", "应有数据格之和", "—", MOMENT, SOURCE, "格"),
    MetricCard("collection.fields_after", "要填的指标（剔除后）", "社区真正要填写的字段。", "人工数据格之和", "—", MOMENT, SOURCE, "格"),
    MetricCard("paper.duplicates", "被挡住的重复报表", "部门要发、但平台已有答案而自动应答的表，和并入正在填报的表的。它们没有到达任何社区。",
               "自动应答和已并入的表", "无", MOMENT, SOURCE, "张"),
    MetricCard("paper.saved", "少占用的填报分钟", "按全部字段人工填写的预计用时，减去剔除已有数据后的预计用时，乘以社区数。",
               "剔除前分钟 × 目标社区 － 剔除后分钟 × 填写社区", "无", MOMENT, SOURCE, "分钟",
               ("admission.minutes_base", "admission.minutes_weights")),
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One figure; ``good`` is None where there is no target."""

    key: str
    value: float | int | None
    good: bool | None = None
    href: str = ""

    @property
    def card(self) -> MetricCard:
        """Its metric card."""
        return CARDS[self.key]

    @property
    def tone(self) -> str:
        """Green where the target is met."""
        return {True: "success", False: "warning", None: ""}[self.good]


def measures(year: int, actor: Actor) -> list[Measure]:
    """The year's figures over the forms that the actor may see. Two statements."""
    rows = Form.objects.visible_to(actor).filter(dispatched_at__year=year)
    sums = rows.aggregate(
        wanted=Count("pk"), every=Sum("cells"), asked=Sum("asked_cells"),
        sent=Count("pk", filter=Q(demand__isnull=False)), most=Max("manual_count", filter=Q(demand__isnull=False)),
        mean=Avg("manual_count", filter=Q(demand__isnull=False)), avoided=Count("pk", filter=Q(demand__isnull=True)),
        saved=Sum(F("minutes_before") * F("communities") - F("minutes") * F("reached")),
    )  # fmt: skip
    cells, asked = sums["every"] or 0, sums["asked"] or 0
    rate = round(100 * (1 - asked / cells), 1) if cells else None
    forms, twice, most = reverse("forms"), asked_twice(), sums["most"] or 0
    return [
        Measure("collection.prefill", rate, None if rate is None else rate >= policy("collection.prefill_percent"), forms),
        Measure("collection.twice", twice, twice == 0),
        Measure("collection.manual_most", most, most <= policy("redline.manual_fields"), forms),
        Measure("collection.manual_mean", round(sums["mean"], 1) if sums["mean"] is not None else None, None, forms),
        Measure("collection.wanted", sums["wanted"], None, forms),
        Measure("collection.reached", sums["sent"], None, f"{forms}?status=collecting"),
        Measure("collection.fields_before", cells),
        Measure("collection.fields_after", asked),
        Measure("paper.duplicates", sums["avoided"], None, f"{forms}?status=answered"),
        Measure("paper.saved", sums["saved"] or 0),
    ]  # fmt: skip


_TWICE = """
SELECT count(*) FROM grid_asking a JOIN grid_asking b ON b.code = a.code AND b.community_id = a.community_id AND b.id > a.id
WHERE NOT a.released AND NOT b.released AND daterange(a.asked_on, a.until) && daterange(b.asked_on, b.until)
"""


def asked_twice() -> int:
    """How often a field was asked by hand twice within the interval; the database refuses it, so 0."""
    with connection.cursor() as cursor:
        cursor.execute(_TWICE)
        return cursor.fetchone()[0]


def paper_lines(year: int) -> list[tuple[str, int, str]]:
    """What the public white paper says of forms: (card, value, unit). One statement."""
    rows = Form.objects.filter(dispatched_at__year=year).exclude(status=S.WITHDRAWN)
    sums = rows.aggregate(
        avoided=Count("pk", filter=Q(demand__isnull=True)),
        saved=Sum(F("minutes_before") * F("communities") - F("minutes") * F("reached")),
    )
    return [("paper.duplicates", sums["avoided"], "张"), ("paper.saved", sums["saved"] or 0, "分钟")]


def paper_table(year: int) -> Table:
    """The refused duplicates one by one, the newest first: which department, which form, what was spared. One statement."""
    rows = avoided(year).select_related("department", "joined_into").order_by("-dispatched_at", "-pk")[:EXPORT_ROWS]
    return Table(
        "duplicates", "被挡住的重复报表", ("表", "部门", "下发日期", "怎么挡住的", "字段", "人工填写项", "目标社区", "少占用分钟"),
        [
            (
                row.title, row.department.name, f"{localdate(row.dispatched_at):%Y-%m-%d}",
                f"并入“{row.joined_into.title}”" if row.joined_into else "平台已有答案，自动应答",
                row.fields_count, row.manual_count, row.communities, row.minutes_before * row.communities,
            )
            for row in rows
        ],
        "这一年没有部门重复发表。", any(row.is_synthetic for row in rows),
    )  # fmt: skip


def avoided(year: int):
    """Forms of a year that reached no community: answered by themselves, or joined to one that was being filled in."""
    return Form.objects.filter(dispatched_at__year=year, demand=None).exclude(status=S.WITHDRAWN)


def years() -> list[int]:
    """Years with forms, the newest first; always this one."""
    first = Form.objects.order_by("created_at").values_list("created_at__year", flat=True).first()
    this = clock.today().year
    return list(range(this, (first or this) - 1, -1))
