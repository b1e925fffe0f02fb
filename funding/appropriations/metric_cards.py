"""The metric cards (口径卡) behind every figure of entitlements and disbursements."""

from governance.kernel.metrics import MetricCard, register

MOMENT = "打开页面的时刻"
SOURCE = "经费核定、拨付批次与总账"

register(
    MetricCard(
        "grant.entitled", "核定总额", "一次核定中各社区（村）应得金额之和；每个金额都按带生效日期的规则逐项说明。",
        "各行本次核定", "—", "测算的时刻", SOURCE, "元",
        ("funding.service.community_yuan", "funding.village.small_yuan", "funding.village.large_yuan", "funding.office.community_yuan"),
    ),
    MetricCard(
        "grant.places", "核定的社区（村）", "一次核定所含的社区或村。统计区划口径的居委会多于来源文章的 892 个社区，两个口径并列。",
        "有核定金额的社区（村）", "—", "测算的时刻", SOURCE, "个", ("funding.article_communities",),
    ),
    MetricCard(
        "grant.by_article", "按来源文章口径测算", "以来源文章的社区数乘本年标准，只用于对照，不作为核定依据。",
        "来源文章社区数 × 每社区标准", "—", "本年 1 月 1 日", "来源文章与规则", "元",
        ("funding.article_communities", "funding.service.community_yuan", "funding.office.community_yuan"), note="对照",
    ),
    MetricCard("grant.granted", "全年应得", "已批准的核定之和。", "已批准的本次核定", "—", MOMENT, SOURCE, "元"),
    MetricCard("grant.arrived", "已到账", "银行回盘为成功的拨付之和。", "到账的拨付明细", "—", MOMENT, SOURCE, "元"),
    MetricCard("grant.transit", "在途", "已送银行、尚未回盘的拨付之和。", "在途的拨付明细", "—", MOMENT, SOURCE, "元"),
    MetricCard("grant.waiting", "待拨", "全年应得减去已到账和在途。", "应得 减 到账 减 在途", "—", MOMENT, SOURCE, "元"),
    MetricCard("grant.available", "可用余额", "社区账上可安排的余额，含随事经费和上年结转。", "可用额度账户余额", "—", MOMENT, SOURCE, "元"),
    MetricCard(
        "grant.carried", "结转下年", "年末余额中不超过年度核定额规定比例的部分，次年优先使用。", "可结转余额", "—", MOMENT, SOURCE, "元",
        ("funding.carry.percent",),
    ),
    MetricCard("grant.lapsed", "收回财政", "年末余额中超出结转比例的部分。", "余额 减 结转", "—", MOMENT, SOURCE, "元", ("funding.carry.percent",)),
)  # fmt: skip
