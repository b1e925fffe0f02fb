"""A department's forms: list, designer with what will be stripped, detail with answers, dispatch."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from communities.admission.gate.services import demand_blocked
from governance.accounts.roles import DEPT_ROLES
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.kernel.ui.exports import Sheet, export_response
from governance.kernel.ui.views import ActionView, Column, DetailPage, FormPage, ListPage
from governance.territory.models import Department, Division

from .. import services
from ..filters import FormFilter
from ..forms import DesignForm, DispatchForm
from ..lint import lint, needs_approval
from ..merging import alike
from ..models import Form, FormField
from ..selectors import answers_of, corrections_of, grouped
from ..services.forms import plan_for
from ..states import WITH_ANSWERS, FormStatus
from ..stripping import plan_of
from ..workflow import FORM_FLOW
from . import FOLDER

SHOWN_ROWS = 100


def subject(row: Form) -> str:
    """Number above title."""
    return format_html(
        '<span class="subject-number">{}</span> <span class="subject-title">{}</span>', row.number, row.title
    )


def sent_on(row: Form) -> str:
    """The day it was dispatched."""
    return f"{timezone.localdate(row.dispatched_at):%Y-%m-%d}" if row.dispatched_at else "—"


def department_of(actor) -> Department:
    """The actor's own department."""
    post = actor.posts_in(*DEPT_ROLES)[0]
    return Department.objects.select_related("superior", "unit").get(pk=post.department_id)


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


class _Design(FormPage):
    """The designer: tick elements, see what will be left of them (button 看看会剔除什么; with a script at every change)."""

    icon, template_name, form_class = "edit", f"{FOLDER}design.html", DesignForm
    consequence = "存为草稿，不会到达社区。下发前再剔除一次已有的字段。"
    plan, checks, similar = None, (), ()

    def department(self) -> Department:
        """Whose form it is."""
        return department_of(self.actor)

    def form_kwargs(self) -> dict:
        """The department narrows items, elements and places."""
        return {"department": self.department()}

    def post(self, request, *args, **kwargs):
        """The preview stores nothing."""
        if request.POST.get("do") == "preview":
            form = self.form(request.POST)
            form.is_valid()
            if form.cleaned_data.get("elements") and (
                form.cleaned_data.get("places") or form.cleaned_data.get("codes")
            ):
                self.preview(form)
            return self.show(self.form(request.POST) if form.errors else form, 200 if self.plan else 422)
        return super().post(request, *args, **kwargs)

    def preview(self, form: DesignForm) -> None:
        """What would be left today."""
        item = form.cleaned_data.get("item")
        places = form.communities(item.place if item else "urban")
        self.plan = plan_of(elements=form.picked(), communities=places)
        words = {name: form.cleaned_data.get(name) or "" for name in ("form_code", "issuer", "approval_no")}
        row = Form(department=form.department, item=item, valid_to=form.cleaned_data.get("valid_to"), **words)
        self.checks = lint(form=row, plan=self.plan)
        self.similar = alike(
            codes={e.code for e in self.plan.elements}, community_ids=[p.pk for p in places],
            but=self.object.pk if self.object else None,
        )  # fmt: skip

    def extra_context(self) -> dict:
        """The preview beside the form."""
        return {"plan": self.plan, "checks": self.checks, "similar": self.similar}

    def show(self, form, status: int = 200):
        """With the catalogue by theme."""
        self.groups = grouped(form.open_elements)
        return self.draw(
            {"form": form, "groups": self.groups, "ticked": form.chosen(), "cancel_url": self.cancel_url(),
             "consequence": self.consequence}, status=status,
        )  # fmt: skip


class FormNew(_Design):
    """/forms/new/"""

    title, permission, success_message = "起草表格", "form.draft", "已存为草稿，下发前可以修改。"

    def cancel_url(self) -> str:
        """The list."""
        return reverse("forms")

    def run(self, form):
        """Draft it."""
        return services.form_draft(by=self.actor, department=form.department, content=form.content())


class FormEdit(_Design):
    """/forms/<pk>/edit/"""

    title, model, object_permission, success_message = "修改表格", Form, "form.edit", "已修改。"

    def get_queryset(self):
        """With the department."""
        return Form.objects.select_related("department__superior", "department__unit")

    def department(self) -> Department:
        """The form's own."""
        return self.object.department

    def initial(self) -> dict:
        """What is stored."""
        row = self.object
        names = ("title", "purpose", "item", "form_code", "issuer", "approval_no", "valid_to", "due_on", "version")
        places = Division.objects.filter(pk__in=row.community_ids).order_by("code12").values_list("code12", flat=True)
        fields = FormField.objects.filter(form=row).order_by("position").values_list("element__code", flat=True)
        return {name: getattr(row, name) for name in names} | {"codes": "\n".join(places), "elements": list(fields)}

    def run(self, form):
        """Change it."""
        return services.form_edit(
            form=self.object, by=self.actor, content=form.content(), version=form.cleaned_data["version"]
        )


class FormDetail(DetailPage):
    """/forms/<pk>/: where it stands, what was stripped and why, the answers."""

    model, flow, icon = Form, FORM_FLOW, "file"
    template_name = f"{FOLDER}form.html"

    def get_queryset(self):
        """With what is shown."""
        return Form.objects.select_related("department", "item", "unit", "demand", "joined_into")

    def get(self, request, *args, **kwargs):
        """The page, or the answers as a file."""
        if request.GET.get("export") in ("xlsx", "csv"):
            return self.export(request.GET["export"])
        return super().get(request, *args, **kwargs)

    def export(self, ending: str):
        """All answers, a community a row; where one was corrected since, the value before stands beside it."""
        rows = answers_of(self.object, self.actor)
        columns = [
            Column("community.code12", "社区代码"),
            Column("community.name", "社区（村）"),
            *(
                Column(str(at), cell.element.name, export=lambda row, at=at: row.cells[at].value)
                for at, cell in enumerate(rows[0].cells if rows else [])
            ),
            Column("fixed", "更正", export=lambda row: "；".join(
                f"{cell.element.name}原为 {cell.before}" for cell in row.cells if cell.before)),
        ]  # fmt: skip
        sheet = Sheet(title=f"{self.object.number} {self.object.title}", columns=columns, rows=rows,
                      synthetic=self.object.is_synthetic)  # fmt: skip
        return export_response(sheet, ending)

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
            "more": max(row.communities - SHOWN_ROWS, 0) if len(answers) == SHOWN_ROWS else 0,
            "prefill": round(100 * (1 - row.asked_cells / row.cells), 1) if row.cells else None,
            "may_edit": row.status == FormStatus.DRAFT and self.may("form.edit", row),
            "may_join": row.status in (FormStatus.DRAFT, FormStatus.APPROVED) and self.may("form.join", row),
            "wrong": corrections_of(codes, row.community_ids, row.dispatched_at) if with_answers else 0,
        }  # fmt: skip


class FormDispatch(FormPage):
    """/forms/<pk>/dispatch/: the last look before it goes out, or answers itself."""

    title, icon, model, object_permission = "下发表格", "send", Form, "form.dispatch"
    template_name, form_class, submit_label = f"{FOLDER}dispatch.html", DispatchForm, "下发"

    def get_queryset(self):
        """With what the gate reads."""
        return Form.objects.select_related("department__superior", "item__catalogue")

    def initial(self) -> dict:
        """The day that was planned."""
        return {"due_on": self.object.due_on, "version": self.object.version}

    def extra_context(self) -> dict:
        """What will be stripped."""
        plan, required = plan_for(self.object)
        codes = {element.code for element in plan.elements}
        return {
            "plan": plan, "checks": lint(form=self.object, plan=plan, required=required),
            "similar": alike(codes=codes, community_ids=self.object.community_ids, but=self.object.pk),
        }  # fmt: skip

    sent: Form | None = None

    def run(self, form):
        """Dispatch it."""
        self.sent = services.form_dispatch(form=self.object, by=self.actor, **form.facts())
        return self.sent

    def once(self, key, effect):
        """What was refused is counted for the white paper, outside the transaction that is rolled back."""
        try:
            return super().once(key, effect)
        except Forbidden:
            raise
        except (Invalid, Conflict) as error:
            count_blocked(self.object, error)
            raise

    @property
    def success_message(self) -> str:
        """What became of it."""
        if self.sent is None:
            return "已提交。"
        if self.sent.status == FormStatus.ANSWERED:
            return "全部字段平台已有：自动应答，人工填写 0 项，没有打扰任何社区。答案在下面。"
        if self.sent.status == FormStatus.WAITING:
            return "超出本年负担额度，增负说明已提交，同意后才会到达社区。"
        stripped = self.sent.fields_count - self.sent.manual_count
        return f"已下发：剔除 {stripped} 项，{self.sent.reached} 个社区各填 {self.sent.manual_count} 项。"


@transaction.atomic
def count_blocked(form: Form, error) -> None:
    """Write a refused dispatch down."""
    demand_blocked(
        department=form.department, item=form.item, title=form.title, communities=form.communities, error=error
    )


class FormAction(ActionView):
    """/forms/<pk>/actions/<submit|approve|decline|withdraw|summarise>/"""

    model, flow = Form, FORM_FLOW
    messages_by_action = {
        "submit": "已报请审批。", "approve": "已同意，部门可以下发。", "decline": "已退回部门。",
        "withdraw": "已撤回，未填的社区已免除。", "summarise": "已汇总，未填的社区已免除。",
    }  # fmt: skip

    def get_queryset(self):
        """With what services read."""
        return Form.objects.select_related("department", "item")

    def run(self, action, note, version):
        """The service of the step; the rest is the system's or has a page of its own."""
        if action not in self.messages_by_action:
            raise Forbidden("这一步由系统办理，或在单独的页面上办理。")
        words = {"note": note} if action in ("approve", "decline", "withdraw") else {}
        return getattr(services, f"form_{action}")(form=self.object, by=self.actor, version=version, **words)


class FormJoin(ActionView):
    """/forms/<pk>/join/: POST ``into``."""

    model, action, object_permission = Form, "join", "form.join"

    def run(self, action, note, version):
        """Join the form that was offered; another department's form need not be visible to be joined."""
        sent = self.request.POST.get("into", "")
        into = Form.objects.filter(pk=int(sent)).first() if sent.isdecimal() and len(sent) < 12 else None
        if into is None:
            raise Invalid("没有可并入的表。")
        return services.form_join(form=self.object, into=into, by=self.actor, version=version)

    def done_message(self, action) -> str:
        """What happens next."""
        return "已并入。社区填好后，答案同时出现在这里，不用另发一张。"
