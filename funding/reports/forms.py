"""What an audit pack is about."""

from django import forms

from governance.kernel import clock
from governance.kernel.ui.forms import PortalForm
from governance.territory.models import ManagementUnit


class PackForm(PortalForm):
    """A year and a place or a project; the narrowest counts."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    unit = forms.ModelChoiceField(
        label="区县", queryset=ManagementUnit.objects.order_by("code"), to_field_name="code", required=False,
        empty_label="本人职责范围",
    )  # fmt: skip
    street = forms.RegexField(regex=r"^[0-9]{12}$", required=False, widget=forms.HiddenInput)
    community = forms.RegexField(
        label="社区（村）代码", regex=r"^[0-9]{12}$", required=False, help_text="12 位代码，在报表中点开社区（村）会自动填好。",
        error_messages={"invalid": "请填写 12 位数字代码。"},
    )  # fmt: skip
    project = forms.CharField(label="项目编号", max_length=32, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        this = clock.today().year
        self.fields["year"].choices = [(year, f"{year} 年") for year in range(this, this - 6, -1)]
