"""Reasons for refusing a step of the signboards, in the words of the person who pressed the button."""

from governance.kernel import clock
from governance.kernel.actor import Actor

from .states import CLEARING_VERDICTS, SignboardStatus


def every_item_has_its_verdict(audit, by: Actor, changes: dict) -> str | None:
    """Nothing undecided is published, and not an empty list either."""
    left = audit.items.filter(verdict="").count()
    if left:
        return f"还有 {left} 块牌子没有处理意见；可以逐块填写，或按“采纳建议”一次采纳。"
    return None if audit.items.exists() else "没有纳入核查的牌子，不能公示。"


def publicity_is_over(audit, by: Actor, changes: dict) -> str | None:
    """Rectification begins on the day after publicity."""
    if audit.publicity_until and audit.publicity_until >= clock.today():
        return f"公示到 {audit.publicity_until:%m月%d日} 期满，之后才能整改。"
    return None


def everything_is_cleared(audit, by: Actor, changes: dict) -> str | None:
    """What was to go has gone."""
    hanging = audit.items.filter(verdict__in=CLEARING_VERDICTS).exclude(board__status=SignboardStatus.REMOVED)
    left = hanging.exclude(board__status=SignboardStatus.REGISTERED).count()
    return f"还有 {left} 块应清理的牌子没有摘除。" if left else None


def its_boards_are_gone(rectification, by: Actor, changes: dict) -> str | None:
    """A department is done when its boards are gone, or were admitted after all."""
    settled = (SignboardStatus.REMOVED, SignboardStatus.REGISTERED)
    left = rectification.boards.exclude(status__in=settled).count()
    return f"还有 {left} 块牌子没有摘除。" if left else None
