"""The question box."""

from django import forms

from governance.kernel.policy import policy
from governance.kernel.ui.forms import PortalForm


class QuestionForm(PortalForm):
    """One field, no name, no telephone."""

    text = forms.CharField(
        label="您的问题",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="不用登录，不留姓名和电话；写在文字里的号码会自动隐去。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].max_length = policy("disclosure.question_letters")
        self.fields["text"].widget.attrs["maxlength"] = policy("disclosure.question_letters")
