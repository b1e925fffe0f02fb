"""牌子: one board at one community. The database refuses a registration that is not admitted or is over the cap."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.kernel import clock

from .. import triggers
from ..querysets import SignboardQuerySet
from ..states import Material, Position, SignboardStatus
from ..workflow import SIGNBOARD_FLOW

PLACE = {"on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Signboard(models.Model):
    """One board. ``entry`` (of the catalogue) or ``item`` (its admission number) lets it be registered.

    ``registered_on`` is the day for which the admission must hold. Photos are the department's; a community takes none.
    """

    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    department = models.ForeignKey("governance.Department", verbose_name="责任部门", **PLACE)
    entry = models.ForeignKey(
        "communities.SignboardType", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="名录条目"
    )
    item = models.ForeignKey(
        "communities.AdmissionItem", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="准入号"
    )
    name = models.CharField("牌子名称", max_length=60)
    length_cm = models.PositiveSmallIntegerField("长（厘米）")
    width_cm = models.PositiveSmallIntegerField("宽（厘米）")
    material = models.CharField("材质", max_length=8, choices=Material, default=Material.METAL)
    position = models.CharField("位置", max_length=8, choices=Position)
    first_hung_on = models.DateField("首次挂牌日", null=True, blank=True)
    registered_on = models.DateField("登记日期", default=clock.today)
    status = models.CharField("状态", max_length=10, choices=SignboardStatus, default=SignboardStatus.REGISTERED)
    version = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入", db_index=False
    )
    rectification = models.ForeignKey(
        "communities.Rectification", models.PROTECT, null=True, blank=True, related_name="boards", verbose_name="整改单"
    )
    photo = models.ForeignKey("governance.StoredFile", null=True, blank=True, verbose_name="照片", **PLACE)
    before_photo = models.ForeignKey("governance.StoredFile", null=True, blank=True, verbose_name="摘除前照片", **PLACE)
    after_photo = models.ForeignKey("governance.StoredFile", null=True, blank=True, verbose_name="摘除后照片", **PLACE)
    removed_on = models.DateField("摘除日期", null=True, blank=True)
    proposal = models.CharField("社区意见", max_length=300, blank=True, help_text="自愿填写")
    batch = models.ForeignKey("governance.ImportBatch", null=True, blank=True, verbose_name="导入批次", **PLACE)
    created_by = models.ForeignKey("governance.User", null=True, verbose_name="登记人", **PLACE)
    created_at = models.DateTimeField("登记时间", default=clock.now)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = SignboardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "牌子"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="signboard_size",
                condition=Q(length_cm__gte=1, length_cm__lte=1000, width_cm__gte=1, width_cm__lte=1000),
            ),
            models.CheckConstraint(
                name="signboard_removed_with_photos",
                condition=~Q(status="removed")
                | Q(before_photo__isnull=False, after_photo__isnull=False, removed_on__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["community", "name"], condition=~Q(status="removed"), name="signboard_hangs_once"
            ),
        ]
        indexes = [
            models.Index(fields=["community", "status"], name="signboard_community"),
            models.Index(fields=["street", "-id"], name="signboard_street"),
            models.Index(fields=["unit", "-id"], name="signboard_unit"),
            models.Index(fields=["unit", "status"], name="signboard_unit_status"),
            models.Index(fields=["department", "-id"], name="signboard_department"),
        ]
        triggers = [
            SIGNBOARD_FLOW.trigger("signboard_flow"), triggers.signboard_in_its_place, triggers.signboard_is_admitted,
            triggers.signboard_is_never_deleted,
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("signboard", args=[self.pk])

    @property
    def thread(self) -> str:
        """The case that its history and photos belong to."""
        return f"signboard:{self.pk}"

    @property
    def size(self) -> str:
        """Length × width in centimetres."""
        return f"{self.length_cm}×{self.width_cm} cm"
