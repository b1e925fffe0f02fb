"""A department's forms: the list, and one with what was stripped and its answers."""

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from governance.kernel.audit import AuditEvent
from governance.kernel.ui.exports import export_response
from governance.kernel.ui.views import Column, DetailPage, ListPage

from ..filters import FormFilter
from ..lint import lint, needs_approval
from ..merging import alike
from ..models import Form, FormField
from ..selectors import answers_of, corrections_of, missing_cells, rests_of
from ..services.forms import plan_for
from ..sheets import answers_sheet, prefill_of
from ..states import WITH_ANSWERS, FormStatus
from ..workflow import FORM_FLOW
from . import FOLDER, SHOWN_ROWS


def subject(row: Form) -> str:
    """Number above title."""
    return format_html(
        '<span class="subject-number">{}</span> <span class="subject-title">{}</span>', row.number, row.title
    )


def sent_on(row: Form) -> str:
    """The day it was dispatched."""
    return f"{timezone.localdate(row.dispatched_at):%Y-%m-%d}" if row.dispatched_at else "—"


class FormList(ListPage):
    """/forms/"""

    title, icon, model, filterset_class = "一表通", "file", Form, FormFilter
    subtitle = "部门的表由数据项组成：已有的自动剔除，剩下的才到社区；一项也不剩的，系统当场应答。"
    empty_title, empty_text, export_name = "还没有表", "部门起草的表会列在这里。", "一表通"
    columns = [
        Column("title", "表", render=subject, primary=True, export=lambda row: f"{row.number} {row.title}", width=40),
        Column("status", "状态", kind="status", sort="status"),
        Column("department.short_name", "部门", sort="department__code"),
        Column("fields_count", "字段", kind="number", sort="fields_count"),
        Column("manual_count", "人工填写项", kind="number", sort="manual_count"),
        Column("communities", "目标社区", kind="number", sort="communities"),
        Column("reached", "需填写社区", kind="number", sort="reached"),
        Column("dispatched_at", "下发日期", render=sent_on, sort="dispatched_at", wide=True, export=lambda row: row.dispatched_at),
        Column("valid_to", "有效期至", kind="date", sort="valid_to", wide=True),
    ]  # fmt: skip

    def get_queryset(self):
        """With the department."""
        return Form.objects.select_related("department")

    def actions(self):
        """Drafting, for departments."""
        if not self.may("form.draft"):
            return []
        return [{"label": "起草表格", "url": reverse("form-new"), "icon": "plus", "primary": True}]


class FormDetail(DetailPage):
    """/forms/<pk>/: where it stands, what was stripped and why, the answers."""

    model, flow, icon = Form, FORM_FLOW, "file"
    template_name = f"{FOLDER}form.html"

    def get_queryset(self):
        """With what is shown."""
        return Form.objects.select_related("department", "item", "unit", "demand", "joined_into", "rest_of")

    def get(self, request, *args, **kwargs):
        """The page, or the answers as a file."""
        if request.GET.get("export") in ("xlsx", "csv"):
            return self.export(request.GET["export"])
        return super().get(request, *args, **kwargs)

    def export(self, ending: str):
        """All answers as a file."""
        return export_response(answers_sheet(self.object, answers_of(self.object, self.actor)), ending)

    def crumbs(self):
        """From the list."""
        return [("一表通", reverse("forms")), (self.object.number, "")]

    def head(self):
        """The form's name."""
        return super().head() | {"title": self.object.title}

    def facts(self) -> list:
        """Marks, scope, cost."""
        row = self.object
        demand = [("下行要求", row.demand, row.demand.get_absolute_url())] if row.demand_id else []
        joined = [("并入", row.joined_into, row.joined_into.get_absolute_url())] if row.joined_into_id else []
        joined += [("补充", row.rest_of, row.rest_of.get_absolute_url())] if row.rest_of_id else []
        item = ("准入事项", row.item, row.item.get_absolute_url()) if row.item_id else ("准入事项", "缺")
        return [
            ("编号", row.number), ("部门", row.department), ("表号", row.form_code or "缺"), ("制定机关", row.issuer or "缺"),
            ("文号", row.approval_no or "缺"), ("有效期至", row.valid_to or "缺"), item, ("完成日期", row.due_on or "—"),
            ("目标社区", f"{row.communities} 个"), ("需要填写", f"{row.reached} 个社区"), *demand, *joined,
        ]  # fmt: skip

    def moves(self) -> list:
        """Buttons; dispatch has a page of its own, joining stands beside the form to join."""
        found = []
        for step in super().moves():
            if step.name == "dispatch":
                url = reverse("form-dispatch", args=[self.object.pk])
                found.insert(0, {"name": "dispatch", "label": "下发", "icon": "send", "url": url, "link": True})
            elif step.name == "submit":
                found += [step] if self.over else []
            elif step.name != "join":
                found.append(step)
        return found

    over: list = []

    def setup(self, request, *args, **kwargs):
        """Nothing planned yet."""
        super().setup(request, *args, **kwargs)
        self.plan, self.checks, self.similar = None, [], []

    def check_permission(self):
        """Look ahead for what is not dispatched yet."""
        super().check_permission()
        row = self.object
        if row.status in (FormStatus.DRAFT, FormStatus.PENDING, FormStatus.APPROVED):
            self.plan, required = plan_for(row)
            self.checks = lint(form=row, plan=self.plan, required=required)
            self.over = needs_approval(self.checks)
            codes = {element.code for element in self.plan.elements}
            self.similar = alike(codes=codes, community_ids=row.community_ids, but=row.pk)

    def events(self) -> list:
        """The form's own steps."""
        rows = AuditEvent.objects.filter(thread=self.object.thread).order_by("-id")[:100]
        return [
            {"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": row.note} for row in rows
        ]

    def extra_context(self) -> dict:
        """Fields, answers, what to join."""
        row = self.object
        with_answers = row.status in WITH_ANSWERS
        answers = answers_of(row, self.actor, SHOWN_ROWS) if with_answers else []
        fields = list(FormField.objects.filter(form=row).select_related("element").order_by("position"))
        codes = [field.element.code for field in fields]
        return {
            "plan": self.plan, "checks": self.checks, "similar": self.similar,
            "fields": fields, "rows": answers,
            "rests": rests_of(row, self.actor) if row.status == FormStatus.JOINED else [],
            "more": max(row.communities - SHOWN_ROWS, 0) if len(answers) == SHOWN_ROWS else 0,
            "prefill": prefill_of(row) if row.cells else None,
            "missing": missing_cells(row) if row.status == FormStatus.ANSWERED else 0,
            "may_edit": row.status == FormStatus.DRAFT and self.may("form.edit", row),
            "may_join": row.status in (FormStatus.DRAFT, FormStatus.APPROVED) and self.may("form.join", row),
            "wrong": corrections_of(codes, row.community_ids, row.dispatched_at) if with_answers else 0,
        }  # fmt: skip
