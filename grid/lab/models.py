"""An open data set: who asked for it, the cut, what the check found, and the files as they were published."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.guards import append_only
from governance.kernel.scope import ScopedQuerySet

from . import triggers
from .cuts import Cut, cut_from
from .privacy import FLOOR
from .querysets import OpenDatasetQuerySet
from .states import DatasetStatus, FileKind
from .workflow import DATASET_FLOW

__all__ = ["OpenDataset", "OpenDatasetFile"]


class OpenDataset(models.Model):
    """一份开放数据. ``cut`` is the query, ``finding`` what the last check said, ``package`` the dictionary as it was published."""

    title = models.CharField("名称", max_length=80)
    institution = models.CharField("申请单位", max_length=80)
    purpose = models.CharField("研究用途", max_length=300)
    until = models.DateField("使用期限")
    licence_accepted = models.BooleanField("接受使用许可", default=False)
    source = models.CharField("数据类别", max_length=16)
    cut = models.JSONField("切片", default=dict)
    start = models.DateField("起")
    end = models.DateField("止")
    status = models.CharField("状态", max_length=10, choices=DatasetStatus, default=DatasetStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField("编制时间", default=clock.now)
    created_label = models.CharField("编制", max_length=120, blank=True)
    finding = models.JSONField("检核结果", default=dict, blank=True)
    checked_at = models.DateTimeField("检核时间", null=True, blank=True)
    row_count = models.PositiveIntegerField("行数", null=True, blank=True)
    group_count = models.PositiveIntegerField("组数", null=True, blank=True)
    k_required = models.PositiveIntegerField("要求的 k", null=True, blank=True)
    k_reached = models.PositiveIntegerField("达到的 k", null=True, blank=True)
    package = models.JSONField("数据字典和查询", default=dict, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_label = models.CharField("发布", max_length=120, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_label = models.CharField("撤回", max_length=120, blank=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = OpenDatasetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "开放数据"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="open_dataset_span", condition=Q(end__gte=F("start"))),
            models.CheckConstraint(
                name="open_dataset_is_anonymous",
                condition=Q(status="draft", published_at=None)
                | Q(
                    k_required__gte=FLOOR, k_reached__gte=F("k_required"), row_count__gt=0, licence_accepted=True,
                    published_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="open_dataset_withdrawn", condition=~Q(status="withdrawn") | ~Q(withdrawn_reason="")
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="open_dataset_public", condition=~Q(status="draft")),
            models.Index(fields=["source", "start", "end"], name="open_dataset_overlap", condition=~Q(status="draft")),
        ]
        triggers = [
            DATASET_FLOW.trigger("open_dataset_flow"), triggers.dataset_is_frozen, triggers.dataset_is_never_deleted,
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The office's page of it."""
        return reverse("open-dataset", args=[self.pk])

    @property
    def public_url(self) -> str:
        """Where anybody reads it."""
        return reverse("open-data-set", args=[self.pk])

    @property
    def query(self) -> Cut:
        """Its cut."""
        return cut_from(self.cut)

    @property
    def source_label(self) -> str:
        """The kind of data in words."""
        return self.query.data.label

    @property
    def thread(self) -> str:
        """Its own case."""
        return f"opendataset:{self.pk}"


class OpenDatasetFile(models.Model):
    """A file as it is downloaded, byte for byte, with its hashes; append-only."""

    dataset = models.ForeignKey(OpenDataset, models.PROTECT, related_name="files", verbose_name="开放数据")
    kind = models.CharField("格式", max_length=8, choices=FileKind)
    name = models.CharField("文件名", max_length=80)
    content = models.BinaryField("内容")
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField("SHA-256", max_length=64)
    sm3 = models.CharField("SM3", max_length=64)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "开放数据文件"
        constraints = [models.UniqueConstraint(fields=["dataset", "kind"], name="open_dataset_file_once")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """Where anybody downloads it."""
        return reverse("open-data-file", args=[self.dataset_id, self.kind])
