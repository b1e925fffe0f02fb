"""取数登记: who took which figures of which communities, for what. Append-only; the communities concerned can read it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.guards import append_only

from ..querysets import TakingQuerySet


class DataTaking(models.Model):
    """One taking by a department: instead of a form, or by a form that answered itself."""

    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+", verbose_name="取数部门")
    purpose = models.CharField("用途", max_length=200)
    basis = models.CharField("依据", max_length=200, blank=True)
    form = models.ForeignKey(
        "grid.Form", models.PROTECT, null=True, blank=True, related_name="takings", verbose_name="由哪张表"
    )
    elements = ArrayField(models.CharField(max_length=6), verbose_name="数据项")
    community_ids = ArrayField(models.BigIntegerField(), verbose_name="社区")
    street_ids = ArrayField(models.BigIntegerField())
    unit_ids = ArrayField(models.BigIntegerField())
    communities = models.PositiveIntegerField("社区数")
    facts = models.PositiveIntegerField("取得数据")
    by_label = models.CharField("经办", max_length=120)
    taken_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+", db_index=False)
    via = models.CharField("方式", max_length=10)  # that of the actor, or "form": a form that answered itself
    at = models.DateTimeField("时间", default=clock.now)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = TakingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "取数登记"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["department", "-id"], name="taking_department"),
            GinIndex(fields=["community_ids"], name="taking_communities"),
            GinIndex(fields=["street_ids"], name="taking_streets"),
            GinIndex(fields=["unit_ids"], name="taking_units"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.department} {self.purpose}"

    def get_absolute_url(self) -> str:
        """The taking's page."""
        return reverse("taking", args=[self.pk])
