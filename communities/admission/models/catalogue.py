"""The admission list by year and kind of place, and its items. An item row belongs to one version; its code stays."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.policy import SourceMark  # noqa: F401 - the mark of every rule and basis

from .. import triggers
from ..querysets import CatalogueQuerySet, ItemQuerySet
from ..states import BasisMark, CatalogueStatus, Handling, ItemClass, ItemForm, Place, Term


class Catalogue(models.Model):
    """清单版本: one year's list for one kind of place. At most one of a kind is in force, at most one is a draft."""

    year = models.PositiveSmallIntegerField("年度")
    place = models.CharField("适用对象", max_length=6, choices=Place)
    status = models.CharField("状态", max_length=10, choices=CatalogueStatus, default=CatalogueStatus.DRAFT)
    effective_from = models.DateField("生效日期", null=True, blank=True)
    effective_to = models.DateField("失效日期（不含）", null=True, blank=True)
    document = models.CharField("印发文件", max_length=120, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="next", verbose_name="上一版"
    )
    version = models.PositiveIntegerField(default=1)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单版本"
        ordering = ["-year", "place"]
        constraints = [
            models.UniqueConstraint(fields=["year", "place"], name="catalogue_year_place"),
            models.UniqueConstraint(fields=["place"], condition=Q(status="in_force"), name="catalogue_one_in_force"),
            models.UniqueConstraint(fields=["place"], condition=Q(status="draft"), name="catalogue_one_draft"),
            models.CheckConstraint(
                name="catalogue_dates",
                condition=Q(status="draft") | Q(effective_from__isnull=False),
            ),
            models.CheckConstraint(
                name="catalogue_validity",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年{self.get_place_display()}准入清单"

    def get_absolute_url(self) -> str:
        return reverse("catalogue", args=[self.pk])


class AdmissionItem(models.Model):
    """准入事项: what may be asked of communities, by whom, how often, at what cost. ``code`` is the admission number.

    In force on a day when ``valid_from <= day < valid_to``. An item of the city has no ``unit``; a district's own has one.
    ``merged_from`` holds the codes of the previous version's items that went into this one.
    """

    catalogue = models.ForeignKey(Catalogue, models.PROTECT, related_name="items", verbose_name="清单版本")
    code = models.CharField("准入号", max_length=20)
    place = models.CharField("适用对象", max_length=6, choices=Place)
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="限于区县"
    )
    name = models.CharField("事项", max_length=120)
    klass = models.CharField("类别", max_length=10, choices=ItemClass)
    form = models.CharField("形态", max_length=12, choices=ItemForm, default=ItemForm.TASK)
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+", verbose_name="主责部门")
    basis_document = models.CharField("依据文件", max_length=160, blank=True)
    basis_article = models.CharField("条款", max_length=80, blank=True)
    basis_mark = models.CharField("依据适用", max_length=10, choices=BasisMark, default=BasisMark.DALIAN)
    handling = models.CharField("办理方式", max_length=8, choices=Handling, default=Handling.ASSIST)
    frequency_cap = models.PositiveSmallIntegerField(
        "每年频次上限", default=0, help_text="每个社区每年最多几次；0 为不限"
    )
    minutes = models.PositiveIntegerField("单次耗时（分钟）", default=0)
    information = models.CharField("信息支持（可复用字段）", max_length=300, blank=True)
    fund_per_time_fen = models.PositiveBigIntegerField("每社区每次随事经费（分）", default=0)
    fund_source = models.CharField("经费来源", max_length=120, blank=True)
    term = models.CharField("期限", max_length=10, choices=Term, default=Term.LONG)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期（不含）", null=True, blank=True)
    merged_from = ArrayField(models.CharField(max_length=20), verbose_name="由哪些事项合并", default=list, blank=True)
    is_emergency = models.BooleanField("应急通道", default=False)
    is_example = models.BooleanField("示例文字", default=True, help_text="事项名称为示例，并非官方清单原文")
    created_at = models.DateTimeField("录入时间", default=clock.now)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "准入事项"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "code"], name="item_code_in_catalogue"),
            models.CheckConstraint(name="item_code_shape", condition=Q(code__regex=r"^SQ-[UR]-[0-9]{4}-[0-9]{3,4}$")),
            models.CheckConstraint(
                name="item_validity", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="item_temporary_ends", condition=~Q(term="temporary") | Q(valid_to__isnull=False)
            ),
            models.CheckConstraint(name="item_has_basis", condition=~Q(klass="statutory") | ~Q(basis_document="")),
        ]
        indexes = [
            models.Index(fields=["code", "-valid_from"], name="item_code_valid"),
            models.Index(fields=["department", "code"], name="item_department"),
        ]
        triggers = [triggers.item_of_its_catalogue, triggers.item_keeps_meaning, triggers.item_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("admission-item", args=[self.pk])

    def is_in_force(self, day=None) -> bool:
        """Whether the item admits anything on ``day`` (today by default)."""
        day = day or clock.today()
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
