"""The metric cards (口径卡) of rating and scores: what stands behind every figure of a scorecard (domain-rules A.6, 1.6)."""

from django.urls import NoReverseMatch, reverse

from governance.kernel.metrics import MetricCard, register

MOMENT = "考核期末；进行中的考核期为计算时刻，每 5 分钟重算"
SOURCE = "本系统部门工单、时限、办结报告与一哨一评"
APART = "不计：裁决无责、不可抗力、已改派、已终止、已并入的工单。"

register(
    MetricCard(
        "score.response", "响应率 R", f"签收、联系街道、报到三个环节的及时率加权。缺少某一环节时由其余环节按权重分担。{APART}",
        "各环节按时的工单", "考核期内到期并已有结果的各环节时限（超时未办也算）", MOMENT, SOURCE, "%",
        ("score.response_weights",),
    ),
    MetricCard(
        "score.resolution", "解决率 S",
        "已解决与部分解决（折半）占应解决的比例。以街道评价的“是否彻底解决”为准；未评的以经街道核实的办结类型为准；办结后回潮的不算解决；"
        f"未评的政策解释和不予支持不计入应解决。{APART}",
        "已解决 ＋ 0.5 × 部分解决", "考核期内办结的 ＋ 期末逾期未办结的（挂账移出）", MOMENT, SOURCE, "%",
        ("score.partly", "whistle.recurrence_days"),
    ),
    MetricCard(
        "score.satisfaction", "满意率 M",
        f"街道评价四项星级折分后平均，按分界分为满意、基本满意、不满意。到期未评的不计；申诉成立的不计。{APART}",
        "满意 ＋ 0.5 × 基本满意", "考核期内的有效评价", MOMENT, SOURCE, "%",
        ("rating.star_points", "rating.satisfied_points", "score.partly"),
    ),
    MetricCard(
        "score.total", "三率综合 T", "响应率、解决率、满意率加权；没有件数的一率不参加，由其余各率按权重分担。",
        "wR·R ＋ wS·S ＋ wM·M", "参加各率的权重之和", MOMENT, SOURCE, "分", ("score.weights",),
    ),
    MetricCard(
        "score.adjusted", "修正后得分 T_adj",
        "小样本向全市均值靠拢，防止一两件决定名次；再扣红牌分。全市均值为各部门 T 按工单数加权。只排部门，不排街道、社区和个人。",
        "n·T ＋ k·T(全市)", "n ＋ k；之后每张未撤销的红牌扣分", MOMENT, SOURCE, "分",
        ("score.shrinkage", "score.red_card_penalty", "score.ranking_min"),
    ),
    MetricCard(
        "score.lower_bound", "满意率 95% 下界", "Wilson 区间下界，评价越少下界越低；基本满意按半件计，下界偏保守。",
        "满意率 M 与评价数 n", "—", MOMENT, SOURCE, "%", ("score.z",),
    ),
    MetricCard(
        "score.hold_rate", "挂账率", "移出解决率分母的挂账在这里显示，超过警戒线触发专项调度。",
        "期末仍挂账的工单", "应解决的工单（含挂账）", MOMENT, SOURCE, "%", ("whistle.hold_rate_alarm",),
    ),
    MetricCard(
        "score.annual", "部门年度分", "本级业务分与街道评价分加权；街道评价分为当年修正后得分。",
        "本级业务分 ×（1 － w） ＋ 街道评价分 × w", "—", "年度末", "市领导小组办公室录入与本系统计分", "分",
        ("score.assessment_weight",),
    ),
)  # fmt: skip


def link(name: str, *args) -> str:
    """The address of a page that may not be there; "" then."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
