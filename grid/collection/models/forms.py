"""一表通: a department's form built of elements, its fields, and which of them each community was asked by hand."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from communities.admission.states import ItemForm
from governance.kernel import clock
from governance.kernel.scope import ScopedQuerySet

from .. import triggers
from ..querysets import FormQuerySet
from ..states import FormStatus, Reason
from ..workflow import FORM_FLOW
from .elements import DateRange

DISPATCHED = Q(status__in=["waiting", "collecting", "answered", "summarised"])
REACHED = Q(status__in=["waiting", "collecting", "summarised"])
MARKED = ~Q(form_code="") & ~Q(issuer="") & ~Q(approval_no="") & Q(valid_to__isnull=False) & Q(item__isnull=False)


class Form(models.Model):
    """A form. Until it is dispatched it is a wish; what is dispatched has the four marks, an admission item and a demand, or
    answered itself because nothing was left to ask.

    ``communities_ids`` are the targets; ``cells`` = fields × communities, ``asked_cells`` those that had to be typed in;
    ``minutes`` is the estimate per community of what is left, ``minutes_before`` of the whole form (domain-rules 18.4).
    """

    number = models.CharField("编号", max_length=32, unique=True)
    title = models.CharField("表名", max_length=100)
    purpose = models.TextField("用途", max_length=1000)
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+", verbose_name="部门")
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区县"
    )
    item = models.ForeignKey(
        "communities.AdmissionItem", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="准入事项"
    )
    form_code = models.CharField("表号", max_length=40, blank=True)
    issuer = models.CharField("制定机关", max_length=80, blank=True)
    approval_no = models.CharField("批准或备案文号", max_length=80, blank=True)
    valid_from = models.DateField("有效期自", default=clock.today)
    valid_to = models.DateField("有效期至", null=True, blank=True)
    due_on = models.DateField("完成日期", null=True, blank=True)
    community_ids = ArrayField(models.BigIntegerField(), verbose_name="目标社区", default=list, blank=True)
    communities = models.PositiveIntegerField("目标社区数", default=0)
    reached = models.PositiveIntegerField("需要填写的社区数", default=0)
    fields_count = models.PositiveSmallIntegerField("字段数", default=0)
    manual_count = models.PositiveSmallIntegerField("人工填写项", default=0)
    cells = models.PositiveIntegerField("应有数据格", default=0)
    asked_cells = models.PositiveIntegerField("人工数据格", default=0)
    minutes = models.PositiveIntegerField("每社区预计（分钟）", default=0)
    minutes_before = models.PositiveIntegerField("不剔除时每社区预计（分钟）", default=0)
    cap = models.PositiveSmallIntegerField("人工填写项上限", null=True, blank=True)
    decision = models.TextField("审批意见", max_length=1000, blank=True)
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    demand = models.OneToOneField(
        "communities.Demand", models.PROTECT, null=True, blank=True, related_name="collection_form", verbose_name="要求"
    )
    joined_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="joined", verbose_name="并入"
    )
    rest_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rests", verbose_name="并入后其余"
    )
    status = models.CharField("状态", max_length=12, choices=FormStatus, default=FormStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField("起草时间", default=clock.now)
    dispatched_at = models.DateTimeField("下发时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = FormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "表格"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="form_four_marks", condition=~DISPATCHED | MARKED),
            models.CheckConstraint(
                name="form_reaches_by_a_demand",
                condition=~REACHED | Q(demand__isnull=False, manual_count__gt=0),
            ),
            models.CheckConstraint(
                name="form_answers_itself",
                condition=~Q(status="answered") | Q(demand__isnull=True, manual_count=0, minutes=0, asked_cells=0),
            ),
            models.CheckConstraint(
                name="form_manual_fields",
                condition=~REACHED
                | Q(cap__isnull=False) & (Q(manual_count__lte=F("cap")) | Q(approved_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="form_joins_another", condition=~Q(status="joined") | Q(joined_into__isnull=False) & ~Q(joined_into=F("id"))
            ),
            models.CheckConstraint(name="form_cells", condition=Q(asked_cells__lte=F("cells"))),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["department", "-id"], name="form_department"),
            models.Index(fields=["unit", "-id"], name="form_unit"),
            models.Index(
                fields=["valid_to"], condition=Q(status__in=["waiting", "collecting", "answered", "summarised"]),
                name="form_to_retire",
            ),
        ]  # fmt: skip
        triggers = [FORM_FLOW.trigger("form_flow"), triggers.form_is_never_deleted, triggers.form_keeps_its_demand]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The form's page."""
        return reverse("form", args=[self.pk])

    def has_expired(self) -> bool:
        """Whether its validity is over, whether or not the sweep has retired it yet."""
        return self.valid_to is not None and self.valid_to < clock.today()

    @property
    def legal_ground(self) -> str:
        """What a community may invoke: 统计法 17 for statistical surveys, admission for everything else (domain-rules 18.2)."""
        if self.item and self.item.form == ItemForm.SURVEY:
            return "统计调查类报表：未标明表号、制定机关、批准或备案文号，或者超过有效期限的，依据统计法第十七条，可拒绝填报。"
        return "报表台账：没有准入号、超出准入事项，或者四要素不全、过期的，按准入制度可依规拒收。"

    @property
    def thread(self) -> str:
        """The case of the form."""
        return f"form:{self.pk}"


class FormField(models.Model):
    """One element on a form, and for how many communities it was known, automatic, asked before, or left to be filled in."""

    form = models.ForeignKey(Form, models.PROTECT, related_name="fields", verbose_name="表格", db_index=False)
    element = models.ForeignKey("grid.DataElement", models.PROTECT, related_name="+", verbose_name="数据项")
    position = models.PositiveSmallIntegerField("次序")
    is_required = models.BooleanField("必填", default=True)
    known = models.PositiveIntegerField("已有", default=0)
    automatic = models.PositiveIntegerField("由源部门提供", default=0)
    asked_before = models.PositiveIntegerField("十二个月内已填", default=0)
    manual = models.PositiveIntegerField("需要填写", default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "表格字段"
        ordering = ["form", "position"]
        constraints = [
            models.UniqueConstraint(fields=["form", "element"], name="form_field_once"),
            models.UniqueConstraint(fields=["form", "position"], name="form_field_position"),
        ]

    def __str__(self) -> str:
        return str(self.element)

    @property
    def reason(self) -> Reason:
        """The main reason why it is on the form's manual part or not."""
        if self.manual:
            return Reason.MANUAL
        counts = [(self.known, Reason.KNOWN), (self.asked_before, Reason.ASKED), (self.automatic, Reason.AUTOMATIC)]
        return max(counts, key=lambda pair: pair[0])[1]


class Asking(models.Model):
    """A community was asked to type in one element: at most once in twelve months, whichever department asks (减负 B03)."""

    form = models.ForeignKey(Form, models.PROTECT, related_name="askings", verbose_name="表格", db_index=False)
    element = models.ForeignKey("grid.DataElement", models.PROTECT, related_name="+", verbose_name="数据项")
    code = models.CharField("代码", max_length=6)
    community = models.ForeignKey(
        "governance.Division", models.PROTECT, related_name="+", verbose_name="社区（村）", db_index=False
    )
    street = models.ForeignKey("governance.Division", models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("governance.ManagementUnit", models.PROTECT, related_name="+", db_index=False)
    is_required = models.BooleanField("必填", default=True)
    asked_on = models.DateField("下发日期")
    until = models.DateField("不再人工填报至（不含）")
    fact = models.OneToOneField(
        "grid.Fact", models.PROTECT, null=True, blank=True, related_name="asking", verbose_name="答复"
    )
    released = models.BooleanField("已免除", default=False)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人工填写项"
        constraints = [
            models.UniqueConstraint(fields=["form", "community", "code"], name="asking_once_a_form"),
            ExclusionConstraint(
                name="asking_once_in_twelve_months",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    ("community", RangeOperators.EQUAL),
                    (DateRange("asked_on", "until", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(released=False),
            ),
            models.CheckConstraint(name="asking_until", condition=Q(until__gt=F("asked_on"))),
            models.CheckConstraint(name="asking_released_has_no_answer", condition=Q(released=False) | Q(fact=None)),
        ]
        triggers = [triggers.asking_keeps_its_terms, triggers.asking_is_never_deleted]

    def __str__(self) -> str:
        return f"{self.code} {self.community_id}"
