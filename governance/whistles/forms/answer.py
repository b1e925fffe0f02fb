"""What a department fills in: on the ticket page, and on the page behind a mailed link."""

from django import forms

from governance.kernel import clock
from governance.kernel.policy import policy
from governance.kernel.ui.formats import datetime_cn
from governance.territory.models import Department
from governance.territory.selectors import departments_for_street

from ..selectors.tickets import extension_limits
from ..states import ArriveMode, HoldEnd, HoldReason, Outcome
from .base import DateControl, DateTimeControl, TicketForm, UploadsField, text_area


class ObjectForm(TicketForm):
    """退哨异议: the clause and who should answer instead (domain-rules 1.3 ①)."""

    grounds = text_area("异议理由", most=2000, rows=4)
    clause = forms.CharField(label="依据条款", max_length=300, help_text="写明文件名称和条款，如权责清单条目。")
    suggested = forms.ModelChoiceField(label="建议承办部门", queryset=Department.objects.none(), required=False)
    suggested_text = forms.CharField(label="建议承办部门（列表中没有时填写）", max_length=80, required=False)

    def fit(self) -> None:
        """Offer the departments that serve the street, besides the one that objects."""
        others = departments_for_street(self.ticket.street).exclude(pk=self.ticket.department_id)
        self.fields["suggested"].queryset = others


class ContactForm(TicketForm):
    """登记联系."""

    note = text_area("联系情况", most=500, rows=2, required=False, help_text="与街道哪位同志、以什么方式联系。")


class ArriveForm(TicketForm):
    """报到: on site or online."""

    mode = forms.ChoiceField(
        label="报到方式", choices=ArriveMode.choices, initial=ArriveMode.ONSITE, widget=forms.RadioSelect
    )
    person = forms.CharField(label="报到人", max_length=60)
    note = text_area("说明", most=500, rows=2, required=False)


class ConsultForm(TicketForm):
    """申请会商."""

    topic = text_area("会商事由", most=1000)
    participants = forms.CharField(label="参加单位", max_length=300, required=False)


class MinuteForm(TicketForm):
    """会商纪要."""

    minutes = text_area("会商纪要", most=4000, rows=6)


class ExtensionForm(TicketForm):
    """申请延期: once, at most as long again."""

    until = forms.DateTimeField(label="申请延至", widget=DateTimeControl)
    reason = text_area("延期理由", most=1000)

    def fit(self) -> None:
        """Name the latest moment that the rule allows."""
        if limits := extension_limits(self.ticket):
            due, latest = limits
            self.fields["until"].help_text = f"原时限 {datetime_cn(due)}，最迟可延至 {datetime_cn(latest)}。"
            self.fields["until"].initial = latest


class HoldForm(TicketForm):
    """申请挂账: grounds, leader, milestones, review date, and what the residents were told (domain-rules 1.5)."""

    reason = forms.ChoiceField(label="挂账情形", choices=HoldReason.choices)
    explanation = text_area("具体说明", most=2000)
    leader = forms.CharField(label="责任领导", max_length=60)
    milestones = text_area("里程碑", most=2000, help_text="分阶段写明做什么、何时完成。")
    told_residents = text_area("向诉求人解释记录", most=1000, rows=2)
    review_on = forms.DateField(label="下次复核日", widget=DateControl)

    def fit(self) -> None:
        """Name the longest interval."""
        self.fields["review_on"].help_text = f"今后 {policy('whistle.hold_max_days')} 天以内。"


class ReportForm(TicketForm):
    """报办结: the four elements of a reply, and photos."""

    outcome = forms.ChoiceField(
        label="办结类型", choices=Outcome.choices, widget=forms.RadioSelect, initial=Outcome.SOLVED
    )
    taken_up = forms.CharField(label="受理时间", max_length=120, help_text="何时受理、由谁受理。")
    talked_with = forms.CharField(label="与谁沟通", max_length=200, help_text="与哪位诉求人、哪位街道同志沟通过。")
    measures = text_area("解决措施", most=4000, rows=5)
    settled_by = forms.CharField(label="解决时限", max_length=120, help_text="何时解决；分期的写明每期时间。")
    basis = forms.CharField(
        label="不予支持的依据", max_length=300, required=False, help_text="仅“不予支持”时必填：文件名称和条款。"
    )
    files = UploadsField(label="现场照片或附件", help_text="JPG、PNG、PDF、Word、Excel；照片会去除拍摄位置信息。")

    def fit(self) -> None:
        """Start from what is known."""
        if self.ticket.accepted_at:
            self.fields["taken_up"].initial = f"{datetime_cn(self.ticket.accepted_at)} 签收"
            self.fields["settled_by"].initial = f"{clock.today():%Y-%m-%d}"


class WriteOffForm(TicketForm):
    """申请销账."""

    how = forms.ChoiceField(label="销账方式", choices=HoldEnd.choices, widget=forms.RadioSelect, initial=HoldEnd.DONE)
    note = text_area("销账说明", most=2000)
    files = UploadsField(label="前后对比照片或材料")


class CommentForm(TicketForm):
    """留言."""

    body = text_area("留言", most=10000)
    files = UploadsField()


class ExplainForm(TicketForm):
    """红牌书面说明."""

    explanation = text_area("书面说明", most=4000, rows=6, help_text="写明原因、整改措施和完成时间。")
