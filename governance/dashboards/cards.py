"""The metric cards (口径卡) of the dashboard's figures (domain-rules A.6)."""

from governance.kernel.metrics import MetricCard, register

NOW = "页面时间，实时"
SPAN = "所选期间；本期含当日，滞后不超过 2 秒，每夜按原始记录重算核对"
SOURCE = "本系统哨单、部门工单、时限与挂账记录"
RATES = "裁决无责、不可抗力、已并入的工单不计。"
APART = "与部门计分卡（考核口径）不同：这里按各环节作出的当日计，尚未作出而已超时的另见“逾期”。"
NONE = "—"


def _stage(key: str, title: str) -> MetricCard:
    return MetricCard(
        f"dashboard.{key}", f"{title}及时率", f"期间内作出的{title}中，在时限内作出的比例。{RATES}", f"按时{title}的工单",
        f"期间内{title}的工单", SPAN, SOURCE, "%", (f"whistle.{key}.hard_demand",) if key != "finish" else (), note=APART,
    )  # fmt: skip


register(
    MetricCard("dashboard.open", "在办工单", "尚未办结、终止、改派或并入的部门工单，含挂账中、待核实、待评价。", "未办结的工单",
               NONE, NOW, SOURCE),
    MetricCard("dashboard.overdue", "逾期", "正在计时的时限已过的在办工单，含等街道评价、等裁决而超时的；部门的逾期另列。",
               "时限已过的在办工单", NONE, NOW, SOURCE),
    MetricCard("dashboard.late", "部门逾期", "轮到部门（待签收、待报到、办理、会商）而时限已过的工单。等街道、等裁决的不算部门的。",
               "部门环节时限已过的工单", NONE, NOW, SOURCE),
    MetricCard("dashboard.unsigned", "待签收", "已派发、部门尚未签收的工单。", "状态为待签收的工单", NONE, NOW, SOURCE),
    MetricCard("dashboard.verifying", "待街道核实", "部门已报办结、等街道现场核实的工单。", "状态为待核实的工单", NONE, NOW, SOURCE),
    MetricCard("dashboard.hung", "挂账中", "经区级审批挂账、暂停计时的工单。", "状态为挂账中的工单", NONE, NOW, SOURCE),
    MetricCard("dashboard.hold_rate", "挂账率", "挂账移出解决率，但在这里看得见，防止用挂账刷分。", "现在挂账中的工单",
               "期间内应解决的办结工单 ＋ 现在部门逾期 ＋ 现在挂账中", SPAN, SOURCE, "%", ("whistle.hold_rate_alarm",),
               note="计分卡按考核期末计算，这里按现在计算。"),
    MetricCard("dashboard.whistles", "吹哨", "期间内派发的哨单（派发日），含后来终止或并入的。", "派发的哨单", NONE, SPAN, SOURCE),
    MetricCard("dashboard.tickets", "派发工单", "期间内派发给部门的工单，一哨多部门各计一张，含改派后新派的。", "派发的工单", NONE, SPAN, SOURCE),
    MetricCard("dashboard.closed", "办结工单", "期间内完成评价或到期未评而办结的工单。", "办结的工单", NONE, SPAN, SOURCE),
    MetricCard("dashboard.recurrence", "回潮率", "同一网格（社区）同类事项在规定天数内办结后又吹哨的，记为回潮。", "回潮的哨单",
               "派发的哨单", SPAN, SOURCE, "%", ("whistle.recurrence_days",)),
    MetricCard("dashboard.rework", "返工率", "街道核实不通过而返工的工单，一张只计一次。", "首次返工的工单", "首次报办结的工单", SPAN, SOURCE, "%"),
    MetricCard("dashboard.response", "响应率", f"签收、联系街道、报到三个环节的及时率加权；缺少的环节由其余环节分担。{RATES}",
               "各环节按时的工单", "各环节作出的工单", SPAN, SOURCE, "%", ("score.response_weights",), note=APART),
    MetricCard("dashboard.resolution", "解决率",
               f"办结工单中已解决与部分解决（折半）的比例；以街道评价为准，未评的以经核实的办结类型为准；未评的政策解释和不予支持不计。{RATES}"
               "件数少于最小样本时不显示。", "已解决 ＋ 部分解决折半", "期间内办结的应解决工单", SPAN, SOURCE, "%",
               ("score.partly", "rating.min_sample"), note="计分卡另将逾期未办结计入分母、将回潮视同未解决；这里逾期和回潮单独列出。"),
    MetricCard("dashboard.satisfaction", "满意率",
               f"街道评价四项星级折分平均，分满意、基本满意（折半）、不满意。未评不计，申诉成立的不计。{RATES}"
               "单条评价封存，件数少于最小样本时不显示。", "满意 ＋ 基本满意折半", "期间内的有效评价", SPAN, SOURCE, "%",
               ("rating.star_points", "rating.satisfied_points", "score.partly", "rating.min_sample")),
    _stage("accept", "签收"), _stage("contact", "联系街道"), _stage("arrive", "报到"), _stage("finish", "报办结"),
)  # fmt: skip
