"""Forms of the books."""

from django import forms

from governance.kernel import clock
from governance.kernel.ui.forms import PortalForm


class ReverseForm(PortalForm):
    """Why a journal is taken back."""

    reason = forms.CharField(
        label="冲销理由",
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明错在哪里；正确的事项另行记账。",
    )


class CloseForm(PortalForm):
    """Which month is closed."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    month = forms.TypedChoiceField(label="月份", coerce=int, choices=[(n, f"{n} 月") for n in range(1, 13)])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        this = clock.today().year
        self.fields["year"].choices = [(year, f"{year} 年") for year in (this, this - 1)]
