"""Columns of the lists of scores, ratings, appeals and assessments."""

from django.urls import reverse
from django.utils.html import format_html

from governance.kernel.ui.columns import Column
from governance.templatetags.ui import icon
from governance.territory.choices import DepartmentLevel

from ..rules import annual_score, rating_points
from .lines import shown

STAR = "governance/scoring/parts/stars.html"


def _rank(card) -> str:
    return f"{card.rank} / {card.ranked}" if card.rank else "样本不足"


def _rank_cell(card) -> str:
    return format_html('<span class="nowrap">{}</span>', _rank(card))


def _rate(name: str, label: str, **more) -> Column:
    """A figure with one decimal; a reader who may not know it sees a dash."""
    return Column(
        name, label, kind="number", sort=name, width=12,
        render=lambda card: shown(getattr(card, name)), export=lambda card: getattr(card, name), **more,
    )  # fmt: skip


def _hold(card) -> str:
    text = shown(card.hold_rate)
    mark = icon("alert", "超过警戒线，触发专项调度", "sm") if card.holds_too_much else ""
    return format_html("{} {}", text, mark)


def _trade(card) -> str:
    department = card.department
    return department.get_kind_display() + ("（市级）" if department.level == DepartmentLevel.CITY else "")


SCORE_COLUMNS = [
    Column("rank", "位次", render=_rank_cell, sort="rank", export=_rank, width=10),
    Column("department.short_name", "部门", primary=True, sort="department__code", width=28),
    Column("trade", "条线", render=_trade, width=24),
    _rate("seen_adjusted", "修正后 T_adj"),
    _rate("response", "响应率 R"),
    _rate("seen_resolution", "解决率 S"),
    _rate("seen_satisfaction", "满意率 M"),
    _rate("seen_total", "三率综合 T"),
    Column("hold_rate", "挂账率", kind="number", sort="hold_rate", render=_hold, export=lambda card: card.hold_rate),
    _rate("seen_lower_bound", "满意率下界", wide=True),
    Column("tickets", "计分工单", kind="number", sort="tickets"),
    Column("penalty", "红牌扣分", kind="number", sort="penalty", wide=True),
]
RATING_COLUMNS = [
    Column(
        "ticket.whistle.number", "工单", primary=True, width=30,
        render=lambda rating: f"{rating.ticket.whistle.number} {rating.ticket.whistle.title}",
        export=lambda rating: f"{rating.ticket.whistle.number} {rating.ticket.whistle.title}",
    ),
    Column("department.short_name", "部门", sort="department__code"),
    Column("street.name", "街道", sort="street__code12"),
    Column("quarter", "季度", sort="quarter"),
    Column("speed", "报到速度", template=STAR, sort="speed", export=lambda rating: rating.speed),
    Column("attitude", "态度协同", template=STAR, sort="attitude", export=lambda rating: rating.attitude, wide=True),
    Column("quality", "解决质量", template=STAR, sort="quality", export=lambda rating: rating.quality),
    Column("lawfulness", "依法规范", template=STAR, sort="lawfulness", export=lambda rating: rating.lawfulness, wide=True),
    Column("thoroughly", "彻底解决", kind="status", sort="thoroughly"),
    Column("low_reason", "低分原因", render=lambda rating: rating.get_low_reason_display() or "—", wide=True),
    Column("created_at", "评价时间", kind="datetime", sort="created_at", wide=True),
]  # fmt: skip
APPEAL_COLUMNS = [
    Column(
        "ticket.whistle.number", "工单", primary=True, render=lambda row: f"{row.ticket.whistle.number} {row.ticket.whistle.title}",
        export=lambda row: row.ticket.whistle.number, width=30,
    ),
    Column("state", "状态", kind="status", sort="state"),
    Column("rating.department.short_name", "部门"),
    Column("rating.street.name", "街道"),
    Column("rating.quarter", "季度", sort="rating__quarter"),
    Column("created_at", "申诉时间", kind="datetime", sort="created_at"),
    Column("ruled_at", "裁决时间", kind="datetime", sort="ruled_at", wide=True),
]  # fmt: skip
TICKET_COLUMNS = [
    Column(
        "whistle.number", "工单", primary=True, sort="whistle__number", width=48,
        render=lambda row: f"{row.whistle.number} {row.whistle.title}",
        export=lambda row: f"{row.whistle.number} {row.whistle.title}",
    ),
    Column("status", "状态", kind="status", sort="status"),
    Column("street.name", "街道", sort="street__code12"),
    Column("role", "分工", kind="status"),
    Column("outcome", "办结类型", render=lambda row: row.get_outcome_display() or "—"),
    Column("created_at", "派发时间", kind="datetime", sort="created_at"),
    Column("closed_at", "办结时间", kind="datetime", sort="closed_at", wide=True),
]  # fmt: skip


def assessment_columns(year: int, weight: float, may_enter: bool) -> list[Column]:
    """Own score, the streets' part and the sum of one year; the own score is the link for whoever enters it."""

    def total(row):
        return annual_score(row.own_score, row.street_score, weight)

    def entry(row) -> str:
        return reverse("assessment", args=[year, row.code]) if may_enter else ""

    def card(row) -> str:
        return reverse("scorecard", args=[row.code, str(year)]) if row.street_score is not None else ""

    return [
        Column("short_name", "部门", primary=True, sort="code", width=28),
        Column("kind", "条线", render=lambda row: row.get_kind_display()),
        Column("unit", "区县", wide=True),
        Column("own_score", "本级业务分", kind="number", sort="own_score", url=entry,
               render=lambda row: "录入" if row.own_score is None and may_enter else shown(row.own_score),
               export=lambda row: row.own_score),
        Column("street_score", "街道评价分", kind="number", sort="street_score", url=card,
               render=lambda row: shown(row.street_score), export=lambda row: row.street_score),
        Column("total", f"年度分（w={weight}）", kind="number", render=lambda row: shown(total(row)), export=total),
    ]  # fmt: skip


def mean_points(rating, points: list) -> float:
    """A rating's mean points, for its page."""
    return rating_points(rating.stars, points)
