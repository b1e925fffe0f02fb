"""事实: one value of one element for one community, where it came from and until when it holds. Nothing about persons."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.kernel import clock

from .. import triggers
from ..querysets import FactQuerySet
from ..states import BY_HAND, Origin


class Fact(models.Model):
    """Append-only: a correction is a new fact that ``supersedes`` the old, which gets its ``ended_at`` and nothing else.

    Two times: ``as_of``–``valid_until`` say for which days the value holds, ``recorded_at``–``ended_at`` when the city knew it
    so. A correction holds from the day of what it puts right. At most one fact of a code and community has no ``ended_at``: the
    current one. Up to ``valid_until`` nobody is asked again.
    """

    element = models.ForeignKey("grid.DataElement", models.PROTECT, related_name="facts", verbose_name="数据项")
    code = models.CharField("代码", max_length=6)
    community = models.ForeignKey(
        "governance.Division", models.PROTECT, related_name="+", verbose_name="社区（村）", db_index=False
    )
    street = models.ForeignKey("governance.Division", models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("governance.ManagementUnit", models.PROTECT, related_name="+", db_index=False)
    value = models.JSONField("取值")
    origin = models.CharField("来历", max_length=10, choices=Origin)
    department = models.ForeignKey(
        "governance.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源部门"
    )
    form = models.ForeignKey(
        "grid.Form", models.PROTECT, null=True, blank=True, related_name="facts", verbose_name="由哪张表"
    )
    recorded_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField("登记时间", default=clock.now)
    as_of = models.DateField("数据时点", default=clock.today)
    valid_until = models.DateField("有效期至")
    is_correction = models.BooleanField("更正", default=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name="替代"
    )
    ended_at = models.DateTimeField("被替代时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "数据"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["community", "code"], condition=Q(ended_at=None), name="fact_one_current"),
            models.CheckConstraint(
                name="fact_ends_later", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("recorded_at"))
            ),
            models.CheckConstraint(name="fact_holds_from_to", condition=Q(as_of__lte=F("valid_until"))),
            models.CheckConstraint(
                name="fact_origin",
                condition=Q(origin="form", form__isnull=False)
                | Q(origin="api", department__isnull=False)
                | Q(origin__in=["system", "community"]),
            ),
            models.CheckConstraint(
                name="fact_correction", condition=Q(is_correction=False) | Q(supersedes__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["code", "community"], condition=Q(ended_at=None), name="fact_code_current"),
            models.Index(fields=["street", "-id"], name="fact_street"),
            models.Index(fields=["unit", "-id"], name="fact_unit"),
        ]
        triggers = [triggers.fact_in_its_place, triggers.fact_is_only_ended, triggers.fact_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"

    def get_absolute_url(self) -> str:
        """The figure with its history."""
        return reverse("fact", args=[self.pk])

    @property
    def thread(self) -> str:
        """All versions of one figure."""
        return f"fact:{self.community_id}:{self.code}"

    @property
    def shown(self) -> str:
        """The value as it is read."""
        return self.element.shown(self.value)

    @property
    def badge(self) -> Origin:
        """Where it came from, with its colour and icon."""
        return Origin(self.origin)

    @property
    def by_hand(self) -> bool:
        """Whether a community typed it in."""
        return self.origin in BY_HAND

    def is_valid(self, day: date | None = None) -> bool:
        """Whether it holds on ``day`` (today by default)."""
        return self.ended_at is None and self.valid_until >= (day or clock.today())
