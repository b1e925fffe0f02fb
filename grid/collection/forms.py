"""What people fill in: a department designs a form or takes data, a community fills in its part or corrects a figure."""

import math

from django import forms
from django.core import signing

from communities.admission.gate.forms import ItemField, PlacesForm, items_for
from communities.admission.models import AdmissionItem
from communities.admission.states import FORMS_WITH_MARKS, Place
from governance.kernel import clock
from governance.kernel.ui.forms import PortalForm
from governance.territory.choices import Trade
from governance.territory.models import Division
from governance.whistles.forms.base import DateControl, text_area

from .models import Asking, DataElement, Fact
from .selectors import Cell
from .services import FormInput
from .states import Frequency, Kind, Sensitivity, Sharing, Source

OPENED = "grid.collection.part"  # the salt of the moment at which a form was opened


def opened_now() -> str:
    """This moment, signed: it comes back with the form and says how long it took, about nobody."""
    return signing.dumps(int(clock.now().timestamp()), salt=OPENED)


class ElementsField(forms.ModelMultipleChoiceField):
    """Elements of the catalogue, ticked by theme."""

    def label_from_instance(self, row) -> str:
        return f"{row.name}（{row.code}）"


class _Scoped(PlacesForm):
    """Elements and places that a department may choose."""

    elements = ElementsField(
        label="数据项", queryset=DataElement.objects.none(), to_field_name="code", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个数据项。", "invalid_choice": "没有这个数据项，或不予共享。"},
    )  # fmt: skip
    places = forms.MultipleChoiceField(
        label="范围", widget=forms.CheckboxSelectMultiple, required=False, help_text="所选范围内的社区（村）。"
    )
    codes = text_area(
        "只要部分社区", most=40_000, rows=2, required=False, help_text="每行一个 12 位社区代码；填写后以此为准。"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = DataElement.objects.in_force().order_by("code")
        self.open_elements = [r for r in rows if r.sharing != Sharing.RESTRICTED or r.trade == self.department.kind]
        self.fields["elements"].queryset = rows.filter(pk__in=[row.pk for row in self.open_elements])

    def chosen(self) -> set[str]:
        """The codes that are ticked, for drawing."""
        value = self["elements"].value() or []
        return {getattr(row, "code", row) for row in value}

    def communities(self, place: str | None = None) -> tuple[Division, ...]:
        """Of one kind of place, or of both."""
        return tuple(self.meant(place))

    def picked(self) -> tuple[DataElement, ...]:
        """The chosen elements in the catalogue's order."""
        codes = {row.code for row in self.cleaned_data["elements"]}
        return tuple(row for row in self.open_elements if row.code in codes)


class DesignForm(_Scoped):
    """A form's draft. Marks may wait until it is dispatched."""

    title = forms.CharField(label="表名", max_length=100)
    purpose = text_area("用途", most=1000, rows=2, help_text="写明拿来做什么，社区看得到。")
    item = ItemField(
        label="准入事项", queryset=AdmissionItem.objects.none(), empty_label="— 请选择 —", required=False,
        help_text="报表台账、调查统计类；没有准入号不能下发。",
    )  # fmt: skip
    form_code = forms.CharField(label="表号", max_length=40, required=False)
    issuer = forms.CharField(label="制定机关", max_length=80, required=False)
    approval_no = forms.CharField(label="批准或备案文号", max_length=80, required=False)
    valid_to = forms.DateField(label="有效期至", widget=DateControl, required=False)
    due_on = forms.DateField(label="完成日期", widget=DateControl, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items_for(self.department).filter(form__in=FORMS_WITH_MARKS)

    def content(self) -> FormInput:
        """The arguments of the service."""
        data = self.cleaned_data
        item = data["item"]
        return FormInput(
            title=data["title"], purpose=data["purpose"], elements=self.picked(),
            communities=self.communities(item.place if item else Place.URBAN), item=item, form_code=data["form_code"],
            issuer=data["issuer"], approval_no=data["approval_no"], valid_to=data["valid_to"], due_on=data["due_on"],
        )  # fmt: skip


class DispatchForm(PortalForm):
    """What the gate wants to know besides the form itself."""

    due_on = forms.DateField(label="完成日期", widget=DateControl, required=False)
    funded_yuan = forms.DecimalField(
        label="随事拨付经费（元）", min_value=0, max_value=100_000_000, max_digits=11, decimal_places=2, required=False
    )
    fund_number = forms.CharField(label="预算指标号", max_length=60, required=False)
    over_quota_reason = text_area(
        "增负说明", most=1000, rows=2, required=False, help_text="超出本年负担额度时填写，经同意后才会到达社区。"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def facts(self) -> dict:
        """Money in fen."""
        data = super().facts()
        yuan = data.pop("funded_yuan")
        return {**data, "funded_fen": int((yuan or 0) * 100)}


class TakeForm(_Scoped):
    """A department takes figures instead of sending a form."""

    purpose = forms.CharField(label="用途", max_length=200, help_text="取数即登记，相关社区看得到用途。")
    basis = forms.CharField(
        label="依据", max_length=200, required=False,
        help_text="有条件共享和涉及敏感信息的数据项须写明：准入号、文号或法规条款。",
    )  # fmt: skip


def control_for(element: DataElement, *, required: bool, label: str = "") -> forms.Field:
    """A form field by the element's kind; a telephone shows the number pad for numbers."""
    name = label or f"{element.name}{f'（{element.measure}）' if element.measure else ''}"
    if element.kind == Kind.CHOICE:
        choices = [("", "— 请选择 —"), *((row, row) for row in element.choices)]
        return forms.ChoiceField(label=name, choices=choices, required=required)
    if element.kind == Kind.LONG:
        return text_area(name, most=1000, rows=3, required=required)
    attrs = {"inputmode": "decimal"} if element.kind == Kind.NUMBER else {}
    widget = DateControl() if element.kind == Kind.DATE else forms.TextInput(attrs)
    note = "写材料名称或存放处即可，不要求上传。" if element.kind == Kind.FILE else ""
    return forms.CharField(label=name, max_length=100, required=required, widget=widget, help_text=note)


class PartForm(PortalForm):
    """A community's part: what nobody knows is asked, what is known may be put right, how long it took is left to it."""

    minutes = forms.IntegerField(
        label="用了几分钟（可不填）", min_value=1, max_value=10_000, required=False,
        help_text="不填则按打开到提交的时间估算。只用来修正预计用时，不记录是谁、哪个社区、哪一天。",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args, askings: list[Asking], cells: list[Cell], **kwargs):
        super().__init__(*args, **kwargs)
        self.askings, self.cells = askings, cells
        for row in askings:
            self.fields[f"v_{row.code}"] = control_for(row.element, required=row.is_required)
        for cell in cells:
            if cell.fact:
                self.fields[f"fix_{cell.fact.pk}"] = control_for(
                    cell.element, required=False, label=f"{cell.element.name}应为"
                )

    def minutes_taken(self) -> int | None:
        """What was said, else from opening to now; None when that cannot be known. Too long is left out by the sample."""
        if self.cleaned_data["minutes"]:
            return self.cleaned_data["minutes"]
        try:
            opened = signing.loads(self.cleaned_data["opened"], salt=OPENED)
        except signing.BadSignature:
            return None
        return max(math.ceil((clock.now().timestamp() - opened) / 60), 1)

    def asked(self) -> list:
        """The fields to type in."""
        return [self[f"v_{row.code}"] for row in self.askings]

    def known(self) -> list[tuple[Cell, object]]:
        """What is filled in already, each with the field that puts it right."""
        return [(cell, self[f"fix_{cell.fact.pk}"]) for cell in self.cells if cell.fact]

    def missing(self) -> list[Cell]:
        """What its source has not brought yet: nobody here has to."""
        return [cell for cell in self.cells if not cell.fact]

    def values(self) -> dict[str, str]:
        """Typed values by code."""
        return {row.code: self.cleaned_data[f"v_{row.code}"] for row in self.askings}

    def fixes(self) -> dict[int, str]:
        """Corrections by the fact they correct; empty ones are none."""
        pairs = {cell.fact.pk: self.cleaned_data[f"fix_{cell.fact.pk}"] for cell in self.cells if cell.fact}
        return {pk: value for pk, value in pairs.items() if value}


class CorrectForm(PortalForm):
    """One figure put right."""

    def __init__(self, *args, fact: Fact, **kwargs):
        super().__init__(*args, **kwargs)
        field = control_for(fact.element, required=True, label=f"{fact.element.name}应为")
        self.fields = {"value": field, **self.fields}


class ReviseForm(PortalForm):
    """The next version of an element of the catalogue."""

    valid_from = forms.DateField(label="启用日期", widget=DateControl, help_text="今天之后的日期。")
    name = forms.CharField(label="数据项", max_length=60)
    choices = text_area("选项", most=2000, rows=4, help_text="每行一个。")
    sharing = forms.ChoiceField(label="共享级别", choices=Sharing)
    sensitivity = forms.ChoiceField(label="个人信息", choices=Sensitivity)
    source = forms.ChoiceField(label="权威来源", choices=Source, help_text="无源字段才由社区填写，十二个月内最多一次。")
    source_name = forms.CharField(label="来源系统", max_length=60)
    trade = forms.ChoiceField(label="更新责任", choices=Trade)
    frequency = forms.ChoiceField(label="更新频率", choices=Frequency)
    ttl_days = forms.IntegerField(
        label="有效期（天）",
        min_value=1,
        max_value=3650,
        required=False,
        help_text="不填则按规则“数据项的默认有效期”。",
    )
    seen = forms.DateField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, element: DataElement, **kwargs):
        super().__init__(*args, **kwargs)
        if element.kind != Kind.CHOICE:
            del self.fields["choices"]

    def clean_choices(self) -> list[str]:
        """The options as a list."""
        rows = list(dict.fromkeys(row.strip() for row in self.cleaned_data["choices"].splitlines() if row.strip()))
        if len(rows) < 2 or any(len(row) > 40 for row in rows):
            raise forms.ValidationError("至少两个选项，每个不超过 40 字。")
        return rows
