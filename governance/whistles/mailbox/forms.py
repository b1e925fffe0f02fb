"""The reply that a newcomer writes as the department."""

from django import forms

from governance.kernel.ui.forms import FilesField, PortalForm

# What the buttons put on the first line.
FILLS = {
    "accept": ("签收", "签收", ""),
    "contact": ("联系", "联系", "已与街道综合指挥中心电话联系。"),
    "arrive": ("报到", "报到", "执法人员已到现场。"),
    "object": ("异议", "异议：该路段由其他部门管护；依据：权责清单第 12 项；建议：交通运输局", ""),
    "report_done": (
        "办结",
        "办结：已清理占道物品并安排专人值守；受理时间：当日 9 时；沟通：街道综合指挥中心；解决时限：即日",
        "",
    ),
    "comment": ("随便写一句", "请问现场联系人在哪里等候？", ""),
}


class ReplyForm(PortalForm):
    """First line, more text, photos."""

    first = forms.CharField(label="第一行", max_length=500, help_text="平台按第一行理解您的意思。")
    body = forms.CharField(label="正文", required=False, max_length=5000, widget=forms.Textarea({"rows": 3}))
    photos = FilesField(label="照片", required=False, most=3, accept="image/jpeg,image/png")
