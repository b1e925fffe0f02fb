"""Forms of rating and scores."""

from django import forms

from governance.kernel.ui.forms import PortalForm

from ..states import ExcuseGround


def _text(label: str, help_text: str = "", most: int = 2000) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, widget=forms.Textarea({"rows": 4}))


class AppealForm(PortalForm):
    """A department's appeal."""

    grounds = _text("申诉理由", "写明事实和依据；由区级裁决组裁决，每条评价只能申诉一次。")


class RulingForm(PortalForm):
    """The ruling on an appeal."""

    decision = forms.ChoiceField(
        label="裁决", choices=[("uphold", "申诉成立，评价不计分"), ("refuse", "申诉不成立，评价照常计分")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = _text("裁决理由", "申诉部门和评价街道都能看到。")


class NoteForm(PortalForm):
    """A reason and nothing else."""

    note = _text("理由", "记入时间线和审计。", 1000)


class ExcuseForm(NoteForm):
    """Why a ticket counts in no score."""

    ground = forms.ChoiceField(label="认定情形", choices=ExcuseGround.choices, widget=forms.RadioSelect)
    field_order = ["ground", "note"]


class AssessmentForm(PortalForm):
    """The department's own score of a year."""

    own_score = forms.FloatField(label="本级业务分", min_value=0, max_value=100, help_text="0–100 分。")
    note = forms.CharField(label="依据", max_length=300, required=False, help_text="如考核文件名称、文号。")
