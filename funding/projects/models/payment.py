"""Payees and requests for payment."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from funding.ledger.codes import name_of
from funding.ledger.money import yuan
from funding.ledger.querysets import PlacedQuerySet
from funding.ledger.states import Fund
from governance.kernel import clock

from .. import triggers
from ..states import PaymentStatus, RefundStatus
from ..workflow import PAYMENT_FLOW, REFUND_FLOW
from .project import PLACE, Project

TEST_NUMBER = r"^0000[0-9]{8,20}$"


class Supplier(models.Model):
    """Whom a community pays. Only test account numbers (0000…) are taken until the portal can encrypt real ones."""

    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道（乡镇）", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    name = models.CharField("收款单位", max_length=80)
    bank = models.CharField("开户行", max_length=80)
    account = models.CharField("账号（测试号码）", max_length=24)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "收款单位"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="supplier_once", fields=["community", "name", "account"]),
            models.CheckConstraint(name="supplier_test_number", condition=Q(account__regex=TEST_NUMBER)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked(self) -> str:
        """The last four digits only."""
        return f"**** {self.account[-4:]}"


class PaymentRequest(models.Model):
    """Money for one payee from one project, or from a community's office money. Vouchers are stored files of it.

    Above the limit two people approve; neither of them may have asked (reliability.md 5).
    """

    number = models.CharField("编号", max_length=32, unique=True)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="项目"
    )
    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道（乡镇）", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    fund = models.CharField("经费", max_length=16, choices=Fund)
    year = models.PositiveSmallIntegerField("年度")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="payments", verbose_name="收款单位")
    economic_code = models.CharField("经济分类", max_length=5)
    amount_fen = models.BigIntegerField("金额（分）")
    refunded_fen = models.BigIntegerField("已退回（分）", default=0)
    purpose = models.CharField("用途", max_length=200)
    collective = models.CharField("集体决策说明", max_length=300, blank=True)
    quotes = models.JSONField("比价", default=list, blank=True, help_text="[{name, fen}]")
    warnings = models.JSONField("提示", default=list, blank=True)
    needs_second = models.BooleanField("须两人审批", default=False)
    status = models.CharField("状态", max_length=10, choices=PaymentStatus, default=PaymentStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("governance.User", null=True, verbose_name="申请人", **PLACE)
    created_label = models.CharField("申请", max_length=120)
    created_at = models.DateTimeField("申请时间", default=clock.now)
    approved_by = models.ForeignKey("governance.User", null=True, blank=True, verbose_name="审批人", **PLACE)
    approved_label = models.CharField("审批", max_length=120, blank=True)
    second_by = models.ForeignKey("governance.User", null=True, blank=True, verbose_name="复审人", **PLACE)
    second_label = models.CharField("复审", max_length=120, blank=True)
    settled_at = models.DateTimeField("支付时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "支付申请"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="payment_amount", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(
                name="payment_refunded",
                condition=Q(refunded_fen=0) & ~Q(status="refunded")
                | Q(status="paid", refunded_fen__gt=0, refunded_fen__lt=F("amount_fen"))
                | Q(status="refunded", refunded_fen=F("amount_fen")),
            ),
            models.CheckConstraint(
                name="payment_signed",
                condition=Q(status__in=["draft", "submitted", "cancelled"])
                | ~Q(approved_label="") & (Q(status="second") | Q(needs_second=False) | ~Q(second_label="")),
            ),
            models.CheckConstraint(
                name="payment_three_people",
                condition=(Q(approved_label="") | ~Q(approved_label=F("created_label")))
                & (Q(second_label="") | ~Q(second_label=F("created_label")) & ~Q(second_label=F("approved_label")))
                & (Q(approved_by=None) | Q(created_by=None) | ~Q(approved_by=F("created_by")))
                & (Q(second_by=None) | Q(approved_by=None) | ~Q(second_by=F("approved_by")))
                & (Q(second_by=None) | Q(created_by=None) | ~Q(second_by=F("created_by"))),
            ),
            models.CheckConstraint(
                name="payment_fund",
                condition=Q(project__isnull=True, fund__in=["office", "errand"])
                | Q(project__isnull=False, fund__in=["service_mass", "village_service"]),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="payment_unit"),
            models.Index(fields=["street", "-id"], name="payment_street"),
            models.Index(fields=["community", "-id"], name="payment_community"),
            models.Index(fields=["project", "status"], name="payment_project"),
        ]
        triggers = [
            PAYMENT_FLOW.trigger("payment_flow"), triggers.begins_as("payment_begins", "draft"), triggers.payment_is_fixed, 
            triggers.payment_of_its_project, triggers.payment_is_never_deleted,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.purpose}"

    def get_absolute_url(self) -> str:
        return reverse("payment", args=[self.pk])

    @property
    def thread(self) -> str:
        """Its own case."""
        return f"paymentrequest:{self.pk}"

    @property
    def amount(self) -> str:
        """In yuan, in words."""
        return f"{yuan(self.amount_fen)} 元"

    @property
    def code_name(self) -> str:
        """What the economic code means."""
        return name_of(self.economic_code)


class RefundQuerySet(PlacedQuerySet):
    """Seen by those who see the payment."""

    def visible_to(self, actor) -> "RefundQuerySet":
        return self.filter(payment__in=PaymentRequest.objects.visible_to(actor))


class Refund(models.Model):
    """Money that a payee gave back, the whole or a part. Receipts are stored files of it.

    Together with the payment's earlier refunds at most what was paid (``payment_refunded`` holds the sum). From the limit
    of large payments on, counted over all refunds of the payment, a second person confirms it.
    """

    payment = models.ForeignKey(PaymentRequest, models.PROTECT, related_name="refunds", verbose_name="支付")
    amount_fen = models.BigIntegerField("退款金额（分）")
    received_on = models.DateField("到账日期")
    reason = models.CharField("退款原因", max_length=200)
    needs_second = models.BooleanField("须两人确认", default=False)
    status = models.CharField("状态", max_length=10, choices=RefundStatus, default=RefundStatus.WAITING)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("governance.User", null=True, verbose_name="登记人", **PLACE)
    created_label = models.CharField("登记", max_length=120)
    created_at = models.DateTimeField("登记时间", default=clock.now)
    second_by = models.ForeignKey("governance.User", null=True, blank=True, verbose_name="确认人", **PLACE)
    second_label = models.CharField("确认", max_length=120, blank=True)
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "退款"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="refund_amount", condition=Q(amount_fen__gt=0) & ~Q(reason="")),
            models.CheckConstraint(
                name="refund_two_people",
                condition=~Q(status="posted")
                | Q(needs_second=False)
                | ~Q(second_label="")
                & ~Q(second_label=F("created_label"))
                & (Q(second_by=None) | Q(created_by=None) | ~Q(second_by=F("created_by"))),
            ),
        ]
        triggers = [
            REFUND_FLOW.trigger("refund_flow"), triggers.begins_as("refund_begins", "waiting"), triggers.refund_is_fixed,
            triggers.refund_is_never_deleted,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.payment.number} 退款 {yuan(self.amount_fen)} 元"

    def get_absolute_url(self) -> str:
        return f"{self.payment.get_absolute_url()}#refunds"

    @property
    def thread(self) -> str:
        """Its payment's case."""
        return self.payment.thread

    @property
    def unit_id(self) -> int:
        """The payment's unit, for the reach of a post."""
        return self.payment.unit_id

    @property
    def street_id(self) -> int:
        """The payment's street, for the same."""
        return self.payment.street_id
