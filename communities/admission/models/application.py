"""准入申请: a department's application for a new item, and what streets and communities think of it (domain-rules 2.2)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.kernel import clock

from ..applications.querysets import ApplicationQuerySet, OpinionQuerySet
from ..applications.states import ApplicationStatus, Body, Stand
from ..applications.workflow import APPLICATION_FLOW
from ..states import BasisMark, Handling, ItemClass, ItemForm, Place, Term

CLASSES = [(row.value, row.label) for row in ItemClass if row != ItemClass.FORBIDDEN]


class AdmissionApplication(models.Model):
    """One application. A draft may be incomplete; what is missing is named when it is submitted.

    Money is in fen a year, ``minutes`` is one community's time for one occasion, ``times_a_year`` how often at most.
    """

    number = models.CharField("编号", max_length=32, unique=True)
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+", verbose_name="申请部门")
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区县"
    )
    place = models.CharField("适用对象", max_length=6, choices=Place, default=Place.URBAN)
    name = models.CharField("事项", max_length=120)
    klass = models.CharField("类别", max_length=10, choices=CLASSES, default=ItemClass.ASSIST)
    form = models.CharField("形态", max_length=12, choices=ItemForm, default=ItemForm.TASK)
    handling = models.CharField("社区办理方式", max_length=8, choices=Handling, default=Handling.ASSIST)
    basis_document = models.CharField("依据文件", max_length=160, blank=True)
    basis_article = models.CharField("条款", max_length=80, blank=True)
    basis_mark = models.CharField("依据适用", max_length=10, choices=BasisMark, default=BasisMark.DALIAN)
    necessity = models.TextField("必要性", max_length=2000, blank=True)
    alternative = models.TextField(
        "替代方案", max_length=2000, blank=True, help_text="能否用数据共享、部门自行办理代替"
    )
    times_a_year = models.PositiveSmallIntegerField("每年频次", default=1)
    minutes = models.PositiveIntegerField("单次耗时（分钟）", default=0)
    communities = models.PositiveIntegerField("覆盖社区（村）数", default=0)
    information = models.CharField("信息字段", max_length=300, blank=True, help_text="要社区提供的字段，用顿号隔开")
    trial_scope = models.CharField("试点范围", max_length=200, blank=True)
    funded_fen = models.PositiveBigIntegerField("已落实经费（分/年）", default=0)
    fund_number = models.CharField("预算指标号", max_length=60, blank=True)
    fund_source = models.CharField("经费来源", max_length=120, blank=True)
    term = models.CharField("期限", max_length=10, choices=Term, default=Term.LONG)
    start_on = models.DateField("拟生效日期", null=True, blank=True)
    end_on = models.DateField("拟失效日期", null=True, blank=True)
    form_code = models.CharField("表号", max_length=40, blank=True)
    issuer = models.CharField("制定机关", max_length=80, blank=True)
    approval_no = models.CharField("批准或备案文号", max_length=80, blank=True)
    form_valid_to = models.DateField("报表有效期至", null=True, blank=True)
    city_approval_no = models.CharField("市级批准号", max_length=80, blank=True)
    merges = models.ForeignKey(
        "communities.AdmissionItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="合并既有事项",
    )
    category = models.ForeignKey(
        "governance.Category",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="来自职责不清的小类",
    )
    status = models.CharField("状态", max_length=10, choices=ApplicationStatus, default=ApplicationStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    corrections = models.PositiveSmallIntegerField("补正次数", default=0)
    appeals = models.PositiveSmallIntegerField("复核次数", default=0)
    consult_ends_at = models.DateTimeField("征求意见截止", null=True, blank=True)
    publicity_ends_at = models.DateTimeField("公示截止", null=True, blank=True)
    minutes_text = models.TextField("会议纪要", max_length=4000, blank=True)
    bodies = ArrayField(
        models.CharField(max_length=16, choices=Body), verbose_name="参加评审单位", default=list, blank=True
    )
    reviewed_on = models.DateField("评审日期", null=True, blank=True)
    decision_note = models.TextField("决定理由", max_length=1000, blank=True)
    item = models.OneToOneField(
        "communities.AdmissionItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="application",
        verbose_name="准入事项",
    )
    created_by = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, related_name="+", verbose_name="经办人", db_index=False
    )
    created_at = models.DateTimeField("起草时间", default=clock.now)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "准入申请"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="application_in_force_has_item",
                condition=~Q(status__in=["in_force", "emergency"]) | Q(item__isnull=False),
            ),
            models.CheckConstraint(
                name="application_published_has_minutes",
                condition=~Q(status__in=["publicity", "in_force"]) | ~Q(minutes_text=""),
            ),
        ]
        indexes = [
            models.Index(fields=["department", "-id"], name="application_department"),
            models.Index(fields=["unit", "-id"], name="application_unit"),
            models.Index(fields=["status", "-id"], name="application_status"),
        ]
        triggers = [APPLICATION_FLOW.trigger("application_flow")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("application", args=[self.pk])


class AdmissionOpinion(models.Model):
    """What one street (``community`` empty) or one community answers; ``stand`` is empty until it does."""

    application = models.ForeignKey(AdmissionApplication, models.PROTECT, related_name="opinions", verbose_name="申请")
    unit = models.ForeignKey("governance.ManagementUnit", models.PROTECT, related_name="+", verbose_name="区县")
    street = models.ForeignKey("governance.Division", models.PROTECT, related_name="+", verbose_name="街道")
    community = models.ForeignKey(
        "governance.Division", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区（村）"
    )
    stand = models.CharField("意见", max_length=8, choices=Stand, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "征求意见"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "street", "community"], nulls_distinct=False, name="opinion_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.community or self.street}：{self.get_stand_display() or '未答复'}"

    def get_absolute_url(self) -> str:
        return reverse("application", args=[self.application_id])

    @property
    def thread(self) -> str:
        """The application's case."""
        return f"admissionapplication:{self.application_id}"
