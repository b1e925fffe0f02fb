"""Reasons for refusing a step of a disclosure."""

from governance.kernel import clock
from governance.kernel.actor import Actor


def period_is_over(disclosure, by: Actor, changes: dict) -> str | None:
    """Figures of a period that still runs are not published."""
    return None if disclosure.end < clock.today() else f"{disclosure.label}还没有结束。"


def is_late(disclosure, by: Actor, changes: dict) -> str | None:
    """The last day itself is still in time."""
    return None if disclosure.due_on < clock.today() else f"公布期限是 {disclosure.due_on:%m月%d日}，还没有到。"
