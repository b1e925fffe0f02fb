"""Worklists, one incident with the reason of its way, reporting, steps."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from governance.kernel.errors import Conflict, Forbidden
from governance.kernel.ui.formats import datetime_cn
from governance.kernel.ui.views import ActionView, Column, DetailPage, FormPage, ListPage
from governance.territory.selectors import departments_for_street
from governance.whistles.states import Scene, Source
from governance.whistles.views.blow import BlowPage

from .. import services
from ..filters import IncidentFilter
from ..forms import CommentForm, EvaluateForm, HandleForm, ReportForm, RerouteForm
from ..models import Evaluation, Incident
from ..routing import department_for, explanation
from ..selectors import files_of, timeline_of
from ..services.report import may_report_for
from ..services.whistles import history_words
from ..similar import alike
from ..suggest import suggest_category
from ..workflow import INCIDENT_FLOW
from . import FOLDER

OWN_PAGES = {
    "handle": "incident-handle",
    "reroute": "incident-reroute",
    "evaluate": "incident-evaluate",
    "blow": "incident-blow",
}
TABS = (("", "全部"), ("open", "未结"), ("late", "逾期"), ("moved", "改派或退回过"), ("again", "复发"))


def handler(row: Incident) -> str:
    """Who has it now."""
    return row.department.short_name if row.department_id else row.get_level_display() or "—"


class IncidentList(ListPage):
    """/incidents/"""

    title, icon, model, filterset_class = "网格事件", "flag", Incident, IncidentFilter
    subtitle = "能在网格解决的在网格解决；解决不了的逐级上报，街道解决不了的吹哨。"
    export_name, empty_title = "网格事件", "没有事件"
    columns = [
        Column("headline", "事件", primary=True, export=lambda row: row.words, width=40),
        Column("number", "编号", kind="code", wide=True, width=28),
        Column("status", "状态", kind="status"),
        Column("category.name", "分类"),
        Column("community.name", "社区（村）", wide=True),
        Column("level", "处置方", render=handler, export=handler),
        Column("due_at", "本步时限", kind="datetime", wide=True),
        Column("reported_at", "上报时间", kind="datetime"),
    ]

    def get_queryset(self):
        """Only what the columns show: half of the time of a page went into columns that nobody sees."""
        return Incident.objects.select_related("category", "community", "department").only(
            "number", "words", "status", "level", "due_at", "reported_at", "is_synthetic", "street_id", "unit_id",
            "category__name", "community__name", "department__short_name",
        )  # fmt: skip

    @property
    def current_tab(self) -> str:
        """The tab that is open."""
        return self.request.GET.get("state", "")

    def tabs(self) -> list[dict]:
        """By progress."""
        base = reverse("incidents")
        return [{"key": key, "label": label, "url": f"{base}?state={key}" if key else base} for key, label in TABS]

    def actions(self) -> list[dict]:
        """Reporting and figures."""
        found = [{"label": "指标", "url": reverse("incident-figures"), "icon": "chart"}]
        if self.may("incident.report"):
            found.append({"label": "上报事件", "url": reverse("incident-new"), "icon": "plus", "primary": True})
        return found


class Reporting(FormPage):
    """Reporting on a page: look-alikes are shown once, before it is sent, and never block.

    With a script they appear while one writes (NearPage); without it the form, which then still holds ``ask``, comes back
    once with what was found.
    """

    permission = "incident.report"
    alike: list = []
    suggested: list = []
    looked = False

    def form_kwargs(self) -> dict:
        """The actor narrows the communities."""
        return {"actor": self.actor}

    def post(self, request, *args, **kwargs):
        """Show what looks the same or what the words suggest; else, or the second time, it is sent."""
        asked, ask = request.POST.get("do") == "look", "ask" in request.POST
        if asked or ask:
            form = self.form(request.POST, self.files)
            form.is_valid()
            self.alike, self.looked = alike(by=self.actor, data=form.cleaned_data), asked
            if asked:
                self.suggested = suggest_category(form.cleaned_data.get("words", ""))
            if asked or self.alike:
                return self.show(form)
        return super().post(request, *args, **kwargs)

    def once(self, key: str, effect) -> str:
        """The incident itself remembers the key."""
        return effect()

    def run(self, form):
        """Report it."""
        return services.incident_report(by=self.actor, content=form.incident_input())

    def show(self, form, status: int = 200):
        """A draft that was sent before leads to its incident instead, whether or not it would pass today."""
        try:
            known = form.sent_before() if form.is_bound and not self.looked and status != 409 else None
        except Conflict as error:
            form.errors_from(error)
            status = 409
        else:
            if known:
                return HttpResponseRedirect(self.success_url(known))
        return super().show(form, status)

    def success_url(self, result: Incident) -> str:
        """The incident; for who has moved since to where it cannot be seen, his way back and its number."""
        if may_report_for(self.actor, result.community):
            return super().success_url(result)
        messages.info(self.request, f"这份草稿此前已上报为 {result.number}；您现在的岗位看不到这件事件。")
        return self.cancel_url()

    def extra_context(self) -> dict:
        """Hints; ``ask`` until they were shown."""
        return {
            "alike": self.alike,
            "suggested": self.suggested,
            "looked": self.looked,
            "ask": not (self.alike or self.looked),
        }


class ReportPage(Reporting):
    """/incidents/new/: what, where, a photo."""

    title, icon, form_class = "上报事件", "plus", ReportForm
    template_name, submit_label, draft = f"{FOLDER}report.html", "上报", "incident"
    success_message = "已上报。"

    def cancel_url(self) -> str:
        """The list."""
        return reverse("incidents")


class IncidentPage(DetailPage):
    """/incidents/<pk>/"""

    model, flow, icon, template_name = Incident, INCIDENT_FLOW, "flag", f"{FOLDER}incident.html"

    def get_queryset(self):
        """With what is shown."""
        return Incident.objects.select_related(
            "category__parent", "community", "street", "unit", "grid", "department", "rule", "whistle", "recurrence_of",
        )  # fmt: skip

    def crumbs(self) -> list:
        """From the list."""
        return [("网格事件", reverse("incidents")), (self.object.number, "")]

    def head(self) -> dict:
        """Its words."""
        return super().head() | {"title": self.object.headline}

    def moves(self) -> list:
        """Buttons; what needs more than a reason has its own page."""
        found = []
        for step in super().moves():
            if step.name in OWN_PAGES:
                url = reverse(OWN_PAGES[step.name], args=[self.object.pk])
                found.append(
                    {
                        "name": step.name,
                        "label": step.label,
                        "icon": step.icon,
                        "hint": step.hint,
                        "url": url,
                        "link": True,
                    }
                )
            else:
                found.append(step)
        return found

    def facts(self) -> list:
        """What is known."""
        row = self.object
        point = [("坐标", f"{row.lon:.6f}, {row.lat:.6f}")] if row.lon is not None else []
        grid = ("网格", row.grid, row.grid.get_absolute_url()) if row.grid_id else ("网格", "未定位到网格")
        links = [("哨单", row.whistle, row.whistle.get_absolute_url())] if row.whistle_id else []
        links += [("复发自", row.recurrence_of, row.recurrence_of.get_absolute_url())] if row.recurrence_of_id else []
        return [
            ("编号", row.number), ("分类", f"{row.category.parent} / {row.category}"), grid, ("社区（村）", row.community),
            ("街道（乡镇）", row.street), ("地点", row.place or "—"), *point, ("来源", row.get_door_display()),
            ("上报时间", datetime_cn(row.reported_at)), ("处置层级", row.get_level_display() or "—"),
            ("处置部门", row.department or "—"), ("办理曲折", f"改派 {row.reroute_count} 次，退回 {row.return_count} 次，返工 {row.rework_count} 次"),
            *links,
        ]  # fmt: skip

    def events(self) -> list:
        """The timeline."""
        return timeline_of(self.object)

    def clock(self) -> dict | None:
        """The limit of the step."""
        row = self.object
        if row.due_at is None:
            return None
        return {
            "due_at": row.due_at,
            "started_at": row.accepted_at or row.reported_at,
            "state": "running",
            "label": row.get_status_display(),
        }

    def extra_context(self) -> dict:
        """Why it went where it is; what was said in the end."""
        considered = explanation(self.object)
        return {
            "considered": considered, "passed_over": sum(not one.matched for one in considered), "files": files_of(self.object),
            "may_comment": self.may("incident.comment", self.object),
            "evaluation": Evaluation.objects.filter(incident=self.object).first(),
        }  # fmt: skip


class IncidentAction(ActionView):
    """/incidents/<pk>/actions/<step>/"""

    model, flow = Incident, INCIDENT_FLOW
    with_note = ("reject", "handle", "rework", "send_back", "escalate")

    def get_queryset(self):
        """With what services read."""
        return Incident.objects.select_related("category", "street", "department")

    def run(self, action: str, note: str, version: int | None):
        """The step's service."""
        if (action in OWN_PAGES and action != "handle") or action in ("settle", "resume"):
            raise Forbidden("这一步由系统办理，或在单独的页面上办理。")
        words = {"note": note} if action in self.with_note else {}
        return getattr(services, f"incident_{action}")(incident=self.object, by=self.actor, version=version, **words)


class _Step(FormPage):
    """A step with a page of its own."""

    model = Incident
    step = ""

    def get_queryset(self):
        """With its places."""
        return Incident.objects.select_related("category", "community", "street", "unit", "grid", "department")

    @property
    def subtitle(self) -> str:
        """Which."""
        return str(self.object) if self.object else ""

    def initial(self) -> dict:
        """The version that was seen."""
        return {"version": self.object.version}


class ReroutePage(_Step):
    """/incidents/<pk>/reroute/"""

    title, icon, object_permission, form_class, submit_label = "改派", "repeat", "incident.reroute", RerouteForm, "改派"
    consequence = "计一次改派；理由随件保存，按分类和部门汇总，用来发现职责不清的事项。"

    def form_kwargs(self) -> dict:
        """The unit's departments."""
        return {
            "departments": departments_for_street(self.object.street).filter(unit=self.object.unit_id).order_by("code")
        }

    def run(self, form) -> Incident:
        """Send it elsewhere."""
        return services.incident_reroute(incident=self.object, by=self.actor, **form.facts())


class HandlePage(_Step):
    """/incidents/<pk>/handle/: words, and photos if one likes."""

    title, icon, object_permission, form_class, submit_label = (
        "报处置完毕",
        "check",
        "incident.handle",
        HandleForm,
        "报处置完毕",
    )
    consequence = "随后到现场核查；照片不是必填。"

    def run(self, form) -> Incident:
        """Say what was done."""
        return services.incident_handle(
            incident=self.object, by=self.actor, files=form.uploads(), version=form.version, **form.content()
        )  # fmt: skip


class CommentPage(_Step):
    """/incidents/<pk>/comment/"""

    title, icon, object_permission, form_class, submit_label = "留言", "reply", "incident.comment", CommentForm, "留言"
    consequence = "社区、街道和处置方都能看到。"

    def run(self, form) -> Incident:
        """Say it."""
        return services.incident_comment(incident=self.object, by=self.actor, files=form.uploads(), **form.content())


class EvaluatePage(_Step):
    """/incidents/<pk>/evaluate/"""

    title, icon, object_permission, form_class, submit_label = (
        "评价处置层级",
        "star",
        "incident.evaluate",
        EvaluateForm,
        "评价",
    )
    consequence = "评价的是处置层级，不是人；一件一次，不能改。"

    def run(self, form) -> Incident:
        """Say it."""
        return services.incident_evaluate(incident=self.object, by=self.actor, **form.facts())


class IncidentBlow(BlowPage):
    """/incidents/<pk>/blow/: the whistle's form with everything that is known; one press submits it."""

    title, model, object_permission = "事件转哨单", Incident, "incident.blow"
    permission, draft = "", ""
    subtitle = "内容已按事件填好；街道已做工作来自事件的经过，请补充后提交。"

    def get_queryset(self):
        """With its places."""
        return Incident.objects.select_related("category", "community", "street__unit", "grid", "unit")

    def own_streets(self) -> list:
        """An incident stays in its street."""
        return []

    def street(self):
        """The incident's."""
        return self.object.street

    def initial(self) -> dict:
        """What the incident says."""
        row = self.object
        lead = department_for(None, row, row.category)
        return {
            "scene": Scene.HARD_DEMAND, "source": Source.GRID, "category": row.category_id, "title": row.headline,
            "facts": f"{row.words}\n（网格事件 {row.number}）", "place": row.place or str(row.community), "community": row.community_id,
            "grid": row.grid_id, "done_already": history_words(row), "lead": lead.pk if lead else None, "version": row.version,
        }  # fmt: skip

    def run(self, form):
        """Blow and carry history and photos over."""
        done = services.incident_blow(
            incident=self.object, by=self.actor, content=form.whistle_input(), version=form.cleaned_data.get("version")
        )
        return done.whistle
