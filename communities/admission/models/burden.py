"""负担账本: how many minutes a department may ask of communities in a year, and how long things really took."""

from django.db import models
from django.db.models import F, Q

from governance.accounts.roles import DEPT_ROLES, UNIT_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet

from .. import triggers

QUOTA_READERS = (Role.CITY_OFFICE, Role.AUDITOR)


class QuotaQuerySet(ScopedQuerySet):
    """A department sees its own quota and those below it; a unit those of its departments; the city all."""

    def visible_to(self, actor: Actor) -> "QuotaQuerySet":
        if actor.is_system or actor.posts_in(*QUOTA_READERS):
            return self.all()
        own = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
        units = [post.unit_id for post in actor.posts_in(*UNIT_ROLES)]
        scope = Q(department_id__in=own) | Q(department__superior_id__in=own) | Q(department__unit_id__in=units)
        return self.filter(scope) if own or units else self.none()


class BurdenQuota(models.Model):
    """One department's minutes in one year (domain-rules 18.4): last year's × 0.95, only falling; ``extra`` was approved.

    ``used`` is the sum of the minutes of live targets of that year, kept under the row's lock; the database refuses more
    than ``minutes + extra``.
    """

    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+", verbose_name="部门")
    year = models.PositiveSmallIntegerField("年度")
    minutes = models.PositiveBigIntegerField("额度（分钟）")
    extra = models.PositiveBigIntegerField("批准增加（分钟）", default=0)
    used = models.PositiveBigIntegerField("已用（分钟）", default=0)
    version = models.PositiveIntegerField(default=1)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "负担额度"
        ordering = ["-year", "-used"]
        constraints = [
            models.UniqueConstraint(fields=["department", "year"], name="quota_once_a_year"),
            models.CheckConstraint(name="quota_is_kept", condition=Q(used__lte=F("minutes") + F("extra"))),
        ]
        indexes = [models.Index(fields=["year", "-used", "-id"], name="quota_year_used")]
        triggers = [triggers.quota_only_falls, triggers.quota_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.department} {self.year} 年"

    @property
    def left(self) -> int:
        """Minutes that may still be asked without approval."""
        return self.minutes + self.extra - self.used


class BurdenSample(models.Model):
    """How many minutes somebody said an item took. Nobody, no community and no day: only the item and the month."""

    item = models.ForeignKey("communities.AdmissionItem", models.PROTECT, related_name="+", verbose_name="准入事项")
    minutes = models.PositiveIntegerField("实际用时（分钟）")
    month = models.DateField("月份", default=clock.today)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "用时样本"
        constraints = [models.CheckConstraint(name="sample_of_a_month", condition=Q(month__day=1))]

    def __str__(self) -> str:
        return f"{self.item} {self.minutes} 分钟"
