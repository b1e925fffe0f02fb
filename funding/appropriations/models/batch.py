"""拨付: a unit's batch to its communities' accounts, line by line, and the file that comes back from the bank."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.kernel import clock

from .. import triggers
from ..querysets import BatchLineQuerySet, BatchQuerySet, PlacedQuerySet, ReturnQuerySet
from ..rules import yuan
from ..states import ENTITLED_CHOICES, BatchStatus, LineStatus, ReturnStatus
from ..workflow import BATCH_FLOW, LINE_FLOW
from .entitlement import PLACE, four_eyes

TEST_NUMBER = r"^0000[0-9]{8,20}$"


class PayeeAccount(models.Model):
    """Where a community's money goes. Only test numbers (0000…) are taken until the portal can encrypt real ones.

    A change adds a row; the old one stays for the batches that used it.
    """

    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道（乡镇）", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    name = models.CharField("户名", max_length=80)
    bank = models.CharField("开户行", max_length=80)
    number = models.CharField("账号（测试号码）", max_length=24)
    is_current = models.BooleanField("现用", default=True)
    created_by = models.ForeignKey("governance.User", null=True, verbose_name="登记人", **PLACE)
    created_at = models.DateTimeField("登记时间", default=clock.now)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "收款账户"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="payee_one_current", fields=["community"], condition=Q(is_current=True)),
            models.CheckConstraint(name="payee_test_number", condition=Q(number__regex=TEST_NUMBER)),
        ]
        triggers = [triggers.payee_is_fixed, triggers.payee_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.name} {self.masked}"

    @property
    def masked(self) -> str:
        """The last four digits only; the whole number stands in the bank's file alone."""
        return f"**** {self.number[-4:]}"


class DisbursementBatch(models.Model):
    """One payment of a unit to its communities: a percentage of the year's grant, or an amount for each."""

    number = models.CharField("批次号", max_length=32, unique=True)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    fund = models.CharField("经费", max_length=16, choices=ENTITLED_CHOICES)
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度", null=True, blank=True)
    percent = models.DecimalField("比例（%）", max_digits=5, decimal_places=2, null=True, blank=True)
    amount_fen = models.BigIntegerField("每社区金额（分）", null=True, blank=True)
    status = models.CharField("状态", max_length=16, choices=BatchStatus, default=BatchStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    count = models.PositiveIntegerField("笔数", default=0)
    total_fen = models.BigIntegerField("合计（分）", default=0)
    note = models.CharField("说明", max_length=300, blank=True)
    created_by = models.ForeignKey("governance.User", null=True, verbose_name="编制人", **PLACE)
    created_label = models.CharField("编制", max_length=120)
    created_at = models.DateTimeField("编制时间", default=clock.now)
    approved_by = models.ForeignKey("governance.User", null=True, verbose_name="批准人", **PLACE)
    approved_label = models.CharField("批准", max_length=120, blank=True)
    approved_at = models.DateTimeField("批准时间", null=True)
    exported_at = models.DateTimeField("送银行时间", null=True)
    settled_at = models.DateTimeField("结清时间", null=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "拨付批次"
        ordering = ["-id"]
        constraints = [
            four_eyes("created", "approved", ("draft", "checked", "cancelled"), "disbursement_four_eyes"),
            models.CheckConstraint(
                name="disbursement_measure",
                condition=Q(percent__gt=0, percent__lte=100, amount_fen__isnull=True)
                | Q(percent__isnull=True, amount_fen__gt=0),
            ),
            models.CheckConstraint(
                name="disbursement_quarter", condition=Q(quarter__isnull=True) | Q(quarter__gte=1, quarter__lte=4)
            ),
        ]
        indexes = [models.Index(fields=["unit", "-id"], name="disbursement_unit")]
        triggers = [
            BATCH_FLOW.trigger("disbursement_flow"), triggers.batch_is_fixed, triggers.batch_is_never_deleted, triggers.batch_adds_up,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.unit} {self.year} 年{self.get_fund_display()}"

    def get_absolute_url(self) -> str:
        return reverse("disbursement", args=[self.pk])

    @property
    def thread(self) -> str:
        """Its own case."""
        return f"disbursementbatch:{self.pk}"

    @property
    def total(self) -> str:
        """The sum as officials write it."""
        return yuan(self.total_fen)

    @property
    def measure(self) -> str:
        """What each community gets."""
        share = f"年度核定额的 {self.percent.normalize():f}%" if self.percent else f"每社区 {yuan(self.amount_fen)}"
        return f"第 {self.quarter} 季度，{share}" if self.quarter else share


class DisbursementLine(models.Model):
    """One community's part. A held one says why; a bounced one is free to be paid again by a later batch."""

    batch = models.ForeignKey(
        DisbursementBatch, models.PROTECT, related_name="lines", verbose_name="批次", db_index=False
    )
    number = models.PositiveIntegerField("行号")
    year = models.PositiveSmallIntegerField("年度")
    fund = models.CharField("经费", max_length=16, choices=ENTITLED_CHOICES)
    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道（乡镇）", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    payee = models.ForeignKey(PayeeAccount, null=True, verbose_name="收款账户", **PLACE)
    amount_fen = models.BigIntegerField("金额（分）")
    status = models.CharField("状态", max_length=8, choices=LineStatus, default=LineStatus.PLANNED)
    reason = models.CharField("原因", max_length=200, blank=True)
    bank_ref = models.CharField("银行流水号", max_length=40, blank=True)
    settled_at = models.DateTimeField("回盘时间", null=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = BatchLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "拨付明细"
        ordering = ["batch_id", "number"]
        constraints = [
            models.UniqueConstraint(name="disbursement_line_number", fields=["batch", "number"]),
            models.UniqueConstraint(name="disbursement_line_once", fields=["batch", "community"]),
            models.CheckConstraint(name="disbursement_line_amount", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(
                name="disbursement_line_payee", condition=Q(status__in=["held", "dropped"]) | Q(payee__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["community", "year", "fund"], name="disbursement_line_place"),
            models.Index(fields=["street", "-id"], name="disbursement_line_street"),
            models.Index(fields=["unit", "-id"], name="disbursement_line_unit"),
        ]
        triggers = [
            LINE_FLOW.trigger("disbursement_line_flow"), triggers.payment_within_grant, triggers.payment_in_its_batch,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.batch.number} 第 {self.number} 行 {self.community}"

    def get_absolute_url(self) -> str:
        return reverse("funding-place", args=[self.community.code12])

    @property
    def amount(self) -> str:
        """As officials write it."""
        return yuan(self.amount_fen)


class BankReturn(models.Model):
    """A file of the bank: what each of its rows says, what is wrong with it, and whether it has been posted."""

    batch = models.ForeignKey(DisbursementBatch, models.PROTECT, related_name="returns", verbose_name="批次")
    status = models.CharField("状态", max_length=8, choices=ReturnStatus, default=ReturnStatus.PREVIEW)
    filename = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件散列", max_length=64)
    rows = models.JSONField("各行", default=list, encoder=DjangoJSONEncoder)
    errors = models.JSONField("错误", default=list, encoder=DjangoJSONEncoder)
    arrived = models.PositiveIntegerField("到账笔数", default=0)
    bounced = models.PositiveIntegerField("退回笔数", default=0)
    created_by = models.ForeignKey("governance.User", null=True, verbose_name="上传人", **PLACE)
    created_label = models.CharField("上传", max_length=120)
    created_at = models.DateTimeField("上传时间", default=clock.now)
    applied_at = models.DateTimeField("入账时间", null=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "银行回盘"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(name="bank_return_once", fields=["batch", "digest"])]
        triggers = [triggers.return_is_fixed]

    def __str__(self) -> str:
        return f"{self.batch.number} 回盘 {self.filename}"

    def get_absolute_url(self) -> str:
        return reverse("bank-return", args=[self.pk])

    @property
    def thread(self) -> str:
        """The batch's case."""
        return f"disbursementbatch:{self.batch_id}"
