"""核定: what one year's rules give to each community, calculated by one person and approved by another."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.kernel import clock

from .. import triggers
from ..querysets import LineQuerySet, RunQuerySet
from ..rules import SIZES, yuan
from ..states import ENTITLED_CHOICES, OPEN_RUNS, RunKind, RunStatus
from ..workflow import RUN_FLOW

PLACE = {"on_delete": models.PROTECT, "related_name": "+", "db_index": False}


def four_eyes(first: str, second: str, before: tuple[str, ...], name: str) -> models.CheckConstraint:
    """From here on ``second`` decided what ``first`` had made: another account, or another name where one has none."""
    both = Q(**{f"{first}_by__isnull": False, f"{second}_by__isnull": False})
    by_account = both & ~Q(**{f"{first}_by": F(f"{second}_by")})
    by_name = ~both & ~Q(**{f"{second}_label": ""}) & ~Q(**{f"{first}_label": F(f"{second}_label")})
    return models.CheckConstraint(name=name, condition=Q(status__in=before) | by_account | by_name)


class EntitlementRun(models.Model):
    """One calculation of one fund for one year: the whole city (``unit`` None) or one unit. ``rules`` are those it cites."""

    number = models.CharField("编号", max_length=32, unique=True)
    year = models.PositiveSmallIntegerField("年度")
    fund = models.CharField("经费", max_length=16, choices=ENTITLED_CHOICES)
    kind = models.CharField("类型", max_length=10, choices=RunKind, default=RunKind.ANNUAL)
    unit = models.ForeignKey("governance.ManagementUnit", null=True, blank=True, verbose_name="区县", **PLACE)
    status = models.CharField("状态", max_length=12, choices=RunStatus, default=RunStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    communities = models.PositiveIntegerField("社区（村）数", default=0)
    total_fen = models.BigIntegerField("合计（分）", default=0)
    rules = models.JSONField("依据的规则", default=list, encoder=DjangoJSONEncoder)
    note = models.CharField("说明", max_length=300, blank=True)
    calculated_by = models.ForeignKey("governance.User", null=True, verbose_name="测算人", **PLACE)
    calculated_label = models.CharField("测算", max_length=120)
    calculated_at = models.DateTimeField("测算时间", default=clock.now)
    approved_by = models.ForeignKey("governance.User", null=True, verbose_name="批准人", **PLACE)
    approved_label = models.CharField("批准", max_length=120, blank=True)
    approved_at = models.DateTimeField("批准时间", null=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "经费核定"
        ordering = ["-id"]
        constraints = [
            four_eyes("calculated", "approved", ("draft", "submitted", "void"), "entitlement_four_eyes"),
            models.UniqueConstraint(
                name="entitlement_one_open", fields=["year", "fund", "unit"], condition=Q(status__in=OPEN_RUNS),
                nulls_distinct=False,
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit", "-id"], name="entitlement_unit"),
            models.Index(fields=["year", "fund"], name="entitlement_year"),
        ]
        triggers = [
            RUN_FLOW.trigger("entitlement_flow"), triggers.run_is_fixed, triggers.run_is_never_deleted, triggers.run_adds_up,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.year} 年{self.get_fund_display()}{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("entitlement-run", args=[self.pk])

    @property
    def thread(self) -> str:
        """Its own case."""
        return f"entitlementrun:{self.pk}"

    @property
    def scope(self) -> str:
        """Whom it covers."""
        return str(self.unit) if self.unit_id else "全市"

    @property
    def total(self) -> str:
        """The sum as officials write it."""
        return yuan(self.total_fen)


class EntitlementLine(models.Model):
    """What one community gets by one run. ``full_fen`` is the year's whole amount, ``given_fen`` what earlier runs gave.

    ``amount_fen`` is what this run adds; below zero when a community was closed in mid-year. ``basis`` explains it.
    """

    run = models.ForeignKey(EntitlementRun, models.PROTECT, related_name="lines", verbose_name="核定", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    fund = models.CharField("经费", max_length=16, choices=ENTITLED_CHOICES)
    kind = models.CharField("类型", max_length=10, choices=RunKind, default=RunKind.ANNUAL)
    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道（乡镇）", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    amount_fen = models.BigIntegerField("本次核定（分）")
    full_fen = models.BigIntegerField("全年应得（分）")
    given_fen = models.BigIntegerField("此前已核定（分）", default=0)
    months = models.PositiveSmallIntegerField("计发月数")
    size = models.CharField(
        "规模", max_length=6, choices=[(key, name) for key, name in SIZES.items() if key], blank=True
    )
    households = models.PositiveIntegerField("户数", null=True)
    population = models.PositiveIntegerField("人口", null=True)
    basis = models.JSONField("测算说明", default=list, encoder=DjangoJSONEncoder)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应得经费"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="entitlement_line_once", fields=["run", "community"]),
            models.UniqueConstraint(
                name="entitlement_annual_once", fields=["year", "fund", "community"], condition=Q(kind="annual")
            ),
            models.CheckConstraint(
                name="entitlement_line_sum",
                condition=Q(amount_fen=F("full_fen") - F("given_fen"), full_fen__gte=0, given_fen__gte=0),
            ),
            models.CheckConstraint(name="entitlement_months", condition=Q(months__lte=12)),
        ]
        indexes = [
            models.Index(fields=["community", "year", "fund"], name="entitlement_line_place"),
            models.Index(fields=["street", "-id"], name="entitlement_line_street"),
            models.Index(fields=["unit", "-id"], name="entitlement_line_unit"),
        ]
        triggers = [triggers.line_in_a_draft]

    def __str__(self) -> str:
        return f"{self.community} {self.year} 年{self.get_fund_display()}"

    def get_absolute_url(self) -> str:
        return reverse("entitlement", args=[self.pk])

    @property
    def size_label(self) -> str:
        """大村, 小村 or 城市社区."""
        return SIZES[self.size]
