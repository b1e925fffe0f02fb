"""数据项: what may be collected at all, from whom, how often, how long it holds, who may have it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.policy import policy
from governance.territory.choices import Trade

from .. import triggers
from ..querysets import ElementQuerySet
from ..states import Frequency, Kind, Sensitivity, Sharing, Source, Theme


class DateRange(Func):
    """A from–to of two columns, for exclusion constraints."""

    function = "DATERANGE"
    output_field = DateRangeField()


class DataElement(models.Model):
    """One version of one data element; versions of a code never overlap and keep kind, theme and unit of measure.

    ``ttl_days`` None takes the rule ``collection.ttl_days``. ``trade`` is the line of departments that answers for the source.
    """

    code = models.CharField("代码", max_length=6)
    name = models.CharField("数据项", max_length=60)
    theme = models.CharField("主题", max_length=12, choices=Theme)
    kind = models.CharField("类型", max_length=8, choices=Kind)
    choices = ArrayField(models.CharField(max_length=40), verbose_name="选项", default=list, blank=True)
    measure = models.CharField("计量单位", max_length=12, blank=True)
    source = models.CharField("权威来源", max_length=10, choices=Source)
    source_name = models.CharField("来源系统", max_length=60)
    trade = models.CharField("更新责任", max_length=16, choices=Trade)
    frequency = models.CharField("更新频率", max_length=10, choices=Frequency, default=Frequency.YEARLY)
    ttl_days = models.PositiveSmallIntegerField("有效期（天）", null=True, blank=True)
    sharing = models.CharField("共享级别", max_length=12, choices=Sharing, default=Sharing.CONDITIONAL)
    sensitivity = models.CharField("个人信息", max_length=10, choices=Sensitivity, default=Sensitivity.NONE)
    valid_from = models.DateField("启用日期", default=clock.today)
    valid_to = models.DateField("停用日期（不含）", null=True, blank=True)
    is_example = models.BooleanField("示例", default=True)

    objects = ElementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "数据项"
        ordering = ["code", "-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="element_versions_do_not_overlap",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="element_code_shape", condition=Q(code__regex=r"^[A-Z]{2}-[0-9]{3}$")),
            models.CheckConstraint(
                name="element_validity", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="element_choices",
                condition=Q(kind="choice") & ~Q(choices=[]) | ~Q(kind="choice") & Q(choices=[]),
            ),
        ]
        triggers = [triggers.element_keeps_meaning, triggers.element_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        """The element's page."""
        return reverse("element", args=[self.code])

    @property
    def is_automatic(self) -> bool:
        """Whether a system or a department answers for it, so that nobody types it in (减负 B09)."""
        return self.source != Source.NONE

    @property
    def days(self) -> int:
        """How many days a value holds."""
        return self.ttl_days or policy("collection.ttl_days")

    def shown(self, value) -> str:
        """A value as it is read: with its unit of measure; "" for none."""
        if value is None or value == "":
            return ""
        text = f"{value:,}" if isinstance(value, int | float) else str(value)
        return f"{text} {self.measure}".strip()
