"""Pages for communities and their streets: what is asked, done in two clicks, refused in one."""

from django.urls import reverse

from governance.accounts.roles import STREET_ROLES
from governance.kernel.permission import permits
from governance.kernel.ui.views import Column, DetailPage, FormPage, ListPage

from ..models import DemandTarget, Refusal
from ..refusals.selectors import basis_for, reason_for
from ..refusals.services import refusal_file
from ..states import TargetStatus
from . import services
from .doors import door_of
from .filters import TargetFilter
from .forms import DoneForm, RefuseForm
from .views import FOLDER, subject


class TargetList(ListPage):
    """/targets/"""

    title, icon, model, filterset_class = "社区待办", "inbox", DemandTarget, TargetFilter
    subtitle = "上级部门依据准入清单提出的要求。到期前不催办；不合规的可以依规拒收。"
    permission = "target.view"
    empty_title, empty_text = "没有待办", "部门依据准入事项下达后会列在这里。"
    columns = [
        Column("demand.title", "要求", render=lambda row: subject(row.demand.number, row.demand.title), primary=True,
               export=lambda row: f"{row.demand.number} {row.demand.title}", width=40),
        Column("status", "状态", kind="status", sort="status"),
        Column("department.short_name", "派发部门", sort="department__code"),
        Column("community.name", "社区（村）", sort="community__code12"),
        Column("minutes", "预计分钟", kind="number", sort="minutes"),
        Column("over_frequency", "超频次", wide=True),
        Column("day", "下达日期", kind="date", sort="day", wide=True),
        Column("due_on", "完成日期", kind="date", sort="due_on"),
    ]  # fmt: skip

    def get_queryset(self):
        """With demand, department and community."""
        return DemandTarget.objects.select_related("demand", "department", "community")


class TargetPage(DetailPage):
    """/targets/<pk>/: at 390 px the two buttons come first."""

    model, icon = DemandTarget, "inbox"
    template_name = f"{FOLDER}target.html"

    def get_queryset(self):
        """With what is shown."""
        return DemandTarget.objects.select_related(
            "demand__department", "item__catalogue", "community", "street", "department"
        )

    def head(self):
        """The demand's title."""
        return super().head() | {"title": self.object.demand.title}

    def crumbs(self):
        """From the list."""
        return [("社区待办", reverse("targets")), (self.object.demand.number, "")]

    def facts(self) -> list:
        """Who asks, under what, by when."""
        row, demand = self.object, self.object.demand
        marks = [("表号", demand.form_code), ("制定机关", demand.issuer), ("文号", demand.approval_no),
                 ("有效期至", demand.form_valid_to)] if demand.form_code else []  # fmt: skip
        return [
            ("社区（村）", row.community), ("派发部门", row.department),
            ("准入事项", row.item, row.item.get_absolute_url()), ("预计", f"{row.minutes} 分钟"),
            ("下达日期", row.day), ("完成日期", row.due_on), *marks,
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """The forms for who may act, the refusal where there is one."""
        row = self.object
        refusal = Refusal.objects.filter(target=row).first()
        is_open = row.status == TargetStatus.OPEN
        may_refuse = is_open and refusal is None and permits(self.actor, "target.refuse", row)
        reason = reason_for(row) if may_refuse else None
        version = {"version": row.version}
        door = door_of(row)
        may_complete = is_open and not door and permits(self.actor, "target.complete", row)
        return {
            "door": door,
            "refusal": refusal,
            "done_form": DoneForm(initial=version) if may_complete else None,
            "refuse_form": RefuseForm(initial={"reason": reason, **version}) if may_refuse else None,
            "basis": basis_for(row, reason) if reason else "",
            "is_street": bool(self.actor.posts_in(*STREET_ROLES)),
        }


class _OfTarget(FormPage):
    """A form about a target; a refusal shows it again on a page of its own."""

    model = DemandTarget
    icon = "inbox"

    def get_queryset(self):
        """With what the services read."""
        return DemandTarget.objects.select_related("demand", "item", "community")

    def initial(self) -> dict:
        """The version that was seen."""
        return {"version": self.object.version}

    def crumbs(self):
        """From the target."""
        return [
            ("社区待办", reverse("targets")),
            (self.object.demand.number, self.object.get_absolute_url()),
            (self.title, ""),
        ]


class TargetComplete(_OfTarget):
    """/targets/<pk>/complete/"""

    title, form_class, object_permission = "完成", DoneForm, "target.complete"
    submit_label, success_message = "完成", "已完成。"
    consequence = "部门看到完成的社区数和结果，看不到是哪个社区。"

    def run(self, form):
        """Done."""
        return services.target_complete(target=self.object, by=self.actor, **form.facts())


class TargetRefuse(_OfTarget):
    """/targets/<pk>/refuse/"""

    title, form_class, object_permission = "依规拒收", RefuseForm, "target.refuse"
    submit_label, success_message = "依规拒收", "已依规拒收。部门答复前不必办理；向上不显示是哪个社区。"
    consequence = "法规依据自动填好，抄送区县社会工作部；向上只显示街道。拒收不计负面。"

    def initial(self) -> dict:
        """The reason that fits."""
        return super().initial() | {"reason": reason_for(self.object)}

    def run(self, form):
        """File it; go back to the target."""
        refusal_file(target=self.object, by=self.actor, **form.facts())
        return self.object
