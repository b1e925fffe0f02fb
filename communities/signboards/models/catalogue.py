"""牌子名录: what may hang, by year and kind of place. The official lists are not published: the entries are examples."""

from django.db import models
from django.urls import reverse

from communities.admission.states import Place
from governance.kernel.scope import PublicQuerySet
from governance.territory.choices import Trade

from .. import triggers
from ..states import SignboardClass


class SignboardCatalogue(models.Model):
    """One year's list for one kind of place with its cap; in force from its day until the next list's. Never edited."""

    year = models.PositiveSmallIntegerField("年度")
    place = models.CharField("适用对象", max_length=6, choices=Place)
    cap = models.PositiveSmallIntegerField("上限（块）")
    in_force_from = models.DateField("施行日期")
    document = models.CharField("印发文件", max_length=120, blank=True)
    is_example = models.BooleanField("示例", default=True, help_text="名录为示例，并非官方名录")
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "牌子名录"
        ordering = ["-year", "place"]
        constraints = [
            models.UniqueConstraint(fields=["year", "place"], name="signboard_list_year_place"),
            models.UniqueConstraint(fields=["place", "in_force_from"], name="signboard_list_begins_once"),
            models.CheckConstraint(name="signboard_list_cap", condition=models.Q(cap__gt=0)),
        ]
        triggers = [triggers.catalogue_keeps_meaning]

    def __str__(self) -> str:
        return f"{self.year} 年{self.get_place_display()}牌子名录{'（示例）' if self.is_example else ''}"

    def get_absolute_url(self) -> str:
        return reverse("signboard-list", args=[self.pk])


class SignboardType(models.Model):
    """One entry of a list. ``code`` is the same in every year's list; ``trade`` is the line that usually answers for it."""

    catalogue = models.ForeignKey(SignboardCatalogue, models.PROTECT, related_name="entries", verbose_name="名录")
    code = models.CharField("代码", max_length=12)
    name = models.CharField("牌子", max_length=60)
    klass = models.CharField("类型", max_length=10, choices=SignboardClass)
    trade = models.CharField("通常责任条线", max_length=16, choices=Trade, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名录条目"
        ordering = ["catalogue", "code"]
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "code"], name="signboard_type_code"),
            models.UniqueConstraint(fields=["catalogue", "name"], name="signboard_type_name"),
        ]

    def __str__(self) -> str:
        return self.name
