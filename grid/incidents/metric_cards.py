"""What the figures of incidents mean (domain-rules 5.3). None is of a person: no counts of reports, no time online."""

from governance.kernel.metrics import MetricCard, register

MOMENT, SOURCE = "打开页面前一两秒；近十二个月（含本月）上报的事件", "本系统网格事件，按月汇总；每日全量核对"

register(
    MetricCard("incident.accepted", "立案率", "上报的事件中予以立案的比例。", "立案数", "上报数", MOMENT, SOURCE, "%"),
    MetricCard("incident.handled", "处置率", "立案的事件中已处置完毕的比例。", "处置数", "应处置数（立案数）", MOMENT, SOURCE, "%"),
    MetricCard("incident.on_time", "按期处置率", "处置时限内处置完毕的比例；返工的按最后一次处置，随哨单办结的不计。", "按期处置数",
               "应处置数（已处置数 + 逾期仍在处置数）", MOMENT, SOURCE, "%",
               ("incident.handle.urgent", "incident.handle.normal", "incident.handle.long")),
    MetricCard("incident.closed", "结案率", "立案的事件中已结案的比例。", "结案数", "应结案数（立案数）", MOMENT, SOURCE, "%"),
    MetricCard("incident.closed_on_time", "按期结案率", "立案、处置、核查各步都没有超过时限而结案的比例。", "按期结案数",
               "应结案数（结案数 + 立案后有一步正逾期的未结数）", MOMENT, SOURCE, "%",
               ("incident.accept", "incident.verify")),
    MetricCard("incident.rework", "返工率", "核查不通过次数与处置数之比。", "核查不通过次数", "处置数", MOMENT, SOURCE, "%"),
    MetricCard("incident.recurrence", "回潮率", "复发期内同格同类再次立案的事件与结案数之比。", "复发数", "结案数", MOMENT, SOURCE, "%",
               ("incident.recurrence_days",)),
    MetricCard("incident.moved", "改派和退回", "按分类和当时的处置方统计，用来发现职责不清的事项；等待派遣时由街道指定的不算改派。",
               "改派次数 + 退回次数", "—", MOMENT, SOURCE, "次"),
)  # fmt: skip
