"""Routing rules: list, one rule with its versions, the next version."""

from django.http import Http404
from django.urls import reverse

from governance.accounts.roles import Role
from governance.kernel.policy import rule_for
from governance.kernel.ui.views import ActionView, Column, DetailPage, FormPage, ListPage
from governance.territory.models import ManagementUnit
from governance.whistles.mail.cases import amount_cn

from ..filters import RoutingFilter
from ..forms import RuleForm
from ..models import Incident, RoutingRule
from ..routing import preview
from ..services import routing_end, routing_revise
from . import FOLDER

COPIED = (
    "title", "order", "klass", "category", "from_level", "unit", "street", "level", "trade", "department", "limit", "document", "reason",
)  # fmt: skip
LOOKED_BACK, SHOWN = 300, 20


def conditions(row: RoutingRule) -> str:
    """What it asks for."""
    parts = [str(row.category) if row.category_id else f"大类 {row.klass}" if row.klass else ""]
    parts += [str(row.street or row.unit or ""), f"自{row.get_from_level_display()}上报" if row.from_level else ""]
    return "，".join(filter(None, parts)) or "全部"


def goes_to(row: RoutingRule) -> str:
    """Where it sends."""
    if row.department_id:
        return row.department.short_name
    return f"{row.get_level_display()}（{row.get_trade_display()}）" if row.trade else row.get_level_display()


def limit_words(row: RoutingRule) -> str:
    """一般（3 个工作日)."""
    rule = rule_for(f"incident.handle.{row.limit}")
    return f"{row.get_limit_display()}（{amount_cn(rule.value, rule.unit)}）"


class RuleList(ListPage):
    """/routing-rules/"""

    title, icon, model, filterset_class, order = "派遣规则", "repeat", RoutingRule, RoutingFilter, "order"
    subtitle = "从上到下看，第一条适用的派遣。改规则只加新版本，旧版本和当时的派遣依据都保留。"
    export_name = "派遣规则"
    columns = [
        Column("title", "规则", primary=True, url=lambda row: row.get_absolute_url(), width=36),
        Column("order", "次序", kind="number", sort="order"),
        Column("klass", "条件", render=conditions, export=conditions),
        Column("level", "派往", render=goes_to, export=goes_to),
        Column("limit", "处置时限", kind="status"),
        Column("source_mark", "来源", kind="status", wide=True),
        Column("version", "版本", kind="number", wide=True),
    ]

    def get_queryset(self):
        """Those in force."""
        return RoutingRule.objects.in_force().select_related("category", "unit", "street", "department")

    def actions(self) -> list[dict]:
        """A new one."""
        if not self.may("routing.edit"):
            return []
        return [{"label": "新增规则", "url": reverse("routing-rule-new"), "icon": "plus", "primary": True}]


def latest(actor, key: str) -> RoutingRule:
    """The newest version of a rule; 404 without one."""
    rows = RoutingRule.objects.visible_to(actor).select_related("category", "unit", "street", "department")
    row = rows.filter(key=key).order_by("-version").first()
    if row is None:
        raise Http404
    return row


class RulePage(DetailPage):
    """/routing-rules/<key>/"""

    model, icon, badge_field, template_name = RoutingRule, "repeat", "", f"{FOLDER}rule.html"

    def get_object(self) -> RoutingRule:
        """Its newest version."""
        return latest(self.actor, self.kwargs["key"])

    def crumbs(self) -> list:
        """From the list."""
        return [("派遣规则", reverse("routing-rules")), (self.object.title, "")]

    def facts(self) -> list:
        """What it says."""
        row = self.object
        limit = reverse("policy-rule", args=[f"incident.handle.{row.limit}"])
        return [
            ("条件", conditions(row)), ("派往", goes_to(row)), ("处置时限", limit_words(row), limit),
            ("次序", row.order),
            ("依据", row.document or "本系统设定"), ("来源", row.get_source_mark_display()), ("说明", row.reason or "—"),
            ("启用", row.valid_from), ("停用", row.valid_to or "—"),
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """All versions."""
        return {
            "versions": RoutingRule.objects.filter(key=self.object.key).order_by("-version"),
            "may_edit": self.may("routing.edit", self.object),
            "may_end": self.object.valid_to is None and self.may("routing.edit", self.object),
        }


class _RuleForm(FormPage):
    form_class, icon, submit_label, template_name = RuleForm, "edit", "启用新版本", f"{FOLDER}rule_form.html"
    consequence = "今天起按新版本派遣；已经派遣的不变。"
    changes: list | None = None
    looked = 0

    def post(self, request, *args, **kwargs):
        """Try it first, if asked: which of the last incidents would have gone elsewhere. Nothing is stored."""
        if request.POST.get("do") != "preview":
            return super().post(request, *args, **kwargs)
        form = self.form(request.POST)
        if form.is_valid():
            rows = list(self.last_ones())
            self.looked, self.changes = (
                len(rows),
                preview(RoutingRule(key=self.key_of(form), **self.content(form)), rows),
            )
        return self.show(form)

    def last_ones(self):
        """The newest that were accepted, in his own scope."""
        rows = Incident.objects.visible_to(self.actor).filter(accepted_at__isnull=False)
        return rows.select_related("category", "unit", "department").order_by("-id")[:LOOKED_BACK]

    def extra_context(self) -> dict:
        """What the trial found."""
        return {"changes": self.changes, "shown": (self.changes or [])[:SHOWN], "looked": self.looked}

    def form_kwargs(self) -> dict:
        """A unit's office makes rules for its own unit; the city's for all."""
        units = ManagementUnit.objects.all()
        if not self.actor.posts_in(Role.CITY_OFFICE):
            units = units.filter(pk__in=[post.unit_id for post in self.actor.posts_in(Role.UNIT_SOCIAL)])
        return {"units": units}

    def cancel_url(self) -> str:
        """The list."""
        return reverse("routing-rules")

    def key_of(self, form) -> str:
        """Which rule."""
        return self.object.key

    def run(self, form) -> RoutingRule:
        """Add the version."""
        return routing_revise(by=self.actor, key=self.key_of(form), **self.content(form))

    def content(self, form) -> dict:
        """What the version says."""
        return {name: value for name, value in form.facts().items() if name in COPIED}


class RuleEnd(ActionView):
    """/routing-rules/<key>/end/"""

    model, object_permission, action = RoutingRule, "routing.edit", "end"

    def get_object(self) -> RoutingRule:
        """Its newest version."""
        return latest(self.actor, self.kwargs["key"])

    def run(self, action: str, note: str, version: int | None) -> RoutingRule:
        """Out of force from today."""
        return routing_end(by=self.actor, rule=self.object)

    def done_message(self, action: str) -> str:
        """What it means."""
        return "已停用；今天起按其余规则派遣，已经派遣的不变。"


class RuleRevise(_RuleForm):
    """/routing-rules/<key>/revise/"""

    title, model, object_permission = "修订派遣规则", RoutingRule, "routing.edit"

    def get_object(self) -> RoutingRule:
        """Its newest version."""
        return latest(self.actor, self.kwargs["key"])

    def initial(self) -> dict:
        """What it says now."""
        return {name: getattr(self.object, name) for name in COPIED if name != "reason"}


class RuleNew(_RuleForm):
    """/routing-rules/new/"""

    title, permission = "新增派遣规则", "routing.edit"

    def key_of(self, form) -> str:
        """The form's own key makes it."""
        return f"r-{form.key[:30]}".rstrip("-").lower()
