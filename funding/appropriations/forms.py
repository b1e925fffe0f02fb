"""The forms of runs, batches, accounts and returned files."""

from decimal import Decimal

from django import forms

from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.policy import policy
from governance.kernel.ui.forms import FileInput, PortalForm
from governance.territory.models import ManagementUnit

from .states import ENTITLED_CHOICES, RunKind


def units_of(actor: Actor):
    """The units that an actor calculates or disburses for: his own, the city all of them."""
    if actor.posts_in(Role.CITY_OFFICE):
        return ManagementUnit.objects.order_by("code")
    ids = [post.unit_id for post in actor.posts_in(Role.UNIT_FINANCE)]
    return ManagementUnit.objects.filter(pk__in=ids).order_by("code")


def _year() -> forms.IntegerField:
    return forms.IntegerField(label="年度", min_value=2020, max_value=2100, initial=lambda: clock.today().year)


class RunForm(PortalForm):
    """测算: which year, fund and places."""

    year = _year()
    fund = forms.ChoiceField(label="经费", choices=ENTITLED_CHOICES)
    kind = forms.ChoiceField(
        label="类型",
        choices=RunKind.choices,
        help_text="年中设立、撤并的社区（村）用补充核定，按月折算并扣除已核定的。",
    )
    unit = forms.ModelChoiceField(
        label="范围", queryset=ManagementUnit.objects.none(), to_field_name="code", required=False, empty_label="全市"
    )
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(actor)
        if not actor.posts_in(Role.CITY_OFFICE):
            self.fields["unit"].required, self.fields["unit"].empty_label = True, None


class BatchForm(PortalForm):
    """编制批次: whom, what, how much."""

    unit = forms.ModelChoiceField(
        label="区县", queryset=ManagementUnit.objects.none(), to_field_name="code", empty_label=None
    )
    fund = forms.ChoiceField(label="经费", choices=ENTITLED_CHOICES)
    year = _year()
    quarter = forms.TypedChoiceField(
        label="季度", choices=[("", "不分季度"), *((number, f"第 {number} 季度") for number in range(1, 5))], coerce=int,
        empty_value=None, required=False,
    )  # fmt: skip
    percent = forms.DecimalField(
        label="年度核定额的比例（%）", min_value=Decimal("0.01"), max_value=100, max_digits=5, decimal_places=2, required=False,
        help_text="比例与金额二者选一；不会超出该社区本年尚未拨付的核定额。",
    )  # fmt: skip
    amount_yuan = forms.DecimalField(
        label="每社区金额（元）", min_value=Decimal("0.01"), max_digits=12, decimal_places=2, required=False
    )
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(actor)
        self.fields["percent"].initial = policy("funding.disburse.quarter_percent")

    def content(self) -> dict:
        """What the service takes."""
        facts = self.facts()
        yuan = facts.pop("amount_yuan")
        return facts | {"amount_fen": int(yuan * 100) if yuan is not None else None}


class ReturnForm(PortalForm):
    """回盘: one file."""

    file = forms.FileField(
        label="银行回盘文件", widget=FileInput({"accept": ".xlsx,.csv"}), max_length=160,
        help_text="Excel 或 CSV；列名与拨付文件相同，另有“结果”“失败原因”“银行流水号”，最后一行为“合计”。",
    )  # fmt: skip


class PayeeForm(PortalForm):
    """收款账户: test numbers only."""

    name = forms.CharField(label="户名", max_length=80)
    bank = forms.CharField(label="开户行", max_length=80)
    number = forms.CharField(label="账号", max_length=24, help_text="目前只接受 0000 开头的测试账号。")
