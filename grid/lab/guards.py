"""Reasons for refusing a step of an open data set."""

from governance.kernel.actor import Actor


def passes_the_check(dataset, by: Actor, changes: dict) -> str | None:
    """The last check decides whether the button is there; what the service found just now decides whether it works."""
    if not changes:
        return None if dataset.finding.get("passed") else "检核没有通过，请先按建议放宽。"
    if changes.get("k_required", 0) > changes.get("k_reached", -1):
        return "有小于 k 的组，不能发布。"
    return None if changes.get("package") else "没有生成文件，不能发布。"
