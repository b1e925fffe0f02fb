"""派遣规则: which incident goes where, as data. A version is never edited; the office of the unit or the city adds the next."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.policy import SourceMark
from governance.territory.choices import Trade

from .. import triggers
from ..querysets import RoutingQuerySet
from ..states import HandlingLevel, Limit


class _DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class RoutingRule(models.Model):
    """One version of one rule. Empty conditions match everything; the first rule by ``order`` that matches wins.

    Without ``department`` a rule to the departments means the unit's own of ``trade`` (of the category's usual trade where
    that is empty).
    """

    key = models.CharField("规则", max_length=40)
    version = models.PositiveSmallIntegerField("版本", default=1)
    order = models.PositiveSmallIntegerField("次序")
    title = models.CharField("名称", max_length=80)
    klass = models.CharField("大类", max_length=2, blank=True)
    category = models.ForeignKey(
        "governance.Category", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="小类"
    )
    from_level = models.CharField("上报自", max_length=10, choices=HandlingLevel, blank=True)
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="限区县"
    )
    street = models.ForeignKey(
        "governance.Division", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="限街道"
    )
    level = models.CharField("派往", max_length=10, choices=HandlingLevel)
    trade = models.CharField("部门条线", max_length=16, choices=Trade, blank=True)
    department = models.ForeignKey(
        "governance.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="指定部门"
    )
    limit = models.CharField("处置时限", max_length=8, choices=Limit, default=Limit.NORMAL)
    source_mark = models.CharField("来源标记", max_length=12, choices=SourceMark, default=SourceMark.DESIGN)
    document = models.CharField("依据", max_length=120, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    valid_from = models.DateField("启用", default=clock.today)
    valid_to = models.DateField("停用（不含）", null=True, blank=True)
    created_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = RoutingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "派遣规则"
        ordering = ["order", "key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="routing_version_once"),
            models.CheckConstraint(
                name="routing_department_by_level", condition=Q(department=None) | Q(level=HandlingLevel.DEPARTMENT)
            ),
            models.CheckConstraint(
                name="routing_validity", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            ExclusionConstraint(
                name="routing_one_version_a_day",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (_DateRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [triggers.routing_is_only_ended, triggers.routing_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.title}（第 {self.version} 版）"

    def get_absolute_url(self) -> str:
        """The rule's page."""
        return reverse("routing-rule", args=[self.key])

    @property
    def thread(self) -> str:
        """The rule's history, over its versions."""
        return f"routing:{self.key}"[:40]
