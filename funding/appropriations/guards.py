"""Reasons for refusing a step, in the words of the person who pressed the button."""

from governance.kernel import clock
from governance.kernel.actor import Actor

from .states import LineStatus

ANOTHER = "须由另一人批准：{who}不能批准自己{what}。"


def _same(by: Actor, user_id: int | None, label: str) -> bool:
    """Whether ``by`` is the person who did it: by account where both have one, else by name."""
    return by.user_id == user_id if by.user_id and user_id else by.label[:120] == label


def run_has_lines(run, by: Actor, changes: dict) -> str | None:
    """Nothing is approved that grants nothing."""
    return None if run.communities else "没有需要核定的社区（村）。"


def run_by_another(run, by: Actor, changes: dict) -> str | None:
    """Four eyes; the database checks it again."""
    if _same(by, run.calculated_by_id, run.calculated_label):
        return ANOTHER.format(who="测算人", what="的测算")
    return None


def run_is_current(run, by: Actor, changes: dict) -> str | None:
    """What was granted meanwhile must have been deducted."""
    from .selectors import outdated

    count = outdated(run)
    return f"测算之后已有 {count} 个社区（村）另行核定，请退回重算。" if count else None


def run_still_adds_up(run, by: Actor, changes: dict) -> str | None:
    """Rules and places are those of the calculation: a next version or a merger in between means another sum."""
    from .services.runs import differing

    count = differing(run)
    return f"测算之后规则或社区情况有变，{count} 个社区（村）的金额不同，请退回重算。" if count else None


def year_is_over(run, by: Actor, changes: dict) -> str | None:
    """A year is closed after its end."""
    return None if clock.today().year > run.year else f"{run.year} 年还没有结束。"


def batch_has_lines(batch, by: Actor, changes: dict) -> str | None:
    """An empty batch goes nowhere."""
    return None if batch.count else "批次里没有可以拨付的社区（村）。"


def batch_by_another(batch, by: Actor, changes: dict) -> str | None:
    """Four eyes; the database checks it again."""
    if _same(by, batch.created_by_id, batch.created_label):
        return ANOTHER.format(who="编制人", what="编制的批次")
    return None


def batch_is_covered(batch, by: Actor, changes: dict) -> str | None:
    """The unit has the money."""
    from .rules import yuan
    from .selectors import unit_balance

    left = unit_balance(batch.unit, batch.fund, batch.year)
    return None if left >= batch.total_fen else f"本级可用额度只有 {yuan(left)}，不足以拨付 {yuan(batch.total_fen)}。"


def within_the_grants(batch, by: Actor, changes: dict) -> str | None:
    """A grant that was reduced since then (a merger) is not overdrawn."""
    from .selectors import granted_by_place, paid_by_place
    from .states import PAYABLE

    granted = granted_by_place(batch.year, batch.fund, statuses=PAYABLE)
    used = paid_by_place(batch.year, batch.fund, batch.unit)
    lines = batch.lines.filter(status=LineStatus.PLANNED).select_related("community")
    over = [str(line.community) for line in lines if used[line.community_id] > granted.get(line.community_id, 0)]
    return f"编制之后核定已调减，超出核定额：{'、'.join(over)[:80]}。请退回并重新编制。" if over else None


def nothing_held(batch, by: Actor, changes: dict) -> str | None:
    """A community whose disclosure became overdue since then waits."""
    from .holds import hold_reasons

    lines = list(batch.lines.filter(status=LineStatus.PLANNED).select_related("community"))
    held = hold_reasons([line.community for line in lines], batch.fund, batch.year)
    if not held:
        return None
    names = "、".join(str(line.community) for line in lines if line.community_id in held)
    return f"编制之后应当暂缓：{names[:80]}。请退回并重新编制。"
