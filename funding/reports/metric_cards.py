"""The metric cards (口径卡) behind every figure of the money reports."""

from governance.kernel.metrics import MetricCard, register

MOMENT, SOURCE = "打开页面的时刻", "总账、经费核定、经费公开"

register(
    MetricCard(
        "funding.granted", "年度核定", "年度内已批准的经费核定之和；没有核定的取已到账。", "已批准核定的明细金额", "—", MOMENT, SOURCE, "万元",
    ),
    MetricCard("funding.paid", "已支付", "社区（村）账户已支付的金额，退回的已减去。", "“已支付”账户余额", "—", MOMENT, SOURCE, "万元"),
    MetricCard(
        "funding.executed", "预算执行率", "已支付占年度核定的比例，与时间进度对照；不排名。", "已支付",
        "年度核定（没有核定的取已到账）", MOMENT, SOURCE, "%",
    ),
    MetricCard("funding.time", "时间进度", "一年已经过去的天数占全年的比例。", "已过天数（含当日）", "全年天数", MOMENT, "日历", "%"),
    MetricCard(
        "funding.disclosed", "公开合规率", "已到期的公开事项中按期公布的比例；到期前不计。", "公布日期不晚于期限的", "已到期或已公布的",
        MOMENT, SOURCE, "%", ("disclosure.due_days", "disclosure.monthly_from_payments"),
    ),
    MetricCard(
        "funding.accepted", "验收满意率", "验收时参加评议的居民中表示满意的比例。", "满意人数", "参加评议人数", MOMENT, "项目验收", "%",
    ),
    MetricCard(
        "funding.carried", "结转率", "上年结转到本年的金额占上年核定的比例。", "结转凭证转入本年的金额", "上年核定", MOMENT, SOURCE, "%",
        ("funding.carry.percent",),
    ),
    MetricCard(
        "funding.risks", "风险提示", "按规则逐条列出，每条链接到单据；不按社区汇总，不排名。", "各规则命中的条数", "—", MOMENT, SOURCE, "条",
        ("funding.supplier_percent", "risk.split_margin_percent", "risk.same_day_count", "risk.december_percent"),
    ),
)  # fmt: skip
