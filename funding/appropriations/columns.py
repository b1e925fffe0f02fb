"""Columns of the lists; amounts are shown and exported in yuan."""

from collections.abc import Callable

from django.urls import reverse

from funding.ledger.money import yuan
from funding.ledger.states import Fund
from governance.kernel.ui.views import Column


def money(name: str, label: str, value: Callable | None = None, **more) -> Column:
    """A column of fen, drawn and exported in yuan; None stays empty."""

    def read(row):
        return value(row) if value else (row[name] if isinstance(row, dict) else getattr(row, name))

    return Column(
        name, label, kind="number", render=lambda row: "—" if read(row) is None else yuan(read(row)),
        export=lambda row: None if read(row) is None else read(row) / 100, **more,
    )  # fmt: skip


def shown(fen: int) -> dict:
    """A figure that fits its tile: yuan, from a million on in ten thousands; the exact one stands in the tables."""
    if abs(fen) >= 1_000_000_00:
        return {"value": f"{fen / 1_000_000:,.2f}".rstrip("0").rstrip("."), "unit": "万元"}
    return {"value": yuan(fen).removesuffix(".00"), "unit": "元"}


RUN_COLUMNS = [
    Column("number", "编号", kind="code", primary=True, sort="number", width=22),
    Column("year", "年度", render=lambda row: str(row.year), sort="year", export=lambda row: row.year),
    Column("get_fund_display", "经费", sort="fund", width=20),
    Column("scope", "范围"),
    Column("kind", "类型", kind="status", wide=True),
    Column("status", "状态", kind="status", sort="status"),
    Column("communities", "社区（村）", kind="number", sort="communities"),
    money("total_fen", "合计（元）", sort="total_fen"),
    Column("calculated_label", "测算", wide=True),
    Column("approved_label", "批准", wide=True),
]
LINE_COLUMNS = [
    Column("community.name", "社区（村）", primary=True, sort="community__code12", width=24),
    Column("street.name", "街道（乡镇）", sort="street__code12", wide=True),
    Column("unit.short_name", "区县", sort="unit__code", wide=True),
    Column("year", "年度", render=lambda row: str(row.year), export=lambda row: row.year),
    Column("get_fund_display", "经费"),
    Column("size_label", "规模", wide=True),
    Column("households", "户数", kind="number", sort="households", wide=True),
    Column("months", "月数", kind="number", sort="months", wide=True),
    money("full_fen", "全年应得（元）", sort="full_fen"),
    money("amount_fen", "本次核定（元）", sort="amount_fen", wide=True),
    Column("run.number", "核定", kind="code", wide=True, url=lambda row: row.run.get_absolute_url()),
]
UNIT_COLUMNS = [
    Column("unit__short_name", "区县", primary=True),
    Column("count", "社区（村）", kind="number"),
    Column("large", "大村", kind="number", wide=True),
    Column("small", "小村", kind="number", wide=True),
    Column("part", "不足全年", kind="number", wide=True),
    money("fen", "合计（元）"),
]


def unit_columns(fund: str) -> list[Column]:
    """Sizes are for villages only."""
    return [column for column in UNIT_COLUMNS if fund == Fund.VILLAGE or column.name not in ("large", "small")]


RULE_COLUMNS = [
    Column("title", "规则", primary=True, url=lambda row: row["url"]),
    Column("value", "取值"),
    Column("from", "生效"),
    Column("source", "依据", wide=True),
]
COMPARE_COLUMNS = [
    Column("unit", "区县", primary=True),
    Column("last_count", "上年社区（村）", kind="number", wide=True),
    money("last_fen", "上年（元）"),
    Column("count", "本次社区（村）", kind="number", wide=True),
    money("fen", "本次（元）"),
    money("diff", "增减（元）"),
]
CHANGED_COLUMNS = [
    Column(
        "place",
        "社区（村）",
        primary=True,
        render=lambda row: row["place"].name,
        url=lambda row: reverse("funding-place", args=[row["place"].code12]),
    ),
    Column("unit", "区县", render=lambda row: str(row["place"].unit), wide=True),
    money("last", "上年（元）"),
    money("now", "本次（元）"),
    money("diff", "增减（元）"),
]  # fmt: skip
BATCH_COLUMNS = [
    Column("number", "批次号", kind="code", primary=True, sort="number", width=24),
    Column("unit.short_name", "区县", sort="unit__code"),
    Column("year", "年度", render=lambda row: str(row.year), sort="year", export=lambda row: row.year, wide=True),
    Column("get_fund_display", "经费", width=20),
    Column("measure", "标准", wide=True, width=28),
    Column("status", "状态", kind="status", sort="status"),
    Column("count", "笔数", kind="number", sort="count"),
    money("total_fen", "合计（元）", sort="total_fen"),
    Column("created_label", "编制", wide=True),
    Column("approved_label", "批准", wide=True),
]
BATCH_LINE_COLUMNS = [
    Column("number", "行号", kind="number"),
    Column("community.name", "社区（村）", primary=True, width=24),
    Column("payee", "收款账户", render=lambda row: str(row.payee or "—"), wide=True, width=36),
    money("amount_fen", "金额（元）"),
    Column("status", "状态", kind="status"),
    Column("reason", "原因", width=30),
    Column("settled_at", "回盘时间", kind="datetime", wide=True),
]
RETURN_COLUMNS = [
    Column("number", "文件行", kind="number"),
    Column("line", "行号"),
    Column("name", "户名", primary=True, url=lambda row: ""),
    Column("number_masked", "账号", kind="code", wide=True),
    Column("yuan", "金额（元）", kind="number"),
    Column("result", "结果"),
    Column("problem", "问题", width=40),
]
PLACE_COLUMNS = [
    Column("name", "经费", render=lambda row: row.fund.label, primary=True),
    money("granted", "全年应得（元）"),
    money("arrived", "已到账（元）"),
    money("transit", "在途（元）"),
    money("waiting", "待拨（元）"),
    money("carried", "上年结转（元）", wide=True),
    money("carried_left", "结转未用（元）", wide=True),
    money("available", "可用余额（元）"),
]
CLOSE_COLUMNS = [
    Column("holder", "单位", render=lambda row: str(row.account.holder), primary=True, url=lambda row: row.account.get_absolute_url()),
    money("balance", "年末余额（元）", lambda row: row.account.balance_fen),
    money("carry", "结转下年（元）"),
    money("lapse", "收回财政（元）"),
    Column("waits", "说明", render=lambda row: f"另有 {yuan(row.waits)} 元未了结，暂不办理" if row.waits else ""),
]  # fmt: skip
