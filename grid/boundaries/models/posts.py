"""Who serves a grid from when to when, and where to complain."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from governance.kernel import clock

from .. import triggers
from ..querysets import GridPostQuerySet, OpenQuerySet
from ..states import PostKind, PostRole


class _DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class GridPost(models.Model):
    """Somebody serves a grid from one day up to (not including) another; at most one of them full-time.

    It gives no rights: those come from the appointment (``Appointment``, role 网格员) of ``user``.
    """

    grid = models.ForeignKey("governance.Grid", models.PROTECT, related_name="posts", verbose_name="网格")
    street = models.ForeignKey("governance.Division", models.PROTECT, related_name="+", verbose_name="街道")
    community = models.ForeignKey("governance.Division", models.PROTECT, related_name="+", verbose_name="社区")
    kind = models.CharField("类别", max_length=10, choices=PostKind)
    role = models.CharField("身份", max_length=16, choices=PostRole)
    user = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, blank=True, related_name="grid_posts", verbose_name="账户"
    )
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("工作电话", max_length=24)
    valid_from = models.DateField("起", default=clock.today)
    valid_to = models.DateField("止（不含）", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = GridPostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格岗位"
        ordering = ["grid", "kind", "id"]
        constraints = [
            ExclusionConstraint(
                name="grid_has_one_full_time_post",
                expressions=[
                    ("grid", RangeOperators.EQUAL),
                    (_DateRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind=PostKind.FULL_TIME),
            ),
            models.CheckConstraint(
                name="grid_post_validity", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="grid_post_role",
                condition=Q(kind=PostKind.FULL_TIME, role=PostRole.WORKER)
                | ~Q(kind=PostKind.FULL_TIME) & ~Q(role=PostRole.WORKER),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["street", "kind", "id"], name="grid_post_street")]
        triggers = [triggers.post_in_its_place, triggers.post_keeps_its_grid, triggers.post_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.name} {self.get_role_display()}"

    def get_absolute_url(self) -> str:
        """The grid's page."""
        return reverse("grid", args=[self.grid.code15])

    @property
    def thread(self) -> str:
        """The grid's history."""
        return f"grid:{self.grid_id}"


class SupervisionPhone(models.Model):
    """A street's telephone for complaints about the grid service; without a row the rule ``grid.supervision_phone`` holds."""

    street = models.OneToOneField(
        "governance.Division",
        models.PROTECT,
        primary_key=True,
        related_name="supervision_phone",
        verbose_name="街道",
    )
    phone = models.CharField("监督电话", max_length=24)
    updated_at = models.DateTimeField("更新时间", default=clock.now)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "监督电话"

    def __str__(self) -> str:
        return self.phone
