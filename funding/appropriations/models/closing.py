"""年末结转收回: one row for each time that a fund's year was closed, with what it moved. Never changed."""

from django.db import models
from django.urls import reverse

from funding.ledger.states import Fund
from governance.kernel import clock
from governance.kernel.guards import append_only

from ..querysets import ClosingQuerySet
from .entitlement import PLACE


class YearClosing(models.Model):
    """What one closing carried over and gave back."""

    year = models.PositiveSmallIntegerField("年度")
    fund = models.CharField("经费", max_length=16, choices=Fund)
    percent = models.DecimalField("结转比例上限（%）", max_digits=5, decimal_places=2)
    accounts = models.PositiveIntegerField("账户数")
    carried_fen = models.BigIntegerField("结转（分）")
    lapsed_fen = models.BigIntegerField("收回（分）")
    created_by = models.ForeignKey("governance.User", null=True, verbose_name="经办人", **PLACE)
    by_label = models.CharField("经办", max_length=120)
    at = models.DateTimeField("时间", default=clock.now)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = ClosingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年末结转收回"
        ordering = ["-id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.year} 年{self.get_fund_display()}结转收回"

    def get_absolute_url(self) -> str:
        return f"{reverse('year-close')}?year={self.year}"
