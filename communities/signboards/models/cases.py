"""整改单 for the department that answers for boards, and the re-check (回潮复查) after each removal."""

from django.db import models
from django.urls import reverse

from governance.kernel import clock

from ..querysets import PlacedQuerySet, RecheckQuerySet
from ..states import RecheckStatus, RectificationReason, RectificationStatus
from ..workflow import RECHECK_FLOW, RECTIFICATION_FLOW
from .board import PLACE


class Rectification(models.Model):
    """What one department has to put right in one street. Only departments are pressed and notified (domain-rules 13.3)."""

    number = models.CharField("编号", max_length=32, unique=True)
    reason = models.CharField("原因", max_length=10, choices=RectificationReason)
    content = models.CharField("要求", max_length=300)
    department = models.ForeignKey("governance.Department", verbose_name="责任部门", **PLACE)
    community = models.ForeignKey("governance.Division", null=True, blank=True, verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    audit = models.ForeignKey(
        "communities.SignboardAudit", models.PROTECT, null=True, blank=True, related_name="rectifications",
        verbose_name="核查",
    )  # fmt: skip
    status = models.CharField("状态", max_length=10, choices=RectificationStatus, default=RectificationStatus.OPEN)
    version = models.PositiveIntegerField(default=1)
    due_on = models.DateField("整改期限")
    created_at = models.DateTimeField("开具时间", default=clock.now)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "整改单"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["department", "-id"], name="rectification_department"),
            models.Index(fields=["street", "-id"], name="rectification_street"),
            models.Index(fields=["unit", "-id"], name="rectification_unit"),
        ]
        triggers = [RECTIFICATION_FLOW.trigger("rectification_flow")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_reason_display()}"

    def get_absolute_url(self) -> str:
        return reverse("rectification", args=[self.pk])

    @property
    def thread(self) -> str:
        """Its own case."""
        return f"rectification:{self.pk}"


class SignboardRecheck(models.Model):
    """One look, some days after a removal, whether the board hangs again. The street looks; the community need not."""

    board = models.ForeignKey("communities.Signboard", models.PROTECT, related_name="rechecks", verbose_name="牌子")
    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    department = models.ForeignKey("governance.Department", verbose_name="责任部门", **PLACE)
    due_on = models.DateField("复查日期")
    status = models.CharField("状态", max_length=10, choices=RecheckStatus, default=RecheckStatus.WAITING)
    version = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField("复查时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = RecheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "回潮复查"
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["board"], condition=models.Q(status="waiting"), name="signboard_recheck_one_waiting"
            )
        ]
        indexes = [
            models.Index(fields=["street", "due_on"], name="signboard_recheck_street"),
            models.Index(fields=["unit", "due_on"], name="signboard_recheck_unit"),
        ]
        triggers = [RECHECK_FLOW.trigger("signboard_recheck_flow")]

    def __str__(self) -> str:
        return f"{self.board} 回潮复查"

    def get_absolute_url(self) -> str:
        return reverse("signboard-recheck", args=[self.pk])

    @property
    def thread(self) -> str:
        """The board's case."""
        return f"signboard:{self.board_id}"
