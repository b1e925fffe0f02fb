"""下行要求: everything that goes down to communities. The admission item is a foreign key, checked again by triggers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.kernel import clock

from .. import triggers
from ..querysets import DemandQuerySet, TargetQuerySet
from ..states import DemandStatus, ItemForm, TargetStatus
from ..workflow import DEMAND_FLOW, TARGET_FLOW


class Demand(models.Model):
    """One demand of a department on some communities, under one admission item. Other slices point at it (ADR 0013).

    ``day`` is the day for which the item must be in force; ``minutes`` is the estimate per community (domain-rules 18.4).
    The four marks (表号、制定机关、文号、有效期) are obligatory for reports and surveys (统计法 17).
    """

    number = models.CharField("编号", max_length=32, unique=True)
    item = models.ForeignKey(
        "communities.AdmissionItem", models.PROTECT, related_name="demands", verbose_name="准入事项"
    )
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+", verbose_name="派发部门")
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区县"
    )
    form = models.CharField("形态", max_length=12, choices=ItemForm)
    title = models.CharField("标题", max_length=120)
    content = models.TextField("要求", max_length=4000)
    day = models.DateField("下达日期", default=clock.today)
    due_on = models.DateField("完成日期")
    minutes = models.PositiveIntegerField("每社区预计（分钟）")
    communities = models.PositiveIntegerField("社区数", default=0)
    funded_fen = models.PositiveBigIntegerField("随事经费（分）", default=0)
    fund_number = models.CharField("预算指标号", max_length=60, blank=True)
    form_code = models.CharField("表号", max_length=40, blank=True)
    issuer = models.CharField("制定机关", max_length=80, blank=True)
    approval_no = models.CharField("批准或备案文号", max_length=80, blank=True)
    form_valid_to = models.DateField("有效期至", null=True, blank=True)
    over_quota_reason = models.TextField("增负说明", max_length=1000, blank=True)
    is_emergency = models.BooleanField("应急", default=False)
    chosen = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="待批时选定的社区；批准后才生成社区待办"
    )
    decision = models.TextField("审批意见", max_length=1000, blank=True)
    status = models.CharField("状态", max_length=18, choices=DemandStatus, default=DemandStatus.SENT)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, related_name="+", verbose_name="经办人", db_index=False
    )
    created_at = models.DateTimeField("提交时间", default=clock.now)
    sent_at = models.DateTimeField("下达时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "下行要求"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="demand_due_after_day", condition=Q(due_on__gte=F("day"))),
            models.CheckConstraint(
                name="demand_four_marks",
                condition=~Q(form__in=["report", "survey"])
                | (
                    ~Q(form_code="")
                    & ~Q(issuer="")
                    & ~Q(approval_no="")
                    & Q(form_valid_to__isnull=False)
                    & Q(form_valid_to__gte=F("day"))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["department", "-id"], name="demand_department"),
            models.Index(fields=["unit", "-id"], name="demand_unit"),
            models.Index(fields=["item", "day"], name="demand_item_day"),
        ]
        triggers = [DEMAND_FLOW.trigger("demand_flow"), triggers.demand_is_admitted, triggers.demand_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("demand", args=[self.pk])

    @property
    def thread(self) -> str:
        """The case that history and mails of the demand, its targets and refusals belong to."""
        return f"demand:{self.pk}"


class DemandTarget(models.Model):
    """One community's part of a demand: what its desk shows, what it completes or refuses."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="targets", verbose_name="要求")
    community = models.ForeignKey(
        "governance.Division", models.PROTECT, related_name="+", verbose_name="社区（村）", db_index=False
    )
    street = models.ForeignKey(
        "governance.Division", models.PROTECT, related_name="+", db_index=False, verbose_name="街道"
    )
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, related_name="+", db_index=False, verbose_name="区县"
    )
    item = models.ForeignKey(
        "communities.AdmissionItem", models.PROTECT, related_name="+", verbose_name="准入事项", db_index=False
    )
    department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="+", verbose_name="派发部门", db_index=False
    )
    day = models.DateField("下达日期")
    due_on = models.DateField("完成日期")
    minutes = models.PositiveIntegerField("预计（分钟）")
    load = models.PositiveIntegerField("加权分钟", default=0, help_text="分钟 × 频次权重，计入负担指数")
    over_frequency = models.BooleanField("超过频次上限", default=False)
    status = models.CharField("状态", max_length=10, choices=TargetStatus, default=TargetStatus.OPEN)
    version = models.PositiveIntegerField(default=1)
    result = models.CharField("办理结果", max_length=300, blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "社区待办"
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["demand", "community"], name="target_once")]
        indexes = [
            models.Index(fields=["community", "day"], name="target_community_day"),
            models.Index(fields=["community", "due_on"], condition=Q(status="open"), name="target_community_open"),
            models.Index(fields=["street", "-id"], name="target_street"),
            models.Index(fields=["unit", "day"], name="target_unit_day"),
            models.Index(fields=["item", "community", "day"], name="target_frequency"),
        ]
        triggers = [TARGET_FLOW.trigger("target_flow"), triggers.target_is_admitted, triggers.target_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.demand} → {self.community}"

    def get_absolute_url(self) -> str:
        return reverse("demand-target", args=[self.pk])

    @property
    def thread(self) -> str:
        """The demand's case."""
        return f"demand:{self.demand_id}"
