"""What the figures of the white paper mean."""

from governance.kernel.metrics import MetricCard, register

SOURCE = "国办函〔2026〕12号的禁令方向；指标为本平台自定（domain-rules 13.3 B15）"
WHEN = "页面打开时现算，按下达日期（拒收按拒收日期）归入年度"


def _card(key: str, title: str, definition: str, numerator: str, unit: str) -> MetricCard:
    return MetricCard(
        key=key, title=title, definition=definition, numerator=numerator, denominator="无", as_of=WHEN, source=SOURCE, unit=unit
    )  # fmt: skip


register(
    _card("paper.minutes", "本平台带来的总分钟", "到达社区且未撤回、未拒收的要求的预计分钟之和，有实际用时的按匿名中位数修正", "分钟之和", "分钟"),
    _card("paper.parts", "到达社区的要求", "每项要求每个社区算一件，不含已撤回、已免除和已拒收的", "件数", "件"),
    _card("paper.sent", "下达的要求", "通过准入闸口并下达的要求，不论涉及几个社区都算一项", "项数", "项"),
    _card("paper.blocked", "闸口挡住的要求", "没有有效准入号、四要素不全、经费缺口超限、额度不足等而未能下达的尝试", "次数", "项"),
    _card("paper.refused", "社区依规拒收", "社区一键拒收的件数；不按社区统计，也不计负面", "件数", "件"),
    _card("paper.upheld", "拒收后纠正", "拒收后部门撤回、修改，或裁决认定拒收成立的件数", "件数", "件"),
    _card("paper.retired", "退出的报表和调查", "本年度生效的清单中，上一版有而这一版既未保留也未并入其他事项的报表、调查", "张数", "张"),
)  # fmt: skip
