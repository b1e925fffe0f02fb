"""Rules: the list, one rule with all its versions, its next version."""

import django_filters as filters
from django import forms
from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from .. import clock
from ..policy import PolicyRule, SourceMark
from ..ui.forms import PortalForm
from ..ui.views import Column, FormPage, ListPage, Page
from .permissions import CHANGE_RULE
from .services import rule_change
from .values import read, typed, value_cn

GROUPS = {
    "account": "账户", "clock": "时钟", "deadline": "时限", "files": "附件", "mail": "邮件", "territory": "区划",
    "whistle": "吹哨", "rating": "评价", "score": "计分", "card": "督办牌", "dashboard": "看板",
}  # fmt: skip


def rule_url(rule: PolicyRule) -> str:
    """The rule's page."""
    return reverse("policy-rule", args=[rule.key])


def in_force(queryset, day=None):
    """The versions in force on a day."""
    day = day or clock.today()
    return queryset.filter(Q(effective_to=None) | Q(effective_to__gt=day), effective_from__lte=day)


VALUE = Column(
    "value",
    "取值",
    render=lambda rule: value_cn(rule.value, rule.unit),
    export=lambda rule: value_cn(rule.value, rule.unit),
)
SOURCE = [
    Column("source_mark", "来源", kind="status", sort="source_mark"),
    Column("document", "文件", wide=True, width=36),
    Column("article", "条款", wide=True, width=28),
]
SURE = Column("confidence", "可信度", kind="number", sort="confidence", render=lambda rule: f"{rule.confidence}%")
SINCE = Column("effective_from", "生效", kind="date", sort="effective_from")


class RuleFilter(filters.FilterSet):
    """Rules by group, source and words."""

    q = filters.CharFilter(label="名称、代码或文件", method="find", max_length=40)
    group = filters.ChoiceFilter(label="类别", empty_label="全部", choices=list(GROUPS.items()), method="begins")
    source_mark = filters.ChoiceFilter(label="来源", empty_label="全部", choices=SourceMark.choices)

    class Meta:
        model = PolicyRule
        fields: list[str] = []

    def find(self, queryset, name, value):
        """Keep what contains the words."""
        return queryset.filter(Q(title__icontains=value) | Q(key__icontains=value) | Q(document__icontains=value))

    def begins(self, queryset, name, value):
        """Keep one group."""
        return queryset.filter(key__startswith=f"{value}.")


class RuleList(ListPage):
    """The rules in force today."""

    title = "规则"
    subtitle = "每条时限、权重和上限的依据；标“本地可调”的由本市定，标“待核”的尚缺正式文件。"
    icon = "scale"
    model = PolicyRule
    columns = [Column("title", "名称", primary=True, sort="title", url=rule_url, width=36), VALUE, *SOURCE, SURE, SINCE]
    filterset_class = RuleFilter
    order = "key"
    page_size = 100
    empty_text = "请由系统管理员运行 setup_portal 载入规则。"

    def get_queryset(self):
        """Today's versions."""
        return in_force(PolicyRule.objects.all())


class OneRule(Page):
    """A page about all versions of one key; 404 for an unknown one."""

    icon = "scale"

    def versions(self) -> list[PolicyRule]:
        """Newest first."""
        rows = list(
            PolicyRule.objects.visible_to(self.actor).filter(key=self.kwargs["key"]).order_by("-effective_from")
        )
        if not rows:
            raise Http404("没有这条规则。")
        return rows

    @staticmethod
    def current(rows: list[PolicyRule]) -> PolicyRule:
        """The version in force today, else the next one."""
        today = clock.today()
        return next((row for row in rows if row.effective_from <= today), rows[-1])


class RulePage(OneRule):
    """One rule: what it says, where it comes from, how sure we are, what it said before."""

    template_name = "governance/kernel/rule.html"

    def get(self, request, key):
        """Draw it."""
        rows = self.versions()
        rule = self.current(rows)
        self.title = rule.title
        until = Column("effective_to", "失效", kind="date")
        return self.draw({
            "rule": rule,
            "value": value_cn(rule.value, rule.unit),
            "facts": self.facts(rule),
            "coming": [(row, value_cn(row.value, row.unit)) for row in rows if row.effective_from > clock.today()],
            "versions": rows,
            "columns": [VALUE, SINCE, until, *SOURCE, Column("note", "说明", wide=True)],
            "may_change": self.may(CHANGE_RULE),
            "crumbs": [("规则", reverse("policy-rules")), (rule.title, "")],
        })  # fmt: skip

    @staticmethod
    def facts(rule: PolicyRule) -> list:
        """Label and value pairs."""
        return [
            ("代码", rule.key), ("文件", rule.document or "—"), ("条款", rule.article or "—"),
            ("可信度", f"{rule.confidence}%"), ("生效日期", f"{rule.effective_from}"),
            ("失效日期", f"{rule.effective_to}" if rule.effective_to else "现行有效"), ("说明", rule.note or "—"),
        ]  # fmt: skip


class RuleForm(PortalForm):
    """The next version of a rule."""

    value = forms.CharField(label="新的取值", max_length=4000)
    effective_from = forms.DateField(
        label="生效日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), help_text="最早从明天起。"
    )
    document = forms.CharField(label="文件", max_length=200, required=False, help_text="留空沿用现行版本的文件。")
    article = forms.CharField(label="条款", max_length=120, required=False)
    reason = forms.CharField(
        label="调整理由", max_length=300, widget=forms.Textarea({"rows": 3}), help_text="记入审计，显示在版本旁。"
    )

    def __init__(self, *args, rule: PolicyRule, **kwargs):
        """A number is typed as a number, a structure as JSON of the same shape."""
        super().__init__(*args, **kwargs)
        self.rule = rule
        plain = isinstance(rule.value, (int, float, str))
        self.fields["value"].help_text = f"现行：{value_cn(rule.value, rule.unit)}" + (
            "" if plain else "；请保持原有的结构"
        )
        if not plain:
            self.fields["value"].widget = forms.Textarea({"rows": 4, "spellcheck": "false"})

    def clean_value(self):
        try:
            return read(self.cleaned_data["value"], self.rule.value)
        except (ValueError, RecursionError):
            raise forms.ValidationError("读不懂这个取值，请照现行取值的写法填写。") from None


class RuleChange(FormPage, OneRule):
    """Add the next version: the city's office only."""

    permission = CHANGE_RULE
    title = "调整规则"
    form_class = RuleForm
    submit_label = "发布新版本"
    success_message = "新版本已登记，到生效日自动适用。"
    consequence = "到生效日起适用于新开始的时限和计算；已在计时的事项不变。原版本保留可查。"
    rule: PolicyRule

    def check_permission(self) -> None:
        """Permission first, then the rule."""
        super().check_permission()
        self.rule = self.versions()[0]

    def form_kwargs(self):
        return {"rule": self.rule}

    def initial(self):
        return {"value": typed(self.rule.value)}

    def run(self, form):
        """Call the service."""
        return rule_change(by=self.actor, key=self.rule.key, **form.facts())

    def success_url(self, result):
        return rule_url(result)

    def cancel_url(self):
        return rule_url(self.rule)

    def crumbs(self):
        """From the list through the rule."""
        return [("规则", reverse("policy-rules")), (self.rule.title, rule_url(self.rule)), (self.title, "")]
