"""Accounts, journals, entries, periods. Money is integer fen; a positive amount goes into the account (ADR 0018)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.kernel import clock

from . import triggers
from .codes import name_of
from .querysets import EntryQuerySet, JournalQuerySet, PeriodQuerySet, PlacedQuerySet
from .states import AccountKind, Fund, JournalKind, PeriodStatus

__all__ = ["Account", "Entry", "Journal", "Period"]


class Account(models.Model):
    """Where money of one fund and year lies: with the city, a unit, a community, for one project or purpose.

    ``balance_fen`` is kept by the database with every entry; nobody can write it (see triggers.py).
    """

    kind = models.CharField("性质", max_length=12, choices=AccountKind)
    fund = models.CharField("经费", max_length=16, choices=Fund)
    year = models.PositiveSmallIntegerField("年度")
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, null=True, related_name="+", verbose_name="区县", db_index=False
    )
    street = models.ForeignKey(
        "governance.Division", models.PROTECT, null=True, related_name="+", verbose_name="街道", db_index=False
    )
    community = models.ForeignKey(
        "governance.Division", models.PROTECT, null=True, related_name="+", verbose_name="社区（村）", db_index=False
    )
    function_code = models.CharField("功能分类", max_length=7)
    economic_code = models.CharField("经济分类", max_length=5, blank=True)
    project = models.CharField("项目编号", max_length=32, blank=True)
    balance_fen = models.BigIntegerField("余额（分）", default=0)
    entries = models.BigIntegerField("分录数", default=0)
    last_at = models.DateTimeField("最近变动", null=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账户"
        ordering = ["year", "fund", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                name="account_once",
                fields=[
                    "year", "fund", "kind", "unit", "community", "function_code", "economic_code", "project",
                ],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="account_no_overdraft",
                condition=Q(kind="source", balance_fen__lte=0) | ~Q(kind="source") & Q(balance_fen__gte=0),
            ),
            models.CheckConstraint(
                name="account_known", condition=Q(kind__in=AccountKind.values) & Q(fund__in=Fund.values)
            ),
            models.CheckConstraint(
                name="account_holder",
                condition=Q(community__isnull=True, street__isnull=True)
                | Q(community__isnull=False, street__isnull=False, unit__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit", "year", "kind"], name="account_unit"),
            models.Index(fields=["street", "year", "kind"], name="account_street"),
            models.Index(fields=["community", "year", "kind"], name="account_community"),
            models.Index(fields=["project"], condition=~Q(project=""), name="account_project"),
        ]
        triggers = triggers.ACCOUNT

    def __str__(self) -> str:
        parts = [str(self.holder), f"{self.year} 年{self.get_fund_display()}", self.get_kind_display()]
        if self.project:
            parts.append(self.project)
        if self.economic_code:
            parts.append(name_of(self.economic_code))
        return " · ".join(parts)

    def get_absolute_url(self) -> str:
        return reverse("account", args=[self.pk])

    @property
    def holder(self):
        """The community, else the unit, else the city."""
        return self.community or self.unit or "市级"

    @property
    def function_name(self) -> str:
        """What the function code means."""
        return name_of(self.function_code)

    @property
    def economic_name(self) -> str:
        """What the economic code means; "" for none."""
        return name_of(self.economic_code) if self.economic_code else ""


class Journal(models.Model):
    """One movement of money, whole or not at all, with the document that is its reason. Never changed."""

    kind = models.CharField("事由", max_length=12, choices=JournalKind)
    fund = models.CharField("经费", max_length=16, choices=Fund)
    day = models.DateField("记账日期", default=clock.today)
    at = models.DateTimeField("入账时间", default=clock.now)
    memo = models.CharField("摘要", max_length=200)
    key = models.CharField("唯一键", max_length=120, unique=True)
    legs = models.PositiveIntegerField("分录数")
    amount_fen = models.BigIntegerField("金额（分）")
    document_type = models.CharField("单据类别", max_length=40, blank=True)
    document_id = models.BigIntegerField("单据", null=True, blank=True)
    document_label = models.CharField("单据名称", max_length=160, blank=True)
    document_url = models.CharField("单据地址", max_length=160, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="冲销"
    )
    created_by = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, related_name="+", verbose_name="经办人", db_index=False
    )
    by_label = models.CharField("经办", max_length=120)
    tx = models.BigIntegerField(default=0, editable=False)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "记账凭证"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="journal_two_legs", condition=Q(legs__gte=2)),
            models.CheckConstraint(name="journal_amount", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(
                name="journal_reversal",
                condition=Q(kind="reversal", reverses__isnull=False) | ~Q(kind="reversal") & Q(reverses__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["day", "id"], name="journal_day"),
            models.Index(fields=["document_type", "document_id"], name="journal_document"),
        ]
        triggers = triggers.JOURNAL

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The voucher's number: month and running number."""
        return f"{self.day:%Y%m}-{self.pk:07d}"

    def get_absolute_url(self) -> str:
        return reverse("journal", args=[self.pk])


class Entry(models.Model):
    """One leg of a journal. ``seq`` and ``balance_after`` are the account's own count and balance, set by the database."""

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="entries", db_index=False, verbose_name="凭证")
    line = models.PositiveIntegerField("行")
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings", db_index=False, verbose_name="账户")
    fen = models.BigIntegerField("金额（分）")
    balance_after = models.BigIntegerField("余额（分）", default=0)
    seq = models.BigIntegerField("账户内序号", default=0)
    at = models.DateTimeField("入账时间", default=clock.now)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分录"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="entry_line", fields=["journal", "line"]),
            models.UniqueConstraint(name="entry_seq", fields=["account", "seq"]),
            models.UniqueConstraint(name="entry_account_once", fields=["journal", "account"]),
            models.CheckConstraint(name="entry_not_zero", condition=~Q(fen=0)),
        ]
        indexes = [models.Index(fields=["account", "at", "seq"], name="entry_moment")]
        triggers = triggers.ENTRY

    def __str__(self) -> str:
        return f"{self.journal_id}/{self.line}"


class Period(models.Model):
    """A month of the books. No row means open; a closed month takes no journal any more."""

    year = models.PositiveSmallIntegerField("年")
    month = models.PositiveSmallIntegerField("月")
    status = models.CharField("状态", max_length=8, choices=PeriodStatus, default=PeriodStatus.OPEN)
    closed_at = models.DateTimeField("结账时间", null=True)
    closed_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+", verbose_name="结账人")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会计期间"
        ordering = ["-year", "-month"]
        constraints = [
            models.UniqueConstraint(name="period_once", fields=["year", "month"]),
            models.CheckConstraint(name="period_month", condition=Q(month__gte=1, month__lte=12)),
        ]
        triggers = triggers.PERIOD

    def __str__(self) -> str:
        return f"{self.year} 年 {self.month} 月"
