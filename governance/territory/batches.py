"""A file that waits between preview and confirmation."""

from django.db import models
from django.urls import reverse

from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet
from governance.kernel.ui.choices import StyledChoices


class ImportBatchQuerySet(ScopedQuerySet):
    """Uploads belong to who made them."""

    def visible_to(self, actor: Actor) -> "ImportBatchQuerySet":
        """Return the actor's own uploads."""
        return self.filter(created_by_id=actor.user_id) if actor.user_id else self.none()


class ImportBatch(models.Model):
    """One uploaded table: what was read, what is wrong with it, and whether it has been written."""

    class Kind(StyledChoices):
        DIVISIONS = "divisions", "行政区划", "info", "map"
        DEPARTMENTS = "departments", "部门", "info", "building"
        HOLIDAYS = "holidays", "节假日", "info", "calendar"
        SIGNBOARDS = "signboards", "牌子", "info", "flag"
        GRIDS = "grids", "网格边界", "info", "map"

    class Status(StyledChoices):
        PREVIEW = "preview", "待确认", "warning", "eye"
        APPLIED = "applied", "已导入", "success", "check"
        REFUSED = "refused", "有错误", "danger", "alert"

    kind = models.CharField("类型", max_length=12, choices=Kind)
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.PREVIEW)
    filename = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件散列", max_length=64)
    rows = models.JSONField("各行", default=list)
    errors = models.JSONField("错误", default=list)
    summary = models.JSONField("摘要", default=dict)
    created_by = models.ForeignKey(
        "governance.User", verbose_name="上传人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.filename}"

    def get_absolute_url(self):
        """The preview."""
        return reverse("import", args=[self.pk])
