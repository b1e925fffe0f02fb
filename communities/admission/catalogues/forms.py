"""Forms of the yearly review."""

from django import forms

from governance.kernel.ui.forms import PortalForm
from governance.whistles.forms.base import DateControl

from ..models import AdmissionItem, Catalogue
from ..states import ItemClass, Place
from .services import Decision, Verdict


class ItemChoice(forms.ModelChoiceField):
    """Items as number and name."""

    def label_from_instance(self, obj):
        return f"{obj.code} {obj.name}"


class DraftForm(PortalForm):
    """Which list, for which year."""

    place = forms.ChoiceField(label="适用对象", choices=Place.choices)
    year = forms.IntegerField(label="年度", min_value=2023, max_value=2100)


class DecideForm(PortalForm):
    """What becomes of one item."""

    verdict = forms.ChoiceField(label="决定", choices=Verdict.choices, widget=forms.RadioSelect)
    into = ItemChoice(
        label="并入哪一项",
        queryset=AdmissionItem.objects.none(),
        required=False,
        to_field_name="code",
        help_text="仅“合并”时选择",
    )
    name = forms.CharField(label="修改后的事项", max_length=120, required=False, help_text="仅“修改”时填写")
    minutes = forms.IntegerField(label="单次耗时（分钟）", min_value=0, max_value=10000, required=False)
    frequency_cap = forms.IntegerField(
        label="每年频次上限", min_value=0, max_value=366, required=False, help_text="0 为不限"
    )

    def __init__(self, *args, draft: Catalogue, code: str, **kwargs):
        super().__init__(*args, **kwargs)
        others = draft.items.exclude(code=code).exclude(klass=ItemClass.FORBIDDEN)
        self.fields["into"].queryset = others.order_by("code")

    def clean(self):
        """Merging needs a target, changing something new."""
        data = super().clean()
        if data.get("verdict") == Verdict.MERGE and not data.get("into") and "into" not in self.errors:
            self.add_error("into", "请选择要并入的事项。")
        if data.get("verdict") == Verdict.CHANGE and not (data.get("name") or "").strip():
            self.add_error("name", "请填写修改后的事项。")
        return data

    def decision(self, source: AdmissionItem) -> Decision:
        """What the service takes; only what differs from ``source`` is a change."""
        data = self.cleaned_data
        wanted = {name: data[name] for name in ("name", "minutes", "frequency_cap") if data[name] not in (None, "")}
        changes = {name: value for name, value in wanted.items() if value != getattr(source, name)}
        return Decision(data["verdict"], data["into"].code if data["into"] else "", changes)


class IssueForm(PortalForm):
    """From when, by which document."""

    effective_from = forms.DateField(label="生效日期", widget=DateControl)
    document = forms.CharField(label="印发文件文号", max_length=120)
