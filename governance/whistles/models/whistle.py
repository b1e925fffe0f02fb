"""The whistle and the departments that the street proposes for it."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.kernel import clock

from ..querysets import WhistleQuerySet
from ..states import Scene, Source, TicketRole, Tier, WhistleStatus
from ..workflow import WHISTLE_FLOW

OPEN = ["draft", "pending_review", "pending_dispatch", "in_progress"]


class Whistle(models.Model):
    """哨单: what a street cannot settle alone, and what it has already done about it (domain-rules 1.2)."""

    number = models.CharField("编号", max_length=32, unique=True, null=True, blank=True)
    street = models.ForeignKey(
        "governance.Division", models.PROTECT, related_name="whistles", verbose_name="街道", db_index=False
    )
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, related_name="whistles", verbose_name="区县", db_index=False
    )
    community = models.ForeignKey(
        "governance.Division",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="社区（村）",
        db_index=False,
    )
    grid = models.ForeignKey(
        "governance.Grid", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格", db_index=False
    )
    category = models.ForeignKey(
        "governance.Category", models.PROTECT, related_name="+", verbose_name="事项分类", db_index=False
    )
    scene = models.CharField("情形", max_length=14, choices=Scene)
    tier = models.CharField("层级", max_length=8, choices=Tier, default=Tier.DISTRICT)
    source = models.CharField("来源", max_length=10, choices=Source)
    title = models.CharField("标题", max_length=80)
    facts = models.TextField("事实描述", max_length=4000)
    place = models.CharField("地点", max_length=120)
    households = models.PositiveIntegerField("涉及户数", default=0)
    done_already = models.TextField("街道已做工作", max_length=2000)
    legal_basis = models.CharField("法规依据", max_length=300, blank=True)
    expected_at = models.DateTimeField("期望到场时间", null=True, blank=True)
    is_confidential = models.BooleanField("涉密或涉隐私", default=False)
    status = models.CharField("状态", max_length=18, choices=WhistleStatus, default=WhistleStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, related_name="+", verbose_name="经办人", db_index=False
    )
    created_at = models.DateTimeField("起草时间", default=clock.now)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    dispatched_at = models.DateTimeField("派发时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入"
    )
    merged_from = models.CharField("并入前状态", max_length=18, blank=True)
    recurrence_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="recurrences", verbose_name="回潮自"
    )
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = WhistleQuerySet.as_manager()
    proposed = None  # the proposals of a whistle that is being stored, before they are rows

    class Meta:
        verbose_name = verbose_name_plural = "哨单"
        indexes = [
            models.Index(fields=["street", "-id"], name="whistle_street"),
            models.Index(fields=["unit", "-id"], name="whistle_unit"),
            models.Index(fields=["community", "-id"], name="whistle_community"),
            models.Index(fields=["street", "-id"], condition=Q(status__in=OPEN), name="whistle_street_open"),
            models.Index(fields=["unit", "-id"], condition=Q(status__in=OPEN), name="whistle_unit_open"),
            models.Index(
                fields=["street", "category", "closed_at"],
                condition=Q(closed_at__isnull=False),
                name="whistle_recurrence",
            ),
            models.Index(fields=["closed_at"], condition=Q(status="closed"), name="whistle_to_archive"),
        ]
        triggers = [WHISTLE_FLOW.trigger("whistle_flow")]

    def __str__(self) -> str:
        return f"{self.number or '草稿'} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("whistle", args=[self.pk])

    @property
    def thread(self) -> str:
        """The case that history, mails and files of the whistle and its tickets belong to."""
        return f"whistle:{self.pk}"

    @property
    def is_emergency(self) -> bool:
        return self.scene == Scene.EMERGENCY


class Proposal(models.Model):
    """A department that the street wants to answer, as lead or assistant."""

    whistle = models.ForeignKey(Whistle, models.CASCADE, related_name="proposals")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+", verbose_name="部门")
    role = models.CharField("分工", max_length=6, choices=TicketRole)

    class Meta:
        verbose_name = verbose_name_plural = "拟派部门"
        constraints = [
            models.UniqueConstraint(fields=["whistle", "department"], name="proposal_once"),
            models.UniqueConstraint(fields=["whistle"], condition=Q(role="lead"), name="proposal_one_lead"),
        ]
