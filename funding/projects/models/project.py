"""A project of residents and everything that was said and decided about it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from funding.ledger.codes import name_of
from funding.ledger.money import yuan
from funding.ledger.querysets import PlacedQuerySet
from governance.kernel import clock
from governance.kernel.guards import append_only
from governance.kernel.scope import ScopedQuerySet

from .. import triggers
from ..states import PROJECT_FUND_CHOICES, Category, FindingStatus, Notice, ProjectStatus, Step
from ..workflow import FINDING_FLOW, PROJECT_FLOW

PLACE = {"on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Project(models.Model):
    """What residents want done with the year's service money, from the idea to the archive."""

    number = models.CharField("编号", max_length=32, unique=True)
    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道（乡镇）", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    fund = models.CharField("经费", max_length=16, choices=PROJECT_FUND_CHOICES)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("项目名称", max_length=80)
    purpose = models.TextField("为居民做什么", max_length=2000)
    category = models.CharField("类别", max_length=16, choices=Category)
    idea_from = models.CharField("谁提出的", max_length=120, help_text="如：三号楼 12 户居民联名；不写个人电话和证件号")
    budget_fen = models.BigIntegerField("预算（分）", default=0)
    round = models.PositiveSmallIntegerField("第几轮议事", default=1)
    status = models.CharField("状态", max_length=16, choices=ProjectStatus, default=ProjectStatus.IDEA)
    version = models.PositiveIntegerField(default=1)
    rework_count = models.PositiveIntegerField("验收未通过次数", default=0)
    created_by = models.ForeignKey("governance.User", null=True, verbose_name="登记人", **PLACE)
    created_label = models.CharField("登记", max_length=120)
    created_at = models.DateTimeField("登记时间", default=clock.now)
    filed_at = models.DateTimeField("备案时间", null=True, blank=True)
    closed_at = models.DateTimeField("归档时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="project_budget", condition=Q(budget_fen__gte=0))]
        indexes = [
            models.Index(fields=["unit", "-id"], name="project_unit"),
            models.Index(fields=["street", "-id"], name="project_street"),
            models.Index(fields=["community", "-id"], name="project_community"),
        ]
        triggers = [
            PROJECT_FLOW.trigger("project_flow"), triggers.begins_as("project_begins", "idea"), triggers.project_is_fixed,
            triggers.project_is_never_deleted, triggers.project_keeps_budget,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.pk])

    @property
    def thread(self) -> str:
        """Its own case; payments have theirs."""
        return f"project:{self.pk}"

    @property
    def budget(self) -> str:
        """The budget in yuan, in words."""
        return f"{yuan(self.budget_fen)} 元"


class OfProject(ScopedQuerySet):
    """What belongs to a project is seen by those who see the project."""

    def visible_to(self, actor) -> "OfProject":
        return self.filter(project__in=Project.objects.visible_to(actor))


class BudgetLine(models.Model):
    """One line of a project's budget; only while the idea is being written."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="lines", verbose_name="项目")
    economic_code = models.CharField("经济分类", max_length=5)
    words = models.CharField("用途", max_length=80)
    fen = models.BigIntegerField("金额（分）")

    objects = OfProject.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预算明细"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="budgetline_once", fields=["project", "economic_code", "words"]),
            models.CheckConstraint(name="budgetline_amount", condition=Q(fen__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{name_of(self.economic_code)} {self.words}"

    @property
    def code_name(self) -> str:
        """What the code means."""
        return name_of(self.economic_code)


class Deliberation(models.Model):
    """One of the four meetings: when, how many, how they voted, what was said. Never changed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="deliberations", verbose_name="项目")
    round = models.PositiveSmallIntegerField("第几轮")
    step = models.CharField("议事", max_length=12, choices=Step)
    held_on = models.DateField("日期")
    eligible = models.PositiveIntegerField("应到人数")
    present = models.PositiveIntegerField("实到人数")
    people = models.CharField("到会人员", max_length=400, blank=True, help_text="如：书记、委员等 7 人；名单可作附件")
    agree = models.PositiveIntegerField("同意")
    against = models.PositiveIntegerField("反对", default=0)
    abstain = models.PositiveIntegerField("弃权", default=0)
    minutes = models.TextField("会议记录", max_length=4000)
    by_label = models.CharField("记录人", max_length=120)
    at = models.DateTimeField("录入时间", default=clock.now)

    objects = OfProject.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "议事记录"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="deliberation_once", fields=["project", "round", "step"]),
            models.CheckConstraint(
                name="deliberation_counts",
                condition=Q(eligible__gte=F("present"), present=F("agree") + F("against") + F("abstain")),
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.held_on}"


class PublicNotice(models.Model):
    """One of the two publications: where, for whom, from when to when. Never changed; a longer one is a new row."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="notices", verbose_name="项目")
    round = models.PositiveSmallIntegerField("第几轮")
    kind = models.CharField("公开", max_length=10, choices=Notice)
    from_on = models.DateField("起")
    to_on = models.DateField("止")
    place = models.CharField("地点与范围", max_length=200)
    words = models.TextField("居民意见与答复", max_length=2000, blank=True)
    by_label = models.CharField("登记人", max_length=120)
    at = models.DateTimeField("录入时间", default=clock.now)

    objects = OfProject.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="publicnotice_days", condition=Q(to_on__gte=F("from_on")))]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_on} 至 {self.to_on}"


class Acceptance(models.Model):
    """What residents' representatives found on the spot. Never changed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="acceptances", verbose_name="项目")
    held_on = models.DateField("日期")
    people = models.CharField("居民代表", max_length=200, help_text="如：张某、李某等 5 名居民代表")
    asked = models.PositiveIntegerField("参加评议人数")
    satisfied = models.PositiveIntegerField("满意人数")
    passed = models.BooleanField("通过")
    words = models.TextField("验收意见", max_length=2000)
    by_label = models.CharField("记录人", max_length=120)
    at = models.DateTimeField("录入时间", default=clock.now)

    objects = OfProject.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "验收"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="acceptance_counts", condition=Q(asked__gt=0, satisfied__lte=F("asked")))
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"验收 {self.held_on}"


class FindingQuerySet(ScopedQuerySet):
    """Findings follow their project or payment; both carry the community."""

    def visible_to(self, actor) -> "FindingQuerySet":
        from .payment import PaymentRequest

        own = Q(project__in=Project.objects.visible_to(actor))
        return self.filter(own | Q(payment__in=PaymentRequest.objects.visible_to(actor)))


class Finding(models.Model):
    """八用七不用: a code or a word says that service money may not be spent so. It can be appealed against."""

    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="项目"
    )
    payment = models.ForeignKey(
        "funding.PaymentRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="支付申请",
    )
    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道（乡镇）", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    mark = models.CharField("触发", max_length=40, help_text="科目代码或词语")
    reason = models.CharField("理由", max_length=200)
    status = models.CharField("状态", max_length=10, choices=FindingStatus, default=FindingStatus.OPEN)
    appeal = models.TextField("申诉理由", max_length=1000, blank=True)
    ruling = models.TextField("裁定理由", max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField("发现时间", default=clock.now)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "负面清单提示"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="finding_of_one",
                condition=Q(project__isnull=False, payment__isnull=True)
                | Q(project__isnull=True, payment__isnull=False),
            ),
            models.UniqueConstraint(name="finding_once", fields=["project", "payment", "mark"], nulls_distinct=False),
        ]
        triggers = [FINDING_FLOW.trigger("finding_flow"), triggers.begins_as("finding_begins", "open")]

    def __str__(self) -> str:
        return f"“{self.mark}”：{self.reason}"

    def get_absolute_url(self) -> str:
        return (self.project or self.payment).get_absolute_url()

    @property
    def thread(self) -> str:
        """The case of what it was found in."""
        return (self.project or self.payment).thread
