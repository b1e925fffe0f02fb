"""依规拒收: a community's refusal. Upward only the street is shown; the community's name stays with it and its street."""

from django.db import models
from django.urls import reverse

from governance.kernel import clock

from ..querysets import RefusalQuerySet
from ..states import RefusalReason, RefusalStatus
from ..workflow import REFUSAL_FLOW


class Refusal(models.Model):
    """One refusal of one target. ``basis`` is the legal basis as the rule worded it on that day."""

    number = models.CharField("编号", max_length=32, unique=True)
    target = models.OneToOneField(
        "communities.DemandTarget", models.PROTECT, related_name="refusal", verbose_name="社区待办"
    )
    demand = models.ForeignKey("communities.Demand", models.PROTECT, related_name="refusals", verbose_name="要求")
    street = models.ForeignKey("governance.Division", models.PROTECT, related_name="+", verbose_name="街道")
    unit = models.ForeignKey("governance.ManagementUnit", models.PROTECT, related_name="+", verbose_name="区县")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+", verbose_name="派发部门")
    reason = models.CharField("理由", max_length=16, choices=RefusalReason)
    basis = models.CharField("依据", max_length=400)
    words = models.CharField("补充说明", max_length=300, blank=True)
    status = models.CharField("状态", max_length=10, choices=RefusalStatus, default=RefusalStatus.FILED)
    version = models.PositiveIntegerField(default=1)
    filed_at = models.DateTimeField("拒收时间", default=clock.now)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.TextField("部门答复", max_length=1000, blank=True)
    ruling_note = models.TextField("裁决意见", max_length=1000, blank=True)
    ruled_at = models.DateTimeField("裁决时间", null=True, blank=True)
    escalated_at = models.DateTimeField("转区县督促时间", null=True, blank=True)
    street_shown = models.BooleanField("向上显示街道", default=False, help_text="该街道涉及的社区太少时连街道也不显示")
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = RefusalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "依规拒收"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["department", "-id"], name="refusal_department"),
            models.Index(fields=["street", "-id"], name="refusal_street"),
            models.Index(fields=["unit", "-id"], name="refusal_unit"),
        ]
        triggers = [REFUSAL_FLOW.trigger("refusal_flow")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_reason_display()}"

    def get_absolute_url(self) -> str:
        return reverse("refusal", args=[self.pk])

    @property
    def thread(self) -> str:
        """The demand's case."""
        return f"demand:{self.demand_id}"
