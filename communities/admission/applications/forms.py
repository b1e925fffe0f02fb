"""Forms of an application. What a field must hold is the formal check's business; here only its shape."""

from decimal import Decimal

from django import forms

from governance.kernel.ui.forms import PortalForm
from governance.territory.models import Department
from governance.whistles.forms.base import DateControl

from ..catalogues.forms import ItemChoice
from ..models import AdmissionApplication, AdmissionItem
from ..models.application import CLASSES
from ..states import BasisMark, Handling, ItemForm, Place, Term
from .services import FIELDS
from .states import Body, Stand

Model = AdmissionApplication


def text(name: str, *, long: bool = False, **more) -> forms.CharField:
    """A text field with the model's label and length; nothing but the name is needed for a draft."""
    field = Model._meta.get_field(name)
    widget = forms.Textarea if long else None
    more.setdefault("help_text", field.help_text)
    return forms.CharField(label=field.verbose_name, max_length=field.max_length, required=False, widget=widget, **more)


def number(label: str, **more) -> forms.IntegerField:
    """A whole number."""
    return forms.IntegerField(label=label, min_value=0, max_value=100_000, required=False, **more)


def day(name: str) -> forms.DateField:
    """A date."""
    return forms.DateField(label=Model._meta.get_field(name).verbose_name, required=False, widget=DateControl)


class ApplicationForm(PortalForm):
    """What a department writes."""

    place = forms.ChoiceField(label="适用对象", choices=Place.choices)
    name = forms.CharField(label="事项", max_length=120)
    klass = forms.ChoiceField(label="类别", choices=CLASSES, initial="assist")
    form = forms.ChoiceField(label="形态", choices=ItemForm.choices)
    handling = forms.ChoiceField(label="社区办理方式", choices=Handling.choices, initial=Handling.ASSIST)
    basis_document = text("basis_document")
    basis_article = text("basis_article")
    basis_mark = forms.ChoiceField(label="依据适用", choices=BasisMark.choices)
    necessity = text("necessity", long=True)
    alternative = text("alternative", long=True)
    times_a_year = forms.IntegerField(label="每年频次", min_value=1, max_value=366, initial=1)
    minutes = number("单次耗时（分钟）")
    communities = number("覆盖社区（村）数")
    information = text("information")
    trial_scope = text("trial_scope")
    funded_yuan = forms.DecimalField(
        label="已落实经费（元/年）", min_value=0, max_digits=12, decimal_places=2, required=False
    )
    fund_number = text("fund_number")
    fund_source = text("fund_source")
    term = forms.ChoiceField(label="期限", choices=Term.choices)
    start_on = day("start_on")
    end_on = day("end_on")
    form_code = text("form_code", help_text="报表和调查必填（统计法第十七条的四项标识）")
    issuer = text("issuer")
    approval_no = text("approval_no")
    form_valid_to = day("form_valid_to")
    city_approval_no = text("city_approval_no", help_text="责任状、一票否决、评比达标须有市级批准")
    merges = ItemChoice(
        label="合并既有事项", queryset=AdmissionItem.objects.none(), required=False, empty_label="不合并",
        help_text="与既有事项重复过多的必须合并",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["merges"].queryset = AdmissionItem.objects.in_force().order_by("code")

    def clean(self):
        """An item of the other kind of place cannot be taken in."""
        data = super().clean()
        if data.get("merges") and data.get("place") and data["merges"].place != data["place"]:
            self.add_error("merges", "只能与同一类适用对象的事项合并。")
        return data

    def content(self) -> dict:
        """The fields that the services take; yuan become fen."""
        data = {name: value for name, value in self.facts().items() if name in FIELDS}
        data["funded_fen"] = int((self.cleaned_data.get("funded_yuan") or Decimal(0)) * 100)
        return data | {name: data[name] or 0 for name in ("minutes", "communities")}


class OpinionForm(PortalForm):
    """What a street or community answers."""

    stand = forms.ChoiceField(label="意见", choices=Stand.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="说明", max_length=500, required=False, widget=forms.Textarea, help_text="不同意请写一句理由"
    )


class PublishForm(PortalForm):
    """The joint review's minutes."""

    bodies = forms.MultipleChoiceField(
        label="参加评审的单位", choices=Body.choices, widget=forms.CheckboxSelectMultiple
    )
    minutes_text = forms.CharField(label="会议纪要", max_length=4000, widget=forms.Textarea)


class SuggestForm(PortalForm):
    """Which department is asked to apply."""

    department = forms.ModelChoiceField(
        label="请哪个部门申请", queryset=Department.objects.none(), to_field_name="code"
    )

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments
