"""Columns of the reports."""

from django.utils.html import format_html

from funding.ledger.money import yuan
from governance.kernel.ui.views import Column


def money(name: str, label: str) -> Column:
    """A column of fen, read and exported in yuan."""

    def fen(row) -> int:
        return row[name] if isinstance(row, dict) else getattr(row, name)

    return Column(name, label, kind="number", render=lambda row: yuan(fen(row)), export=lambda row: fen(row) / 100)


def _meter(row) -> str:
    """The percentage with a bar that needs no style: the words stand beside it."""
    if row.percent is None:
        return "暂无"
    return format_html(
        '<meter min="0" max="100" value="{}">{}%</meter> {}%', f"{min(max(row.percent, 0), 100):g}", f"{row.percent:g}",
        f"{row.percent:g}",
    )  # fmt: skip


PERCENT = Column("percent", "执行率", render=_meter, export=lambda row: row.percent, kind="number")
PLACE_COLUMNS = [
    Column("name", "单位", primary=True, url=lambda row: row.url),
    money("granted", "年度核定（元）"),
    money("paid", "已支付（元）"),
    money("held", "余额（元）"),
    PERCENT,
]
PART_COLUMNS = [
    Column("name", "类别", primary=True, url=lambda row: row.url),
    money("fen", "已支付（元）"),
    Column("percent", "占比", render=_meter, export=lambda row: row.percent, kind="number"),
]
FINDING_COLUMNS = [
    Column("label", "单据", primary=True, url=lambda row: row.url, width=30),
    Column("text", "提示", width=50),
    Column("place", "社区（村）", width=24),
    Column(
        "fen",
        "金额（元）",
        kind="number",
        render=lambda row: yuan(row.fen) if row.fen else "—",
        export=lambda row: row.fen / 100,
    ),
    Column("day", "日期", kind="date"),
]
