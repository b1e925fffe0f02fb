"""The forms of projects and payments."""

from django import forms

from funding.ledger.codes import economic_codes
from funding.ledger.money import YuanField
from funding.ledger.states import Fund
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.ui.forms import PortalForm
from governance.territory.models import Division
from governance.whistles.forms.base import DateControl, UploadsField, VersionedForm, text_area

from .models import Supplier
from .states import PROJECT_FUND_CHOICES, Category

ROWS = 6


def places_of(actor: Actor):
    """The communities that the actor speaks for."""
    ids = [post.community_id for post in actor.posts_in(Role.COMMUNITY)]
    return Division.objects.filter(pk__in=ids).select_related("street", "unit").order_by("code12")


def code_choices() -> list[tuple[str, str]]:
    """Economic codes with their names; those that service money may not be spent on say so."""
    return [
        (row.code, f"{row.code} {row.name}{'（专项不得列支）' if row.forbidden else ''}")
        for row in economic_codes().values()
    ]


class ProjectForm(VersionedForm):
    """What residents want, and what it would cost."""

    fund = forms.ChoiceField(label="经费", choices=PROJECT_FUND_CHOICES)
    title = forms.CharField(label="项目名称", max_length=80)
    category = forms.ChoiceField(label="类别", choices=Category.choices)
    idea_from = forms.CharField(
        label="谁提出的", max_length=120, help_text="如：三号楼 12 户居民联名。不写个人电话和证件号。"
    )
    purpose = text_area("为居民做什么", most=2000, rows=4)

    def __init__(self, *args, actor: Actor, editing: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        own = places_of(actor)
        if editing:
            del self.fields["fund"]
        elif own.count() != 1:
            self.fields["community"] = forms.ModelChoiceField(label="社区（村）", queryset=own, empty_label=None)
        self.own = own
        for number in range(1, ROWS + 1):
            first = number == 1
            self.fields[f"code{number}"] = forms.ChoiceField(
                label=f"第 {number} 行：经济分类", required=first, choices=[("", "—"), *code_choices()]
            )
            self.fields[f"words{number}"] = forms.CharField(label="用途", max_length=80, required=first)
            self.fields[f"fen{number}"] = YuanField(label="金额（元）", required=first)

    @property
    def rows(self) -> list[tuple]:
        """The budget's fields, row by row."""
        return [(self[f"code{n}"], self[f"words{n}"], self[f"fen{n}"]) for n in range(1, ROWS + 1)]

    @property
    def head(self) -> list:
        """The fields above the budget."""
        names = [name for name in self.fields if not name[-1].isdigit() and not self.fields[name].widget.is_hidden]
        return [self[name] for name in names]

    def clean(self):
        """A row is whole or empty."""
        data = super().clean()
        for n in range(1, ROWS + 1):
            parts = {name: data.get(f"{name}{n}") for name in ("code", "words", "fen")}
            if (
                any(parts.values())
                and not all(parts.values())
                and not self.errors.keys() & {f"{name}{n}" for name in parts}
            ):
                missing = next(name for name, value in parts.items() if not value)
                self.add_error(f"{missing}{n}", "这一行请填写完整，或全部留空。")
        return data

    def lines(self) -> list[tuple[str, str, int]]:
        """The budget."""
        data = self.cleaned_data
        return [
            (data[f"code{n}"], data[f"words{n}"], data[f"fen{n}"]) for n in range(1, ROWS + 1) if data.get(f"fen{n}")
        ]

    def facts(self) -> dict:
        """What the service takes."""
        data = {name: value for name, value in super().facts().items() if not name[-1].isdigit() and name != "version"}
        return {**data, "lines": self.lines()}

    def errors_from(self, error) -> None:
        """The budget's refusal stands at its first row."""
        fields = getattr(error, "fields", None)
        if fields and "lines" in fields:
            fields["code1"] = fields.pop("lines")
        super().errors_from(error)


class MeetingForm(VersionedForm):
    """One of the four meetings."""

    held_on = forms.DateField(label="会议日期", widget=DateControl, initial=clock.today)
    eligible = forms.IntegerField(label="应到人数", min_value=1, max_value=100_000)
    present = forms.IntegerField(label="实到人数", min_value=0, max_value=100_000)
    people = forms.CharField(
        label="到会人员", max_length=400, help_text="如：书记、委员等 7 人，居民代表 45 人；名单可作附件。"
    )
    agree = forms.IntegerField(label="同意", min_value=0, max_value=100_000)
    against = forms.IntegerField(label="反对", min_value=0, max_value=100_000, initial=0)
    abstain = forms.IntegerField(label="弃权", min_value=0, max_value=100_000, initial=0)
    minutes = text_area("会议记录", most=4000, rows=5, help_text="怎么议、结论是什么；不写个人电话和证件号。")
    files = UploadsField(label="到会名单、照片等（选填）")


class NoticeForm(VersionedForm):
    """Where and how long it hangs."""

    from_on = forms.DateField(label="公示开始", widget=DateControl, initial=clock.today)
    to_on = forms.DateField(label="公示结束", widget=DateControl)
    place = forms.CharField(label="地点与范围", max_length=200, help_text="如：社区公告栏、三号楼门厅、居民微信群")
    words = text_area("居民意见与答复（选填）", most=2000, required=False)


class ExtendForm(VersionedForm):
    """How much longer, and what was said."""

    to_on = forms.DateField(label="公示结束", widget=DateControl)
    words = text_area("居民意见与答复", most=2000, required=False)


class AcceptanceForm(VersionedForm):
    """What residents found."""

    held_on = forms.DateField(label="验收日期", widget=DateControl, initial=clock.today)
    people = forms.CharField(label="居民代表", max_length=200, help_text="如：张某、李某等 5 名居民代表")
    asked = forms.IntegerField(label="参加评议人数", min_value=1, max_value=100_000)
    satisfied = forms.IntegerField(label="其中满意", min_value=0, max_value=100_000)
    passed = forms.TypedChoiceField(
        label="结论", choices=[("yes", "通过"), ("no", "未通过，整改后再验收")], coerce=lambda value: value == "yes"
    )
    words = text_area("验收意见", most=2000)
    files = UploadsField(label="照片、签字表（选填）")


class SupplierForm(PortalForm):
    """Whom the community pays."""

    name = forms.CharField(label="收款单位", max_length=80)
    bank = forms.CharField(label="开户行", max_length=80)
    account = forms.CharField(label="账号", max_length=24, help_text="演示阶段只接受以 0000 开头的测试账号。")

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.own = places_of(actor)
        if self.own.count() != 1:
            self.fields["community"] = forms.ModelChoiceField(label="社区（村）", queryset=self.own, empty_label=None)


class PaymentForm(VersionedForm):
    """Money for a payee, with its vouchers."""

    supplier = forms.ModelChoiceField(label="收款单位", queryset=Supplier.objects.none(), empty_label="请选择")
    economic_code = forms.ChoiceField(label="经济分类")
    amount_fen = YuanField()
    purpose = forms.CharField(label="用途", max_length=200)
    files = UploadsField(label="票据（发票、合同、收据）", help_text="没有票据不能报送；同一张票据只能用一次。")
    collective = text_area("集体决策说明（大额没有三家比价时填写）", most=300, rows=2, required=False)

    def __init__(self, *args, actor: Actor, project=None, editing: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        places = [project.community_id] if project else list(places_of(actor).values_list("pk", flat=True))
        self.fields["supplier"].queryset = Supplier.objects.visible_to(actor).filter(community_id__in=places)
        if project:
            known = {line.economic_code for line in project.lines.all()}
            choices = [pair for pair in code_choices() if pair[0] in known]
        else:
            choices = code_choices()
        self.fields["economic_code"].choices = choices
        if not project and not editing:
            self.fields["fund"] = forms.ChoiceField(
                label="经费", choices=[(fund.value, fund.label) for fund in (Fund.OFFICE, Fund.ERRAND)]
            )
        for number in range(1, 4):
            self.fields[f"quote{number}"] = forms.CharField(
                label=f"报价单位 {number}（选填）", max_length=80, required=False
            )
            self.fields[f"price{number}"] = YuanField(label=f"报价 {number}（元，选填）", required=False)

    def facts(self) -> dict:
        """What the service takes."""
        data = self.cleaned_data
        quotes = [
            {"name": data[f"quote{n}"].strip(), "fen": data[f"price{n}"]}
            for n in range(1, 4)
            if data.get(f"quote{n}") and data.get(f"price{n}")
        ]
        kept = {name: value for name, value in super().facts().items() if not name[-1].isdigit() and name != "version"}
        return {**kept, "quotes": quotes, "files": self.uploads()}


class RefundForm(VersionedForm):
    """What a payee gave back."""

    amount_fen = YuanField(label="退款金额（元）")
    received_on = forms.DateField(label="到账日期", widget=DateControl, initial=clock.today)
    reason = forms.CharField(label="退款原因", max_length=200, help_text="如：实际工程量少于合同，退回差额。")
    files = UploadsField(label="退款凭证（银行回单或收据）", required=True)
