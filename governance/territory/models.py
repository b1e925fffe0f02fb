"""Divisions, management units, entrustments, categories, departments and grids (domain-rules A.1, 14; ADR 0003)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.kernel.policy import SourceMark
from governance.kernel.scope import PublicQuerySet

from . import triggers
from .batches import ImportBatch  # noqa: F401
from .choices import DepartmentLevel, GridKind, Level, TownType, Trade, UnitKind, VillageType
from .querysets import DepartmentQuerySet, DivisionQuerySet, GridQuerySet, ValidityQuerySet


class ManagementUnit(models.Model):
    """One of the twelve units that run the city: ten statutory counties and two functional zones."""

    code = models.CharField("代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=20)
    kind = models.CharField("类型", max_length=20, choices=UnitKind)
    main_division = models.OneToOneField(
        "Division",
        verbose_name="对应区划",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="statutory_unit",
    )
    note = models.CharField("说明", max_length=200, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "管理单元"
        ordering = ["code"]

    def __str__(self):
        return self.short_name

    def get_absolute_url(self):
        """The unit's page."""
        return reverse("territory-unit", args=[self.code])


class Division(models.Model):
    """A real division with its 12-digit code; ``district`` and ``street`` are its ancestors, never itself."""

    code12 = models.CharField("区划代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=12, choices=Level)
    town_type = models.CharField("乡级类型", max_length=12, choices=TownType, blank=True)
    village_type = models.CharField("村级类型", max_length=16, choices=VillageType, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name="上级区划", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    district = models.ForeignKey(
        "self", verbose_name="所属区县", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    street = models.ForeignKey(
        "self", verbose_name="所属街道", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(
        ManagementUnit,
        verbose_name="管理单元",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="divisions",
        help_text="实际管理该区划的单元；功能区托管的街道指向功能区",
    )
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    source_vintage = models.CharField("数据版本", max_length=40, blank=True)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False, help_text="户数等字段为合成；真实区划本身不标")
    recorded_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code12"]
        constraints = [
            models.CheckConstraint(name="division_code12_digits", condition=Q(code12__regex=r"^[0-9]{12}$")),
            models.CheckConstraint(
                name="division_validity", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="division_shape",
                condition=(
                    Q(level="city", parent__isnull=True, district__isnull=True, street__isnull=True)
                    | Q(level="county", parent__isnull=False, district__isnull=True, street__isnull=True)
                    | Q(level="town", parent__isnull=False, district=F("parent"), street__isnull=True)
                    & ~Q(town_type="")
                    | Q(level="community", parent__isnull=False, street=F("parent"), district__isnull=False)
                    & ~Q(village_type="")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["parent", "code12"], name="division_parent_code"),
            models.Index(fields=["street", "level"], name="division_street_level"),
            models.Index(fields=["district", "level"], name="division_district_level"),
            models.Index(fields=["unit", "level"], name="division_unit_level"),
        ]
        triggers = [triggers.division_under_parent, triggers.division_keeps_code, triggers.division_is_never_deleted]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """The division's page."""
        return reverse("territory-division", args=[self.code12])

    @property
    def type_label(self) -> str:
        """The kind where there is one, else the level: 街道, 居委会, 区县."""
        return self.get_town_type_display() or self.get_village_type_display() or self.get_level_display()

    def save(self, *args, **kwargs):
        """Fill the ancestor columns and the unit from the parent when they are missing (the database checks them)."""
        if self._state.adding and self.parent is not None:
            self.inherit(self.parent)
        super().save(*args, **kwargs)

    def inherit(self, parent: "Division") -> None:
        """Set ``district``, ``street`` and, if empty, ``unit`` as a child of ``parent`` has them."""
        if self.level == Level.TOWN:
            self.district = parent
        elif self.level == Level.COMMUNITY:
            self.district_id, self.street = parent.district_id, parent
        if self.unit_id is None:
            self.unit_id = parent.unit_id


class Entrustment(models.Model):
    """A street that a functional zone runs for its statutory county, from-to; unconfirmed ones read 待核 on screen."""

    unit = models.ForeignKey(
        ManagementUnit, verbose_name="受托单元", on_delete=models.PROTECT, related_name="entrustments"
    )
    division = models.ForeignKey(
        Division, verbose_name="托管街道", on_delete=models.PROTECT, related_name="entrustments"
    )
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    confirmed = models.BooleanField("已核实", default=False)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ValidityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "托管关系"
        ordering = ["unit", "division"]
        constraints = [
            models.UniqueConstraint(
                name="entrustment_one_open", fields=["division"], condition=Q(valid_to__isnull=True)
            ),
            models.CheckConstraint(
                name="entrustment_validity", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
            ),
        ]

    def __str__(self):
        return f"{self.unit} 托管 {self.division}"


class Category(models.Model):
    """What a whistle or an incident is about: 大类 (no parent) and 小类; ``lead_trade`` suggests who usually leads."""

    code = models.CharField("代码", max_length=8, unique=True)
    name = models.CharField("名称", max_length=40)
    parent = models.ForeignKey(
        "self", verbose_name="大类", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    lead_trade = models.CharField("通常主办", max_length=16, choices=Trade, blank=True)
    source_mark = models.CharField("来源标记", max_length=12, choices=SourceMark, default=SourceMark.DESIGN)
    is_active = models.BooleanField("启用", default=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项分类"
        ordering = ["code"]

    def __str__(self):
        return self.name


class Department(models.Model):
    """A department or its station. ``superior`` is its trade's line (条), ``street`` the place it serves (块)."""

    code = models.CharField("代码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=40)
    level = models.CharField("层级", max_length=8, choices=DepartmentLevel)
    kind = models.CharField("条线", max_length=16, choices=Trade, default=Trade.OTHER)
    unit = models.ForeignKey(
        ManagementUnit,
        verbose_name="管理单元",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="departments",
    )
    superior = models.ForeignKey(
        "self",
        verbose_name="上级部门（条）",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="subordinates",
    )
    street = models.ForeignKey(
        Division,
        verbose_name="所在街道（块）",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stations",
    )
    email = models.EmailField("邮箱", blank=True)
    alternate_emails = ArrayField(models.EmailField(), verbose_name="备用邮箱", default=list, blank=True)
    phone = models.CharField("电话", max_length=24, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="department_shape",
                condition=(
                    Q(level="city", unit__isnull=True, street__isnull=True)
                    | Q(level="unit", unit__isnull=False, street__isnull=True)
                    | Q(level="station", unit__isnull=False, street__isnull=False, superior__isnull=False)
                ),
            )
        ]
        indexes = [
            models.Index(fields=["unit", "level", "code"], name="department_unit_level"),
            models.Index(fields=["superior", "street"], name="department_superior_street"),
            models.Index(fields=["street", "kind"], name="department_street_kind"),
        ]
        triggers = [triggers.station_in_street]

    def __str__(self):
        return self.short_name

    def get_absolute_url(self):
        """The department's page."""
        return reverse("department", args=[self.code])


class Grid(models.Model):
    """A grid inside one community: 15 digits = the community's 12 + sequence. Never directly under a street."""

    code15 = models.CharField("网格编码", max_length=15, unique=True)
    community = models.ForeignKey(Division, verbose_name="社区", on_delete=models.PROTECT, related_name="grids")
    street = models.ForeignKey(Division, verbose_name="街道", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(ManagementUnit, verbose_name="管理单元", on_delete=models.PROTECT, related_name="+")
    unit_grid_code = models.CharField(
        "单元网格编码",
        max_length=15,
        blank=True,
        help_text="数字城管的编码（GB/T 30428.1），15 位，与网格编码是两套业务",
    )
    seq = models.PositiveSmallIntegerField("顺序码")
    kind = models.CharField("类型", max_length=8, choices=GridKind, default=GridKind.BASE)
    name = models.CharField("名称", max_length=60)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    ended_on = models.DateField("停用日期", null=True, blank=True, help_text="停用的编码不再给别的网格")
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格"
        ordering = ["code15"]
        constraints = [
            models.CheckConstraint(name="grid_code15_digits", condition=Q(code15__regex=r"^[0-9]{15}$")),
            models.CheckConstraint(
                name="grid_unit_grid_code_digits", condition=Q(unit_grid_code__regex=r"^([0-9]{15})?$")
            ),
            models.UniqueConstraint(name="grid_seq_in_community", fields=["community", "seq"]),
            models.UniqueConstraint(
                name="grid_unit_grid_code_once", fields=["unit_grid_code"], condition=~Q(unit_grid_code="")
            ),
        ]
        indexes = [
            models.Index(fields=["street", "code15"], name="grid_street_code"),
            models.Index(fields=["unit", "code15"], name="grid_unit_code"),
        ]
        triggers = [triggers.grid_under_community, triggers.grid_keeps_code]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """The grid's page."""
        return reverse("grid", args=[self.code15])
