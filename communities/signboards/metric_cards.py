"""The metric cards (口径卡) behind every figure of the signboards (domain-rules 3.2)."""

from governance.kernel.metrics import MetricCard, register

MOMENT = "打开页面的时刻"
SOURCE = "本系统牌子登记、核查与回潮复查"

register(
    MetricCard(
        "signboard.found", "摸底数", "登记过的全部牌子，含已摘除的。", "登记的牌子", "—", MOMENT, SOURCE, "块",
    ),
    MetricCard(
        "signboard.kept", "保留数", "在名录内或有有效准入号、计入上限的牌子。", "状态为在册的牌子", "—", MOMENT, SOURCE, "块",
        ("signboard.cap.urban", "signboard.cap.rural"),
    ),
    MetricCard(
        "signboard.removed", "清理数", "责任部门已摘除并上传前后照片的牌子。", "状态为已摘除的牌子", "—", MOMENT, SOURCE, "块",
    ),
    MetricCard(
        "signboard.clear_rate", "清理率", "应清理的牌子中已经摘除的比例；存疑的核实前不计入。",
        "已摘除的牌子", "已摘除 ＋ 待清理 ＋ 违规的牌子", MOMENT, SOURCE, "%",
    ),
    MetricCard(
        "signboard.unadmitted", "违规牌子", "仍挂着、不在名录内也没有有效准入号的牌子。按责任部门排列，不排街道和社区。",
        "状态为违规的牌子", "—", MOMENT, SOURCE, "块",
    ),
    MetricCard(
        "signboard.reappear_rate", "回潮率", "摘除后复查时发现又挂出来的比例。没有复查过的不计。",
        "复查结果为已回潮的", "已有结果的复查", MOMENT, SOURCE, "%", ("signboard.recheck_days",),
    ),
    MetricCard(
        "signboard.savings", "节约制作费用（估算）", "已摘除且不再制作的牌子按统一单价估算，不是决算数。",
        "已摘除的牌子 × 单价", "—", MOMENT, SOURCE, "元", ("signboard.unit_price_yuan",), note="估算",
    ),
)  # fmt: skip
