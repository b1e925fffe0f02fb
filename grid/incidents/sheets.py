"""The figures as Excel and CSV: unit × month with everything that the rates are made of, and the heat map."""

from __future__ import annotations

from collections.abc import Mapping

from governance.kernel.metrics import CARDS
from governance.kernel.ui.columns import Column
from governance.kernel.ui.exports import Sheet
from governance.territory.models import ManagementUnit

from .figures import RATES, Heat, Line, Numbers
from .metric_cards import MOMENT, SOURCE

COUNTS = {
    "reported": "上报", "accepted": "立案", "handled": "处置完毕", "in_time": "按期处置", "too_late": "超期处置",
    "overdue": "逾期仍在处置", "closed": "结案", "closed_in_time": "各步都按期的结案", "late_open": "有一步正逾期的未结",
    "reworks": "返工次数", "again": "复发", "moved": "改派和退回",
}  # fmt: skip
NOTES = (("时点", MOMENT), ("来源", SOURCE))


def figures_sheet(numbers: Numbers, units: Mapping[int, ManagementUnit], **scope) -> Sheet:
    """A row per unit and month, by unit, the newest month first; ``scope``: the filters and whether it is synthetic."""
    months = sorted(numbers.cells, key=lambda cell: (units[cell[0]].code, -cell[1].toordinal()))
    lines = [Line(units[pk].name, f"{month:%Y-%m}", numbers.cells[pk, month]) for pk, month in months]
    counts = [
        Column(name, label, export=lambda line, name=name: line.count[name], width=12) for name, label in COUNTS.items()
    ]
    cards = [CARDS[key] for key, *_ in RATES]
    rates = [
        Column(card.key, f"{card.title}（{card.unit}）", export=lambda line, at=at: line.rates[at].value, width=16)
        for at, card in enumerate(cards)
    ]
    notes = [*NOTES, *((card.title, f"{card.definition}{card.numerator} ÷ {card.denominator}") for card in cards)]
    heads = [Column("label", "区县"), Column("month", "月份", width=12)]
    return Sheet("网格事件指标（区县 × 月份）", [*heads, *counts, *rates], lines, notes=notes, **scope)


def heat_sheet(heat: Heat, **scope) -> Sheet:
    """A row per category, a column per who had it: as on the page."""
    columns = [
        Column("0.name", "大类", export=lambda row: row[0].parent.name),
        Column("0.name", "分类", export=lambda row: row[0].name),
        *(
            Column(name, name, export=lambda row, at=at: row[1][at].count, width=14)
            for at, name in enumerate(heat.handlers)
        ),
        Column("sum", "合计", export=lambda row: row[2], width=10),
    ]
    card = CARDS["incident.moved"]
    notes = [*NOTES, (card.title, card.definition), ("合计", "含未列出的处置方")]
    return Sheet("网格事件改派和退回（分类 × 当时的处置方）", columns, heat.rows, notes=notes, **scope)
