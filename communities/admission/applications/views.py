"""Pages of applications."""

from django.http import Http404
from django.urls import reverse

from governance.accounts.roles import DEPT_ROLES, UNIT_ROLES
from governance.kernel.errors import Forbidden
from governance.kernel.ui.formats import datetime_cn
from governance.kernel.ui.views import ActionView, Column, DetailPage, FormPage, ListPage, Page
from governance.territory.choices import DepartmentLevel
from governance.territory.models import Department

from ..models import AdmissionApplication
from . import decisions, services
from .checks import formal_problems, funding_gap, twins, yearly_cost_fen
from .filters import ApplicationFilter
from .forms import ApplicationForm, OpinionForm, PublishForm, SuggestForm
from .selectors import (
    answers,
    application_clock,
    application_events,
    application_rows,
    mine_to_answer,
    opinions_of,
    unclear_duties,
)
from .states import RUNNING, ApplicationStatus, Body
from .workflow import APPLICATION_FLOW

COLUMNS = [
    Column("number", "编号", kind="code", sort="number"),
    Column("name", "事项", primary=True, sort="name", width=44),
    Column("status", "状态", kind="status", sort="status"),
    Column("department.short_name", "申请部门", sort="department__code"),
    Column("unit", "范围", render=lambda row: row.unit.short_name if row.unit else "全市"),
    Column("place", "适用对象", kind="status", sort="place"),
    Column("form", "形态", kind="status", wide=True),
    Column("submitted_at", "提交时间", kind="datetime", sort="submitted_at", wide=True),
    Column("created_at", "起草时间", kind="datetime", sort="created_at", wide=True),
]
STEPS = {
    "submit": services.application_submit, "return": services.application_return, "withdraw": services.application_withdraw,
    "appeal": services.application_appeal, "declare": decisions.application_declare,
    "pass_check": decisions.application_pass_check, "conclude": decisions.application_conclude,
    "approve": decisions.application_approve, "refuse": decisions.application_refuse, "reopen": decisions.application_reopen,
    "revoke": decisions.application_revoke,
}  # fmt: skip
WITHOUT_NOTE = ("submit",)


class ApplicationListPage(ListPage):
    """/applications/"""

    title, icon = "准入申请", "inbox"
    subtitle = "新增进社区（村）事项，先申请、后准入"
    columns, filterset_class = COLUMNS, ApplicationFilter
    empty_title = "没有准入申请"
    empty_text = "部门要新增社区（村）事项，须先在这里申请。"

    def get_queryset(self):
        """With department and unit."""
        return application_rows()

    def actions(self) -> list[dict]:
        """Apply, for departments; unclear duties for those who rule."""
        rows = []
        if self.may("application.suggest"):
            rows.append({"label": "职责不清建议", "url": reverse("unclear-duties"), "icon": "help"})
        if self.may("application.draft"):
            rows.append({"label": "申请准入", "url": reverse("application-new"), "icon": "edit", "primary": True})
        return rows


class ApplicationPage(DetailPage):
    """/applications/<pk>/"""

    model, icon, flow = AdmissionApplication, "inbox", APPLICATION_FLOW
    template_name = "communities/admission/application.html"

    def get_queryset(self):
        """With everything around it."""
        return AdmissionApplication.objects.select_related("department", "unit", "merges", "item", "category")

    def head(self) -> dict:
        """Name first."""
        return super().head() | {
            "title": self.object.name,
            "subtitle": f"{self.object.number} · {self.object.department}",
        }

    def crumbs(self) -> list:
        """From the list."""
        return [("准入申请", reverse("applications")), (self.object.number, "")]

    def clock(self) -> dict | None:
        """The limit that runs, for those whose business it is."""
        return application_clock(self.object) if self.object.status in RUNNING else None

    def moves(self) -> list:
        """Steps; editing, publishing and answering have pages of their own."""
        row, url = self.object, self.request.path
        moves = [
            {"name": step.name, "label": step.label, "icon": step.icon, "hint": step.hint, "needs_note": step.needs_note,
             "tone": step.tone, **({"link": True, "url": f"{url}publish/"} if step.name == "publish" else {})}
            for step in self.flow.available(row, self.actor)
        ]  # fmt: skip
        if row.status in (ApplicationStatus.DRAFT, ApplicationStatus.CORRECTING) and self.may("application.edit", row):
            moves.append(_link("edit", "继续填写", f"{url}edit/", "edit"))
        if row.status == ApplicationStatus.CONSULTING and (mine := mine_to_answer(row, self.actor)):
            moves.append(_link("opine", "修改意见" if mine.stand else "答复意见", f"{url}opinion/", "users"))
        return moves

    def facts(self) -> list:
        """What is asked for."""
        row = self.object
        times = "、".join(Body(value).label for value in row.bodies)
        return [
            ("申请部门", row.department),
            ("范围", row.unit or "全市"),
            ("适用对象", row.get_place_display()),
            ("类别", row.get_klass_display()),
            ("形态", row.get_form_display()),
            ("社区办理方式", row.get_handling_display()),
            ("期限", row.get_term_display()),
            ("拟生效", row.start_on or "—"),
            ("拟失效", row.end_on or "—"),
            ("提交时间", datetime_cn(row.submitted_at)),
            *([("参加评审", times)] if times else []),
            *([("公示截止", datetime_cn(row.publicity_ends_at))] if row.publicity_ends_at else []),
            *([("准入事项", row.item.code, row.item.get_absolute_url())] if row.item else []),
        ]

    def events(self) -> list:
        """What happened, for those who take part."""
        return application_events(self.object) if self.actor.posts else []

    def extra_context(self) -> dict:
        """Costs, twins, what is missing, opinions."""
        row = self.object
        cost = yearly_cost_fen(times=row.times_a_year, communities=row.communities, minutes=row.minutes)
        early = row.status in (ApplicationStatus.DRAFT, ApplicationStatus.CORRECTING, ApplicationStatus.CHECKING)
        inside = self.may("application.edit", row) or self.may("application.check", row)
        return {
            "application": row,
            "cost_yuan": cost / 100,
            "funded_yuan": row.funded_fen / 100,
            "gap": round(funding_gap(cost_fen=cost, funded_fen=row.funded_fen) * 100, 1),
            "problems": list(formal_problems(row).values()) if early and inside else [],
            "twins": twins(row, least=0.2)[:3] if early and inside else [],
            "opinions": opinions_of(row, self.actor) if row.consult_ends_at else [],
        }


def _link(name: str, label: str, url: str, icon: str) -> dict:
    return {"name": name, "label": label, "tone": "neutral", "icon": icon, "url": url, "link": True}


class ApplicationStep(ActionView):
    """/applications/<pk>/actions/<action>/"""

    model, flow = AdmissionApplication, APPLICATION_FLOW

    def run(self, action: str, note: str, version: int | None):
        """The step's service."""
        if action not in STEPS:
            raise Http404
        words = {} if action in WITHOUT_NOTE else {"note": note}
        return STEPS[action](application=self.object, by=self.actor, version=version, **words)


class ApplicationNew(FormPage):
    """/applications/new/"""

    title, icon = "申请准入", "edit"
    form_class, permission = ApplicationForm, "application.draft"
    template_name = "communities/admission/application_form.html"
    draft, submit_label, success_message = "application-new", "保存草稿", "草稿已保存，核对后提交。"
    consequence = "先存草稿。提交后依次经过形式审查、征求街道和社区意见、集体评审、公示，批准后才能向社区提出要求。"

    def department(self) -> Department:
        """The actor's own."""
        posts = [post for post in self.actor.posts_in(*DEPT_ROLES) if post.department_id]
        if not posts:
            raise Forbidden("只能以本部门名义申请。")
        return Department.objects.get(pk=posts[0].department_id)

    def run(self, form):
        """Draft."""
        return services.application_draft(by=self.actor, department=self.department(), **form.content())


class ApplicationEdit(ApplicationNew):
    """/applications/<pk>/edit/"""

    title, permission, object_permission = "修改准入申请", "", "application.edit"
    model, submit_label, success_message = AdmissionApplication, "保存", "已保存。"

    @property
    def draft(self) -> str:
        """Where the browser keeps what was typed."""
        return f"application-{self.object.pk}-{self.object.version}"

    def initial(self) -> dict:
        """What stands there."""
        row = self.object
        return {name: getattr(row, name) for name in services.FIELDS} | {"funded_yuan": row.funded_fen / 100}

    def run(self, form):
        """Change."""
        return services.application_edit(application=self.object, by=self.actor, **form.content())


class OpinionPage(FormPage):
    """/applications/<pk>/opinion/: a street's or community's own answer."""

    title, icon = "答复征求意见", "users"
    model, form_class, permission = AdmissionApplication, OpinionForm, "application.opine"
    success_message = "意见已登记。征求意见结束前可以修改。"
    consequence = "意见供集体评审参考；对申请部门只显示街道名称。"

    def opinion(self):
        """The one that is asked of this actor; 403 without."""
        found = mine_to_answer(self.object, self.actor)
        if found is None or not answers(found, self.actor):
            raise Forbidden("没有请您所在的街道、社区（村）答复这件申请。")
        return found

    def initial(self) -> dict:
        """What was answered before."""
        return {"stand": self.opinion().stand, "words": self.opinion().words}

    def run(self, form):
        """Answer."""
        return decisions.opinion_give(opinion=self.opinion(), by=self.actor, **form.facts())


class PublishPage(FormPage):
    """/applications/<pk>/publish/: the joint review's result."""

    title, icon = "评审通过并公示", "flag"
    model, form_class, object_permission = AdmissionApplication, PublishForm, "application.publish"
    success_message = "已开始公示。"
    consequence = "会议纪要随申请保存；公示期满才能批准。"

    def run(self, form):
        """Publish."""
        return decisions.application_publish(application=self.object, by=self.actor, **form.facts())


class UnclearPage(Page):
    """/applications/unclear/: categories that were reassigned again and again."""

    title, icon = "职责不清建议", "help"
    subtitle = "同一小类多次被改派，说明职责不清：请部门认定职责，或走准入"
    permission, template_name = "application.suggest", "communities/admission/application_unclear.html"

    def crumbs(self) -> list:
        """From the list."""
        return [("准入申请", reverse("applications")), (self.title, "")]

    def get(self, request):
        """Draw."""
        return self.draw({"rows": unclear_duties(self.actor)})


class SuggestPage(FormPage):
    """/applications/unclear/<code>/"""

    icon, form_class, permission = "edit", SuggestForm, "application.suggest"
    submit_label, success_message = "转为申请草稿", "草稿已转给部门，由部门补充后提交。"
    consequence = "在部门名下生成一份申请草稿，列入部门工作台；不代替部门决定。"

    def category(self):
        """One of the categories that are unclear in the actor's scope."""
        found = [one for one in unclear_duties(self.actor) if one.category.code == self.kwargs["code"]]
        if not found:
            raise Http404
        return found[0]

    def head(self) -> dict:
        """Which one."""
        one = self.category()
        return super().head() | {"title": f"{one.category.name}：职责认定", "subtitle": f"已被改派 {one.count} 次"}

    def form_kwargs(self) -> dict:
        """The departments of one's unit; the city's for the city office."""
        units = [post.unit_id for post in self.actor.posts_in(*UNIT_ROLES)]
        rows = Department.objects.active()
        wanted = {"unit_id__in": units, "level": DepartmentLevel.UNIT} if units else {"level": DepartmentLevel.CITY}
        return {"departments": rows.filter(**wanted).order_by("code")}

    def run(self, form):
        """Make the draft."""
        one = self.category()
        department = form.cleaned_data["department"]
        return services.application_suggest(
            by=self.actor, category=one.category, department=department, count=one.count
        )

    def success_url(self, result) -> str:
        """Back to the list: the draft is the department's."""
        return reverse("unclear-duties")
