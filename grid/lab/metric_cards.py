"""What the figures of a check and of a published data set mean."""

from governance.kernel.metrics import MetricCard, register

SOURCE = "本平台设计（docs/adr/0022）；k 和 l 的取值见规则 lab.*"
WHEN = "编制、修改和发布时各检核一次；发布后的数字不再变化"
QUASI = "准标识列（除敏感列以外的所有列）"


def _card(key: str, title: str, definition: str, numerator: str, unit: str, *rules: str) -> MetricCard:
    return MetricCard(
        key=key, title=title, definition=definition, numerator=numerator, denominator="无", as_of=WHEN, source=SOURCE, unit=unit,
        rule_keys=rules,
    )  # fmt: skip


register(
    _card("lab.rows", "行数", "文件的数据行数，不含标题行", "行数", "行"),
    _card("lab.groups", "组数", f"{QUASI}取值完全相同的行算一组", "组数", "组"),
    _card("lab.k", "达到的 k", f"按{QUASI}分组后，最小一组的事项数；复发不重复计数，同一哨单的几张工单算一件",
          "最小一组的事项数", "件", "lab.k_anonymity"),
    _card("lab.short", "不足 k 的组", "事项数少于 k 的组；只要有一组就不能发布", "组数", "组", "lab.k_anonymity"),
    _card("lab.uniform", "敏感列单一的组", "敏感列取值不足 l 种、且不是无害取值的组；只要有一组就不能发布", "组数", "组", "lab.l_diversity"),
)  # fmt: skip
