"""Rules as data: every deadline, weight and cap is a row with its document, article, dates and how sure we are of it."""

import tomllib
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models, transaction
from django.db.models import Func
from django.utils import timezone

from .cached import cached_for
from .scope import PublicQuerySet
from .ui.choices import StyledChoices


class SourceMark(StyledChoices):
    """Where a rule comes from (the marks of domain-rules)."""

    ARTICLE = "article", "来源文章", "accent", "file"
    LAW = "law", "法规原文", "success", "scale"
    REFERENCE = "reference", "外地参考", "info", "link"
    COMMON = "common", "通行做法", "neutral", "info"
    DOUBTFUL = "doubtful", "待核", "warning", "alert"
    DESIGN = "design", "本地可调", "neutral", "settings"


class _DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class PolicyRule(models.Model):
    """One version of one rule. Versions of a key never overlap in time; changing a rule means adding its next version."""

    key = models.CharField("规则代码", max_length=80)
    title = models.CharField("名称", max_length=120)
    value = models.JSONField("取值")
    unit = models.CharField("单位", max_length=20, blank=True)
    document = models.CharField("文件", max_length=200, blank=True)
    article = models.CharField("条款", max_length=120, blank=True)
    source_mark = models.CharField("来源", max_length=12, choices=SourceMark, default=SourceMark.DESIGN)
    confidence = models.PositiveSmallIntegerField("可信度（%）", default=50)
    note = models.CharField("说明", max_length=300, blank=True)
    effective_from = models.DateField("生效日期", default=date(2020, 1, 1))
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "规则"
        ordering = ["key", "-effective_from"]
        constraints = [
            ExclusionConstraint(
                name="policy_rule_versions_do_not_overlap",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (_DateRange("effective_from", "effective_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.key}）"


@cached_for(5)
def _rules() -> dict[str, list[PolicyRule]]:
    rules = defaultdict(list)
    for rule in PolicyRule.objects.order_by("key", "-effective_from"):
        rules[rule.key].append(rule)
    return dict(rules)


def rule_for(key: str, *, at: date | None = None) -> PolicyRule:
    """Return the version of ``key`` in force on ``at`` (today by default). Raises LookupError for an unknown key or date."""
    from . import clock  # the clock reads its office hours here

    day = at or timezone.localdate(clock.now())
    for rule in _rules().get(key, ()):
        if rule.effective_from <= day and (rule.effective_to is None or day < rule.effective_to):
            return rule
    raise LookupError(f"no policy rule {key!r} in force on {day}")


def policy(key: str, *, at: date | None = None) -> Any:
    """Return the value of the rule in force."""
    return rule_for(key, at=at).value


def forget_rules() -> None:
    """Drop this process's copy (after a change)."""
    _rules.forget()


@transaction.atomic
def policy_load(*, path: Path) -> int:
    """Load a slice's ``rules.toml`` where a key is not there yet; local changes are never overwritten. Returns rows added."""
    rows = [PolicyRule(key=key, **fields) for key, fields in _flatten(tomllib.loads(path.read_text(encoding="utf-8")))]
    known = set(PolicyRule.objects.values_list("key", flat=True))
    added = PolicyRule.objects.bulk_create([row for row in rows if row.key not in known])
    forget_rules()
    return len(added)


def _flatten(tree: dict, prefix: str = ""):
    """Yield (dotted key, fields) for every table that has a value."""
    for name, node in tree.items():
        key = f"{prefix}{name}"
        if isinstance(node, dict) and "value" in node:
            yield key, node
        elif isinstance(node, dict):
            yield from _flatten(node, f"{key}.")


@transaction.atomic
def policy_change(*, key: str, value: Any, effective_from: date, **fields: Any) -> PolicyRule:
    """Add the next version of a rule: the version in force ends on the day when the new one begins."""
    last = PolicyRule.objects.select_for_update().filter(key=key).order_by("-effective_from").first()
    if last is None:
        raise LookupError(f"no policy rule {key!r}")
    if effective_from <= last.effective_from:
        raise ValueError("a new version must begin after the last one")
    last.effective_to = effective_from
    last.save(update_fields=["effective_to"])
    copied = {
        name: getattr(last, name)
        for name in ("title", "unit", "document", "article", "source_mark", "confidence", "note")
    }
    rule = PolicyRule.objects.create(key=key, value=value, effective_from=effective_from, **{**copied, **fields})
    forget_rules()
    return rule
