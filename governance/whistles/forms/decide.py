"""What the street, the ruling group and the district fill in."""

from django import forms

from governance.kernel.policy import policy
from governance.kernel.ui.forms import StarField
from governance.territory.models import Department
from governance.territory.selectors import departments_for_street

from ..states import LowReason, Thoroughly
from .base import DateControl, ReasonForm, TicketForm, text_area


class ReassignForm(TicketForm):
    """改派: to a department that serves the street."""

    department = forms.ModelChoiceField(
        label="改派给",
        queryset=Department.objects.none(),
        error_messages={"required": "请选择改派给哪个部门。"},
    )
    note = text_area("裁决理由", most=2000)

    def fit(self) -> None:
        """Offer whom the street can whistle for; the objection's own suggestion is chosen first."""
        others = departments_for_street(self.ticket.street).exclude(pk=self.ticket.department_id)
        self.fields["department"].queryset = others
        if objection := getattr(self.ticket, "objection", None):
            self.fields["department"].initial = objection.suggested_id


class RulingForm(ReasonForm):
    """维持派单 or 不成立吹哨."""

    note = text_area("裁决理由", most=2000)


class ContinueHoldForm(TicketForm):
    """续挂."""

    review_on = forms.DateField(label="下次复核日", widget=DateControl)
    note = text_area("理由", most=2000)

    def fit(self) -> None:
        """Name the longest interval."""
        self.fields["review_on"].help_text = f"今后 {policy('whistle.hold_max_days')} 天以内。"


class ReworkForm(TicketForm):
    """核实不通过."""

    note = text_area("哪里没有解决", most=2000, help_text="部门会看到这段话，请写明现场所见和还需做什么。")
    is_false = forms.BooleanField(
        label="虚假办结（未办而报办结）", required=False, help_text="勾选后直接亮红牌，部门须作书面说明。"
    )


class RateForm(TicketForm):
    """一哨一评: four kinds of stars, whether it is settled for good, and why a rating is low (domain-rules 1.6)."""

    speed = StarField(label="报到速度", required=False)
    attitude = StarField(label="态度协同", required=False)
    quality = StarField(label="解决质量", required=False)
    lawfulness = StarField(label="依法规范", required=False)
    thoroughly = forms.ChoiceField(
        label="是否彻底解决", choices=Thoroughly.choices, widget=forms.RadioSelect, required=False
    )
    again = forms.BooleanField(label="愿意再次协作", required=False, initial=True)
    low_reason = forms.ChoiceField(label="低分原因", choices=[("", "— 无 —"), *LowReason.choices], required=False)
    comment = text_area("补充说明", most=500, rows=2, required=False)

    def fit(self) -> None:
        """Say when a reason is asked for."""
        self.fields["low_reason"].help_text = f"任一项为 {policy('rating.low_star')} 星及以下时必选。"
