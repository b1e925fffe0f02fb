"""Routing rules: loaded from data, revised by offices; a version is never edited."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Invalid
from governance.kernel.permission import require
from governance.territory.models import Category

from ..models import RoutingRule
from ..routing import rules_forget

DATA = Path(__file__).resolve().parent.parent / "data"
FIELDS = (
    "order", "title", "klass", "category", "from_level", "unit", "street", "level", "trade", "department", "limit",
    "source_mark", "document", "reason",
)  # fmt: skip


@transaction.atomic
def routing_load() -> int:
    """Load the part categories and the city's routing rules; what is there stays. Returns how many rules were new."""
    _parts_load()
    known, made = set(RoutingRule.objects.values_list("key", flat=True)), []
    codes = {row.code: row for row in Category.objects.all()}
    since = clock.today().replace(month=1, day=1).replace(year=2020)
    for facts in tomllib.loads((DATA / "routing.toml").read_text(encoding="utf-8"))["rule"]:
        if facts["key"] not in known:
            category = codes[facts.pop("category")] if "category" in facts else None
            made.append(RoutingRule(category=category, valid_from=since, **facts))
    RoutingRule.objects.bulk_create(made)
    rules_forget()
    return len(made)


def _parts_load() -> None:
    """The part classes, which only incidents use."""
    for facts in tomllib.loads((DATA / "parts.toml").read_text(encoding="utf-8"))["category"]:
        top, _ = Category.objects.get_or_create(
            code=facts["code"], defaults={"name": facts["name"], "source_mark": "common"}
        )
        for code, name, trade in facts["children"]:
            Category.objects.get_or_create(
                code=code, defaults={"name": name, "parent": top, "lead_trade": trade, "source_mark": "common"}
            )


@transaction.atomic
def routing_revise(*, by: Actor, key: str, **facts) -> RoutingRule:
    """Add the next version of a rule (or the first of a new one), in force from today. Raises Forbidden, Invalid."""
    latest = RoutingRule.objects.select_for_update().filter(key=key).order_by("-version").first()
    row = RoutingRule(
        key=key, version=latest.version + 1 if latest else 1, valid_from=clock.today(), created_by_id=by.user_id,
        created_at=clock.now(), **{name: facts[name] for name in FIELDS if name in facts},
    )  # fmt: skip
    require(by, "routing.edit", latest or row)
    require(by, "routing.edit", row)
    _check(row)
    if latest and latest.valid_to is None:
        RoutingRule.objects.filter(pk=latest.pk).update(valid_to=clock.today())
    row.save()
    audit.record(action="routing.revise", label="修订派遣规则", by=by, subject=row, thread=row.thread,
                 data={"key": key, "version": row.version})  # fmt: skip
    rules_forget()
    return row


def _check(row: RoutingRule) -> None:
    problems = {}
    if row.category_id and row.klass and not row.category.code.startswith(row.klass):
        problems["category"] = "小类不在所选大类里。"
    if row.department_id and row.level != "department":
        problems["department"] = "派往部门的规则才能指定部门。"
    if row.street_id and row.unit_id and row.street.unit_id != row.unit_id:
        problems["street"] = "街道不在所选区县里。"
    if problems:
        raise Invalid(**problems)


@transaction.atomic
def routing_end(*, by: Actor, rule: RoutingRule) -> RoutingRule:
    """Put a rule out of force from today. Raises Forbidden."""
    require(by, "routing.edit", rule)
    RoutingRule.objects.filter(pk=rule.pk, valid_to=None).update(valid_to=clock.today())
    audit.record(
        action="routing.end", label="停用派遣规则", by=by, subject=rule, thread=rule.thread, data={"key": rule.key}
    )
    rules_forget()
    return rule
