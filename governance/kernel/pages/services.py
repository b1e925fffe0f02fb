"""Changing a rule: the next version, from tomorrow at the earliest, audited."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from .. import audit, clock
from ..actor import Actor
from ..errors import Conflict, Invalid
from ..permission import require
from ..policy import PolicyRule, policy_change
from .permissions import CHANGE_RULE

NUMBERS = (int, float)


def misfit(old: Any, new: Any) -> str:
    """Why ``new`` cannot stand where ``old`` stands ("" when it can): same kind, same keys, a list not empty, not negative."""
    if _is_number(old):
        return "应为数字" if not _is_number(new) else "不能小于 0" if new < 0 <= old else ""
    if type(old) is not type(new):
        return "与现行取值的形式不同"
    if isinstance(old, dict) and old.keys() != new.keys():
        return f"应包含且只包含：{'、'.join(old)}"
    if isinstance(old, list) and old and not new:
        return "不能为空"
    if _are_weights(old) and not (len(new) == len(old) and _are_weights(new)):
        return f"应为 {len(old)} 个权重，合计为 1"
    return next((why for before, after in _parts(old, new) if (why := misfit(before, after))), "")


def _are_weights(value: Any) -> bool:
    """Numbers that add up to one."""
    return isinstance(value, list) and all(map(_is_number, value)) and abs(sum(value) - 1) < 1e-9


def _is_number(value: Any) -> bool:
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def _parts(old: Any, new: Any) -> list[tuple[Any, Any]]:
    """Pairs to compare inside a structure; every part of a new list must look like the first of the old one."""
    if isinstance(old, dict):
        return [(old[key], new[key]) for key in old]
    return [(old[0], part) for part in new] if isinstance(old, list) and old else []


@transaction.atomic
def rule_change(*, by: Actor, key: str, value: Any, effective_from: date, reason: str, document: str = "",
                article: str = "") -> PolicyRule:  # fmt: skip
    """Add the next version of a rule; what is running keeps the version that it began with.

    Refused: a day before tomorrow (what happened today was under the old rule), a value of another form, an unchanged value,
    a day not after the last version's.
    """
    require(by, CHANGE_RULE)
    if effective_from <= clock.today():
        tomorrow = clock.today() + timedelta(days=1)
        raise Invalid(effective_from=f"最早从 {tomorrow} 起生效：今天已按现行规则办理。")
    last = PolicyRule.objects.select_for_update().filter(key=key).order_by("-effective_from").first()
    if last is None:
        raise Invalid("没有这条规则。")
    if why := misfit(last.value, value):
        raise Invalid(value=f"取值{why}。")
    if value == last.value:
        raise Invalid(value="取值没有变化。")
    if effective_from <= last.effective_from:
        raise Conflict(f"已有一版自 {last.effective_from} 起生效，新的一版须在其后。")
    sources = {"document": document or last.document, "article": article or last.article, "note": reason[:300]}
    rule = policy_change(key=key, value=value, effective_from=effective_from, **sources)
    audit.record(
        action="rule.change", label="调整规则", by=by, subject=rule, thread=f"rule:{key}"[:40], note=reason,
        data={"key": key, "before": last.value, "after": value, "from": effective_from},
    )  # fmt: skip
    return rule
