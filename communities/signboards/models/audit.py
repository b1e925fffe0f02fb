"""核查: a district's campaign with one line per board: what is suggested, what is decided, what came of it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.kernel import clock

from ..querysets import AuditQuerySet, PlacedQuerySet
from ..states import AuditKind, AuditStatus, Verdict
from ..workflow import AUDIT_FLOW
from .board import PLACE


class SignboardAudit(models.Model):
    """One campaign of one district. A spot check is drawn once a quarter from ``seed``: anybody can draw it again."""

    number = models.CharField("编号", max_length=32, unique=True)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    kind = models.CharField("类型", max_length=10, choices=AuditKind)
    title = models.CharField("名称", max_length=80)
    quarter = models.CharField("季度", max_length=6, blank=True)
    seed = models.CharField("抽样种子", max_length=40, blank=True)
    status = models.CharField("状态", max_length=12, choices=AuditStatus, default=AuditStatus.REGISTERING)
    version = models.PositiveIntegerField(default=1)
    begins_on = models.DateField("开始日期", default=clock.today)
    due_on = models.DateField("完成期限")
    publicity_from = models.DateField("公示起", null=True, blank=True)
    publicity_until = models.DateField("公示止", null=True, blank=True)
    created_by = models.ForeignKey("governance.User", null=True, verbose_name="发起人", **PLACE)
    created_at = models.DateTimeField("发起时间", default=clock.now)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "牌子核查"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="signboard_audit_due", condition=Q(due_on__gte=F("begins_on"))),
            models.UniqueConstraint(
                fields=["unit", "quarter"], condition=Q(kind="spot_check"), name="signboard_audit_one_sample"
            ),
        ]
        indexes = [models.Index(fields=["unit", "-id"], name="signboard_audit_unit")]
        triggers = [AUDIT_FLOW.trigger("signboard_audit_flow")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("signboard-audit", args=[self.pk])

    @property
    def thread(self) -> str:
        """Its own case."""
        return f"signboard-audit:{self.pk}"


class SignboardAuditItem(models.Model):
    """One board in one campaign."""

    audit = models.ForeignKey(SignboardAudit, models.PROTECT, related_name="items", verbose_name="核查")
    board = models.ForeignKey("communities.Signboard", models.PROTECT, related_name="audit_items", verbose_name="牌子")
    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    department = models.ForeignKey("governance.Department", verbose_name="责任部门", **PLACE)
    suggestion = models.CharField("建议", max_length=10, choices=Verdict, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    merge_into = models.ForeignKey("communities.Signboard", null=True, blank=True, verbose_name="并入", **PLACE)
    verdict = models.CharField("处理意见", max_length=10, choices=Verdict, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    judged_at = models.DateTimeField("填写时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "核查条目"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["audit", "board"], name="signboard_audit_item_once")]
        indexes = [
            models.Index(fields=["audit", "street"], name="signboard_audit_item_street"),
            models.Index(fields=["community"], name="signboard_audit_item_place"),
            models.Index(fields=["department", "-id"], name="signboard_audit_item_dept"),
        ]

    def __str__(self) -> str:
        return str(self.board)

    def get_absolute_url(self) -> str:
        return reverse("signboard-audit-item", args=[self.pk])
