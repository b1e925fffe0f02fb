"""被挡住的要求: what the gate refused, so that the white paper can count it. No community is named: none was reached."""

from django.db import models

from governance.kernel import clock
from governance.kernel.guards import append_only
from governance.kernel.scope import ScopedQuerySet


class BlockedDemand(models.Model):
    """One attempt that did not pass the gate; ``grounds`` are the fields that were refused with their reasons."""

    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+", verbose_name="派发部门")
    title = models.CharField("标题", max_length=120)
    form = models.CharField("形态", max_length=12, blank=True)
    communities = models.PositiveIntegerField("拟涉及社区数", default=0)
    grounds = models.JSONField("挡住的原因", default=dict)
    at = models.DateTimeField("时间", default=clock.now)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "被挡住的要求"
        indexes = [models.Index(fields=["at"], name="blocked_at")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.title
