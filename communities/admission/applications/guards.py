"""Reasons for refusing a step of an application that the state alone does not show. Chinese words, or None."""

from governance.kernel import clock
from governance.kernel.policy import policy


def may_be_returned(application, actor, changes) -> str | None:
    """Once only."""
    if application.corrections >= policy("admission.corrections"):
        return "只能退回补正一次；请审查通过或不予准入。"
    return None


def opinions_are_in(application, actor, changes) -> str | None:
    """Everybody asked has answered, or the time for answering is over."""
    if actor.is_system or application.consult_ends_at is None or clock.now() >= application.consult_ends_at:
        return None
    if application.opinions.filter(stand="").exists():
        return "还有街道、社区没有答复，征求意见期满前不能进入评审。"
    return None


def has_minutes(application, actor, changes) -> str | None:
    """A joint review leaves minutes and names who took part; buttons are drawn before they are written."""
    if changes and not (changes.get("minutes_text", "").strip() and changes.get("bodies")):
        return "请填写会议纪要和参加评审的单位。"
    return None


def publicity_is_over(application, actor, changes) -> str | None:
    """Not before the publicity period has ended."""
    if application.publicity_ends_at and clock.now() < application.publicity_ends_at:
        return f"公示到 {application.publicity_ends_at:%Y-%m-%d} 为止，期满后才能批准。"
    return None


def may_appeal(application, actor, changes) -> str | None:
    """One reconsideration."""
    return "只能申请复核一次。" if application.appeals >= policy("admission.appeals") else None
